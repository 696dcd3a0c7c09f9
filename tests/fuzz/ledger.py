"""Holds what is owed against what came."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.fuzz import oracle
from tests.fuzz.client import leaked
from tests.fuzz.oracle import Due, Phase, key

KEPT = 600
INTERNAL = -32603
# An answer may come later than those to the messages behind it, but not by so many probes.
STEPS = 50


@dataclass(frozen=True)
class Failure:
    """One breach: its kind, the message by its index in the run (-1: none can be named), what was seen."""

    kind: str
    index: int
    what: str
    body: bytes = b""
    frame: bool = False

    @property
    def replay(self) -> str:
        """What makes it happen again, beside the `--n` and `--seed` of the run."""
        return f"--frame {self.index}" if self.frame else f"--only {self.index}"

    def as_json(self) -> dict[str, Any]:
        """For the report; bodies are cut, a replay makes them again."""
        return {
            "kind": self.kind,
            "replay": self.replay,
            "what": self.what[:KEPT],
            "body": self.body[:KEPT].decode("latin-1"),
        }


@dataclass(eq=False)
class Entry:
    """A due of one message, sent in one step."""

    due: Due
    index: int
    body: bytes
    step: int


@dataclass(eq=False)
class Came:
    """An answer of the server's."""

    message: dict[str, Any]
    id: str
    code: int | None

    def fits(self, entry: Entry, *, code: bool) -> bool:
        """Whether it can be the answer that is due, by its id; and by its `code`, None for a result."""
        right = entry.due.codes is None or self.code in entry.due.codes
        return self.id in entry.due.ids and (right or not code)


@dataclass
class Ledger:
    """The answers that are open. `failures` grows by what is wrong."""

    failures: list[Failure] = field(default_factory=list)
    codes: Counter[str] = field(default_factory=Counter)
    heard: Counter[str] = field(default_factory=Counter)
    _open: list[Entry] = field(default_factory=list)
    _came: list[Came] = field(default_factory=list)
    _step: int = 0

    def owe(self, body: bytes, index: int, phase: Phase) -> None:
        """Note what the body is owed; before it is sent."""
        self._open += [Entry(due, index, body, self._step) for due in oracle.dues(body, phase)]

    def answered(self, message: dict[str, Any]) -> None:
        """Take an answer of the server's."""
        self._look_at(message)
        error = message.get("error")
        code = error.get("code") if isinstance(error, dict) else None
        self.codes["result" if code is None else str(code)] += 1
        result = message.get("result")
        if isinstance(result, dict) and isinstance(result.get("run"), str):
            self.heard["a run's id"] += 1
        self._came.append(Came(message, key(message.get("id")), code))

    def next_step(self) -> None:
        """A probe was answered: what is open for many steps by now is not answered any more."""
        self._assign()
        self._step += 1
        while self._open and self._open[0].step < self._step - STEPS:
            self._unanswered(self._open.pop(0))

    @property
    def waiting(self) -> bool:
        """Whether an answer must still come."""
        self._assign()
        return any(each.due.must for each in self._open)

    def close(self, *, forgive: bool = False) -> None:
        """The server has gone. `forgive` where it was killed or has died, which is counted elsewhere."""
        self._assign()
        for each in () if forgive else self._open:
            self._unanswered(each)
        self._open.clear()

    def sent(self, message: dict[str, Any]) -> None:
        """Take a notification or a request of the server's."""
        self.heard[str(message.get("method"))] += 1
        if message.get("method") == "window/logMessage" and (leak := leaked(str(message.get("params")))):
            self.fail("leaks", self._last_index(), f"logMessage: {leak}: {message}")

    def fail(self, kind: str, index: int, what: str, body: bytes = b"") -> None:
        """Note a breach."""
        self.failures.append(Failure(kind, index, what[:KEPT], body[:KEPT]))

    def _assign(self) -> None:
        """Find a due for each answer that came, in the way that leaves the fewest over."""
        pairs = matched(self._open, self._came)
        for came in self._came:
            if came in pairs.values():
                continue
            free = [each for each in self._open if each not in pairs and came.fits(each, code=False)]
            if not free:
                self.fail("duplicates", self._last_index(), f"nobody was owed this: {came.message}")
                continue
            pairs[free[-1]] = came
            what = f"{came.code} where {sorted(free[-1].due.codes or ())} is right: {came.message}"
            self.fail("wrong_codes", free[-1].index, what, free[-1].body)
        for entry, came in pairs.items():
            if came.code == INTERNAL:
                self.fail("internal_errors", entry.index, str(came.message), entry.body)
        self._open = [each for each in self._open if each not in pairs]
        self._came.clear()

    def _unanswered(self, entry: Entry) -> None:
        if entry.due.must:
            self.fail(
                "unanswered", entry.index, f"no answer with an id of {sorted(entry.due.ids)}", entry.body
            )

    def _look_at(self, message: dict[str, Any]) -> None:
        error = message.get("error")
        whole = (
            message.get("jsonrpc") == "2.0"
            and "id" in message
            and ("result" in message) != ("error" in message)
        )
        if whole and error is not None:
            whole = isinstance(error, dict) and type(error.get("code")) is int
            whole = whole and isinstance(error.get("message"), str)
        if not whole:
            self.fail("malformed", self._last_index(), f"no answer as JSON-RPC has it: {message}")
        if error is not None and (leak := leaked(str(error))):
            self.fail(
                "leaks", self._last_index(), f"{leak}: {message}", self._open[-1].body if self._open else b""
            )

    def _last_index(self) -> int:
        return self._open[-1].index if self._open else -1


def matched(entries: list[Entry], answers: list[Came]) -> dict[Entry, Came]:
    """As many pairs as there can be, of what must be answered first (augmenting paths)."""
    pairs: dict[Entry, Came] = {}
    reverse: dict[Came, Entry] = {}

    def place(entry: Entry, seen: set[Came]) -> bool:
        for came in answers:
            if came in seen or not came.fits(entry, code=True):
                continue
            seen.add(came)
            if came not in reverse or place(reverse[came], seen):
                pairs[entry], reverse[came] = came, entry
                return True
        return False

    # What was asked last is answered rather than what stayed without an answer for long.
    for entry in sorted(entries, key=lambda each: (not each.due.must, -each.step)):
        place(entry, set())
    return pairs
