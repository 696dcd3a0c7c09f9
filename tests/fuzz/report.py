"""A run as figures, and as a table for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.fuzz.run import Tally

KINDS = (
    *("crashes", "unanswered", "deaf", "duplicates", "leaks", "wrong_codes", "malformed", "internal_errors"),
    *("wrong_exits", "memory", "framing_deaf", "framing_wrong_exits"),
)
SHOWN = 30


def figures(tally: Tally, prefix: str = "") -> dict[str, float]:
    """The figures of one server."""
    found: dict[str, float] = {"messages": tally.messages}
    found |= {kind: tally.count(kind) for kind in KINDS}
    found |= {
        "rss_growth_mib": round(tally.rss_growth_mib, 1),
        "rss_mib": round(tally.rss_mib, 1),
        "slowest_probe_ms": round(tally.slowest_probe * 1000, 1),
        "exits": tally.exits,
        "abandoned": tally.abandoned,
        "framing_cases": tally.framing_cases,
        "framing_restarts": tally.framing_restarts,
    }
    return {prefix + name: value for name, value in found.items()}


def as_object(seed: int, tallies: Mapping[str, Tally]) -> dict[str, Any]:
    """The report. `tallies` by prefix; only the first server's failures count, if there is more than one."""
    judged = next(iter(tallies.values()))
    found: dict[str, float] = {}
    for prefix, tally in tallies.items():
        found |= figures(tally, prefix)
    details = {
        "seed": seed,
        "failures": [each.as_json() for each in judged.failures[:SHOWN]],
        "answers": dict(judged.codes.most_common()),
        "heard": dict(judged.heard.most_common()),
    }
    return {
        "ok": not judged.failures and bool(judged.messages or judged.framing_cases),
        "figures": found,
        "details": details,
    }


def as_table(seed: int, tallies: Mapping[str, Tally], names: Mapping[str, str]) -> str:
    """Figures beside each other, then the first failures."""
    columns = [figures(tally) for tally in tallies.values()]
    lines = ["".join([f"{'seed ' + str(seed):<22}", *(f"{names[prefix]:>14}" for prefix in tallies)])]
    for name in columns[0]:
        lines.append("".join([f"{name:<22}", *(f"{column[name]:>14}" for column in columns)]))
    judged = next(iter(tallies.values()))
    for each in judged.failures[:SHOWN]:
        lines.append(
            f"\n{each.kind} at message {each.index} (--seed {seed} --only {each.index}): {each.what[:600]}"
        )
        if each.body:
            lines.append(f"  {each.body[:300]!r}")
    if len(judged.failures) > SHOWN:
        lines.append(f"\n… and {len(judged.failures) - SHOWN} more")
    return "\n".join(lines)
