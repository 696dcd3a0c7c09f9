"""The protocol subclass: what pygls leaves undone or does otherwise than an editor needs.

pygls 2.1 never answers requests that it cannot decode, whose method it does not know or that come after
`shutdown`; it answers with tracebacks, logs documents, and keeps a future for every notification. So reading,
refusing and answering are done here; features, conversion and requests to the client are pygls'.
"""

from __future__ import annotations

import asyncio
import inspect
import json
import logging
from concurrent.futures import Future
from functools import cache, partial
from typing import Any, Protocol

from cattrs import Converter
from lsprotocol import types
from lsprotocol.converters import get_converter
from pygls.exceptions import JsonRpcException, JsonRpcInvalidParams
from pygls.protocol import LanguageServerProtocol, lsp_method

from codex_lsp.agent.pace import Pace
from codex_lsp.lsp.commands.table import execute
from codex_lsp.lsp.documents import Documents
from codex_lsp.lsp.session import Session
from codex_lsp.lsp.shown import SCHEME
from codex_lsp.lsp.wire import messages
from codex_lsp.lsp.wire.faults import fault
from codex_lsp.lsp.wire.framing import Framer, TooLarge, Unreadable
from codex_lsp.lsp.wire.messages import Notification, Refused, Request, Response

CHUNK = 1 << 16

_NOTIFICATION = "a notification"

_log = logging.getLogger(__name__)


class Host(Session, Protocol):
    """A session that can be ended, and whose runs can be cancelled by what the client knows of them."""

    def stop(self) -> None:
        """Let the main loop end after the message at hand."""
        ...

    def watch(self, process_id: int) -> None:
        """End when this process does."""
        ...

    async def end_runs(self) -> None:
        """Stop all runs, and let the model's worker begin to end."""
        ...

    def cancel_progress(self, token: types.ProgressToken) -> None:
        """Cancel the run that a progress belongs to."""
        ...

    def cancel_run_of(self, request: messages.Id) -> None:
        """Cancel the run that a request has begun."""
        ...


