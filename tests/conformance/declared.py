"""Deviations that are decisions: each a rule with its reason, a predicate over a case and what came of it.

A rule never looks at a case's id, and it holds only for the deviation it names: another failure of the same
case stays a failure.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from codex_lsp.edits.diff import line_hunks
from codex_lsp.edits.errors import Ambiguous, FileExists, NoMatch, Overlap, ParseError
from codex_lsp.edits.text import line_end, split_lines, strip_end
from tests.conformance.adapters import Answer, Conflict
from tests.conformance.cases import Case
from tests.conformance.compare import Verdict
from tests.conformance.tiers import STRING_REPLACEMENTS, old_texts

# The least likeness at which our engine takes a place that is not exact: the design, section 7.
LIKENESS = 0.9

Predicate = Callable[[Case, Answer, Verdict], bool]


@dataclass(frozen=True, slots=True)
class Rule:
    """A deviation's name, why a person is better off with it, and when it is at hand."""

    name: str
    reason: str
    holds: Predicate


def _first_match_wins(case: Case, answer: Answer, verdict: Verdict) -> bool:
    """The source takes the first of the places that we name, and nothing in the reply tells them apart."""
    error = answer.error
    if not isinstance(error, Ambiguous) or case.format == "lazy_ellipsis" or _TELLING.search(case.reply):
        return False
    path = error.path or case.target
    before, after = case.input.get(path), (case.expected or {}).get(path)
    if not (isinstance(before, str) and isinstance(after, str)):
        return False
    first, second = (line - 1 for line in error.lines[:2])
    changed = [hunk.start for hunk in line_hunks(split_lines(before), split_lines(after))]
    return any(first <= start < max(second, first + 1) for start in changed)


# An anchor, the file's end, a line number.
_TELLING = re.compile(r"^@@ *[^\s@]|^\*\*\* End of File|:start_line:|\"changeContext\": \"", re.MULTILINE)


def _partial(case: Case, answer: Answer, verdict: Verdict) -> bool:
    """The source fails in some of the edits, and yet writes the others; ours writes none."""
    return verdict.kind == "error" and (case.is_refused or bool(case.flags.get("partial_failures")))


def _drops_an_edit(case: Case, answer: Answer, verdict: Verdict) -> bool:
    quirk = str(case.flags.get("quirk", ""))
    return "drops" in quirk and verdict.kind == "error"


def _own_line_ends(case: Case, answer: Answer, verdict: Verdict) -> bool:
    return case.options.get("line_endings") == "legacy-lf" and _same_lines(case, answer)


def _final_line_end(case: Case, answer: Answer, verdict: Verdict) -> bool:
    """Only one of the two ends with a line end, and ours is in that as the file was."""
    if answer.after is None or case.expected is None or verdict.kind != "wrong_content":
        return False
    for path in answer.after.keys() | case.expected.keys():
        ours, theirs, before = (files.get(path) for files in (answer.after, case.expected, answer.before))
        if ours == theirs:
            continue
        if not (isinstance(ours, str) and isinstance(theirs, str) and isinstance(before, str)):
            return False
        without = (text[: len(text) - len(line_end(text))] for text in (ours, theirs))
        if len(set(without)) != 1 or bool(line_end(ours)) == bool(line_end(theirs)):
            return False
        if bool(line_end(ours)) != bool(line_end(before)):
            return False
    return True


def _same_lines(case: Case, answer: Answer, key: Callable[[str], str] = strip_end) -> bool:
    """Whether all files have the same lines in both, each seen through `key`."""
    if answer.after is None or case.expected is None or answer.after.keys() != case.expected.keys():
        return False
    return all(_seen(answer.after[path], key) == _seen(case.expected[path], key) for path in answer.after)


def _seen(text: str | bytes, key: Callable[[str], str]) -> list[str] | bytes:
    return [key(line) for line in split_lines(text)] if isinstance(text, str) else text


def _overwrites(case: Case, answer: Answer, verdict: Verdict) -> bool:
    return isinstance(answer.error, FileExists) and answer.error.path in case.input


def _own_white_space(case: Case, answer: Answer, verdict: Verdict) -> bool:
    """The same lines but for white space, and in that ours are as the file has them."""
    if verdict.kind != "wrong_content" or not _same_lines(case, answer, key=_words):
        return False
    for path, ours in (answer.after or {}).items():
        theirs, before = (case.expected or {})[path], answer.before.get(path)
        if isinstance(ours, str) and isinstance(theirs, str) and isinstance(before, str):
            lines = split_lines(before)
            indents = {_indent(line) for line in lines}
            for one, other in zip(split_lines(ours), split_lines(theirs), strict=True):
                indented = one.strip() == other.strip() and _indent(one) in indents
                if one not in (other, *lines) and not indented:
                    return False
    return True


def _words(line: str) -> str:
    return " ".join(line.split())


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" \t"))]


def _too_unlike(case: Case, answer: Answer, verdict: Verdict) -> bool:
    asked = case.options.get("threshold")
    return isinstance(asked, int | float) and asked < LIKENESS and isinstance(answer.error, NoMatch)


def _no_place(case: Case, answer: Answer, verdict: Verdict) -> bool:
    """An edit whose old text is empty, in a file that is not."""
    if case.format not in STRING_REPLACEMENTS or not isinstance(answer.error, NoMatch):
        return False
    return "" in old_texts(case) and bool(case.texts.get(case.target))


def _unfinished(case: Case, answer: Answer, verdict: Verdict) -> bool:
    """The last SEARCH/REPLACE block has no end."""
    last = case.reply.rpartition("SEARCH")
    return isinstance(answer.error, ParseError) and bool(last[1]) and "REPLACE" not in last[2]


def _both_sides(case: Case, answer: Answer, verdict: Verdict) -> bool:
    merges = ("merge3_char", "rebase", "rebase_sequential")
    return case.format in merges and isinstance(answer.error, Conflict | Overlap)


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
        "the source gives a file a final line end, or takes it away, though nobody asked",
        _final_line_end,
    ),
    Rule(
        "new files overwrite nothing",
        "the reply takes a file for new that is there: what is in it would be lost unseen",
        _overwrites,
    ),
    Rule(
        "white space is kept",
        "the reply spaces or indents otherwise than the file, but changes other things: the file's stays",
        _own_white_space,
    ),
    Rule(
        "nothing unlike is replaced",
        "the source was told to take whatever is 60 % alike: ours takes what differs by a slip of the pen",
        _too_unlike,
    ),
    Rule(
        "an empty text is no place",
        "the old text is empty and the file is not: one source inserts, another replaces all, and both guess",
        _no_place,
    ),
    Rule(
        "what is cut off is not applied",
        "the last block of the reply has no end: nobody knows what is missing",
        _unfinished,
    ),
    Rule(
        "touching changes conflict",
        "both sides changed the same place: which change comes first, or wins, is shown and never guessed",
        _both_sides,
    ),
)


def rule_for(case: Case, answer: Answer, verdict: Verdict) -> Rule | None:
    """The rule that declares this deviation; None for a failure, and always for a wrong placement."""
    if verdict.kind in ("passed", "wrong_placement", "crash"):
        return None
    return next((rule for rule in RULES if rule.holds(case, answer, verdict)), None)
