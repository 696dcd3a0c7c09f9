"""One connection to a worker, from its greeting to its end: calls in flight, and what comes back for them."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any, Protocol

from codex_lsp.agent.model import Delta, ModelInfo
from codex_lsp.agent.pace import Pace
from codex_lsp.endpoint import wire
from codex_lsp.endpoint.errors import EndpointError, WorkerFailed, clip, from_wire

HELLO_SECONDS = 60.0

_log = logging.getLogger(__name__)


class NotTaken(WorkerFailed):
    """The worker was ready and ended before it took the call: nothing was sent, another one can be asked."""


class Worker(Protocol):
    """The process at the other end, as far as this one knows it."""

    pid: int

    async def ended(self) -> tuple[int | None, str]:
        """Called when the connection has ended: the exit code, if it is known, and the last words."""
        ...

    async def close(self) -> None:
        """This side wants no more of it."""
        ...

    def give_up(self) -> None:
        """End it: it was not ready in time."""
        ...


class Connection:
    """Sends calls and receives what the worker says, as frames (`wire`).

    `info` is for whoever asked the worker to describe the endpoint. `ended` is True from the moment on at
    which nothing more can come.
    """

    def __init__(self, worker: Worker, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.info: ModelInfo | None = None
        self.ended = False
        self.worker = worker
        self._writer = writer
        self._ids = itertools.count(1)
        self._waiting: dict[int, _Waiting] = {}
        self._hello = _Waiting(None)
        self._reading = asyncio.create_task(self._read(reader))

    async def ready(self) -> str:
        """Wait until the worker is ready; returns its version of LiteLLM."""
        try:
            async with asyncio.timeout(HELLO_SECONDS):
                version: str = await asyncio.shield(self._hello.value)
                return version
        except TimeoutError:
            if not self.ended:
                self.worker.give_up()
            # Now, not with the end of its stream: whoever asks again meanwhile must get another one.
            self.ended = True
            self._writer.close()
            raise WorkerFailed(
                f"The process that talks to the endpoint was not ready within {HELLO_SECONDS:g} s: try again."
            ) from None

    async def call(self, message: dict[str, Any], on_delta: Callable[[Delta], None] | None = None) -> Any:
        """Send one message and wait for its result; raises what `RemoteModel` does, and `NotTaken`."""
        await self.ready()
        number = next(self._ids)
        waiting = self._waiting[number] = _Waiting(on_delta)
        try:
            if self.ended:
                raise NotTaken(str(ended(None)))
            self._send(message | {"id": number})
            return await waiting.value
        except BaseException:
            if not waiting.value.done() or waiting.value.cancelled():
                self._cancel(number)
            raise
        finally:
            self._waiting.pop(number, None)

    async def close(self) -> None:
        """End the connection; calls that still wait fail with `WorkerFailed`."""
        self._writer.close()
        try:
            await self.worker.close()
        finally:
            await asyncio.gather(self._reading, return_exceptions=True)
            with suppress(OSError):
                await self._writer.wait_closed()

    def _send(self, message: Mapping[str, Any]) -> None:
        try:
            # Without waiting until it was taken, so that a cancel that follows cannot overtake it.
            self._writer.write(wire.encode(message))
        except wire.WireError as error:
            raise EndpointError(f"The request cannot be sent: {error}. Ask about less.") from None

    def _cancel(self, number: int) -> None:
        if not self.ended and not self._writer.is_closing():
            self._send({"id": number, "op": "cancel"})

    async def _read(self, stream: asyncio.StreamReader) -> None:
        pace = Pace()
        try:
            while (message := await wire.read(stream)) is not None:
                self._receive(message)
                # What has come already is read without a wait: a fast model would have the loop to itself.
                await pace.breathe()
        except (wire.WireError, OSError) as error:
            _log.info("the worker's output broke off: %s", error)
        finally:
            self.ended = True
            self._writer.close()
            await self._fail_all()

    async def _fail_all(self) -> None:
        code, words = await self.worker.ended()
        ready = self._hello.value.done() and self._hello.value.exception() is None
        # Before it was ready it had seen no prompt, so what it said can be shown.
        failure = ended(code, "" if ready else words)
        self._hello.fail(failure)
        for waiting in self._waiting.values():
            waiting.fail((WorkerFailed if waiting.taken else NotTaken)(str(failure)))

    def _receive(self, message: Mapping[str, Any]) -> None:
        event = message.get("event")
        if event == "hello":
            if not self._hello.value.done():
                self._hello.value.set_result(message.get("litellm"))
            return
        number = message.get("id")
        waiting = self._waiting.get(number) if isinstance(number, int) else None
        if waiting is None or waiting.value.done():
            return
        waiting.taken = True
        if event == "error":
            waiting.fail(from_wire(message["error"]))
        elif event == "result":
            waiting.value.set_result(message["value"])
        elif event == "delta" and waiting.on_delta is not None:
            try:
                waiting.on_delta(Delta(message["kind"], message["text"]))
            except Exception as error:
                # Its own caller's fault, and no other's.
                self._cancel(message["id"])
                waiting.fail(error)


class _Waiting:
    """One call in flight."""

    def __init__(self, on_delta: Callable[[Delta], None] | None) -> None:
        self.on_delta = on_delta
        self.taken = False
        self.value: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    def fail(self, error: Exception) -> None:
        if not self.value.done():
            self.value.set_exception(error)
            self.value.exception()  # whoever waits gets it; if nobody does any more, it is no news


def ended(code: int | None, words: str = "") -> WorkerFailed:
    """The error for a worker that is gone; `words` is what it said last, as long as it had seen no prompt."""
    how = "" if code is None else f" (signal {-code})" if code < 0 else f" (exit code {code})"
    said = f" It said: {clip(words)}" if words else ""
    return WorkerFailed(f"The process that talks to the endpoint ended{how}: ask again.{said}")
