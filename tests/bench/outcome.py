"""What came out of one figure: ours, what stands beside it, ratios, targets, and how far each of them spread.

All values are medians over the rounds, with the quartiles as their spread. A ratio is ours by the other's in
the same round: below 1 is ahead. Targets are told and never make a run fail.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median, quantiles
from typing import Any


@dataclass(frozen=True)
class Spread:
    """The median of some values, their quartiles, and how many they are."""

    median: float
    low: float
    high: float
    count: int

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """Of at least one value."""
        quarters = quantiles(values, n=4, method="inclusive") if len(values) > 1 else [values[0]] * 3
        low, high = (round(each, 6) for each in (quarters[0], quarters[2]))
        return cls(round(median(values), 6), low, high, len(values))

    def __str__(self) -> str:
        alone = short(self.low) == short(self.median) == short(self.high)
        return short(self.median) + ("" if alone else f" ({short(self.low)}–{short(self.high)})")


@dataclass(frozen=True)
class Beside:
    """Another's value, and the ratio of ours to it. `target` is the most that the ratio should be."""

    name: str
    value: Spread
    ratio: Spread | None = None
    target: float | None = None

    @property
    def words(self) -> str:
        """The name as people write it."""
        return self.name.replace("_", " ")


@dataclass(frozen=True)
class Outcome:
    """One figure in `unit`; the first of the `beside` is its reference.

    `target` is the most that the value should be. `missing` says of others why they could not be measured.
    """

    what: str
    unit: str
    ours: Spread | None
    beside: tuple[Beside, ...] = ()
    target: float | None = None
    missing: Mapping[str, str] = field(default_factory=dict)

    def met(self) -> bool | None:
        """Whether every target is reached; None if there is none."""
        reached = [] if self.target is None else [self.ours is not None and self.ours.median <= self.target]
        for each in self.beside:
            if each.target is not None:
                reached.append(each.ratio is not None and each.ratio.median <= each.target)
        return all(reached) if reached else None

    def find(self, name: str) -> Beside | None:
        """What stands beside it under this name."""
        return next((each for each in self.beside if each.name == name), None)

    def to_json(self) -> dict[str, Any]:
        """As `from_json` takes it."""
        return {key: value for key, value in asdict(self).items() if value not in (None, (), {})}

    @classmethod
    def from_json(cls, made: Mapping[str, Any]) -> Outcome:
        """From what `to_json` made."""
        beside = [
            Beside(each["name"], Spread(**each["value"]), _spread(each.get("ratio")), each.get("target"))
            for each in made.get("beside", ())
        ]
        ours, target = _spread(made.get("ours")), made.get("target")
        return cls(made["what"], made["unit"], ours, tuple(beside), target, made.get("missing", {}))


def ratios(ours: Sequence[float], theirs: Sequence[float]) -> Spread | None:
    """The ratio round by round, as far as both were measured and are more than nothing."""
    found = [mine / other for mine, other in zip(ours, theirs, strict=False) if mine > 0 and other > 0]
    return Spread.of(found) if found else None


def short(value: float) -> str:
    """Three digits, as a person writes them."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{float(f'{value:.3g}'):g}" if abs(value) >= 0.001 or value == 0 else f"{value:.4f}"


UNITS = {"mib": "MiB", "kib": "KiB", "us": "µs", "count": "", "per_second": "a second"}
HEAD = "| figure | target | ours | ratio | beside | met |\n|---|--:|--:|--:|---|:-:|"
MET = {True: "yes", False: "**no**", None: ""}


def row(name: str, outcome: Outcome) -> str:
    """A line of a table whose head is `HEAD`."""
    unit = UNITS.get(outcome.unit, outcome.unit)
    ours = f"{outcome.ours} {unit}".rstrip() if outcome.ours else "?"
    reference = outcome.beside[0] if outcome.beside else None
    ratio = str(reference.ratio) if reference and reference.ratio else ""
    shown = [_beside(each, unit, each is not reference) for each in outcome.beside]
    shown += [f"{name}: {why}" for name, why in outcome.missing.items()]
    cells = [name, targets(outcome), ours, ratio, ", ".join(shown), MET[outcome.met()]]
    return f"| {' | '.join(cells)} |"


def targets(outcome: Outcome) -> str:
    """All that is aimed at, in words."""
    unit = UNITS.get(outcome.unit, outcome.unit)
    said = [f"≤ {short(outcome.target)} {unit}"] if outcome.target is not None else []
    first = outcome.beside[0] if outcome.beside else None
    for each in outcome.beside:
        if each.target is not None:
            said.append(f"≤ {short(each.target)} ×" + ("" if each is first else f" {each.words}"))
    return ", ".join(said)


def _beside(each: Beside, unit: str, more: bool) -> str:
    ratio = f" (× {short(each.ratio.median)})" if more and each.ratio else ""
    return f"{each.words} {short(each.value.median)} {unit}".rstrip() + ratio


def _spread(made: Mapping[str, Any] | None) -> Spread | None:
    return Spread(**made) if made else None