class CodexProtocol(LanguageServerProtocol):
    """pygls' protocol with one answer for every request, commands in order, and a cancel that reaches runs.

    Commands are handled in the very turn in which they arrive: an asynchronous handler would start a turn
    later and see changes that came after the command.
    """

    _server: Host  # type: ignore[assignment] # pygls names its own base class

    def __init__(self, server: Any, converter: Any) -> None:
        super().__init__(server, converter)
        self._initialized = False
        self._stopped = asyncio.Event()
        self._request: messages.Id | None = None
        self._reading: asyncio.Task[Any] | None = None

    @property
    def ended_orderly(self) -> bool:
        """Whether a shutdown was asked for."""
        return self._shutdown

    def use(self, documents: Documents) -> None:
        """Keep documents of ours from now on, in place of pygls' workspace."""
        self._workspace = documents

    def stop(self) -> None:
        """Let `serve` end after the message at hand."""
        self._stopped.set()
        if self._reading is not None:
            self._reading.cancel()

    # Reading

    async def serve(self, reader: asyncio.StreamReader) -> None:
        """Handle what arrives until it ends, `stop` is called, or it cannot be read any further."""
        try:
            await self._serve(reader)
        finally:
            # Those to the client are no futures of asyncio's: only our own answers are waited for.
            futures: list[object] = list(self._request_futures.values())
            answers = [each for each in futures if isinstance(each, asyncio.Future)]
            await asyncio.gather(*answers, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader) -> None:
        framer, pace = Framer(), Pace()
        while not self._stopped.is_set() and (data := await self._read(reader)):
            pace.begin()
            try:
                for body in framer.feed(data):
                    self.receive(body)
                    if self._stopped.is_set():
                        return
                    await pace.breathe()
            except Unreadable as error:
                _log.error("The client's messages cannot be read any further: %s.", error)
                return

    async def _read(self, reader: asyncio.StreamReader) -> bytes:
        self._reading = asyncio.current_task()
        try:
            return await reader.read(CHUNK)
        except asyncio.CancelledError:
            if not self._stopped.is_set() or self._reading is None:
                raise
            self._reading.uncancel()
            return b""
        except OSError:
            return b""
        finally:
            self._reading = None

    def receive(self, body: bytes | TooLarge) -> None:
        """Handle one body; whatever it holds, what must be answered is answered once."""
        if isinstance(body, TooLarge):
            text = f"A message of {body.size} bytes is too large and was not read."
            _log.warning("%s", text)
            self._refuse(None, Refused(messages.INVALID_REQUEST, text))
            return
        for message in messages.read(body):
            if isinstance(message, Refused):
                self._refuse(message.id, message)
            elif isinstance(message, Response):
                self._take_answer(message)
            elif isinstance(message, Request):
                self._take_request(message)
            else:
                self._take_notification(message)

    def _take_request(self, request: Request) -> None:
        try:
            self._check_state(request.method)
            if _is_notification(request.method):
                raise Refused(messages.INVALID_REQUEST, f"{request.method} is a notification: it has no id.")
            handler, params = self._decoded(request.method, request.params)
        except Refused as refused:
            self._refuse(request.id, refused)
            return
        if request.method == types.SHUTDOWN:
            self._shutdown = True
        self._request = request.id
        callback = partial(self._send_handler_result, msg_id=request.id)
        self._execute_handler(request.id, handler, callback, (params,))

    def _take_notification(self, notification: Notification) -> None:
        method = notification.method
        try:
            if method != types.EXIT:
                self._check_state(method)
            if types.METHOD_TO_TYPES.get(method) and not _is_notification(method):
                raise Refused(messages.INVALID_REQUEST, "a request without an id")
            if method == types.CANCEL_REQUEST:
                self._cancel(notification.params)
                return
            handler, params = self._decoded(method, notification.params)
        except Refused as refused:
            _log.debug("%s is ignored: %s", method, refused)
            return
        self._execute_handler(_NOTIFICATION, handler, self._check_handler_result, (params,))

    def _check_state(self, method: str) -> None:
        if self._shutdown:
            raise Refused(messages.INVALID_REQUEST, "The server was shut down: only exit is possible.")
        if not self._initialized and method != types.INITIALIZE:
            raise Refused(messages.NOT_INITIALIZED, "The server is not initialized: send initialize first.")
        if self._initialized and method == types.INITIALIZE:
            raise Refused(messages.INVALID_REQUEST, "The server is initialized already.")

    def _decoded(self, method: str, params: Any) -> tuple[Any, Any]:
        """The handler of a method and its parameters in LSP's types."""
        handler = self.fm.builtin_features.get(method) or self.fm.features.get(method)
        if handler is None:
            raise Refused(messages.METHOD_NOT_FOUND, f"There is no method {_clip(method)!r}.")
        type_: Any = types.METHOD_TO_TYPES[method][2]
        if type_ is None:
            return handler, None
        try:
            return handler, self._converter.structure({} if params is None else params, type_)
        except Exception as error:
            # Whatever a converter stumbles over, it is the parameters that do not fit.
            _log.debug("%s: %s", method, fault(error))
            raise Refused(messages.INVALID_PARAMS, f"The parameters of {method} do not fit.") from None

    def _take_answer(self, answer: Response) -> None:
        known = isinstance(answer.id, str | int)
        future = self._request_futures.pop(answer.id, None) if known else None
        type_ = self._result_types.pop(answer.id, None) if known else None
        if future is None or future.done():
            # Late, twice, or to a question that was never asked.
            return
        if answer.error is not None:
            future.set_exception(_exception(answer.error))
            return
        try:
            value = {"jsonrpc": self.VERSION, "id": answer.id, "result": answer.result}
            future.set_result(self._converter.structure(value, type_).result if type_ else answer.result)
        except Exception as error:
            _log.debug("an answer does not fit: %s", fault(error))
            future.set_exception(JsonRpcException("the editor's answer does not fit the question"))

    def _cancel(self, params: Any) -> None:
        id_ = params.get("id") if isinstance(params, dict) else None
        if isinstance(id_, str | int):
            self._server.cancel_run_of(id_)

    # Answering

    def _refuse(self, id_: messages.Id | None, refused: Refused) -> None:
        error = {"code": refused.code, "message": refused.message}
        self._send_data({"jsonrpc": self.VERSION, "id": id_, "error": error})

    def _send_handler_result(self, future: Future[Any] | asyncio.Future[Any], *, msg_id: messages.Id) -> None:
        self._request_futures.pop(msg_id, None)
        try:
            self._send_data({"jsonrpc": self.VERSION, "id": msg_id, "result": future.result()})
        except JsonRpcException as error:
            self._refuse(msg_id, Refused(error.code, error.message))
        except (Exception, asyncio.CancelledError) as error:
            _log.error("A request failed: %s", fault(error))
            text = "An internal error; the server's log says more."
            self._refuse(msg_id, Refused(messages.INTERNAL_ERROR, text))

    def _check_handler_result(self, future: Future[Any] | asyncio.Future[Any]) -> None:
        self._request_futures.pop(_NOTIFICATION, None)
        if error := future.exception():
            _log.error("A notification could not be handled: %s", fault(error))

    def _send_data(self, data: Any) -> None:
        """Write one message; raises what its conversion raises. An editor that is gone ends the session."""
        body = json.dumps(data, default=self._serialize_message, separators=(",", ":")).encode("ascii")
        if self.writer is None:
            return
        try:
            sent = self.writer.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
            assert not inspect.isawaitable(sent)
        except (OSError, ValueError):
            self.writer = None
            self._server.stop()

    # Features

    @lsp_method(types.INITIALIZE)
    def lsp_initialize(self, params: types.InitializeParams) -> Any:
        """Let pygls work out the capabilities, and watch the editor's process from now on."""
        try:
            result = yield from super().lsp_initialize(params)
        except ValueError:
            raise JsonRpcInvalidParams("A root is neither a URI nor a path.") from None
        if self._server.client.shows_content and result.capabilities.workspace:
            content = types.TextDocumentContentOptions([SCHEME])
            result.capabilities.workspace.text_document_content = content
        self._initialized = True
        if params.process_id is not None:
            self._server.watch(params.process_id)
        return result

    @lsp_method(types.SHUTDOWN)
    async def lsp_shutdown(self, *arguments: object) -> None:  # type: ignore[override] # any handler may be async
        """End all work; the flag that refuses further requests is set when the request arrives."""
        await self._server.end_runs()

    @lsp_method(types.EXIT)
    def lsp_exit(self, *arguments: object) -> None:  # type: ignore[override] # any handler may be plain
        """End the session: the main loop stops, and whoever started it decides on the exit code."""
        self._server.stop()

    @lsp_method(types.WORKSPACE_EXECUTE_COMMAND)
    def lsp_workspace__execute_command(self, params: types.ExecuteCommandParams) -> Any:
        """Answer a command at once; its work goes on as a run."""
        return execute(self._server, params, self._request)

    @lsp_method(types.WINDOW_WORK_DONE_PROGRESS_CANCEL)
    def lsp_work_done_progress_cancel(self, params: types.WorkDoneProgressCancelParams) -> None:
        """Cancel the run that the progress belongs to."""
        self._server.cancel_progress(params.token)


@cache
def converter() -> Converter:
    """Between JSON values and LSP's types, for all sessions; the first thing that does not fit ends it."""
    # To collect all of them, as is the default, costs 24 s and 0.8 GB where 200,000 members do not fit.
    return get_converter(Converter(detailed_validation=False))


def _is_notification(method: str) -> bool:
    known = types.METHOD_TO_TYPES.get(method)
    return known is not None and known[1] is None


def _exception(error: Any) -> JsonRpcException:
    code, message = (error.get("code"), error.get("message")) if isinstance(error, dict) else (None, None)
    return JsonRpcException(
        _clip(message) if isinstance(message, str) else "the editor gave no reason",
        code if isinstance(code, int) else None,
    )


def _clip(text: str) -> str:
    return text if len(text) <= 200 else f"{text[:200]}…"
