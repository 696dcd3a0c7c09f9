"""Races of ways to do one thing, run in turns so that whatever else the machine does meets all of them.

A race's figures are `<suite>.<what>.ms`, the median of our way's times, and `<suite>.<what>.ratio`, the
median over the rounds of our time by the reference's in the same round: below 1 is ahead.
"""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Any, Protocol

from tests.bench.outcome import HEAD, Beside, Outcome, Spread, ratios, row


class Result(Protocol):
    """What was measured of one thing, whatever it is: here the times of a race."""

    @property
    def what(self) -> str:
        """Its name within the suite."""
        ...

    @property
    def wrong(self) -> list[str]:
        """What went wrong."""
        ...

    def figures(self) -> dict[str, float]:
        """The figures by unit."""
        ...

    def details(self) -> dict[str, object]:
        """All that one has to know about them."""
        ...

    def outcome(self) -> Outcome:
        """The same with its spread, for tables and plots."""
        ...


@dataclass(frozen=True)
class Way:
    """One way: `prepare` is not timed, `run` is, and `wrong` says what is wrong with its result, if anything.

    A way that is too slow for every round takes part in the first `rounds` only.
    """

    name: str
    run: Callable[[], Any]
    wrong: Callable[[Any], str]
    prepare: Callable[[], object] = lambda: None
    rounds: int | None = None


@dataclass(frozen=True)
class Race:
    """Our way against others. The first of the `peers` is the reference. `target` is in milliseconds."""

    what: str
    ours: Way
    peers: tuple[Way, ...]
    target: float


@dataclass
class Times:
    """Milliseconds by way, round by round, and what went wrong."""

    race: Race
    by_way: dict[str, list[float]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    def take(self, way: Way) -> None:
        """Run the way once and keep its time."""
        try:
            way.prepare()
            gc.collect()
            gc.disable()
            started = time.perf_counter()
            result = way.run()
            spent = (time.perf_counter() - started) * 1000
        except Exception as error:
            self._note(way, f"{type(error).__name__}: {error}")
            return
        finally:
            gc.enable()
        if wrong := way.wrong(result):
            self._note(way, wrong)
        self.by_way.setdefault(way.name, []).append(spent)

    def _note(self, way: Way, what: str) -> None:
        if (note := f"{self.race.what}: {way.name}: {what}") not in self.wrong:
            self.wrong.append(note)

    @property
    def what(self) -> str:
        """The race's name."""
        return self.race.what

    def medians(self) -> dict[str, float]:
        """The median of every way's times."""
        return {name: round(median(times), 3) for name, times in self.by_way.items()}

    def figures(self) -> dict[str, float]:
        """`ms` and `ratio`, as far as they were measured."""
        ours = self.by_way.get(self.race.ours.name, [])
        reference = self.by_way.get(self.race.peers[0].name, [])
        ratios = [mine / theirs for mine, theirs in zip(ours, reference, strict=False)]
        figures = {"ms": round(median(ours), 3)} if ours else {}
        return figures | ({"ratio": round(median(ratios), 4)} if ratios else {})

    def details(self) -> dict[str, object]:
        """All that one has to know about the figures."""
        return {
            "target_ms": self.race.target,
            "reference": self.race.peers[0].name,
            "median_ms": self.medians(),
            "worst_ms": {name: round(max(times), 3) for name, times in self.by_way.items()},
            "rounds": {name: len(times) for name, times in self.by_way.items()},
        }

    def outcome(self) -> Outcome:
        """The same with its spread, for tables and plots."""
        ours = self.by_way.get(self.race.ours.name, [])
        beside = [
            Beside(peer.name, Spread.of(times), ratios(ours, times))
            for peer in self.race.peers
            if (times := self.by_way.get(peer.name))
        ]
        return Outcome(self.what, "ms", Spread.of(ours) if ours else None, tuple(beside), self.race.target)


def run(races: Iterable[Race], rounds: int) -> list[Times]:
    """Every race in every round; who is first changes with the round. A round to warm up is dropped."""
    measured = [Times(race) for race in races]
    for number in range(-1, rounds):
        for times in measured:
            race = times.race
            ways = [way for way in (race.ours, *race.peers) if way.rounds is None or 0 <= number < way.rounds]
            for way in ways if number % 2 else ways[::-1]:
                times.take(way)
            if number < 0:
                times.by_way.clear()
        print(f"round {number + 1} of {rounds}", file=sys.stderr)
    return measured


def report(suites: Mapping[str, Sequence[Result]]) -> dict[str, Any]:
    """The one object that `--json` prints."""
    figures: dict[str, float] = {}
    details: dict[str, object] = {}
    wrong: list[str] = []
    for suite, measured in suites.items():
        for result in measured:
            name = f"{suite}.{result.what}"
            figures |= {f"{name}.{unit}": value for unit, value in result.figures().items()}
            details[name] = result.details() | {"outcome": result.outcome().to_json()}
            wrong += result.wrong
    return {"ok": not wrong, "figures": figures, "details": {"races": details, "wrong": wrong}}


def table(suites: Mapping[str, Sequence[Result]]) -> str:
    """All figures as a Markdown table."""
    rows = [row(f"{suite}.{each.what}", each.outcome()) for suite, found in suites.items() for each in found]
    return "\n".join(
        [HEAD, *rows, *(f"wrong: {each}" for _, m in suites.items() for r in m for each in r.wrong)]
    )
