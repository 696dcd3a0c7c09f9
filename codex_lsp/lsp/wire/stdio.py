"""The process around the server: bytes from standard input, the editor's life, signals, and an end in time.

What may block has a thread of its own, so that the process ends even while its event loop does not turn: the
one that reads standard input, and the one that waits for the end of the editor's process.
"""

from __future__ import annotations

import asyncio
import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any, BinaryIO

from pygls.io_ import StdoutWriter

from codex_lsp.lsp.server import CodexServer
from codex_lsp.lsp.wire import garbage

# An editor that is gone shall have left nothing behind after five seconds.
END_SECONDS = 3.0
# A thread that computes (traces, a walk, a parser) gives way to the loop after so long; Python's own 5 ms are
# felt as soon as a request and its answer need the interpreter a few times.
SWITCH_SECONDS = 0.0005
_POLL_SECONDS = 1.0
_CHUNK = 1 << 16
_SIGNALS = ("SIGTERM", "SIGINT", "SIGHUP")


def serve_stdio(server: CodexServer, stdin: BinaryIO, stdout: BinaryIO, parent: int) -> int:
    """Serve one client to the end; returns the exit code: 0 after `shutdown`, else 1 (LSP 3.17, Exit).

    `parent` is whose child this process was when it began.
    """
    sys.setswitchinterval(SWITCH_SECONDS)
    return asyncio.run(_Process(server).serve(stdin, stdout, parent))


class _Process:
    """Ends with the editor's process (its own parent, before that is known), standard input, or a signal."""

    def __init__(self, server: CodexServer) -> None:
        self._server = server
        self._loop: asyncio.AbstractEventLoop | None = None
        self._watched: int | None = None
        self._ending = threading.Lock()
        server.process = self

    async def serve(self, stdin: BinaryIO, stdout: BinaryIO, parent: int) -> int:
        self._loop = asyncio.get_running_loop()
        for name in _SIGNALS:
            if number := getattr(signal, name, None):
                signal.signal(number, self._signalled)
        self.watch(parent)
        if os.getppid() != parent:
            # It ended while this process was loading: nobody is left who could say `initialize`.
            self._end()
        reader = asyncio.StreamReader()
        threading.Thread(target=self._feed, args=(stdin.fileno(), reader), daemon=True).start()
        try:
            await self._server.serve(reader, StdoutWriter(stdout))
        finally:
            self._limit()
        return self._code

    def watch(self, process_id: int) -> None:
        """End when this process does, and no longer with another. One that cannot be seen is left alone:
        the id may be from outside a container."""
        if process_id > 1 and _exists(process_id):
            self._watched = process_id
            threading.Thread(target=self._wait_for, args=(process_id,), daemon=True).start()

    def settle(self) -> None:
        """Take what was loaded until now out of the garbage collector's sight."""
        garbage.settle()

    @property
    def _code(self) -> int:
        return 0 if self._server.ended_orderly else 1

    def _feed(self, stdin: int, reader: asyncio.StreamReader) -> None:
        with suppress(OSError):
            while data := os.read(stdin, _CHUNK):
                self._in_loop(reader.feed_data, data)
        self._limit()
        self._in_loop(reader.feed_eof)

    def _wait_for(self, process_id: int) -> None:
        if _wait(process_id) and self._watched == process_id:
            self._end()

    def _signalled(self, *_: object) -> None:
        self._end()

    def _end(self) -> None:
        self._limit()
        self._in_loop(self._server.stop)

    def _limit(self) -> None:
        """End the process after a while, whatever hangs then. The worker sees the end of its input."""
        if self._ending.acquire(blocking=False):
            timer = threading.Timer(END_SECONDS, lambda: os._exit(self._code))
            timer.daemon = True
            timer.start()

    def _in_loop(self, call: Callable[..., object], *arguments: Any) -> None:
        assert self._loop is not None
        with suppress(RuntimeError):  # the loop was closed already
            self._loop.call_soon_threadsafe(call, *arguments)


def _exists(process_id: int) -> bool:
    if sys.platform == "win32":
        return True
    try:
        os.kill(process_id, 0)
    except PermissionError:
        return True
    except (OSError, OverflowError):
        return False
    return True


def _wait(process_id: int) -> bool:
    """Wait for the end of any process; False if that cannot be done."""
    if sys.platform == "win32":
        return _wait_on_windows(process_id)
    if hasattr(os, "pidfd_open"):
        with suppress(OSError):
            poll = select.poll()
            poll.register(os.pidfd_open(process_id), select.POLLIN)
            poll.poll()
            return True
    while _exists(process_id):
        time.sleep(_POLL_SECONDS)
    return True


def _wait_on_windows(process_id: int) -> bool:
    import ctypes

    kernel = ctypes.windll.kernel32  # type: ignore[attr-defined] # only there
    handle = kernel.OpenProcess(0x00100000, False, process_id)  # SYNCHRONIZE
    return bool(handle) and kernel.WaitForSingleObject(handle, 0xFFFFFFFF) == 0
