"""Sessions of random messages against one server."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from random import Random
from typing import Literal

from tests.fuzz import targets, values
from tests.fuzz.connection import START_SECONDS, Connection, Lost, Reference
from tests.fuzz.ledger import Failure, Ledger
from tests.fuzz.manners import Manners
from tests.fuzz.messages import Author, Message
from tests.fuzz.targets import Profile, Target

# The part of a session after which memory is measured first. What a server loads on demand, it has by then.
WARM_UP = 0.4
RSS_LIMIT_MIB = 20.0
EXIT_SECONDS = 5.0
RESTARTS = 40
Ending = Literal["exit", "eof", "early exit"]
_ENDINGS: tuple[Ending, ...] = ("exit", "eof", "early exit")
# A short session has one part before `initialize`, one within and one after `shutdown`, as far as it comes.
PART = 12
PARTS: Mapping[Ending, int] = {"exit": 3, "eof": 2, "early exit": 1}


@dataclass(frozen=True)
class Plan:
    """A session: messages `start` to `start + count`. An `edge` one is about before and after the session."""

    start: int
    count: int
    profile: Profile
    edge: bool = False
    ending: Ending = "exit"


def plans(n: int, edges: int | None = None) -> list[Plan]:
    """`n` messages as sessions: some short ones, and a long one in each of the circumstances."""
    edges = max(3 if n else 0, n // 500) if edges is None else edges
    found: list[Plan] = []
    start = 0
    for number in range(edges):
        ending: Ending = _ENDINGS[number % len(_ENDINGS)]
        found.append(Plan(start, PART * PARTS[ending], "off", True, ending))
        start += found[-1].count
    left = max(0, n - start)
    shares: tuple[tuple[Profile, int], ...] = (
        ("scripted", left * 35 // 100),
        ("dead", left // 4),
        ("off", left - left * 35 // 100 - left // 4),
    )
    for profile, count in shares:
        found.append(Plan(start, count, profile))
        start += count
    return [each for each in found if each.count]


@dataclass
class Tally:
    """What a run against one server came to."""

    messages: int = 0
    rss_growth_mib: float = 0.0
    rss_mib: float = 0.0
    slowest_probe: float = 0.0
    restarts: int = 0
    exits: int = 0
    abandoned: int = 0
    framing_cases: int = 0
    framing_restarts: int = 0
    failures: list[Failure] = field(default_factory=list)
    codes: Counter[str] = field(default_factory=Counter)
    heard: Counter[str] = field(default_factory=Counter)

    def count(self, *kinds: str) -> int:
        """How many failures are of these kinds."""
        return sum(each.kind in kinds for each in self.failures)


class Fuzzer:
    """Runs plans against a target. `tally` grows."""

    def __init__(self, target: Target, seed: int, folder: Path, say: Callable[[str], None]) -> None:
        self.tally = Tally()
        self._target, self._seed, self._folder, self._say = target, seed, folder, say
        self._reference = Reference()

    def close(self) -> None:
        """End what it started beside the servers."""
        self._reference.close()

    def run(self, all_plans: Iterable[Plan], only: int | None = None) -> None:
        """Run session after session; or `only` one message, in a fresh session of its own."""
        for plan in all_plans:
            if only is not None and only not in range(plan.start, plan.start + plan.count):
                continue
            with targets.endpoint(plan.profile, self._seed, self._folder) as base:
                session = Session(self, plan, base)
                session.run_edge() if plan.edge else session.run(only)
            kind = "edge" if plan.edge else plan.profile
            seen = f"{self.tally.messages} messages, {len(self.tally.failures)} breaches"
            self._say(f"{self._target.name}: {kind}: {seen}, {self.tally.rss_growth_mib:.1f} MiB more")

    def connect(self, plan: Plan, base: str | None, ledger: Ledger) -> Connection:
        """A new process for a session."""
        env = targets.environ(self._target, base)
        manners = Manners(f"{self._seed}/{plan.start}/{self.tally.restarts}")
        return Connection(self._target, env, self._folder, ledger, manners, self._reference)

    def author(self, plan: Plan) -> Author:
        """Who writes the messages of a session."""
        return Author(f"{self._seed}/{plan.start}")

    def random(self, plan: Plan) -> Random:
        """What else is drawn in a session."""
        return Random(f"{self._seed}/{plan.start}/session")

    @property
    def folder(self) -> Path:
        """Where the servers run."""
        return self._folder


class Session:
    """One plan's session, with as many processes as it takes."""

    def __init__(self, fuzzer: Fuzzer, plan: Plan, base: str | None) -> None:
        self._fuzzer, self._plan, self._base, self._tally = fuzzer, plan, base, fuzzer.tally
        self._random = fuzzer.random(plan)
        self._author = fuzzer.author(plan)
        self._ledger = Ledger(
            failures=fuzzer.tally.failures, codes=fuzzer.tally.codes, heard=fuzzer.tally.heard
        )
        self._restarts = 0
        self._warm: float | None = None

    def run(self, only: int | None = None) -> None:
        """A long session: everything within one process, as long as it lives.

        With `only`, the other messages are written, since this one may depend on them, but not sent.
        """
        connection = self._begin()
        for window in windows(self._random, range(self._plan.start, self._end_index)):
            if connection is None:
                self._tally.abandoned += self._end_index - window[0]
                return
            messages = [self._author.write(index) for index in window]
            if only is not None:
                messages = [each for each in messages if each.index == only]
            if not self._try(connection, messages):
                connection = self._restarted(connection)
        if connection is not None:
            self._finish(connection)

    @property
    def _end_index(self) -> int:
        return self._plan.start + self._plan.count

    def _restarted(self, lost: Connection) -> Connection | None:
        lost.end()
        self._warm = None
        self._restarts += 1
        self._tally.restarts += 1
        return self._begin() if self._restarts <= RESTARTS else None

    def _finish(self, connection: Connection) -> None:
        try:
            if self._warm is not None:
                rss = self._calm_rss(connection)
                self._note_rss(rss, rss - self._warm)
        except Lost as error:
            self._lost(error, [])
            connection.end()
            return
        self._end(connection, "exit")

    def run_edge(self) -> None:
        """A short session: messages before `initialize`, some behind it, and after `shutdown`."""
        plan, random = self._plan, self._random
        connection = self._fuzzer.connect(plan, self._base, self._ledger)
        before, within, after = (
            range(plan.start + part * PART, plan.start + (part + 1) * PART) for part in range(3)
        )
        early = list(windows(random, before))
        try:
            connection.step([])
            self._steps(connection, early, self._author.early)
            if plan.ending == "early exit":
                self._end(connection, plan.ending)
                return
            connection.request(
                "init", "initialize", targets.initialize_params(random, self._fuzzer.folder), 10
            )
            connection.notify("initialized", {})
            self._steps(connection, windows(random, within), self._author.write)
            if plan.ending == "exit":
                connection.request("shut", "shutdown", None, EXIT_SECONDS)
                connection.step([])
                self._steps(connection, windows(random, after), self._author.early)
        except Lost as error:
            self._lost(error, [])
            connection.end()
            return
        self._end(connection, plan.ending)

    def _steps(
        self, connection: Connection, some: Iterable[list[int]], write: Callable[[int], Message]
    ) -> None:
        for window in some:
            messages = [write(index) for index in window]
            self._tally.messages += len(messages)
            try:
                connection.step(messages)
            except Lost as error:
                raise Lost(error.kind, f"{error} (after messages {window})") from error

    def _begin(self) -> Connection | None:
        connection = self._fuzzer.connect(self._plan, self._base, self._ledger)
        random = Random(f"{self._plan.start}/initialize")
        try:
            connection.step([])
            params = targets.initialize_params(random, self._fuzzer.folder)
            connection.request("init", "initialize", params, 10)
            connection.notify("initialized", {})
            connection.step([])
            self._first_run(connection)
        except Lost as error:
            self._lost(error, [])
            connection.end()
            return None
        return connection

    def _first_run(self, connection: Connection) -> None:
        """Wait for one run, if there can be one: the first starts LiteLLM, which takes seconds."""
        uri = values.DOCUMENTS[0]
        item = {"uri": uri, "languageId": "python", "version": 1, "text": values.LINES[0]}
        connection.notify("textDocument/didOpen", {"textDocument": item})
        start = {"line": 0, "character": 0}
        ask = {"uri": uri, "range": {"start": start, "end": start}, "instruction": "Set alpha to 2."}
        params = {"command": "codexLsp.ask", "arguments": [ask], "workDoneToken": "first"}
        answer = connection.request("first", "workspace/executeCommand", params, EXIT_SECONDS)
        result = answer.get("result") if answer else None
        if isinstance(result, dict) and result.get("run"):
            connection.wait_for_end("first", START_SECONDS)

    def _try(self, connection: Connection, messages: list[Message]) -> bool:
        self._tally.messages += len(messages)
        try:
            connection.step(messages)
            warmed_up = messages and messages[-1].index - self._plan.start >= self._plan.count * WARM_UP
            if self._warm is None and warmed_up:
                self._warm = self._calm_rss(connection)
        except Lost as error:
            self._lost(error, messages)
            return False
        self._tally.slowest_probe = max(self._tally.slowest_probe, connection.slowest)
        return True

    def _lost(self, error: Lost, messages: list[Message]) -> None:
        index = messages[-1].index if messages else -1
        what = f"{error} (messages {[each.index for each in messages]})"
        body = max((each.body for each in messages), key=len, default=b"")
        self._tally.failures.append(Failure(error.kind, index, what, body))
        self._ledger.close(forgive=True)

    def _calm_rss(self, connection: Connection) -> float:
        """The memory once all documents are closed and no run goes on, in MiB."""
        connection.request("calm", "workspace/executeCommand", CANCEL_ALL, EXIT_SECONDS)
        for uri in chain(values.DOCUMENTS, values.ODD_URIS):
            connection.notify("textDocument/didClose", {"textDocument": {"uri": uri}})
        connection.settle(1.0)
        connection.step([])
        return connection.server.rss_mib()

    def _note_rss(self, rss: float, growth: float) -> None:
        self._tally.rss_mib = max(self._tally.rss_mib, rss)
        self._tally.rss_growth_mib = max(self._tally.rss_growth_mib, growth)
        if growth > RSS_LIMIT_MIB:
            what = f"{growth:.1f} MiB more than after the warm-up, in the {self._plan.profile} session"
            self._tally.failures.append(Failure("memory", self._plan.start, what))

    def _end(self, connection: Connection, ending: Ending) -> None:
        try:
            connection.settle(1.0)
            if ending == "exit" and connection.phase != "shut":
                connection.request("shut", "shutdown", None, EXIT_SECONDS)
            if ending == "eof":
                connection.server.close_stdin()
            else:
                connection.notify("exit", None)
            self._judge_exit(connection, 0 if ending == "exit" else 1, ending)
        except Lost as error:
            self._lost(error, [])
        self._ledger.close()
        connection.end()

    def _judge_exit(self, connection: Connection, right: int, ending: Ending) -> None:
        self._tally.exits += 1
        if (code := connection.server.wait(EXIT_SECONDS)) != right:
            what = (
                f"ended with {code} after {ending}, {right} is right (None: not within {EXIT_SECONDS:.0f} s)"
            )
            self._tally.failures.append(Failure("wrong_exits", self._plan.start, what))


CANCEL_ALL = {"command": "codexLsp.cancel", "arguments": [{}]}


def windows(random: Random, indexes: range) -> Iterator[list[int]]:
    """The indexes in runs of one to six: what is sent at once."""
    rest = list(indexes)
    while rest:
        size = random.choice((1, 1, 1, 2, 3, 6))
        yield rest[:size]
        rest = rest[size:]
