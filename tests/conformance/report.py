"""What came of the cases, as a table for people and as one object for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from tests.conformance.declared import RULES
from tests.conformance.run import Result, count, figures, is_ok

_COLUMNS = ("cases", "passed", "declared", "error", "accepted", "wrong_content", "wrong_placement", "crash")


def as_object(results: Sequence[Result]) -> dict[str, Any]:
    """`{"ok", "figures", "details"}`; the details have the table, the deviations and every failure."""
    found = figures(results)
    details = {
        "corpora": [
            {"corpus": corpus, "tier": tier, **{key: counts[key] for key in _COLUMNS}}
            for corpus, tier, counts in _rows(results)
        ],
        "declared": [
            {"rule": rule, "reason": reason, "corpus": corpus, "cases": cases}
            for rule, reason, corpus, cases in _declared(results)
        ],
        "failures": [
            {
                "corpus": result.case.corpus,
                "id": result.case.id,
                "tier": result.tier,
                "kind": result.verdict.kind,
                "detail": result.verdict.detail,
            }
            for result in failures(results)
        ],
    }
    return {"ok": is_ok(found), "figures": found, "details": details}


def as_text(results: Sequence[Result], shown: int) -> str:
    """The table, the declared deviations with their reasons, and the first `shown` failures, worst first."""
    lines = [f"{'corpus':32} tier " + " ".join(f"{name.replace('_', ' '):>15}" for name in _COLUMNS)]
    for corpus, tier, counts in _rows(results):
        lines.append(f"{corpus:32} {tier:4} " + " ".join(f"{counts[key] or '':>15}" for key in _COLUMNS))
    lines += ["", "declared:"]
    for rule, reason, corpus, cases in _declared(results):
        lines.append(f"  {cases:3} {corpus}: {rule} ({reason})")
    failed = failures(results)
    lines += ["", f"failed: {len(failed)}" + (f", the first {shown}:" if len(failed) > shown else "")]
    for result in failed[:shown]:
        lines.append(f"  {result.tier} {result.verdict.kind:15} {result.case.corpus}/{result.case.id}")
        lines.append(f"      {result.verdict.detail}")
    found = figures(results)
    lines += ["", *(f"{name} = {number}" for name, number in found.items())]
    return "\n".join([*lines, "ok" if is_ok(found) else "not ok"])


def failures(results: Sequence[Result]) -> list[Result]:
    """All that neither passed nor is declared: wrong placements first, then by tier."""
    failed = [result for result in results if result.verdict.kind not in ("passed", "declared")]
    return sorted(failed, key=lambda result: (result.verdict.kind != "wrong_placement", result.tier))


def _rows(results: Sequence[Result]) -> list[tuple[str, str, Counter[str]]]:
    keys = sorted({(result.tier, result.case.corpus) for result in results})
    rows = [
        (corpus, tier, count(each for each in results if (each.tier, each.case.corpus) == (tier, corpus)))
        for tier, corpus in keys
    ]
    totals = [
        (f"all of tier {tier}", tier, count(each for each in results if each.tier == tier))
        for tier in sorted({result.tier for result in results})
    ]
    return [*rows, *totals]


def _declared(results: Sequence[Result]) -> list[tuple[str, str, str, int]]:
    counts = Counter((each.verdict.rule, each.case.corpus) for each in results if each.verdict.rule)
    return [
        (rule.name, rule.reason, corpus, cases)
        for rule in RULES
        for (name, corpus), cases in sorted(counts.items())
        if name == rule.name
    ]
