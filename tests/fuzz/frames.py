"""Malformed framing against a server: answered, resynchronised or ended with exit code 1, within a second."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.fuzz import targets
from tests.fuzz.client import Garbage, Server
from tests.fuzz.connection import PER_ROUND_TRIP, SECOND, START_SECONDS, Reference
from tests.fuzz.framing import Case
from tests.fuzz.ledger import Failure
from tests.fuzz.messages import to_frame
from tests.fuzz.run import Tally
from tests.fuzz.targets import Target
from tests.fuzz.values import PROBE

EVERY = 500
# Where nothing has to be awaited a case takes about a millisecond; this is for one that waits for the pipe.
PIECE_SECONDS = 1.0
SPOKEN_SECONDS = 0.3


class FrameFuzzer:
    """Runs cases, on one process for as long as it lives and one that is started in advance."""

    def __init__(self, target: Target, folder: Path, tally: Tally, say: Callable[[str], None]) -> None:
        self._target, self._folder, self._tally, self._say = target, folder, tally, say
        self._reference = Reference()
        self._spare = self._start()
        self._server = self._ready()
        self._probes = 0

    def close(self) -> None:
        """End what it started."""
        self._server.kill()
        self._spare.kill()
        self._reference.close()

    def run(self, cases: Iterable[Case], only: int | None = None) -> None:
        """Run case after case, or one only; `tally` grows."""
        for index, case in enumerate(cases):
            if only not in (None, index):
                continue
            self._tally.framing_cases += 1
            verdict = self._judge(case)
            if verdict is not None:
                what = f"{case.name}: {verdict[1]}"
                self._tally.failures.append(
                    Failure(verdict[0], index, what, b"".join(case.pieces), frame=True)
                )
            for leak in self._server.leaks:
                self._tally.failures.append(Failure("leaks", index, f"{case.name}: {leak}", frame=True))
            self._server.leaks.clear()
            if verdict is not None or self._server.process.poll() is not None:
                self._replace()
            if (index + 1) % EVERY == 0:
                self._say(f"{self._target.name}: {index + 1} frames, {self._tally.framing_restarts} restarts")

    def _judge(self, case: Case) -> tuple[str, str] | None:
        """The kind of breach and what was seen, or None if all was well."""
        seen: list[Any] = []
        self._probes += 1
        first = f"{PROBE}{self._probes}a"
        started = time.monotonic()
        with suppress(BrokenPipeError, TimeoutError):
            for piece in case.pieces:
                seen += self._server.write(piece, PIECE_SECONDS)
                if len(case.pieces) > 1:
                    self._server.drained(PIECE_SECONDS)
            started = time.monotonic()
            seen += self._server.write(_probe(first), PIECE_SECONDS)
        try:
            worst = self._wait({first, *case.ids}, seen, started, patient=bool(case.ids))
            if not case.ids and first not in ids_of(seen) and ids_of(seen) and not self._server.gone():
                # It said something, so it reads. The frame behind may be lost with the broken one.
                first, started = f"{first}b", time.monotonic()
                with suppress(BrokenPipeError, TimeoutError):
                    seen += self._server.write(_probe(first), PIECE_SECONDS)
                worst = self._wait({first}, seen, started, patient=True)
        except Garbage as error:
            return "crashes", f"it wrote what is no message: {error}"
        return self._verdict(case, first, ids_of(seen), time.monotonic() - started, worst)

    def _verdict(
        self, case: Case, probe: str, ids: Sequence[str | None], took: float, worst: float
    ) -> tuple[str, str] | None:
        doubled = {each for each in ids if isinstance(each, str) and ids.count(each) > 1}
        if doubled:
            return "duplicates", f"answered twice: {sorted(doubled)[:3]}"
        lost = [each for each in case.ids if each not in ids]
        if self._server.process.poll() is not None:
            if case.ids:
                return (
                    "framing_wrong_exits",
                    f"ended ({self._server.process.returncode}) over a frame that can be read",
                )
            code = self._server.process.returncode
            return None if code == 1 else ("framing_wrong_exits", f"ended with {code}, 1 is right")
        if probe not in ids or took > SECOND + PER_ROUND_TRIP * worst:
            return (
                "framing_deaf",
                f"the request behind it was not answered in time ({took:.2f} s, answers: {ids[:5]})",
            )
        return ("unanswered", f"not answered: {lost[:3]}") if lost else None

    def _wait(self, wanted: set[str], seen: list[Any], started: float, *, patient: bool) -> float:
        """Collect answers until all that are wanted came, it ended or the time is over: the worst echo.

        Where something else was said, an impatient one does not wait for long.
        """
        worst = 0.0
        while True:
            passed = time.monotonic() - started
            enough = SPOKEN_SECONDS if seen and not patient else self._target.hard_limit
            if wanted <= set(ids_of(seen)) or self._server.gone() or passed > enough:
                return worst
            if passed > SECOND:
                worst = max(worst, self._reference.round_trip())
            seen += self._server.read(0.05)

    def _replace(self) -> None:
        self._server.kill()
        self._tally.framing_restarts += 1
        self._server = self._ready()

    def _start(self) -> Server:
        return Server(self._target.command, targets.environ(self._target, None), self._folder)

    def _ready(self) -> Server:
        """The spare process, once it answers; another spare is on its way."""
        server, self._spare = self._spare, self._start()
        server.write(_probe("ready"), START_SECONDS)
        server.read_until(lambda message: message.get("id") == "ready", START_SECONDS)
        return server


def ids_of(messages: Sequence[Any]) -> list[str | None]:
    """The ids of answers; null's as None."""
    ids = [each.get("id") for each in messages if isinstance(each, dict)]
    return [each if isinstance(each, str) else None for each in ids]


def _probe(id_: str) -> bytes:
    return to_frame({"jsonrpc": "2.0", "id": id_, "method": "fuzz/probe", "params": {}})
