"""What came of all modes: figures for programs, a table for people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from tests.faults.endpoint_play import Result


def figures(results: Sequence[Result], seconds: float) -> dict[str, float]:
    """The figures that are compared. A cut stream is one mode, and each cut an injection."""
    cancels = [each.seconds for each in results if "cancel" in each.name]
    return {
        "injections": len(results),
        "violations": sum(len(each.violations) for each in results),
        "lost_characters": sum(each.lost for each in results),
        "false_successes": sum(each.false_success for each in results),
        "modes": len({_mode(each) for each in results}),
        "calls_upstream": sum(each.calls for each in results),
        "worker": sum(each.name.startswith("worker: ") for each in results),
        "cancel_worst_ms": round(1000 * max(cancels, default=0.0), 1),
        "seconds": round(seconds, 1),
    }


def _mode(result: Result) -> str:
    return result.name.partition(" at byte ")[0].removeprefix("worker: ")


def is_ok(found: dict[str, float]) -> bool:
    """Whether something was tried and nothing was wrong."""
    return found["injections"] > 0 and not found["violations"] and not found["false_successes"]


def as_object(results: Sequence[Result], seconds: float) -> dict[str, Any]:
    """`{"ok", "figures", "details"}`; the details have a row for each mode, and all cuts that went wrong."""
    found = figures(results, seconds)
    shown = [asdict(each) for each in results if each.violations or " at byte " not in each.name]
    for row in shown:
        row["seconds"] = round(row["seconds"], 3)
    return {"ok": is_ok(found), "figures": found, "details": {"modes": shown}}


def as_text(results: Sequence[Result], seconds: float) -> str:
    """The figures, and whether all is well."""
    found = figures(results, seconds)
    lines = [f"{name} = {number}" for name, number in found.items()]
    return "\n".join([*lines, "ok" if is_ok(found) else "not ok"])


def line(result: Result) -> str:
    """One row for people."""
    row = f"{result.name:44} {result.ends:14} {result.calls:2} calls {result.seconds:7.3f} s"
    return "\n    ".join([row, *result.violations])
