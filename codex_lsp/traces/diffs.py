"""Changes as rows of a table: what was, what is, and a few lines around."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from codex_lsp.edits.diff import LineHunk, line_hunks
from codex_lsp.edits.text import split_lines, strip_end
from codex_lsp.records import record
from codex_lsp.review.proposal import FileChange
from codex_lsp.traces.markup import Markup, join, tag

AROUND = 3
# More rows than this are no help to anybody.
MAX_ROWS = 2_000

Kind = Literal["same", "old", "new", "gap"]
_SIGNS: dict[Kind, str] = {"same": " ", "old": "−", "new": "+", "gap": "⋯"}


@record(frozen=True, slots=True)
class Row:
    """A line with its one-based numbers in the two texts; `marked` is the part of it that is different."""

    kind: Kind
    old: int | None
    new: int | None
    text: str
    marked: tuple[int, int] | None = None


def rows(change: FileChange) -> list[Row]:
    """The rows of a change, with a gap wherever lines are left out."""
    old, new = split_lines(change.base or ""), split_lines(change.proposed or "")
    found: list[Row] = []
    at = shift = 0
    for hunk in line_hunks(old, new):
        if hunk.start - at > 2 * AROUND or (not found and hunk.start > AROUND):
            found += _same(old, at, min(len(old), at + AROUND) if found else at, shift)
            found.append(Row("gap", None, None, ""))
            at = hunk.start - AROUND
        found += _same(old, at, hunk.start, shift)
        found += _changed(old, hunk, shift)
        at, shift = hunk.end, shift + len(hunk.lines) - (hunk.end - hunk.start)
    if found:
        end = min(len(old), at + AROUND)
        found += _same(old, at, end, shift)
        if end < len(old):
            found.append(Row("gap", None, None, ""))
    return found


def counts(change: FileChange) -> tuple[int, int]:
    """How many lines come, and how many go."""
    hunks = line_hunks(split_lines(change.base or ""), split_lines(change.proposed or ""))
    return sum(len(hunk.lines) for hunk in hunks), sum(hunk.end - hunk.start for hunk in hunks)


def diff_table(change: FileChange) -> Markup:
    """A change as a table; a file that only moves, or has no lines, has none."""
    found = rows(change)
    if not found:
        return Markup()
    body = [_row(row) for row in found[:MAX_ROWS]]
    if len(found) > MAX_ROWS:
        body.append(_row(Row("gap", None, None, f"{len(found) - MAX_ROWS} more rows")))
    return tag("div", tag("table", tag("tbody", body), class_="diff"), class_="scroll")


def diff_file(change: FileChange) -> Markup:
    """A change with its file's name above it, open and to fold."""
    came, went = counts(change)
    name = f"{change.path} → {change.move_to}" if change.move_to else change.path
    head = tag(
        "summary",
        tag("span", name, class_="path"),
        tag("span", change.kind, class_=f"tag {change.kind}"),
        tag("span", f"+{came}", class_="plus"),
        tag("span", f"−{went}", class_="minus"),
    )
    return tag("details", head, diff_table(change), class_="file", open=True)


def _row(row: Row) -> Markup:
    shown = strip_end(row.text)
    if row.marked:
        start, end = row.marked
        line = join(shown[:start], tag("mark", shown[start:end]), shown[end:])
    else:
        line = join(shown)
    return tag(
        "tr",
        tag("td", "" if row.old is None else str(row.old), class_="no"),
        tag("td", "" if row.new is None else str(row.new), class_="no"),
        tag("td", _SIGNS[row.kind], class_="sign"),
        tag("td", line, class_="code"),
        class_=row.kind,
    )


def _same(old: list[str], start: int, end: int, shift: int) -> Iterator[Row]:
    for number in range(start, end):
        yield Row("same", number + 1, number + shift + 1, old[number])


def _changed(old: list[str], hunk: LineHunk, shift: int) -> Iterator[Row]:
    before = old[hunk.start : hunk.end]
    pairs = len(before) == len(hunk.lines)
    marks = [_marks(*map(strip_end, pair)) for pair in zip(before, hunk.lines, strict=pairs)] if pairs else []
    for number, line in enumerate(before):
        yield Row("old", hunk.start + number + 1, None, line, marks[number][0] if pairs else None)
    for number, line in enumerate(hunk.lines):
        at = hunk.start + shift + number + 1
        yield Row("new", None, at, line, marks[number][1] if pairs else None)


def _marks(old: str, new: str) -> tuple[tuple[int, int] | None, tuple[int, int] | None]:
    """What lies between the common beginning and the common end; None where that is nearly all."""
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    if head + tail < min(len(old), len(new)) / 3:
        return None, None
    return (head, len(old) - tail), (head, len(new) - tail)


def _common(old: str, new: str) -> int:
    pairs = enumerate(zip(old, new, strict=False))
    return next((number for number, (a, b) in pairs if a != b), min(len(old), len(new)))
