"""`codex app-server` as a process: requests and answers, one JSON object a line; what it asks is refused."""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import signal
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

_LINE = 64 * 1024 * 1024
_SAID = 4000
_CALL_SECONDS = 60.0
_END_SECONDS = 5.0

Message = dict[str, Any]


class CodexFailed(Exception):
    """Codex ended by itself, was silent, or answered with an error; the message is its own word."""


class Peer:
    """The process; an asynchronous context manager. `heard` has its notifications, and at its end None."""

    def __init__(self, command: Sequence[str], environ: Mapping[str, str], folder: Path) -> None:
        self._command = command
        self._environ = dict(environ)
        self._folder = folder
        self._ids = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Message]] = {}
        self._said = bytearray()
        self._tasks: list[asyncio.Task[None]] = []
        self._process: Process | None = None
        self.heard: asyncio.Queue[Message | None] = asyncio.Queue()

    async def __aenter__(self) -> Peer:
        starting = asyncio.ensure_future(self._start())
        try:
            self._process = await asyncio.shield(starting)
        except asyncio.CancelledError:
            # It is started all the same, and must not be left behind.
            with suppress(OSError):
                self._process = await starting
            await self.end()
            raise
        self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._overhear())]
        return self

    async def __aexit__(self, *_: object) -> None:
        await asyncio.shield(self.end())

    async def _start(self) -> Process:
        return await asyncio.create_subprocess_exec(
            *self._command,
            stdin=PIPE,
            stdout=PIPE,
            stderr=PIPE,
            env=self._environ,
            cwd=self._folder,
            start_new_session=True,
            limit=_LINE,
        )

    async def end(self) -> None:
        """Kill it with all that it started; the commands in its sandbox end with it."""
        process = self._process
        if process is None:
            return
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=_END_SECONDS)

    async def call(self, method: str, params: Mapping[str, object]) -> Message:
        """The result of a request; raises `CodexFailed`."""
        number = next(self._ids)
        answer: asyncio.Future[Message] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        try:
            await self._send({"id": number, "method": method, "params": params})
            async with asyncio.timeout(_CALL_SECONDS):
                message = await answer
        except TimeoutError:
            raise CodexFailed(f"no answer to {method} within {_CALL_SECONDS:g} s") from None
        finally:
            self._waiting.pop(number, None)
        if "error" in message:
            raise CodexFailed(str(message["error"].get("message", message["error"])))
        result = message.get("result")
        return result if isinstance(result, dict) else {}

    async def notify(self, method: str) -> None:
        """Tell it something that needs no answer."""
        await self._send({"method": method})

    async def _send(self, message: Mapping[str, object]) -> None:
        assert self._process is not None
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(message).encode() + b"\n")
            await self._process.stdin.drain()
        except (ConnectionError, OSError):
            raise CodexFailed(self._last_words()) from None

    async def _listen(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        # A line beyond all bounds is a ValueError, and as good as the end.
        with suppress(ValueError, ConnectionError, CodexFailed):
            while line := await self._process.stdout.readline():
                message = json.loads(line)
                if isinstance(message, dict):
                    await self._take(message)
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(CodexFailed(self._last_words()))
        self.heard.put_nowait(None)

    async def _take(self, message: Message) -> None:
        if "method" not in message:
            answer = self._waiting.get(message.get("id", 0))
            if answer is not None and not answer.done():
                answer.set_result(message)
        elif "id" in message:
            await self._send({"id": message["id"], **_refusal(str(message["method"]))})
        else:
            self.heard.put_nowait(message)

    async def _overhear(self) -> None:
        assert self._process is not None
        assert self._process.stderr is not None
        while piece := await self._process.stderr.read(4096):
            self._said = (self._said + piece)[-_SAID:]

    def _last_words(self) -> str:
        lines = self._said.decode("utf-8", "replace").strip().splitlines()
        return f"it ended by itself: {lines[-1]}" if lines else "it ended by itself"


def _refusal(method: str) -> Message:
    if method in ("applyPatchApproval", "execCommandApproval"):
        return {"result": {"decision": "denied"}}
    if method in ("item/commandExecution/requestApproval", "item/fileChange/requestApproval"):
        return {"result": {"decision": "decline"}}
    return {"error": {"code": -32601, "message": "There is nobody who could be asked."}}
