"""The model behind the configured endpoint, reached through a child process that holds LiteLLM.

LiteLLM costs seconds and some 200 MB to import, stalls an event loop while it does, and prints; in a process
of its own it does nothing of this to the server. The child is started once and answers many requests at a
time.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import codex_lsp
from codex_lsp.agent.model import Delta, ModelInfo, Reply, Request
from codex_lsp.agent.pace import Pace
from codex_lsp.endpoint import wire
from codex_lsp.endpoint.config import VARIABLES, EndpointConfig
from codex_lsp.endpoint.errors import EndpointError, WorkerFailed, clip, from_wire

HELLO_SECONDS = 60.0
CLOSE_SECONDS = 2.0
LAST_WORDS_SECONDS = 0.3

_WORKER = Path(codex_lsp.__file__).parent / "llm" / "worker.py"
# Would make the child's interpreter run or read something before, or after, what it is started for.
_UNWANTED = ("PYTHONSTARTUP", "PYTHONINSPECT")

_log = logging.getLogger(__name__)


class RemoteModel:
    """A `Model` (see `codex_lsp.agent.model`) for one configuration.

    Belongs to the event loop on which it is first used. Every method raises the errors of
    `codex_lsp.endpoint.errors`; `Off` and `Unconfigured` come before any process is started. A child that
    dies fails the calls that wait for it with `WorkerFailed`; the next call starts another.
    """

    def __init__(self, config: EndpointConfig, *, python: str = sys.executable) -> None:
        self._config = config
        self._python = python
        self._worker: _Worker | None = None
        self._starting = asyncio.Lock()
        self._closed = False

    @property
    def pid(self) -> int | None:
        """The child's process id; None while there is none."""
        return None if self._worker is None or self._worker.ended else self._worker.pid

    async def start(self) -> None:
        """Start the child ahead of the first request, without waiting until it is ready."""
        await self._running()

    async def ready(self) -> str:
        """Wait until the child is ready; returns its version of LiteLLM."""
        return await (await self._running()).ready()

    async def describe(self) -> ModelInfo:
        """Tell what stands behind the endpoint; asked once for the life of a child."""
        worker = await self._running()
        if worker.info is None:
            worker.info = wire.info_from_wire(await worker.call({"op": "describe"}))
        return worker.info

    async def complete(self, request: Request, on_delta: Callable[[Delta], None]) -> Reply:
        """Answer `request`, calling `on_delta` on the event loop for each piece.

        Cancelling the task that waits here drops the connection to the endpoint, and returns at once.
        """
        worker = await self._running()
        message = {"op": "complete", "request": wire.request_to_wire(request)}
        return wire.reply_from_wire(await worker.call(message, on_delta))

    async def close(self) -> None:
        """End the child; calls that still wait fail with `WorkerFailed`, as do all later ones."""
        self._closed = True
        async with self._starting:
            worker, self._worker = self._worker, None
        if worker is not None:
            await worker.close()

    async def _running(self) -> _Worker:
        self._config.require_ready()
        async with self._starting:
            if self._closed:
                raise WorkerFailed("The connection to the endpoint was closed: restart the server.")
            if self._worker is None or self._worker.ended:
                self._worker = await _Worker.spawn(self._python, self._config)
            return self._worker


class _Waiting:
    """One call in flight."""

    def __init__(self, on_delta: Callable[[Delta], None] | None) -> None:
        self.on_delta = on_delta
        self.value: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    def fail(self, error: Exception) -> None:
        if not self.value.done():
            self.value.set_exception(error)
            self.value.exception()  # whoever waits gets it; if nobody does any more, it is no news


