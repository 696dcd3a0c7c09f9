"""Who reviews: asks, types, looks at actions and marks, accepts, takes back; all that comes is checked."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from random import Random
from typing import Any

from tests.bench.editing import timed
from tests.bench.figures import Wrong
from tests.bench.lsp_process import Server, notification
from tests.bench.peers import Peer
from tests.bench.reviewed import Reviewer
from tests.bench.stalls import EVENT

MARKS, APPLY = "textDocument/publishDiagnostics", "workspace/applyEdit"
ACCEPT, ACCEPT_ALL = "Codex: accept this change", "Codex: accept all"
SECONDS = 60.0
# Between a keystroke and the next one.
PAUSE = 0.01


class Desk:
    """One document, open in a server; a bare one has nothing to review."""

    def __init__(self, peer: Peer, server: Server, person: Reviewer) -> None:
        self.server = server
        self.person = person
        self._peer = peer
        self._chance = Random(len(person.lines))
        self._run = ""
        self._marks: Mapping[str, Any] = {}
        self._ended: list[Mapping[str, Any]] = []
        server.open(person.uri, person.text)

    def ask(self) -> None:
        """Ask, and wait until all changes are marked."""
        self._sit_down()
        place = self.person.at(0)
        ask = {"uri": self.person.uri, "range": place, "instruction": "Renew them.", "apply": "review"}
        self._run = self._command("codexLsp.ask", ask)["run"]
        self._wait(lambda: self._ended)
        if self._ended[0]["state"] != "review":
            raise Wrong(f"the run ended with {self._ended[0]}")
        self._wait(self._is_marked)
        self.person.check_marks(self._marks["diagnostics"])

    def choice(self, times: int) -> list[int]:
        """The numbers of so many changes that wait."""
        return self._chance.choices(self.person.waiting, k=times)

    def type(self) -> None:
        """A keystroke."""
        self.server.notify("textDocument/didChange", self.person.key())

    def listen(self) -> None:
        """Take what comes until the next keystroke."""
        deadline = time.monotonic() + PAUSE
        with suppress(TimeoutError):
            while True:
                self.server.receive(deadline)

    def act_at(self, number: int) -> float:
        """How many ms the code actions at a change took."""
        spent, actions = self._act(self.person.at(number))
        if self._peer.name != "bare":
            self._check(actions, [number])
        return spent

    def act_everywhere(self) -> float:
        """How many ms the code actions for the whole file took."""
        spent, actions = self._act(self.person.whole())
        if self._peer.name != "bare":
            self._check(actions, self.person.waiting)
        return spent

    def accept_one(self) -> float:
        """Accept a change by its code action: ms from the change of the text to the marks."""
        (number,) = self.choice(1)
        _, actions = self._act(self.person.at(number))
        (edits,) = self._literal(actions, ACCEPT)
        return self._change(self.person.apply(edits, self.person.accepted([number])))

    def key_to_marks(self) -> float:
        """A keystroke: ms from it to the marks."""
        return self._change(self.person.key())

    def command(self, name: str, wanted: list[str], state: str) -> float:
        """A command that makes the text `wanted` and the proposal's state so: ms until its edit is there."""
        arrived: list[float] = []

        def apply(params: Mapping[str, Any]) -> dict[str, Any]:
            arrived.append(time.perf_counter())
            frame = self.person.apply(self._edits(params["edit"]), wanted)
            self.server.notify("textDocument/didChange", frame)
            return {"applied": True}

        self._sit_down()
        self.server.on_request[APPLY] = apply
        started = time.perf_counter()
        self._command(name, {"proposal": self._run})
        self._wait(lambda: arrived)
        self._settle(state)
        return (arrived[0] - started) * 1000

    def _sit_down(self) -> None:
        """What comes from now on is for this desk, should there be several."""
        self.server.on_note |= {MARKS: self._marked, EVENT: self._told}

    def _change(self, params: Mapping[str, Any]) -> float:
        frame = notification("textDocument/didChange", params)
        started = time.perf_counter()
        self.server.send(frame)
        self._wait(self._is_marked)
        spent = (time.perf_counter() - started) * 1000
        self.person.check_marks(self._marks["diagnostics"])
        return spent

    def _is_marked(self) -> bool:
        """Whether the marks for the text as it is are there."""
        return bool(self._marks.get("version") == self.person.version)

    def _settle(self, state: str) -> None:
        """Wait until the server, too, knows what became of it, and no mark is left."""
        deadline = time.monotonic() + SECONDS
        while self._state() != state:
            if time.monotonic() > deadline:
                raise TimeoutError(f"the proposal is {self._state()!r}, not {state!r}")
        if self._marks["diagnostics"]:
            raise Wrong(f"{len(self._marks['diagnostics'])} marks are left of what is {state}")

    def _state(self) -> str:
        review = self._command("codexLsp.status", {})["review"]
        return str(next((each["state"] for each in review if each["proposal"] == self._run), "gone"))

    def _act(self, range_: Mapping[str, Any]) -> tuple[float, list[Any]]:
        found: list[Any] = []
        spent = timed(lambda: found.extend(self._peer.act(self.server, self.person, range_)))
        return spent, found

    def _check(self, actions: Sequence[Mapping[str, Any]], numbers: Sequence[int]) -> None:
        """Raise `Wrong` unless these changes can be accepted, one by one and with all others."""
        person = self.person
        ones = self._literal(actions, ACCEPT)
        if len(ones) != len(numbers):
            raise Wrong(f"{len(ones)} changes can be accepted where {len(numbers)} are")
        if person.edited([edit for edits in ones for edit in edits]) != person.accepted(numbers):
            raise Wrong("accepting one by one makes another text than it should")
        (everything,) = self._literal(actions, ACCEPT_ALL)
        if person.edited(everything) != person.accepted(person.waiting):
            raise Wrong("accepting all makes another text than it should")

    def _literal(self, actions: Sequence[Mapping[str, Any]], title: str) -> list[list[Any]]:
        return [self._edits(each["edit"]) for each in actions if each["title"] == title]

    def _edits(self, edit: Mapping[str, Any]) -> list[Any]:
        """The text edits of an edit of the one document, as it is now."""
        (one,) = edit["documentChanges"]
        if one["textDocument"] != {"uri": self.person.uri, "version": self.person.version}:
            raise Wrong(f"an edit is for {one['textDocument']}, the text is at {self.person.version}")
        return list(one["edits"])

    def _command(self, name: str, argument: Mapping[str, Any]) -> Any:
        return self.server.request("workspace/executeCommand", {"command": name, "arguments": [argument]})

    def _wait(self, ready: Callable[[], object]) -> None:
        deadline = time.monotonic() + SECONDS
        while not ready():
            self.server.receive(deadline)

    def _marked(self, params: Mapping[str, Any]) -> None:
        if params["uri"] == self.person.uri:
            self._marks = params

    def _told(self, event: Mapping[str, Any]) -> None:
        if event.get("ended"):
            self._ended.append(event)
