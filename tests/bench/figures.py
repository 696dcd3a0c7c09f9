"""Figures that are no races: sessions with a server of ours and with a reference, in turns.

A figure is `<suite>.<what>.<unit>`, the median over the rounds of ours, and where the reference has it too
`<suite>.<what>.ratio`, the median over the rounds of ours by the reference's in the same round: below 1 is
ahead. Targets are told and do not make a run fail; wrong results do.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from tests.bench.outcome import Beside, Outcome, Spread

Sample = Mapping[str, float]


class Wrong(Exception):
    """A server's answer, or its text, is not what it should be."""


@dataclass(frozen=True)
class Figure:
    """One thing that is measured, in `unit`. The targets are the most that value and ratio should be.

    `beside` is what its reference is.
    """

    what: str
    unit: str
    target: float | None = None
    ratio_target: float | None = None
    digits: int = 2
    beside: str = "bare pygls"


@dataclass(frozen=True)
class Session:
    """One way to measure some figures: `ours`, and where it makes sense the same with the `reference`.

    A session that takes long is held in the first `rounds` only.
    """

    figures: tuple[Figure, ...]
    ours: Callable[[], Sample]
    reference: Callable[[], Sample] | None = None
    rounds: int | None = None


@dataclass
class Measured:
    """All samples of one figure, and what went wrong in its session."""

    figure: Figure
    ours: list[float] = field(default_factory=list)
    reference: list[float] = field(default_factory=list)
    ratios: list[float] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def what(self) -> str:
        """The figure's name."""
        return self.figure.what

    def figures(self) -> dict[str, float]:
        """The value in its unit, and `ratio`, as far as they were measured."""
        found = {self.figure.unit: self._rounded(median(self.ours))} if self.ours else {}
        return found | ({"ratio": round(median(self.ratios), 3)} if self.ratios else {})

    def details(self) -> dict[str, object]:
        """All that one has to know about the figure. `met` is None where there is no target."""
        shown: dict[str, object] = {"met": self.outcome().met()}
        for name, target in (("target", self.figure.target), ("ratio_target", self.figure.ratio_target)):
            if target is not None:
                shown[name] = target
        for name, values in (("ours", self.ours), ("reference", self.reference)):
            if values:
                shown[name] = {
                    "median": self._rounded(median(values)),
                    "worst": self._rounded(max(values)),
                    "rounds": len(values),
                }
        return shown

    def outcome(self) -> Outcome:
        """The same with its spread, for tables and plots."""
        figure, ours = self.figure, Spread.of(self.ours) if self.ours else None
        ratio = Spread.of(self.ratios) if self.ratios else None
        value = Spread.of(self.reference) if self.reference else None
        beside = (Beside(figure.beside, value, ratio, figure.ratio_target),) if value else ()
        return Outcome(self.what, figure.unit, ours, beside, figure.target)

    def _rounded(self, value: float) -> float:
        return round(value, self.figure.digits)


def measure(sessions: Sequence[Session], rounds: int) -> list[Measured]:
    """Every session in every round, ours and the reference's in turns; a round to warm up is dropped.

    Sessions that are held in some rounds only have no round to warm up.
    """
    measured = [[Measured(figure) for figure in session.figures] for session in sessions]
    for number in range(-1, rounds):
        for session, found in zip(sessions, measured, strict=True):
            if session.rounds is not None and not 0 <= number < session.rounds:
                continue
            _hold(session, found, number)
        print(f"round {number + 1} of {rounds}", file=sys.stderr)
    return [each for found in measured for each in found]


def _hold(session: Session, found: Iterable[Measured], number: int) -> None:
    samples: dict[str, Sample] = {}
    order = [("ours", session.ours), ("reference", session.reference)]
    for who, run in order if number % 2 else order[::-1]:
        if run is None:
            continue
        try:
            samples[who] = run()
        except Exception as error:
            _note(found, f"{who}: {type(error).__name__}: {error}")
    if number >= 0:
        for each in found:
            _keep(each, samples.get("ours", {}), samples.get("reference", {}))


def _keep(measured: Measured, ours: Sample, reference: Sample) -> None:
    what = measured.figure.what
    if what in ours:
        measured.ours.append(ours[what])
    if what in reference:
        measured.reference.append(reference[what])
    if ours.get(what, 0) > 0 and reference.get(what, 0) > 0:
        measured.ratios.append(ours[what] / reference[what])


def _note(found: Iterable[Measured], what: str) -> None:
    for each in found:
        if (note := f"{each.figure.what}: {what}") not in each.wrong:
            each.wrong.append(note)
            return
