"""A language server as a process, and a raw client over its pipes: blocking, one thread, nothing but stdlib.

It knows what it needs to measure without adding to what it measures; `tests.support.editor` is the client
that knows the protocol.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.bench.proc import Watch

SECONDS = 60.0
CAPABILITIES: dict[str, Any] = {
    "general": {"positionEncodings": ["utf-16"]},
    "textDocument": {
        "synchronization": {"didSave": True},
        "codeAction": {
            "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["quickfix", "refactor", "source"]}},
            "disabledSupport": True,
        },
        "publishDiagnostics": {"versionSupport": True, "relatedInformation": True, "dataSupport": True},
    },
    "window": {"workDoneProgress": True},
    "workspace": {"applyEdit": True, "workspaceEdit": {"documentChanges": True}},
}


class Refused(Exception):
    """An error as the answer; `code` is its number."""

    def __init__(self, method: str, error: Mapping[str, Any]) -> None:
        super().__init__(f"{method}: {error.get('message')} ({error.get('code')})")
        self.code = error.get("code")


class Gone(Exception):
    """The server's output ended."""


def frame(message: Mapping[str, Any]) -> bytes:
    """The bytes of one message."""
    body = json.dumps({"jsonrpc": "2.0", **message}, ensure_ascii=False, separators=(",", ":")).encode()
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


def notification(method: str, params: Any) -> bytes:
    """The bytes of one notification."""
    return frame({"method": method, "params": params})


class Client:
    """The client's end of two pipes. Requests of the server's are answered with null, whatever they ask.

    `counts` has how many messages of each method came from the server; `on_note` takes functions that are
    called with the parameters of the method that they stand for, `on_request` such that return an answer.
    """

    def __init__(self, read: int, write: int) -> None:
        self._read, self._write = read, write
        self._poll = select.poll()
        self._poll.register(read, select.POLLIN)
        self._buffer = bytearray()
        self._last_id = 0
        self._results: dict[int, Mapping[str, Any]] = {}
        self.counts: Counter[str] = Counter()
        self.on_note: dict[str, Callable[[Any], None]] = {}
        self.on_request: dict[str, Callable[[Any], Any]] = {}

    def send(self, data: bytes) -> None:
        """Write whole frames."""
        view = memoryview(data)
        while view:
            view = view[os.write(self._write, view) :]

    def notify(self, method: str, params: Any) -> None:
        """Send a notification."""
        self.send(notification(method, params))

    def ask(self, method: str, params: Any) -> int:
        """Send a request; returns its id, for `answer`."""
        self._last_id += 1
        self.send(frame({"id": self._last_id, "method": method, "params": params}))
        return self._last_id

    def answer(self, number: int, method: str = "request") -> Any:
        """Wait for a request's answer; raises `Refused`, `Gone` or `TimeoutError`."""
        deadline = time.monotonic() + SECONDS
        while number not in self._results:
            self.receive(deadline)
        answer = self._results.pop(number)
        if "error" in answer:
            raise Refused(method, answer["error"])
        return answer["result"]

    def request(self, method: str, params: Any) -> Any:
        """Send a request and wait for its answer; raises as `answer` does."""
        return self.answer(self.ask(method, params), method)

    def receive(self, deadline: float) -> Mapping[str, Any]:
        """Take the next message, whatever it is; raises `Gone`, or `TimeoutError` at the deadline."""
        message: Mapping[str, Any] = self._next(deadline)
        if method := message.get("method"):
            self.counts[method] += 1
            if method in self.on_note:
                self.on_note[method](message.get("params"))
            if "id" in message:
                answer = self.on_request.get(method)
                result = answer(message.get("params")) if answer else None
                self.send(frame({"id": message["id"], "result": result}))
        else:
            self._results[message["id"]] = message
        return message

    def initialize(self, root: Path, options: Any = None, process_id: int | None = None) -> Any:
        """The first request; returns its result."""
        params = {
            "processId": process_id or os.getpid(),
            "rootUri": root.as_uri(),
            "workspaceFolders": [{"uri": root.as_uri(), "name": root.name}],
            "capabilities": CAPABILITIES,
            "initializationOptions": options,
        }
        return self.request("initialize", params)

    def _next(self, deadline: float) -> Any:
        end = self._filled(b"\r\n\r\n", deadline)
        head = bytes(self._buffer[:end]).lower()
        length = int(head.partition(b"content-length:")[2].split(b"\r\n")[0])
        start = end + 4
        while len(self._buffer) < start + length:
            self._more(deadline)
        body = bytes(self._buffer[start : start + length])
        del self._buffer[: start + length]
        return json.loads(body)

    def _filled(self, mark: bytes, deadline: float) -> int:
        while (end := self._buffer.find(mark)) < 0:
            self._more(deadline)
        return end

    def _more(self, deadline: float) -> None:
        if not self._poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
            raise TimeoutError("the server said nothing more")
        if not (data := os.read(self._read, 1 << 16)):
            raise Gone("the server's output ended")
        self._buffer += data


class Server(Client):
    """A server that was started a moment ago. `spawned` is when, by `time.perf_counter`."""

    def __init__(self, command: Sequence[str], env: Mapping[str, str], folder: Path, log: Path) -> None:
        with log.open("ab") as errors:
            self.spawned = time.perf_counter()
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=dict(env),
                cwd=folder,
                bufsize=0,
            )
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        super().__init__(self.process.stdout.fileno(), self.process.stdin.fileno())

    @property
    def pid(self) -> int:
        """The server's process id."""
        return self.process.pid

    def open(self, uri: str, text: str) -> None:
        """`didOpen`, as version 1."""
        item = {"uri": uri, "languageId": "python", "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": item})

    def shut_down(self) -> float:
        """`shutdown`, `exit`, and the process' end; returns the ms that took. Raises `TimeoutError`."""
        watch = Watch(self.pid)
        started = time.perf_counter()
        self.request("shutdown", None)
        self.notify("exit", None)
        try:
            if not watch.gone(10):
                raise TimeoutError("the server did not end after shutdown and exit")
        finally:
            watch.close()
        return (time.perf_counter() - started) * 1000

    def end(self) -> None:
        """Kill it if it is still there, and close the pipes."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(10)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()
