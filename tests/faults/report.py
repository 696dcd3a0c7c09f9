"""What came of all sessions: figures for programs, stories for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from tests.faults.session import Outcome

_COUNTED = {"runs": "runs", "applied": "applied", "conflicts": "conflict", "cancelled": "cancelled"}
_MORE = {
    "reviews": "review",
    "failed": "failed",
    "answered": "answered",
    "restarts": "restarts",
    "kills": "kills",
}


def figures(outcomes: Sequence[Outcome], seconds: float) -> dict[str, float]:
    """The figures that are compared; the first four are named by the design."""
    counts: Counter[str] = sum((outcome.counts for outcome in outcomes), Counter())
    violations = [each for outcome in outcomes for each in outcome.violations]
    return {
        "injections": sum(outcome.injections for outcome in outcomes),
        "violations": len(violations),
        "lost_characters": sum(outcome.lost for outcome in outcomes),
        "false_successes": sum(each.kind == "false success" for each in violations),
        "sessions": len(outcomes),
        "processes": sum(outcome.seed.rpartition(".")[2].startswith("p") for outcome in outcomes),
        **{name: counts[key] for name, key in (_COUNTED | _MORE).items()},
        "seconds": round(seconds, 1),
    }


def as_object(outcomes: Sequence[Outcome], seconds: float) -> dict[str, Any]:
    """`{"ok", "figures", "details"}`; the details have every violation with its session's seed."""
    found = figures(outcomes, seconds)
    violations = [asdict(each) for outcome in outcomes for each in outcome.violations]
    return {"ok": is_ok(found), "figures": found, "details": {"violations": violations}}


def is_ok(found: dict[str, float]) -> bool:
    """Whether something was tried and nothing was broken."""
    wrong = found["violations"] + found["lost_characters"] + found["false_successes"]
    return found["injections"] > 0 and wrong == 0


def as_text(outcomes: Sequence[Outcome], seconds: float, shown: int = 10) -> str:
    """The figures, and the first violation of each of the first `shown` sessions that have one."""
    found = figures(outcomes, seconds)
    lines = [f"{name} = {number}" for name, number in found.items()]
    broken = [outcome for outcome in outcomes if outcome.violations]
    for outcome in broken[:shown]:
        first = outcome.violations[0]
        lines.append(f"\n{outcome.seed}, step {first.step}, {first.kind}: {first.text[:600]}")
        if len(outcome.violations) > 1:
            lines.append(f"  and {len(outcome.violations) - 1} more")
        lines.append(f"  see it: python -m tests.faults session --replay {outcome.seed}")
    return "\n".join([*lines, "ok" if is_ok(found) else "not ok"])


def story(outcome: Outcome) -> str:
    """Everything that happened in one session, and its last frames."""
    lines = [f"session {outcome.seed}", *outcome.story]
    return "\n".join([*lines, "the last frames:", outcome.wire] if outcome.violations else lines)
