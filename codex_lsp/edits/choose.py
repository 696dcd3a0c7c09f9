"""Which of several places a chunk means: by what it says of its place, and by the order of all chunks."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

from codex_lsp.edits import anchors
from codex_lsp.edits.errors import AlreadyApplied
from codex_lsp.edits.intents import Chunk
from codex_lsp.edits.levels import EXACT, TREATMENTS, TRIMMED, Lines, occurrences
from codex_lsp.edits.locate import Candidate, Found

MOST_CANDIDATES = 2_000


def narrow(lines: Lines, chunk: Chunk, found: Found, focus: range | None) -> Found:
    """The candidates that agree with what the chunk says of its place; raises `AlreadyApplied`.

    The places where the new lines stand already are weighed with them: if what the chunk says points at one
    of those alone, its work is done, and another place like the old one is not what it means.
    """
    if len(found.candidates) > MOST_CANDIDATES:
        return found
    rivals = _done_elsewhere(lines, chunk, found) if _telling(chunk, focus) else []
    both = replace(found, candidates=(*found.candidates, *rivals))
    left = _narrowed(lines, chunk, both, focus) if rivals else ()
    if left and all(each in rivals for each in left):
        raise AlreadyApplied(left[0].at + 1)
    return replace(found, candidates=_narrowed(lines, chunk, found, focus))


def _done_elsewhere(lines: Lines, chunk: Chunk, found: Found) -> list[Candidate]:
    """The places of the new lines that hold none of the candidates."""
    places = sorted(each.at for each in found.candidates)
    return [
        Candidate(at, chunk.new, chunk.new)
        for at in lines.occurrences(chunk.new, EXACT)[:MOST_CANDIDATES]
        if bisect_left(places, at) == bisect_left(places, at + len(chunk.new))
    ]


def _telling(chunk: Chunk, focus: range | None) -> bool:
    """Whether something says which place is meant, and the new lines say enough to be known again."""
    hinted = focus is not None or bool(chunk.anchors) or chunk.at_end or chunk.line is not None
    return hinted and chunk.new != chunk.old and any(map(str.isalnum, "".join(chunk.new)))


def _narrowed(lines: Lines, chunk: Chunk, found: Found, focus: range | None) -> tuple[Candidate, ...]:
    sizes = {each.at: len(each.old) for each in found.candidates}
    size = max(sizes.values())
    left = list(sizes)
    if chunk.at_end:
        left = [at for at in left if not any(map(str.strip, lines.bare[at + sizes[at] :]))] or left
    if chunk.anchors and (where := anchors.places_of(lines, chunk.anchors)):
        left = anchors.below(lines, where, left, size) or (left if _speaks_for_itself(chunk, found) else [])
    if len(left) > 1 and chunk.line is not None:
        left = anchors.nearest(left, chunk.line - 1)
    if len(left) > 1 and focus is not None:
        left = anchors.selected(left, size, focus)
    return tuple(each for each in found.candidates if each.at in left)


def _speaks_for_itself(chunk: Chunk, found: Found) -> bool:
    """Whether the old lines are many enough and found as they are, so that an anchor elsewhere is a slip."""
    full = [line for line in chunk.old if line.strip()]
    return len(found.candidates) == 1 and found.candidates[0].level == EXACT and len(full) > 1


def done_at(lines: Lines, candidate: Candidate) -> int | None:
    """The line at which the candidate's new lines stand already, around the old ones or in their place."""
    old, new = candidate.old, candidate.new
    if old == new or not new:
        return None
    treat = TREATMENTS[EXACT if candidate.level == EXACT else TRIMMED]
    there = lines.treated(EXACT if candidate.level == EXACT else TRIMMED)
    wanted = [treat(line) for line in new]
    if lines.bare[candidate.at : candidate.at + len(new)] == list(new) and len(new) == len(old):
        return candidate.at
    for offset in occurrences(list(new), list(old)):
        start = candidate.at - offset
        if start >= 0 and there[start : start + len(new)] == wanted:
            return start
    return None


def assign(options: Sequence[Sequence[Candidate]]) -> list[Candidate] | None:
    """The one choice of a candidate for each chunk in which each stands below the one before; else None."""
    if sum(map(len, options)) > MOST_CANDIDATES:
        return None
    ways: list[list[int]] = []
    stops, sums = [-1], [0, 1]
    for places in options:
        ways.append([min(2, sums[bisect_right(stops, each.at)]) for each in places])
        ranked = sorted(zip((each.stop for each in places), ways[-1], strict=True))
        stops = [stop for stop, _ in ranked]
        sums = [0, *accumulate(count for _, count in ranked)]
    if sums[-1] != 1:
        return None
    chosen: list[Candidate] = []
    limit = None
    for places, counts in zip(reversed(options), reversed(ways), strict=True):
        fits = [
            each
            for each, count in zip(places, counts, strict=True)
            if count and (limit is None or each.stop <= limit)
        ]
        chosen.append(fits[0])
        limit = fits[0].at
    return chosen[::-1]
