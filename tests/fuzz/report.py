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


def as_object(n: int, seed: int, tallies: Mapping[str, Tally]) -> dict[str, Any]:
    """The report. `tallies` by prefix; only those without one are judged, details are of the first."""
    shown = next(iter(tallies.values()))
    broken = any(tally.failures for prefix, tally in tallies.items() if not prefix)
    found: dict[str, float] = {}
    for prefix, tally in tallies.items():
        found |= figures(tally, prefix)
    details = {
        "n": n,
        "seed": seed,
        "failures": [each.as_json() for each in shown.failures[:SHOWN]],
        "answers": dict(shown.codes.most_common()),
        "heard": dict(shown.heard.most_common()),
    }
    return {
        "ok": not broken and bool(shown.messages or shown.framing_cases),
        "figures": found,
        "details": details,
    }


def as_table(n: int, seed: int, tallies: Mapping[str, Tally], names: Mapping[str, str]) -> str:
    """Figures beside each other, then the first failures."""
    columns = [figures(tally) for tally in tallies.values()]
    lines = ["".join([f"{f'seed {seed}':<22}", *(f"{names[prefix]:>14}" for prefix in tallies)])]
    for name in columns[0]:
        lines.append("".join([f"{name:<22}", *(f"{column[name]:>14}" for column in columns)]))
    shown = next(iter(tallies.values()))
    for each in shown.failures[:SHOWN]:
        lines.append(f"\n{each.kind} (--n {n} --seed {seed} {each.replay}): {each.what[:600]}")
        if each.body:
            lines.append(f"  {each.body[:300]!r}")
    if len(shown.failures) > SHOWN:
        lines.append(f"\n… and {len(shown.failures) - SHOWN} more")
    return "\n".join(lines)
