"""The selection that an edit is for, and where it is after its text was changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from codex_lsp.edits.diff import Hunk, diff_lines
from codex_lsp.records import record


@record(frozen=True, slots=True)
class Focus:
    """What the person selected: `[start, end)` in code points of the file at `path`."""

    path: str
    start: int
    end: int


def carried(focus: Focus, before: str, after: str, *, own: bool = True) -> Focus:
    """The selection of `before` in `after`: what was put in its place or right behind it belongs to it.

    So does what was put right before it, if the change was the run's `own`.
    """
    if before == after:
        return focus
    hunks = diff_lines(before, after)
    start, end = _start(focus.start, hunks, own), _end(focus.end, hunks)
    return replace(focus, start=start, end=max(start, end))


def _start(offset: int, hunks: Iterable[Hunk], own: bool) -> int:
    shift = 0
    for hunk in hunks:
        if hunk.start <= offset < hunk.end or (own and hunk.start == offset):
            return hunk.start + shift
        if hunk.start > offset:
            break
        shift += len(hunk.text) - (hunk.end - hunk.start)
    return offset + shift


def _end(offset: int, hunks: Iterable[Hunk]) -> int:
    shift = 0
    for hunk in hunks:
        if hunk.start > offset:
            break
        shift += len(hunk.text) - (hunk.end - hunk.start)
        if hunk.end > offset:
            return hunk.end + shift
    return offset + shift
