"""Times of several ways, in rounds; the ratio is to the reference's in the same round."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from statistics import median

from tests.bench.outcome import Beside, Outcome, Spread, ratios

# What is taken is milliseconds; of what is no time, it is what it is.
TIMES = {"us": 1e3, "ms": 1.0, "s": 1e-3, "mib": 1.0, "count": 1.0, "kib": 1.0}


@dataclass
class Compared:
    """One figure: `rounds` has the milliseconds of each way in each round.

    `ours` is the figure's way. The first of the `beside` is the reference of `ratio`; each gives
    `ratio_<name>` too. `p99` takes the 99th percentile of all rounds' times together, in place of the median
    of the rounds' medians. `beside_targets` are the most that the ratios to others should be, and `missing`
    says why others could not be measured.
    """

    what: str
    unit: str
    ours: str = "ours"
    beside: tuple[str, ...] = ()
    target: float | None = None
    ratio_target: float | None = None
    p99: bool = False
    beside_targets: Mapping[str, float] = field(default_factory=dict)
    missing: Mapping[str, str] = field(default_factory=dict)
    rounds: dict[str, list[list[float]]] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)

    @property
    def ways(self) -> tuple[str, ...]:
        """All whose times count."""
        return (self.ours, *self.beside)

    def take(self, way: str, times: list[float]) -> None:
        """Keep the times of one round."""
        self.rounds.setdefault(way, []).append(times)

    def figures(self) -> dict[str, float]:
        """The value in its unit, and the ratios, as far as they were measured."""
        if self.ours not in self.rounds:
            return {}
        found = {self.unit: self._value(self.ours)}
        for number, name in enumerate(each for each in self.beside if each in self.rounds):
            if spread := self._ratios(name):
                ratio = round(spread.median, 3)
                found |= {f"ratio_{name}": ratio} | ({} if number else {"ratio": ratio})
        return found

    def details(self) -> dict[str, object]:
        """All that one has to know about the figure. `met` is None where there is no target."""
        shown: dict[str, object] = {"met": self.outcome().met(), "ours": self.ours}
        targets: Mapping[str, float | None] = {"target": self.target, "ratio_target": self.ratio_target}
        shown |= {name: target for name, target in targets.items() if target is not None}
        for name, rounds in self.rounds.items():
            times = sorted(self._in_unit(each) for one in rounds for each in one)
            shown[name] = {
                "median": round(median(times), 3),
                "p99": round(_p99(times), 3),
                "worst": round(times[-1], 3),
                "times": len(times),
            }
        return shown

    def outcome(self) -> Outcome:
        """The same with its spread, for tables and plots."""
        targets = dict.fromkeys(self.beside[:1], self.ratio_target) | dict(self.beside_targets)
        beside = [
            Beside(name, self._spread(name), self._ratios(name), targets.get(name))
            for name in self.beside
            if name in self.rounds
        ]
        ours = self._spread(self.ours) if self.ours in self.rounds else None
        return Outcome(self.what, self.unit, ours, tuple(beside), self.target, self.missing)

    def _spread(self, way: str) -> Spread:
        """Over the rounds; the median is what `figures` says."""
        of_round = (lambda one: _p99(sorted(one))) if self.p99 else median
        found = Spread.of([self._in_unit(of_round(one)) for one in self.rounds[way]])
        return replace(found, median=self._value(way)) if self.p99 else found

    def _ratios(self, way: str) -> Spread | None:
        ours, theirs = ([median(one) for one in self.rounds.get(each, [])] for each in (self.ours, way))
        return ratios(ours, theirs)

    def _value(self, way: str) -> float:
        rounds = self.rounds[way]
        if self.p99:
            found = _p99(sorted(each for one in rounds for each in one))
        else:
            found = median(median(one) for one in rounds)
        return round(self._in_unit(found), 3)

    def _in_unit(self, milliseconds: float) -> float:
        return milliseconds * TIMES[self.unit]


def _p99(ordered: list[float]) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
