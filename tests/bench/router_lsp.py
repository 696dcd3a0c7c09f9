"""Asks as an editor sends them: from the command to the request at the endpoint, from there to the edit."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

from tests.bench import peers, router_edits
from tests.bench.figures import Wrong
from tests.bench.lsp_process import SECONDS, Client, Server
from tests.bench.router_ways import environ
from tests.support.processes import workers

EXECUTE = "workspace/executeCommand"
_numbers = count(1)


class Endpoint:
    """`tests.bench.router_endpoint` as a process, and what it tells."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        assert process.stdout is not None
        self._pipe = process.stdout.fileno()
        self._poll = select.poll()
        self._poll.register(self._pipe, select.POLLIN)
        self._buffer = b""
        self.base_url = str(self.told()["base_url"])

    @classmethod
    @contextmanager
    def started(cls, module: str = "tests.bench.router_endpoint") -> Iterator[Endpoint]:
        """The process; it ends at the end."""
        command = [sys.executable, "-m", module]
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=peers.ROOT
        ) as process:
            try:
                yield cls(process)
            finally:
                process.kill()

    def told(self) -> dict[str, Any]:
        """The next line; raises `TimeoutError`."""
        while b"\n" not in self._buffer:
            if not self._poll.poll(SECONDS * 1000):
                raise TimeoutError("the endpoint says nothing")
            self._buffer += os.read(self._pipe, 1 << 16)
        line, _, self._buffer = self._buffer.partition(b"\n")
        return dict(json.loads(line))


class Editor:
    """A session with the server, and its documents, which are all the same text at the beginning.

    An edit is checked, told to the server as the editor's own change, and taken back when its run has ended.
    """

    def __init__(self, server: Client, endpoint: Endpoint, place: Path) -> None:
        self._server = server
        self._endpoint = endpoint
        self._place = place
        self._versions: dict[str, int] = {}
        self._value = 100_000
        self._came: list[tuple[float, int]] = []
        self._said: list[str] = []
        self._blocks: dict[int, int] = {}
        self._ends = 0
        server.on_request["workspace/applyEdit"] = self._apply
        server.on_note["$/progress"] = self._progress
        server.on_note["window/showMessage"] = lambda params: self._said.append(params["message"])
        self.open(1)

    def open(self, more: int) -> None:
        """Open so many more documents."""
        for _ in range(more):
            uri = (self._place / f"bench_{len(self._versions)}.py").as_uri()
            self._versions[uri] = 1
            item = {"uri": uri, "languageId": "python", "version": 1, "text": router_edits.text()}
            self._server.notify("textDocument/didOpen", {"textDocument": item})

    @property
    def _uris(self) -> list[str]:
        return list(self._versions)

    def edit(self, block: int, *, pieces: bool = False) -> tuple[float, float]:
        """One ask; returns the ms on the way to the endpoint and on the way back."""
        asked = self._ask(self._uris[0], block, pieces=pieces)
        ((came, value),) = self._edits(1)
        told = self._endpoint.told()
        if told["n"] != value:
            raise Wrong(f"the endpoint was asked for {told['n']}, and not for {value}")
        return (told["read"] - asked) * 1000, (came - told["sent"]) * 1000

    def together(self) -> float:
        """An ask in each document at once; the ms until the last edit is there."""
        asked = [self._ask(uri, block) for block, uri in enumerate(self._uris)]
        found = self._edits(len(self._uris))
        if {self._endpoint.told()["n"] for _ in found} != {value for _, value in found}:
            raise Wrong("the endpoint was asked for something else")
        return (found[-1][0] - asked[0]) * 1000

    def cancel(self) -> float:
        """An ask whose reply does not end, and a cancel; the ms until the connection is closed."""
        argument = {"uri": self._uris[0], "range": router_edits.selection(1), "instruction": "wait forever"}
        self._server.request(EXECUTE, _command("codexLsp.ask", argument))
        self._endpoint.told()
        cancelled = time.perf_counter()
        number = self._server.ask(EXECUTE, _command("codexLsp.cancel", {}))
        told = self._endpoint.told()
        if len(self._server.answer(number)["cancelled"]) != 1:
            raise Wrong("the run was not cancelled")
        self._ended(1)
        return float(told["gone"] - cancelled) * 1000

    def _ask(self, uri: str, block: int, *, pieces: bool = False) -> float:
        self._value += 1
        self._blocks[self._value] = block
        argument = {
            "uri": uri,
            "range": router_edits.selection(block),
            "version": self._versions[uri],
            "instruction": router_edits.instruction(block, self._value, pieces=pieces),
            "apply": "direct",
        }
        asked = time.perf_counter()
        self._server.ask(EXECUTE, _command("codexLsp.ask", argument))
        return asked

    def _edits(self, count: int) -> list[tuple[float, int]]:
        """The next so many edits: when they came, and what for; all is as before then."""
        self._ended(count)
        found, self._came = self._came, []
        if len(found) != count or self._said:
            raise Wrong(f"{len(found)} edits, and the server says {self._said}")
        for uri in self._uris[:count]:
            self._changed(uri, router_edits.text())
        return found

    def _ended(self, runs: int) -> None:
        deadline = time.monotonic() + SECONDS
        while self._ends < runs:
            self._server.receive(deadline)
        self._ends = 0

    def _progress(self, params: Any) -> None:
        self._ends += params["value"]["kind"] == "end"

    def _apply(self, params: Any) -> Any:
        came = time.perf_counter()
        (change,) = params["edit"]["documentChanges"]
        after = router_edits.applied(router_edits.text(), change["edits"])
        for value, block in self._blocks.items():
            if after == router_edits.edited(block, value):
                self._came.append((came, value))
                self._changed(change["textDocument"]["uri"], after)
                del self._blocks[value]
                return {"applied": True}
        raise Wrong(f"the edit is another: {change['edits']}")

    def _changed(self, uri: str, text: str) -> None:
        self._versions[uri] += 1
        document = {"uri": uri, "version": self._versions[uri]}
        params = {"textDocument": document, "contentChanges": [{"text": text}]}
        self._server.notify("textDocument/didChange", params)


def _command(name: str, argument: Any) -> dict[str, Any]:
    return {"command": name, "arguments": [argument]}


@contextmanager
def opened(endpoint: Endpoint, folder: Path, place: Path, *, settled: bool = False) -> Iterator[Session]:
    """A server, initialized, with a worker that nobody else has; `settled` waits until that is at rest."""
    runtime = folder / f"session-{next(_numbers)}"
    env = environ(endpoint.base_url, runtime)
    server = Session(peers.OURS, env, peers.ROOT, folder / "stderr.log")
    server.env = env
    try:
        server.initialize(place)
        server.notify("initialized", {})
        if settled:
            peers.settled(_worker(runtime))
        yield server
    finally:
        server.end()


class Session(Server):
    """A server, and the environment in which it runs."""

    env: Mapping[str, str]


def _worker(runtime: Path) -> int:
    """The process id of the worker that has imported LiteLLM; raises `TimeoutError`."""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        # The file of its last words is there before it, and gone then; the one who started it is gone too.
        if len(found := workers(runtime)) == 1 and not list(runtime.rglob("*.err")):
            return found[0]
        time.sleep(0.01)
    raise TimeoutError("no worker got ready")
