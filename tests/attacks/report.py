"""What came of it: figures for programs, words for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.attacks.case import FAMILIES, Outcome

WANTED_ATTACKS, WANTED_TWINS = 350, 120


@dataclass
class Found:
    """All outcomes, what was seen of whole servers (each is a breach), and further figures."""

    outcomes: list[Outcome] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    figures: dict[str, float] = field(default_factory=dict)

    def add(self, other: Found) -> None:
        """Take in what another part found."""
        self.outcomes += other.outcomes
        self.seen += other.seen
        self.figures |= other.figures


def figures(found: Found) -> dict[str, float]:
    """The figures that the design names, and what else was counted."""
    attacks = [each for each in found.outcomes if not each.case.twin]
    twins = [each for each in found.outcomes if each.case.twin]
    return {
        "attacks": len(attacks),
        "breaches": sum(not each.ok for each in attacks) + len(found.seen),
        "twins": len(twins),
        "twins_failed": sum(not each.ok for each in twins),
        **found.figures,
    }


def is_ok(numbers: Mapping[str, float], *, whole: bool) -> bool:
    """Whether nothing was broken and, of a `whole` suite, enough was tried."""
    enough = numbers["attacks"] >= WANTED_ATTACKS and numbers["twins"] >= WANTED_TWINS
    return (enough or not whole) and numbers["breaches"] == 0 and numbers["twins_failed"] == 0


def as_object(found: Found, *, whole: bool) -> dict[str, Any]:
    """`{"ok", "figures", "details"}`; the details have the families, and all that went wrong."""
    numbers = figures(found)
    details = {
        "families": families(found.outcomes),
        "breaches": breaches(found),
        "twins_failed": failed(found),
    }
    return {"ok": is_ok(numbers, whole=whole), "figures": numbers, "details": details}


def families(outcomes: Sequence[Outcome]) -> dict[str, dict[str, int]]:
    """Family → how many attacks and twins."""
    count = Counter((each.case.family, each.case.twin) for each in outcomes)
    return {name: {"attacks": count[name, False], "twins": count[name, True]} for name in FAMILIES}


def breaches(found: Found) -> list[str]:
    """Every breach, in words."""
    return [*map(_said, (each for each in found.outcomes if not each.case.twin and each.why)), *found.seen]


def failed(found: Found) -> list[str]:
    """Every twin that failed, in words."""
    return [_said(each) for each in found.outcomes if each.case.twin and each.why]


def _said(outcome: Outcome) -> str:
    return f"{outcome.case.family}: {outcome.case.name}: {outcome.why}"


def as_text(found: Found, *, whole: bool) -> str:
    """For people."""
    lines = [f"{name} = {number:g}" for name, number in figures(found).items()]
    lines += [f"  {name}: {count}" for name, count in families(found.outcomes).items()]
    lines += [f"BREACH {each}" for each in breaches(found)] + [
        f"TWIN FAILED {each}" for each in failed(found)
    ]
    return "\n".join([*lines, "ok" if is_ok(figures(found), whole=whole) else "not ok"])