class _Worker:
    """One child process, from its start to its end."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        self.info: ModelInfo | None = None
        self.ended = False
        self.pid = process.pid
        self._process = process
        self._input = process.stdin
        self._ids = itertools.count(1)
        self._waiting: dict[int, _Waiting] = {}
        self._hello = _Waiting(None)
        self._last_words = ""
        self._tasks = [
            asyncio.create_task(self._read(process.stdout)),
            asyncio.create_task(self._listen(process.stderr)),
        ]

    @classmethod
    async def spawn(cls, python: str, config: EndpointConfig) -> _Worker:
        try:
            process = await asyncio.create_subprocess_exec(
                # -P: nothing is imported from the current folder or from the script's own.
                *(python, "-P", str(_WORKER)),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env=_environ(os.environ, config),
                cwd=_neutral_folder(),
            )
        except (OSError, ValueError) as error:
            raise WorkerFailed(
                f"The process that talks to the endpoint could not be started: {error}."
            ) from None
        return cls(process)

    async def ready(self) -> str:
        try:
            async with asyncio.timeout(HELLO_SECONDS):
                version: str = await asyncio.shield(self._hello.value)
                return version
        except TimeoutError:
            self._kill()
            raise WorkerFailed(
                f"The process that talks to the endpoint was not ready within {HELLO_SECONDS:g} s: try again."
            ) from None

    async def call(self, message: dict[str, Any], on_delta: Callable[[Delta], None] | None = None) -> Any:
        await self.ready()
        number = next(self._ids)
        waiting = self._waiting[number] = _Waiting(on_delta)
        try:
            if self.ended:
                raise self._failure()
            self._send(message | {"id": number})
            return await waiting.value
        except BaseException:
            if not waiting.value.done() or waiting.value.cancelled():
                self._cancel(number)
            raise
        finally:
            self._waiting.pop(number, None)

    async def close(self) -> None:
        self._input.close()
        try:
            await self._gone(CLOSE_SECONDS)
        finally:
            self._kill()
            await asyncio.gather(*self._tasks, return_exceptions=True)
            with suppress(OSError):
                await self._input.wait_closed()

    def _send(self, message: Mapping[str, Any]) -> None:
        try:
            # Without waiting until the pipe has taken it, so that a cancel that follows cannot overtake it.
            self._input.write(wire.encode(message))
        except wire.WireError as error:
            raise EndpointError(f"The request cannot be sent: {error}. Ask about less.") from None

    def _cancel(self, number: int) -> None:
        if not self.ended and not self._input.is_closing():
            self._send({"id": number, "op": "cancel"})

    async def _read(self, stream: asyncio.StreamReader) -> None:
        pace = Pace()
        try:
            while (message := await wire.read(stream)) is not None:
                self._receive(message)
                # What has come already is read without a wait: a fast model would have the loop to itself.
                await pace.breathe()
        except (wire.WireError, OSError) as error:
            _log.warning("the worker's output is broken: %s", error)
        finally:
            self.ended = True
            await self._gone(LAST_WORDS_SECONDS)
            await asyncio.wait(self._tasks[1:], timeout=LAST_WORDS_SECONDS)
            for waiting in [self._hello, *self._waiting.values()]:
                waiting.fail(self._failure())

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
        if event == "error":
            waiting.fail(from_wire(message["error"]))
        elif event == "result":
            waiting.value.set_result(message["value"])
        elif waiting.on_delta is not None:
            try:
                waiting.on_delta(Delta(message["kind"], message["text"]))
            except Exception as error:
                # Its own caller's fault, and no other's.
                self._cancel(message["id"])
                waiting.fail(error)

    async def _listen(self, stream: asyncio.StreamReader) -> None:
        while data := await stream.read(1 << 16):
            for line in data.decode("utf-8", "replace").splitlines():
                if line.strip():
                    self._last_words = line
                    _log.info("worker: %s", line)

    async def _gone(self, seconds: float) -> None:
        # Not killed at once: to send a signal Python first looks whether the process has ended, and would
        # take its exit code from the one who waits for it.
        try:
            async with asyncio.timeout(seconds):
                await self._process.wait()
        except TimeoutError:
            self._kill()
            await self._process.wait()

    def _kill(self) -> None:
        if self._process.returncode is None:
            with suppress(ProcessLookupError):
                self._process.kill()

    def _failure(self) -> WorkerFailed:
        code = self._process.returncode
        how = "" if code is None else f" (signal {-code})" if code < 0 else f" (exit code {code})"
        # Before it was ready it had seen no prompt, so what it said can be shown.
        started = self._hello.value.done() and self._hello.value.exception() is None
        why = "" if started or not self._last_words else f" It said: {clip(self._last_words)}"
        return WorkerFailed(f"The process that talks to the endpoint ended{how}: ask again.{why}")


def _environ(environ: Mapping[str, str], config: EndpointConfig) -> dict[str, str]:
    unwanted = {*VARIABLES, *_UNWANTED}
    kept = {name: value for name, value in environ.items() if name not in unwanted}
    # Without a console Python guesses an encoding for standard error; frames are bytes in any case.
    return kept | {"PYTHONUTF8": "1"} | config.as_environ()


def _neutral_folder() -> str:
    # Not the repository that the server was started in: libraries look for their files where they run.
    return Path(sys.prefix).anchor
