"""A program on its way in bubblewrap: started, limited, listened to, ended with all that it started."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Literal

from codex_lsp.records import record
from codex_lsp.sandbox.bubblewrap import STREAMS

MEGABYTE = 1 << 20

Ended = Literal["done", "time", "memory", "processes", "output"]

# How often the memory and number of all processes are looked at: root's are limited by nothing else.
_TICK = 0.1
# Bubblewrap outside and inside.
_OWN = 2


@record(frozen=True, slots=True)
class Limits:
    """`seconds` in all; `memory` in bytes of each process and of all; `output` bytes; bytes of `/tmp`."""

    seconds: float = 60.0
    memory: int = 2048 * MEGABYTE
    processes: int = 256
    output: int = MEGABYTE
    scratch: int = 512 * MEGABYTE


@record(frozen=True, slots=True)
class Finished:
    """How a program ended: by itself (`"done"`, with its exit code), or because it reached a limit.

    `output` is what it wrote to both of its streams, as text.
    """

    ended: Ended
    code: int
    output: str
    seconds: float


class Run:
    """One program on its way."""

    def __init__(self, bwrap: list[str], options: list[str], argv: Sequence[str], limits: Limits) -> None:
        self._bwrap = bwrap
        self._options = options
        self._argv = argv
        self._limits = limits
        self._said = bytearray()
        self._stopped: Ended | None = None
        self._inner: int | None = None
        self._unwanted = False

    async def finish(self) -> Finished:
        """Start it, wait for it, and see that nothing is left of it."""
        began = time.monotonic()
        process = await self._started()
        try:
            await self._attend(process)
        finally:
            await self._end(process)
        text = self._said[: self._limits.output].decode("utf-8", "replace")
        code = process.returncode if process.returncode is not None else -1
        return Finished(self._stopped or "done", code, text, time.monotonic() - began)

    async def _started(self) -> asyncio.subprocess.Process:
        """Starting takes some 10 ms, and is not given up halfway: who it is to be ended must be known."""
        starting = asyncio.ensure_future(self._start())
        try:
            return await asyncio.shield(starting)
        except asyncio.CancelledError:
            self._unwanted = True
            await self._end(await starting)
            raise

    async def _start(self) -> asyncio.subprocess.Process:
        """It begins once its limits are set: they are the inner process', and of what it starts."""
        told, telling = os.pipe()
        waiting, go = os.pipe()
        try:
            held = ("--info-fd", str(telling), "--block-fd", str(waiting))
            command = [*self._bwrap, *held, *self._options, "--", *self._argv]
            process = await asyncio.create_subprocess_exec(
                *command, **STREAMS, env={}, pass_fds=(telling, waiting), start_new_session=True
            )
            os.close(telling)
            telling = -1
            self._inner = await asyncio.to_thread(_told, os.dup(told))
            if self._unwanted:
                self._kill(process)
            elif self._inner is not None:
                _restrict(self._inner, self._limits)
            # It may have ended by itself.
            with suppress(OSError):
                os.write(go, b"go")
            return process
        finally:
            for each in (told, telling, waiting, go):
                if each >= 0:
                    os.close(each)

    async def _attend(self, process: asyncio.subprocess.Process) -> None:
        watching = asyncio.ensure_future(self._watch(process))
        try:
            async with asyncio.timeout(self._limits.seconds):
                await self._listen(process)
                if self._stopped is None:
                    await process.wait()
        except TimeoutError:
            self._stopped = self._stopped or "time"
        finally:
            watching.cancel()

    async def _listen(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        while piece := await process.stdout.read(64 * 1024):
            self._said += piece
            if len(self._said) > self._limits.output:
                self._stopped = "output"
                return self._kill(process)

    async def _watch(self, process: asyncio.subprocess.Process) -> None:
        while True:
            await asyncio.sleep(_TICK)
            memory, processes = _use(process.pid)
            if memory > self._limits.memory or processes > self._limits.processes + _OWN:
                self._stopped = "memory" if memory > self._limits.memory else "processes"
                return self._kill(process)

    def _kill(self, process: asyncio.subprocess.Process) -> None:
        # The one inside is the first of its own process numbers: all others there end with it. Bubblewrap's
        # end would be enough, but for the moment before the one inside has asked for that.
        if process.returncode is None:
            for pid in (self._inner, process.pid):
                with suppress(ProcessLookupError, PermissionError):
                    os.kill(pid or process.pid, signal.SIGKILL)

    async def _end(self, process: asyncio.subprocess.Process) -> None:
        self._kill(process)
        # It counts as ended only when all that it had said is taken.
        assert process.stdout is not None
        while await process.stdout.read(64 * 1024):
            pass
        await process.wait()


def _told(pipe: int) -> int | None:
    """The number of the process inside, as bubblewrap tells it; None if it did not get that far."""
    with os.fdopen(pipe, "rb") as stream:
        try:
            return int(json.loads(stream.read())["child-pid"])
        except (ValueError, KeyError, TypeError):
            return None


def _restrict(pid: int, limits: Limits) -> None:
    import resource

    values = {
        resource.RLIMIT_DATA: limits.memory,
        resource.RLIMIT_NPROC: limits.processes,
        resource.RLIMIT_FSIZE: limits.scratch,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_CPU: int(limits.seconds * 8) + 1,
    }
    for name, value in values.items():
        # It may have ended by itself.
        with suppress(OSError, ValueError):
            resource.prlimit(pid, name, (value, value))


def _use(pid: int) -> tuple[int, int]:
    """The bytes that a process and all below it have in memory, and how many they are."""
    memory, processes, pending = 0, 0, [pid]
    while pending:
        folder = Path("/proc", str(pending.pop()))
        with suppress(OSError, ValueError, IndexError):
            memory += int((folder / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
            processes += 1
            for task in (folder / "task").iterdir():
                pending += map(int, (task / "children").read_text().split())
    return memory, processes
