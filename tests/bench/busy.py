"""A hundred open documents, ten runs at a time, and a person who types and asks for code actions."""

from __future__ import annotations

import random
import time
from contextlib import suppress
from itertools import cycle
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench import crowd, stalls
from tests.bench.editing import p99, timed
from tests.bench.figures import Sample, Wrong
from tests.bench.lsp_process import Server
from tests.bench.peers import Peer
from tests.bench.person import Person
from tests.bench.stalls import stall

RUNS = 10
# Between one thing that the person does and the next.
PAUSE = 0.01
WHOLE = {"start": {"line": 0, "character": 0}, "end": {"line": 300, "character": 0}}


def busy(peer: Peer, requests: int, report: Path, *, scripted: bool) -> Sample:
    """Ours: `busy_code_action_p50`, `…_p99`, `busy_stall`, `busy_stall_cpu`, all ms; or `scripted_…`.

    Not scripted: the real worker, and an endpoint that says fifty words a second in each run, for ever; at
    the end all runs are cancelled. Scripted: the model is in the server's process, each run takes a second
    and ends with a proposal to review, and another run begins.
    """
    name = "scripted" if scripted else "busy"
    probed = stalls.scripted(peer, report) if scripted else stalls.probed(peer, report)
    with probed.session(stalls.OPTIONS) as server:
        desk = _Desk(peer, server)
        runs = _Runs(server, desk)
        runs.begin()
        started = time.perf_counter()
        times = desk.work(requests, runs.keep_going)
        ended = time.perf_counter()
        runs.end(scripted=scripted)
        server.shut_down()
    return {
        f"{name}_code_action_p50": median(times),
        f"{name}_code_action_p99": p99(times),
        f"{name}_runs": runs.seen,
        **stall(name, report, started, ended),
    }


def calm(peer: Peer, requests: int, name: str) -> Sample:
    """The reference: the same documents and the same person, and no runs."""
    with peer.session() as server:
        times = _Desk(peer, server).work(requests)
    return {f"{name}_code_action_p50": median(times), f"{name}_code_action_p99": p99(times)}


class _Desk:
    """The open documents and who types in them."""

    def __init__(self, peer: Peer, server: Server) -> None:
        self._peer, self._server = peer, server
        self._chance = random.Random(1)
        self.people = [
            Person(peer.uri(crowd.name(number)), crowd.lines(number), number, crowd.areas(number))
            for number in range(crowd.DOCUMENTS)
        ]
        for person in self.people:
            server.open(person.uri, person.text)

    def work(self, requests: int, between: Any = lambda: None) -> list[float]:
        """Type, ask for code actions, see what else came; returns the ms of each request."""
        times = []
        for _ in range(requests):
            person = self._chance.choice(self.people)
            self._server.notify("textDocument/didChange", person.change())
            range_ = person.selection()
            times.append(timed(lambda: self._peer.act(self._server, person, range_)))  # noqa: B023 # at once
            self.listen(PAUSE)
            between()
        return times

    def listen(self, seconds: float) -> None:
        """Take what comes in so many seconds."""
        deadline = time.monotonic() + seconds
        with suppress(TimeoutError):
            while True:
                self._server.receive(deadline)


class _Runs:
    """Ten runs, each in a document of its own; when one ends, another begins."""

    def __init__(self, server: Server, desk: _Desk) -> None:
        self._server, self._desk = server, desk
        self._next = cycle(range(crowd.DOCUMENTS))
        self._going: set[str] = set()
        self._waiting: list[str] = []
        self._ended: list[dict[str, Any]] = []
        self._said: set[str] = set()
        self.seen = 0
        server.on_note[stalls.EVENT] = self._told

    def begin(self) -> None:
        """Start them and wait until the model speaks in all of them."""
        for _ in range(RUNS):
            self._start()
        deadline = time.monotonic() + 60
        while len(self._said) < RUNS:
            self._server.receive(deadline)

    def keep_going(self) -> None:
        """Replace what has ended; proposals wait for a while and are rejected then."""
        while self._ended:
            event = self._ended.pop()
            if event["state"] != "review":
                raise Wrong(f"a run ended with {event['state']}: {event.get('text')}")
            self._waiting.append(event["run"])
            self._start()
        while len(self._waiting) > RUNS:
            oldest = self._waiting.pop(0)
            if not self._command("codexLsp.reject", {"proposal": oldest})["rejected"]:
                raise Wrong("there was no proposal to reject")

    def end(self, *, scripted: bool) -> None:
        """Cancel all runs and wait until they have ended."""
        if not scripted and self.seen != RUNS:
            raise Wrong(f"{self.seen} runs, and none should have ended")
        if scripted and self.seen <= RUNS:
            raise Wrong("no run came to its end")
        stopped = set(self._command("codexLsp.cancel", {})["cancelled"])
        deadline = time.monotonic() + 10
        while self._going & stopped:
            self._server.receive(deadline)
        wrong = [each["state"] for each in self._ended if each["run"] in stopped]
        if set(wrong) - {"cancelled"}:
            raise Wrong(f"runs that were cancelled ended with {wrong}")

    def _start(self) -> None:
        person = self._desk.people[next(self._next)]
        ask = {"uri": person.uri, "range": WHOLE, "instruction": "use it", "version": person.version}
        run = self._command("codexLsp.ask", ask)["run"]
        if run is None:
            raise Wrong("an ask was refused")
        self.seen += 1

    def _told(self, event: dict[str, Any]) -> None:
        if event["state"] == "started":
            self._going.add(event["run"])
        if event["state"] == "text":
            self._said.add(event["run"])
        if event.get("ended"):
            self._going.discard(event["run"])
            self._ended.append(event)

    def _command(self, command: str, argument: Any) -> Any:
        return self._server.request("workspace/executeCommand", {"command": command, "arguments": [argument]})
