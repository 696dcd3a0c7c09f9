"""Times of several ways, in rounds; the ratio is to the reference's in the same round."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from statistics import median

TIMES = {"us": 1e3, "ms": 1.0, "s": 1e-3}


@dataclass
class Compared:
    """One figure: `rounds` has the milliseconds of each way in each round.

    `ours` is the figure's way. The first of the `beside` is the reference of `ratio`; each gives
    `ratio_<name>` too. `p99` takes the 99th percentile of all rounds' times together, in place of the median
    of the rounds' medians.
    """

    what: str
    unit: str
    ours: str = "ours"
    beside: tuple[str, ...] = ()
    target: float | None = None
    ratio_target: float | None = None
    p99: bool = False
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
            ratio = self._ratio(name)
            found |= {f"ratio_{name}": ratio} | ({} if number else {"ratio": ratio})
        return found

    def details(self) -> dict[str, object]:
        """All that one has to know about the figure. `met` is None where there is no target."""
        shown: dict[str, object] = {"met": self.met(), "ours": self.ours}
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

    def met(self) -> bool | None:
        """Whether every target is reached; None if there is none."""
        found = self.figures()
        pairs = [(self.target, self.unit), (self.ratio_target, "ratio")]
        reached = [name in found and found[name] <= target for target, name in pairs if target is not None]
        return all(reached) if reached else None

    def row(self) -> list[str]:
        """Target, ours, ratio and others, for a table."""
        found = self.figures()
        targets = [f"{self.target:g} {self.unit}"] if self.target is not None else []
        targets += [f"ratio {self.ratio_target:g}"] if self.ratio_target is not None else []
        shown = f"{found[self.unit]:g} {self.unit}" if self.unit in found else "?"
        ratio = f"{found['ratio']:g}" if "ratio" in found else ""
        others = [f"{name} {self._value(name):g} {self.unit}" for name in self.rounds if name != self.ours]
        return [", ".join(targets), shown + (" ✗" if self.met() is False else ""), ratio, ", ".join(others)]

    def _value(self, way: str) -> float:
        rounds = self.rounds[way]
        if self.p99:
            found = _p99(sorted(each for one in rounds for each in one))
        else:
            found = median(median(one) for one in rounds)
        return round(self._in_unit(found), 3)

    def _ratio(self, way: str) -> float:
        pairs = zip(self.rounds[self.ours], self.rounds[way], strict=False)
        return round(median(median(ours) / median(theirs) for ours, theirs in pairs), 3)

    def _in_unit(self, milliseconds: float) -> float:
        return milliseconds * TIMES[self.unit]


def _p99(ordered: list[float]) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))]
