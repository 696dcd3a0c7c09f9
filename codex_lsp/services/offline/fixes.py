"""Apply what ruff can fix, in the places that were asked for, until nothing is left to fix."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from codex_lsp.records import record
from codex_lsp.services.offline.draft import Draft
from codex_lsp.services.offline.ruff import Finding
from codex_lsp.services.offline.source import EditSet
from codex_lsp.services.offline.words import count, span

MAX_ROUNDS = 12

_Key = tuple[str, str, tuple[str, ...]]

# What "fix" looks for, and what "modernise" does.
FIX_RULES = ("E", "W", "F", "B", "PLE")
MODERN_RULES = ("UP", "SIM", "C4", "RUF", "FLY", "PIE", "FURB")
IMPORT_RULES = ("I",)
UNUSED_IMPORT = "F401"

# The order of `__all__` and `__slots__` is taste: only for those who ask for it by a diagnostic.
TASTE = frozenset({"RUF022", "RUF023"})


@record(frozen=True, slots=True)
class Target:
    """Where to fix: findings that touch region `at`, with edits inside region `within`.

    Both are numbers of regions that the draft tracks. `codes` limits the findings; None takes any but taste.
    """

    at: int
    within: int
    codes: frozenset[str] | None = None


@dataclass(slots=True)
class Report:
    """What became of the findings: how often each code was fixed, and which fixes were left out, and why."""

    fixed: dict[str, int] = field(default_factory=dict)
    outside: set[str] = field(default_factory=set)
    broken: set[str] = field(default_factory=set)

    def count(self) -> int:
        """How many fixes were applied."""
        return sum(self.fixed.values())


def fix(
    draft: Draft,
    targets: Sequence[Target],
    check: Callable[[str], list[Finding]],
    step: Callable[[str], None],
) -> Report:
    """Fix what `check` finds at the targets, in rounds, each on the text that the last one left."""
    report = Report()
    banned: set[_Key] = set()
    for _ in range(MAX_ROUNDS):
        chosen: list[Finding] = []
        together = EditSet()
        report.outside.clear()
        for finding in check(draft.text):
            if not finding.edits or _key(finding) in banned or not _wanted(draft, targets, finding):
                continue
            if not any(_reachable(draft, target, finding) for target in targets):
                report.outside.add(finding.code)
            elif together.add(finding.edits):
                chosen.append(finding)
        accepted = _accepted(draft, chosen, banned, report)
        if not accepted:
            break
        step(_step(draft, accepted))
        for finding in accepted:
            report.fixed[finding.code] = report.fixed.get(finding.code, 0) + 1
        draft.apply([edit for finding in accepted for edit in finding.edits])
    return report


def _accepted(draft: Draft, chosen: Sequence[Finding], banned: set[_Key], report: Report) -> list[Finding]:
    """The fixes that go together; those that would break the text all alone are banned."""
    if draft.survives([edit for finding in chosen for edit in finding.edits]):
        return list(chosen)
    accepted: list[Finding] = []
    for finding in chosen:
        if draft.survives([edit for other in (*accepted, finding) for edit in other.edits]):
            accepted.append(finding)
        elif not draft.survives(finding.edits):
            banned.add(_key(finding))
            report.broken.add(finding.code)
    return accepted


def _step(draft: Draft, accepted: Sequence[Finding]) -> str:
    lines = draft.lines
    touched = [lines.line_of(finding.region.start) for finding in accepted]
    codes = ", ".join(sorted({finding.code for finding in accepted}))
    return f"ruff: {count(len(accepted), 'fix', 'fixes')} in {span(min(touched), max(touched))} ({codes})"


def _wanted(draft: Draft, targets: Sequence[Target], finding: Finding) -> bool:
    return any(_matches(draft, target, finding) for target in targets)


def _matches(draft: Draft, target: Target, finding: Finding) -> bool:
    right_code = finding.code not in TASTE if target.codes is None else finding.code in target.codes
    return right_code and draft.regions[target.at].touches(finding.region)


def _reachable(draft: Draft, target: Target, finding: Finding) -> bool:
    return _matches(draft, target, finding) and draft.allows(finding.edits, draft.regions[target.within])


def _key(finding: Finding) -> _Key:
    return finding.code, finding.message, tuple(edit.text for edit in finding.edits)
