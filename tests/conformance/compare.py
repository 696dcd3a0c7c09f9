"""What came of a case: passed, or how it differs."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from codex_lsp.edits.diff import LineHunk, line_hunks
from codex_lsp.edits.errors import NoChange
from codex_lsp.edits.text import line_end, split_lines, strip_end
from tests.conformance.adapters import Answer
from tests.conformance.cases import Case, Files

Kind = Literal["passed", "declared", "error", "wrong_placement", "wrong_content", "accepted", "crash"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of a case.

    `error`: we refused what the source applies. `wrong_placement`: text was changed at a place where the
    case expects none changed. `wrong_content`: at the place, but otherwise. `accepted`: we applied what the
    source refuses. `crash`: not one of our errors. `rule` names the rule by which a deviation is declared.
    """

    kind: Kind
    detail: str = ""
    rule: str = ""


def judge(case: Case, answer: Answer) -> Verdict:
    """Compare what we made of a case with what the source expects."""
    if answer.error is not None:
        return _judge_error(case, answer)
    if answer.after is None:
        return _judge_found(case, answer)
    if case.is_refused:
        escaped = case.flags.get("symlinks")
        return Verdict("wrong_placement" if escaped else "accepted", f"expected: {case.expected_error[:160]}")
    expected = answer.expected if answer.expected is not None else case.expected
    if expected is None:
        return Verdict("wrong_content", "the case expects no files")
    return _judge_files(case, answer.before, answer.after, expected)


def _judge_error(case: Case, answer: Answer) -> Verdict:
    if answer.after is not None and dict(answer.after) != dict(answer.before):
        return Verdict("wrong_placement", f"refused, but something was written: {answer.error}")
    if case.is_refused:
        if case.expected is None or dict(case.expected) == dict(case.input):
            return Verdict("passed")
        return Verdict("error", f"the source refuses, too, but leaves files changed; {answer.error}")
    nothing = isinstance(answer.error, NoChange)
    if nothing and case.expected is not None and dict(case.expected) == dict(case.input):
        return Verdict("passed")
    return Verdict("error", f"{type(answer.error).__name__}: {answer.error}")


def _judge_found(case: Case, answer: Answer) -> Verdict:
    if case.is_refused:
        return Verdict("accepted", f"found {_short(answer.found)}")
    if answer.found == answer.wanted:
        return Verdict("passed")
    elsewhere = {place for place, _ in answer.found or ()} - {place for place, _ in answer.wanted}
    detail = f"found {_short(answer.found)}, expected {_short(answer.wanted)}"
    return Verdict("wrong_placement" if elsewhere else "wrong_content", detail)


def _judge_files(case: Case, before: Files, after: Files, expected: Files) -> Verdict:
    loosely = bool(re.search("ignore", str(case.flags.get("compare", ""))))
    different = [
        path
        for path in sorted(after.keys() | expected.keys())
        if not _same(after.get(path), expected.get(path), loosely=loosely)
    ]
    if not different:
        return Verdict("passed")
    path = different[0]
    misplaced = any(_misplaced(before.get(each), after.get(each), expected.get(each)) for each in different)
    detail = f"{path}: {_difference(after.get(path), expected.get(path))}"
    return Verdict("wrong_placement" if misplaced else "wrong_content", detail)


def _same(one: str | bytes | None, other: str | bytes | None, *, loosely: bool) -> bool:
    if loosely and isinstance(one, str) and isinstance(other, str):
        return _without_blanks(one) == _without_blanks(other)
    return one == other


def _without_blanks(text: str) -> list[str]:
    """The lines, those of white space alone made empty, and without the final line end."""
    return [line if line.strip() else "" for line in text.rstrip("\n").split("\n")]


def _misplaced(before: str | bytes | None, after: str | bytes | None, expected: str | bytes | None) -> bool:
    """Whether a file was changed at a place where none is expected."""
    if after == before:
        return False
    if expected == before:
        return True
    if not (isinstance(before, str) and isinstance(after, str) and isinstance(expected, str)):
        return False
    # Whether the last line has an end is a matter of content.
    split = split_lines if bool(line_end(after)) == bool(line_end(expected)) else _without_last_end
    old = split(before)
    wanted = line_hunks(old, split(expected))
    lines = {line for hunk in wanted for line in range(hunk.start, hunk.end)}
    return any(_elsewhere(hunk, wanted, lines) for hunk in line_hunks(old, split(after)))


def _without_last_end(text: str) -> list[str]:
    lines = split_lines(text)
    return [*lines[:-1], strip_end(lines[-1])] if lines else lines


def _elsewhere(hunk: LineHunk, wanted: list[LineHunk], lines: set[int]) -> bool:
    if hunk.start < hunk.end:
        return not lines.issuperset(range(hunk.start, hunk.end))
    return not any(other.start <= hunk.start <= other.end for other in wanted)


def _difference(after: str | bytes | None, expected: str | bytes | None) -> str:
    if not isinstance(after, str) or not isinstance(expected, str):
        return f"{_short(after)} instead of {_short(expected)}"
    ours, theirs = split_lines(after), split_lines(expected)
    at = next((n for n, (a, b) in enumerate(zip(ours, theirs, strict=False)) if a != b), None)
    if at is None:
        at = min(len(ours), len(theirs))
    return f"line {at + 1} is {_line(ours, at)} instead of {_line(theirs, at)}"


def _line(lines: list[str], at: int) -> str:
    return _short(lines[at]) if at < len(lines) else "not there"


def _short(value: object) -> str:
    if isinstance(value, Mapping):
        value = dict(value)
    text = repr(value)
    return text if len(text) <= 200 else text[:200] + "…"
