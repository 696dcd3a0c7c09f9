"""Carry a change over to a text that moved on meanwhile.

Three texts: the `base` that the agent saw, the `current` one that the person has now, and the `proposed` one
that the agent made of the base. Disjoint changes are both kept, identical ones coalesce, and whatever
touches or overlaps is a conflict, which is shown and never guessed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from codex_lsp.edits.diff import LineHunk, line_hunks
from codex_lsp.edits.text import split_lines


@dataclass(frozen=True, slots=True)
class RebaseConflict:
    """One place that both sides changed. `line` is the zero-based line in the current text."""

    line: int
    current: str
    proposed: str


@dataclass(frozen=True, slots=True)
class Rebased:
    """The current text with every change that has no conflict, and the conflicts."""

    text: str
    conflicts: tuple[RebaseConflict, ...] = ()


def rebase(base: str, current: str, proposed: str) -> Rebased:
    """Apply the change `base` → `proposed` to `current`, by lines."""
    if base == current:
        return Rebased(proposed)
    base_lines, current_lines = split_lines(base), split_lines(current)
    theirs = line_hunks(base_lines, current_lines)
    result, conflicts = list(current_lines), []
    for hunk in reversed(line_hunks(base_lines, split_lines(proposed))):
        if hunk in theirs:
            continue
        shift = sum(
            len(other.lines) - (other.end - other.start) for other in theirs if other.end <= hunk.start
        )
        touching = [other for other in theirs if other.start <= hunk.end and hunk.start <= other.end]
        if touching:
            conflicts.append(_conflict(current_lines, hunk, touching, theirs))
        else:
            result[hunk.start + shift : hunk.end + shift] = hunk.lines
    return Rebased("".join(result), tuple(reversed(conflicts)))


def _conflict(
    current: Sequence[str], hunk: LineHunk, touching: Sequence[LineHunk], theirs: Sequence[LineHunk]
) -> RebaseConflict:
    first = touching[0]
    start = first.start + sum(
        len(other.lines) - (other.end - other.start)
        for other in theirs
        if other.end <= first.start and other != first
    )
    length = sum(len(other.lines) for other in touching)
    return RebaseConflict(start, "".join(current[start : start + length]), "".join(hunk.lines))
