"""Deviations that are decisions: each a rule with its reason, a predicate over a case and what came of it.

A rule never looks at a case's id, and it holds only for the deviation it names: another failure of the same
case stays a failure.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from codex_lsp.edits.errors import Ambiguous, Conflict, Overlap
from codex_lsp.edits.text import split_lines, strip_end
from tests.conformance.adapters import Answer
from tests.conformance.cases import Case
from tests.conformance.compare import Verdict

Predicate = Callable[[Case, Answer, Verdict], bool]


@dataclass(frozen=True, slots=True)
class Rule:
    """A deviation's name, why a person is better off with it, and when it is at hand."""

    name: str
    reason: str
    holds: Predicate


def _first_match_wins(case: Case, answer: Answer, verdict: Verdict) -> bool:
    return "ambiguous" in str(case.flags.get("quirk", "")) and isinstance(answer.error, Ambiguous)


def _partial(case: Case, answer: Answer, verdict: Verdict) -> bool:
    """The source fails or skips some edits, and yet writes the others."""
    if answer.error is None:
        return False
    if case.is_refused:
        return False
    return bool(case.flags.get("partial_failures")) or bool(case.expected_error)


def _drops_an_edit(case: Case, answer: Answer, verdict: Verdict) -> bool:
    quirk = str(case.flags.get("quirk", ""))
    return "drops" in quirk and verdict.kind == "error"


def _own_line_ends(case: Case, answer: Answer, verdict: Verdict) -> bool:
    return case.options.get("line_endings") == "legacy-lf" and _same_lines(case, answer)


def _final_line_end(case: Case, answer: Answer, verdict: Verdict) -> bool:
    """The same text but for the final line end, and ours is as it was before."""
    if answer.after is None or case.expected is None or verdict.kind != "wrong_content":
        return False
    for path in answer.after.keys() | case.expected.keys():
        ours, theirs, before = (files.get(path) for files in (answer.after, case.expected, answer.before))
        if ours == theirs:
            continue
        if not (isinstance(ours, str) and isinstance(theirs, str) and isinstance(before, str)):
            return False
        if ours.rstrip("\r\n") != theirs.rstrip("\r\n") or _ended(ours) != _ended(before):
            return False
    return True


def _ended(text: str) -> bool:
    return text.endswith(("\r", "\n"))


def _same_lines(case: Case, answer: Answer) -> bool:
    if answer.after is None or case.expected is None or answer.after.keys() != case.expected.keys():
        return False
    return all(_bare(answer.after[path]) == _bare(case.expected[path]) for path in answer.after)


def _bare(text: str | bytes) -> list[str] | bytes:
    return [strip_end(line) for line in split_lines(text)] if isinstance(text, str) else text


def _touching_merge(case: Case, answer: Answer, verdict: Verdict) -> bool:
    return case.format == "merge3_char" and isinstance(answer.error, Conflict | Overlap)


RULES: tuple[Rule, ...] = (
    Rule(
        "first match wins",
        "the text stands in the file more than once and nothing tells which is meant: an error with the line "
        "numbers is better than a guess",
        _first_match_wins,
    ),
    Rule(
        "all or nothing",
        "the source writes some edits and reports the others as failed: half an edit is worse than none",
        _partial,
    ),
    Rule(
        "no edit is dropped",
        "the source drops one of two edits of the same text without a word",
        _drops_an_edit,
    ),
    Rule(
        "line ends are kept",
        "the source's old mode turns the file's line ends into LF, though nobody asked",
        _own_line_ends,
    ),
    Rule(
        "the final line end is kept",
        "the source adds a final line end to a file that had none, though nobody asked",
        _final_line_end,
    ),
    Rule(
        "touching changes conflict",
        "both sides put text at the same place: which comes first is shown to the person, not guessed",
        _touching_merge,
    ),
)


def rule_for(case: Case, answer: Answer, verdict: Verdict) -> Rule | None:
    """The rule that declares this deviation; None for a failure, and always for a wrong placement."""
    if verdict.kind in ("passed", "wrong_placement", "crash"):
        return None
    return next((rule for rule in RULES if rule.holds(case, answer, verdict)), None)
