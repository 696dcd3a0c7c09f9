"""Carry a change over to a text that moved on meanwhile.

Three texts: the `base` that the agent saw, the `current` one that the person has now, and the `proposed` one
that the agent made of the base. Disjoint changes are both kept, identical ones coalesce, and whatever
touches or overlaps is a conflict, which is shown and never guessed. Lines that the person cut and pasted
elsewhere as they were take their change along, if it is clear which lines they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import merge

from codex_lsp.edits.diff import LineHunk, line_hunks
from codex_lsp.edits.moved import Moved
from codex_lsp.edits.text import split_lines


@dataclass(frozen=True, slots=True)
class RebaseConflict:
    """One place that both sides changed: `line` is its zero-based line in the current text.

    `current` and `proposed` are what the two texts have for the same lines of the base.
    """

    line: int
    current: str
    proposed: str


@dataclass(frozen=True, slots=True)
class Rebased:
    """The current text with every change that has no conflict, and the conflicts."""

    text: str
    conflicts: tuple[RebaseConflict, ...] = ()


def rebase(base: str, current: str, proposed: str) -> Rebased:
    """Apply the change `base` → `proposed` to `current`, by lines. Nothing in `current` is lost by it."""
    if current in (base, proposed):
        return Rebased(proposed)
    if base == proposed:
        return Rebased(current)
    base_lines, current_lines, proposed_lines = map(split_lines, (base, current, proposed))
    theirs = line_hunks(base_lines, current_lines)
    regions = list(_regions(line_hunks(base_lines, proposed_lines), theirs))
    changes = [region.change() for region in regions if region.ours and not region.theirs]
    clashes = [region for region in regions if region.clash]
    if clashes:
        moved = Moved(base_lines, current_lines, theirs)
        clashes, changes = _follow(clashes, changes, moved)
    conflicts = (each.conflict(current_lines, proposed_lines) for each in clashes)
    return Rebased(_spliced(current_lines, changes), tuple(conflicts))


@dataclass(frozen=True, slots=True)
class _Region:
    """Lines `[start, end)` of the base with the hunks that lie or meet there.

    The shifts say how many lines longer the current and the proposed text are before the region.
    """

    start: int
    end: int
    ours: tuple[LineHunk, ...]
    theirs: tuple[LineHunk, ...]
    current_shift: int
    proposed_shift: int

    @property
    def clash(self) -> bool:
        return bool(self.ours and self.theirs) and self.ours != self.theirs

    def change(self) -> LineHunk:
        """The one hunk of a region that only we changed, in lines of the current text."""
        (hunk,) = self.ours
        return LineHunk(hunk.start + self.current_shift, hunk.end + self.current_shift, hunk.lines)

    def conflict(self, current: Sequence[str], proposed: Sequence[str]) -> RebaseConflict:
        start, end = self.start + self.current_shift, self.end + self.current_shift + _growth(self.theirs)
        from_, to = self.start + self.proposed_shift, self.end + self.proposed_shift + _growth(self.ours)
        return RebaseConflict(start, "".join(current[start:end]), "".join(proposed[from_:to]))


def _growth(hunks: Iterable[LineHunk]) -> int:
    return sum(len(hunk.lines) - (hunk.end - hunk.start) for hunk in hunks)


def _regions(ours: Sequence[LineHunk], theirs: Sequence[LineHunk]) -> Iterator[_Region]:
    """The hunks of both sides, those that touch or overlap together, in order."""
    sides = merge(
        ((hunk.start, hunk.end, 0, hunk) for hunk in ours),
        ((hunk.start, hunk.end, 1, hunk) for hunk in theirs),
        key=lambda item: item[:3],
    )
    start = end = -1
    met: tuple[list[LineHunk], list[LineHunk]] = ([], [])
    shifts = [0, 0]
    for hunk_start, hunk_end, side, hunk in sides:
        if hunk_start > end:
            if start >= 0:
                yield _Region(start, end, tuple(met[0]), tuple(met[1]), shifts[1], shifts[0])
            shifts = [shifts[0] + _growth(met[0]), shifts[1] + _growth(met[1])]
            start, end, met = hunk_start, hunk_end, ([], [])
        met[side].append(hunk)
        end = max(end, hunk_end)
    if start >= 0:
        yield _Region(start, end, tuple(met[0]), tuple(met[1]), shifts[1], shifts[0])


def _follow(
    clashes: Sequence[_Region], changes: Sequence[LineHunk], moved: Moved
) -> tuple[list[_Region], list[LineHunk]]:
    """What still clashes, and the changes with those added that can follow the lines that moved."""
    left: list[_Region] = []
    taken = list(changes)
    for region in clashes:
        followed = [moved.follow(hunk, region.theirs) for hunk in region.ours]
        found = [hunk for hunk in followed if hunk is not None]
        if len(found) < len(followed) or any(_touch(a, b) for a in found for b in taken):
            left.append(region)
        else:
            taken += found
    return left, taken


def _touch(a: LineHunk, b: LineHunk) -> bool:
    return a.start <= b.end and b.start <= a.end


def _spliced(lines: Sequence[str], changes: Iterable[LineHunk]) -> str:
    pieces: list[str] = []
    at = 0
    for change in sorted(changes, key=lambda change: change.start):
        pieces += lines[at : change.start]
        pieces += change.lines
        at = change.end
    pieces += lines[at:]
    return "".join(pieces)
