"""A server as a process, and nothing between: bytes in, messages out, stderr, memory, exit code."""

from __future__ import annotations

import fcntl
import json
import os
import re
import selectors
import subprocess
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.fuzz.values import MARKER

KEPT_STDERR = 20_000
_HEADER = re.compile(rb"Content-Length: (\d+)\r\n(?:Content-Type: [^\r\n]*\r\n)?\r\n")
_TRACES = re.compile(r'Traceback \(most recent|File "[^"]*", line \d+')


class Garbage(Exception):
    """What the server wrote is no frame with JSON in it."""


class Server:
    """A running server. `read` and `write` never block for longer than they are told."""

    def __init__(self, command: Sequence[str], env: Mapping[str, str], cwd: Path) -> None:
        self.process = subprocess.Popen(
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(env),
            cwd=cwd,
        )
        assert self.process.stdin and self.process.stdout and self.process.stderr  # noqa: PT018
        self._in, self._out = self.process.stdin.fileno(), self.process.stdout.fileno()
        self._err = self.process.stderr.fileno()
        self._selector = selectors.DefaultSelector()
        for each in (self._in, self._out, self._err):
            os.set_blocking(each, False)
        for each in (self._out, self._err):
            self._selector.register(each, selectors.EVENT_READ)
        self._unread = bytearray()
        self.stderr = ""
        self.leaks: list[str] = []
        self.stdin_closed = False

    @property
    def pid(self) -> int:
        """The process' id."""
        return self.process.pid

    def write(self, data: bytes, seconds: float) -> list[Any]:
        """Send all, reading meanwhile; what the server sent. Raises `TimeoutError` and `BrokenPipeError`."""
        found: list[Any] = []
        end = time.monotonic() + seconds
        view = memoryview(data)
        while view:
            try:
                view = view[os.write(self._in, view) :]
            except BlockingIOError:
                found += self._wait_for_room(end)
        return found

    def _wait_for_room(self, end: float) -> list[Any]:
        self._selector.register(self._in, selectors.EVENT_WRITE)
        try:
            if time.monotonic() > end:
                raise TimeoutError
            return self.read(max(0.0, end - time.monotonic()))
        finally:
            self._selector.unregister(self._in)

    def read(self, seconds: float) -> list[Any]:
        """What the server sent by now, waiting for something to happen for so many seconds at most."""
        if not self._selector.get_map():
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(seconds)
            return []
        for found, _ in self._selector.select(seconds):
            if found.fd == self._out:
                self._receive()
            elif found.fd == self._err:
                self._listen()
        return self._messages()

    def read_until(self, done: Callable[[Any], bool], seconds: float) -> tuple[list[Any], bool]:
        """All messages until one is `done`, the time is over or the server has gone; whether it was done."""
        messages: list[Any] = []
        end = time.monotonic() + seconds
        while True:
            fresh = self.read(max(0.0, end - time.monotonic()))
            messages += fresh
            if any(map(done, fresh)):
                return messages, True
            if time.monotonic() >= end or self.gone():
                return messages, False

    def gone(self) -> bool:
        """Whether the process has ended and all that it wrote was read."""
        return self._closed_out() and self.process.poll() is not None

    def _closed_out(self) -> bool:
        return self._out not in self._selector.get_map()

    def _receive(self) -> None:
        if not (data := os.read(self._out, 1 << 16)):
            self._selector.unregister(self._out)
        self._unread += data

    def _listen(self) -> None:
        if not (data := os.read(self._err, 1 << 16)):
            self._selector.unregister(self._err)
        before = len(self.stderr)
        self.stderr += data.decode("utf-8", "replace")
        if leak := leaked(self.stderr[max(0, before - 200) :]):
            self.leaks.append(f"stderr: {leak}")
        self.stderr = self.stderr[-KEPT_STDERR:]

    def _messages(self) -> list[Any]:
        found = []
        while self._unread:
            header = _HEADER.match(self._unread)
            if header is None:
                if b"\r\n\r\n" in self._unread or len(self._unread) > 1000:
                    raise Garbage(bytes(self._unread[:200]).decode("latin-1"))
                break
            end = header.end() + int(header.group(1))
            if len(self._unread) < end:
                break
            body = bytes(self._unread[header.end() : end])
            del self._unread[:end]
            try:
                message = json.loads(body.decode("utf-8"))
            except ValueError as error:
                raise Garbage(f"{error}: {body[:200]!r}") from error
            found += message if isinstance(message, list) else [message]
        return found

    def drained(self, seconds: float) -> bool:
        """Wait until the server has taken everything out of its standard input; whether it has."""
        end = time.monotonic() + seconds
        while int.from_bytes(fcntl.ioctl(self._in, termios.FIONREAD, bytes(4)), "little"):
            if time.monotonic() > end or self.process.poll() is not None:
                return False
            os.sched_yield()
        return True

    def rss_mib(self) -> float:
        """The memory that the server's own process holds, without its children's."""
        for line in Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
        return 0.0

    def close_stdin(self) -> None:
        """What an editor that dies leaves."""
        if not self.stdin_closed:
            self.stdin_closed = True
            assert self.process.stdin
            self.process.stdin.close()

    def wait(self, seconds: float) -> int | None:
        """The exit code; None if the process runs on for so long."""
        end = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < end:
            self.read(min(0.02, max(0.0, end - time.monotonic())))
        return self.process.poll()

    def kill(self) -> None:
        """End it, whatever it does, and read the rest of its stderr."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        while self._err in self._selector.get_map() and self._selector.select(0):
            if not any(found.fd == self._err for found, _ in self._selector.select(0)):
                break
            self._listen()
        self._selector.close()
        self.close_stdin()
        for stream in (self.process.stdout, self.process.stderr):
            assert stream
            stream.close()


def leaked(text: str) -> str:
    """What no error and no log may hold, a document's text or a traceback, or nothing."""
    if MARKER in text:
        return "document text"
    found = _TRACES.search(text)
    return f"traceback: {found.group()}" if found else ""
