"""The client's end of a JSON-RPC connection: requests, answers, a log of all frames, waiting for events.

A server's breach of the protocol never stops the client: it goes to `violations`, so that a test sees all.
"""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Literal, NamedTuple, TypeVar

from tests.support.editor_wire import FrameError, ResponseError, encode, read_frame

T = TypeVar("T")

METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
_SHOWN_FRAMES = 12
_MALFORMED = (KeyError, TypeError, AttributeError, ValueError)


class Frame(NamedTuple):
    """One message on the wire; `direction` is `"out"` (to the server) or `"in"`."""

    direction: Literal["in", "out"]
    message: Any


class Call(NamedTuple):
    """A request that was sent: its id, and the future of its result (or `ResponseError`)."""

    id: int
    future: asyncio.Future[Any]


class NoReply(Exception):
    """Raised for a request of the server's that gets no answer, or had one already."""


class _Waiter(NamedTuple):
    predicate: Callable[[], Any]
    future: asyncio.Future[Any]


class RpcClient:
    """Speaks JSON-RPC on a pair of streams. A subclass says what it answers and what it records."""

    def __init__(self, timeout: float) -> None:
        self.violations: list[str] = []
        self.wire: list[Frame] = []
        self._timeout = timeout
        self._writer: asyncio.StreamWriter | None = None
        self._reading: asyncio.Task[None] | None = None
        self._ids = itertools.count(1)
        self._calls: dict[int, tuple[str, asyncio.Future[Any]]] = {}
        self._answered: dict[int, str] = {}
        self._waiters: list[_Waiter] = []
        self._ended = asyncio.Event()

    @property
    def closed(self) -> bool:
        """Whether the server's side of the connection has ended."""
        return self._ended.is_set()

    def _start(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writer = writer
        self._reading = asyncio.create_task(self._read(reader))

    # Sending

    def send_bytes(self, data: bytes) -> None:
        """Put raw bytes on the wire, well-formed or not."""
        if self._writer is None or self.closed:
            raise ConnectionError(f"the server is gone\n{self.story()}")
        self._writer.write(data)

    def _send(self, message: dict[str, Any]) -> None:
        message = {"jsonrpc": "2.0", **message}
        self.send_bytes(encode(message))
        self.wire.append(Frame("out", message))

    def _notify(self, method: str, params: Any = None) -> None:
        self._send({"method": method} | ({} if params is None else {"params": params}))

    async def _drain(self) -> None:
        if self._writer is not None and not self.closed:
            await self._writer.drain()

    async def notify(self, method: str, params: Any = None) -> None:
        """Send a notification."""
        self._notify(method, params)
        await self._drain()

    def send_request(self, method: str, params: Any = None) -> Call:
        """Send a request without waiting for its answer."""
        call = Call(next(self._ids), asyncio.get_running_loop().create_future())
        self._send({"id": call.id, "method": method} | ({} if params is None else {"params": params}))
        self._calls[call.id] = (method, call.future)
        return call

    async def request(self, method: str, params: Any = None, *, timeout: float | None = None) -> Any:
        """Send a request and return its result; raises `ResponseError`, `TimeoutError`, `ConnectionError`."""
        return await self.result(self.send_request(method, params), timeout=timeout)

    async def result(self, call: Call, *, timeout: float | None = None) -> Any:
        """Wait for the answer to a request that was sent."""
        await self.wait(call.future.done, timeout)
        return call.future.result()

    async def cancel_request(self, request_id: int) -> None:
        """Send $/cancelRequest; the server must still answer the request."""
        await self.notify("$/cancelRequest", {"id": request_id})

    # Waiting

    async def wait(self, predicate: Callable[[], T], timeout: float | None = None) -> T:
        """Wait until `predicate` is true and return what it gave; it is asked after each message.

        Raises `TimeoutError` after `timeout` seconds, `ConnectionError` when the server is gone before; both
        tell the last messages.
        """
        if value := predicate():
            return value
        if self.closed:
            raise ConnectionError(f"the server went away\n{self.story()}")
        waiter = _Waiter(predicate, asyncio.get_running_loop().create_future())
        self._waiters.append(waiter)
        try:
            async with asyncio.timeout(self._timeout if timeout is None else timeout):
                result: T = await waiter.future
                return result
        except TimeoutError as error:
            raise TimeoutError(f"it did not happen in time\n{self.story()}") from error
        finally:
            self._waiters.remove(waiter)

    def _wake(self) -> None:
        for waiter in self._waiters:
            if waiter.future.done():
                continue
            try:
                value = waiter.predicate()
            except Exception as error:
                waiter.future.set_exception(error)
                continue
            if value:
                waiter.future.set_result(value)
            elif self.closed:
                waiter.future.set_exception(ConnectionError(f"the server went away\n{self.story()}"))

    def story(self) -> str:
        """The last frames, and what else explains a failure, for an error's text."""
        frames = [
            f"  {frame.direction:3} {json.dumps(frame.message)[:300]}" for frame in self.wire[-_SHOWN_FRAMES:]
        ]
        unanswered = [f"  unanswered: {method} ({id_})" for id_, (method, _) in self._calls.items()]
        return "\n".join([*frames, *unanswered, *(f"  violation: {text}" for text in self.violations)])

    # Receiving

    def violate(self, text: str) -> None:
        """Note a breach of the protocol by the server."""
        self.violations.append(text)

    async def _read(self, reader: asyncio.StreamReader) -> None:
        try:
            while (message := await read_frame(reader)) is not None:
                self.wire.append(Frame("in", message))
                self._receive(message)
                self._wake()
        except FrameError as error:
            self.violate(str(error))
        except ConnectionError:
            pass  # A killed server resets the connection; that it is gone is what `_end` tells.
        except Exception as error:
            self.violate(f"the editor itself failed: {error!r}")
        finally:
            self._end()

    def _end(self) -> None:
        self._ended.set()
        for method, future in self._calls.values():
            if not future.done():
                future.set_exception(ConnectionError(f"{method} got no answer: the server went away"))
                future.exception()  # Marks it as seen: nobody may be waiting for this one.
        self._wake()

    def _receive(self, message: Any) -> None:
        if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
            self.violate(f"no JSON-RPC 2.0 message: {message!r}")
        elif not isinstance(message.get("method"), str):
            self._receive_response(message)
        elif "id" in message:
            self._answer(message["id"], message["method"], message.get("params"))
        else:
            try:
                self._note(message["method"], message.get("params"))
            except _MALFORMED as error:
                self.violate(f"malformed {message['method']}: {error!r}")

    def _receive_response(self, message: dict[str, Any]) -> None:
        request_id = message.get("id")
        if type(request_id) is not int:
            return self.violate(f"an answer to a request that was never sent: {message!r}")
        if request_id in self._answered:
            return self.violate(f"a second answer to request {request_id}")
        if request_id not in self._calls:
            return self.violate(f"an answer to a request that was never sent: {message!r}")
        method, future = self._calls.pop(request_id)
        self._answered[request_id] = method
        if ("result" in message) == ("error" in message):
            self.violate(f"an answer needs a result or an error: {message!r}")
        if "error" in message:
            future.set_exception(self._error(message["error"]))
            future.exception()
        else:
            future.set_result(message.get("result"))

    def _error(self, value: Any) -> ResponseError:
        if not isinstance(value, dict) or type(value.get("code")) is not int:
            self.violate(f"no error object: {value!r}")
            return ResponseError(0, str(value))
        return ResponseError(value["code"], str(value.get("message")), value.get("data"))

    def _answer(self, request_id: Any, method: str, params: Any) -> None:
        """Answer a request of the server's, with what `_result` gives."""
        try:
            reply = {"result": self._result(request_id, method, params)}
        except ResponseError as error:
            reply = {"error": {"code": error.code, "message": error.message}}
        except _MALFORMED as error:
            self.violate(f"malformed {method}: {error!r}")
            reply = {"error": {"code": INVALID_PARAMS, "message": repr(error)}}
        except NoReply:
            return
        self._reply(request_id, reply)

    def _reply(self, request_id: Any, reply: dict[str, Any]) -> None:
        if not self.closed:
            self._send({"id": request_id, **reply})

    def _result(self, request_id: Any, method: str, params: Any) -> Any:
        raise ResponseError(METHOD_NOT_FOUND, f"no such method: {method}")

    def _note(self, method: str, params: Any) -> None:
        """Record a notification of the server's."""

    async def _hang_up(self) -> None:
        if self._writer is None or self._reading is None:
            return
        self._writer.close()
        with suppress(ConnectionError):
            await self._writer.wait_closed()
        # A grandchild may hold the server's stdout open, so its end is not waited for without limit.
        await asyncio.wait([self._reading], timeout=1.0)
        self._reading.cancel()
        await asyncio.wait([self._reading])
