"""Carry a change over to a text that moved on meanwhile.

Three texts: the `base` that the agent saw, the `current` one that the person has now, and the `proposed` one
that the agent made of the base. Disjoint changes are both kept, identical ones coalesce, and whatever
touches or overlaps is a conflict, which is shown and never guessed. Lines that the person cut and pasted
elsewhere as they were take their change along, if it is clear which lines they are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from heapq import merge

from codex_lsp.edits.diff import Hunk, apply_hunks, diff_lines, inverted
from codex_lsp.edits.moved import Moved
from codex_lsp.edits.text import LineIndex
from codex_lsp.records import record


@record(frozen=True, slots=True)
class RebaseConflict:
    """One place that both sides changed: `line` is its zero-based line in the current text.

    `current` and `proposed` are what the two texts have for the same lines of the base.
    """

    line: int
    current: str
    proposed: str


@record(frozen=True, slots=True)
class Rebased:
    """The current text with every change that has no conflict, and the conflicts.

    `hunks` are the changes, of whole lines, from the current text to this one, if they are known. `taken` are
    those that would take back what both sides changed alike, in the current text.
    """

    text: str
    conflicts: tuple[RebaseConflict, ...] = ()
    hunks: tuple[Hunk, ...] | None = None
    taken: tuple[Hunk, ...] = ()


def rebase(
    base: str,
    current: str,
    proposed: str,
    ours: Sequence[Hunk] | None = None,
    theirs: Sequence[Hunk] | None = None,
    *,
    touching: bool = False,
) -> Rebased:
    """Apply the change `base` → `proposed` to `current`, by lines. Nothing in `current` is lost by it.

    `ours` are hunks of whole lines from `base` to `proposed`, `theirs` to `current`, where they are known.
    `touching` says that changes which touch, but do not overlap, are no conflict if their order is clear: so
    it is with what is taken back, which was there before and means nothing for the lines beside it.
    """
    if current == base:
        return Rebased(proposed, hunks=None if ours is None else tuple(ours))
    if base == proposed:
        return Rebased(current, hunks=())
    if ours is None:
        ours = diff_lines(base, proposed)
    if current == proposed:
        return Rebased(current, hunks=(), taken=tuple(inverted(base, ours)))
    if theirs is None:
        theirs = diff_lines(base, current)
    regions = list(_regions(ours, theirs, touching=touching))
    changes = [region.change() for region in regions if region.ours and not region.theirs]
    clashes = [region for region in regions if region.clash]
    taken = tuple(hunk for region in regions for hunk in region.taken(base))
    if not clashes:
        return Rebased(apply_hunks(current, changes), hunks=tuple(changes), taken=taken)
    clashes, changes = _follow(clashes, changes, Moved(base, current, theirs))
    index = LineIndex(current)
    conflicts = (each.conflict(index, proposed) for each in clashes)
    return Rebased(apply_hunks(current, changes), tuple(conflicts), taken=taken)


@record(frozen=True, slots=True)
class _Region:
    """The whole lines `[start, end)` of the base, in characters, with the hunks that lie or meet there.

    The shifts say how much longer the current and the proposed text are before the region.
    """

    start: int
    end: int
    ours: tuple[Hunk, ...]
    theirs: tuple[Hunk, ...]
    current_shift: int
    proposed_shift: int

    @property
    def clash(self) -> bool:
        return bool(self.ours and self.theirs) and self.ours != self.theirs

    def change(self) -> Hunk:
        """The one hunk of a region that only we changed, at its place in the current text."""
        (hunk,) = self.ours
        return Hunk(hunk.start + self.current_shift, hunk.end + self.current_shift, hunk.text)

    def taken(self, base: str) -> Iterator[Hunk]:
        """What would take back, in the current text, what both sides did alike."""
        return inverted(base, self.ours if self.ours == self.theirs else (), self.current_shift)

    def conflict(self, current: LineIndex, proposed: str) -> RebaseConflict:
        start, end = self.start + self.current_shift, self.end + self.current_shift + _growth(self.theirs)
        from_, to = self.start + self.proposed_shift, self.end + self.proposed_shift + _growth(self.ours)
        return RebaseConflict(current.line_at(start), current.text[start:end], proposed[from_:to])


def _growth(hunks: Iterable[Hunk]) -> int:
    return sum(len(hunk.text) - (hunk.end - hunk.start) for hunk in hunks)


def _regions(ours: Sequence[Hunk], theirs: Sequence[Hunk], *, touching: bool) -> Iterator[_Region]:
    """The hunks of both sides, those that touch or overlap together, in order.

    With `touching` only those that overlap, or that are put in at one place, are together.
    """
    met: tuple[list[Hunk], list[Hunk]] = ([], [])
    start = end = ours_shift = theirs_shift = 0
    sides = merge(((hunk, 0) for hunk in ours), ((hunk, 1) for hunk in theirs), key=_place)
    for hunk, side in sides:
        apart = hunk.start > end or (
            touching and hunk.start == end and (start < end or hunk.start < hunk.end)
        )
        if (met[0] or met[1]) and apart:
            yield _Region(start, end, tuple(met[0]), tuple(met[1]), theirs_shift, ours_shift)
            ours_shift, theirs_shift = ours_shift + _growth(met[0]), theirs_shift + _growth(met[1])
            met = ([], [])
        if not (met[0] or met[1]):
            start = end = hunk.start
        met[side].append(hunk)
        end = max(end, hunk.end)
    if met[0] or met[1]:
        yield _Region(start, end, tuple(met[0]), tuple(met[1]), theirs_shift, ours_shift)


def _place(item: tuple[Hunk, int]) -> tuple[int, int]:
    return item[0].start, item[0].end


# Each change that clashes costs a search or two of both texts.
MAX_FOLLOWED = 100


def _follow(
    clashes: Sequence[_Region], changes: Sequence[Hunk], moved: Moved
) -> tuple[list[_Region], list[Hunk]]:
    """What still clashes, and the changes with those added that can follow the lines that moved."""
    if sum(len(region.ours) for region in clashes) > MAX_FOLLOWED:
        return list(clashes), list(changes)
    left: list[_Region] = []
    taken = list(changes)
    for region in clashes:
        followed = [hunk for each in region.ours if (hunk := moved.follow(each, region.theirs))]
        complete = len(followed) == len(region.ours)
        if complete and not any(_touch(a, b) for a in followed for b in taken):
            taken += followed
        else:
            left.append(region)
    return left, taken


def _touch(a: Hunk, b: Hunk) -> bool:
    return a.start <= b.end and b.start <= a.end
