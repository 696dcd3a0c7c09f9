"""Run cases and count what came of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from codex_lsp.edits.errors import EditError
from tests.conformance.adapters import APPLIED, Answer
from tests.conformance.cases import Case
from tests.conformance.compare import Verdict, judge
from tests.conformance.declared import rule_for
from tests.conformance.structure import FOUND
from tests.conformance.tiers import Tier, tier

# Of what is not declared, this share of tier B must pass.
TIER_B_SHARE = 0.95


@dataclass(frozen=True, slots=True)
class Result:
    """One case, the tier it is held to, and what came of it."""

    case: Case
    tier: Tier
    verdict: Verdict


def run_all(cases: Iterable[Case]) -> list[Result]:
    """Run every case."""
    return [Result(case, tier(case), run(case)) for case in cases]


def run(case: Case) -> Verdict:
    """Run one case; whatever our engine raises beside its own errors is a crash."""
    adapter = (APPLIED | FOUND).get(case.format)
    if adapter is None:
        return Verdict("crash", f"the runner has no adapter for the format {case.format!r}")
    try:
        answer = adapter(case)
    except EditError as error:
        answer = Answer(case.input, error=error)
    except Exception as error:
        return Verdict("crash", f"{type(error).__name__}: {error}")
    verdict = judge(case, answer)
    rule = rule_for(case, answer, verdict)
    return verdict if rule is None else replace(verdict, kind="declared", rule=rule.name)


def count(results: Iterable[Result]) -> Counter[str]:
    """How many cases came to which kind of verdict, and `cases`, how many there were."""
    counts: Counter[str] = Counter()
    for result in results:
        counts["cases"] += 1
        counts[result.verdict.kind] += 1
    return counts


def figures(results: Iterable[Result]) -> dict[str, int]:
    """The figures that the design names; `wrong_placements` are those of the tiers A and B."""
    results = list(results)
    found: dict[str, int] = {}
    for name in ("A", "B", "C"):
        counts = count(result for result in results if result.tier == name)
        found |= {f"tier_{name.lower()}_{key}": counts[key] for key in ("cases", "passed", "declared")}
    misplaced = [result for result in results if result.verdict.kind == "wrong_placement"]
    found["wrong_placements"] = sum(result.tier != "C" for result in misplaced)
    found["tier_c_wrong_placements"] = sum(result.tier == "C" for result in misplaced)
    return found


def is_ok(found: dict[str, int]) -> bool:
    """Whether all of tier A passed or is declared, enough of tier B passed, and nothing is misplaced."""
    whole_a = found["tier_a_passed"] + found["tier_a_declared"] == found["tier_a_cases"]
    asked_b = found["tier_b_cases"] - found["tier_b_declared"]
    return whole_a and found["tier_b_passed"] >= TIER_B_SHARE * asked_b and found["wrong_placements"] == 0
