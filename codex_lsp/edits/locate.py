"""Where in a file the old lines of a chunk stand: every place, level by level.

No first match wins. The levels go from exact to lenient, and the first one with any candidate decides;
several candidates are narrowed by what the chunk says of its place, and if that leaves more than one, the
chunk is ambiguous, unless the order of all chunks of the file leaves only one.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise

from codex_lsp.edits import anchors, blanks, ellipsis, fuzzy
from codex_lsp.edits.diff import line_hunks
from codex_lsp.edits.errors import AlreadyApplied, Ambiguous, NoMatch
from codex_lsp.edits.intents import Chunk
from codex_lsp.edits.levels import (
    EXACT,
    LENIENCIES,
    SPACED,
    TRAILING,
    TREATMENTS,
    TRIMMED,
    TYPOGRAPHIC,
    Lines,
    indent,
    occurrences,
    unescaped,
)
from codex_lsp.edits.transplant import Kept, pairs

__all__ = ["Candidate", "Found", "assign", "find", "narrow", "no_match", "occurrences"]

SHOWN_PLACES = 8
SHOWN_LENGTH = 160
MOST_CANDIDATES = 2_000


@dataclass(frozen=True, slots=True)
class Candidate:
    """One place: `old` stands at the lines from `at` on, at `level`, and `new` is to come in its stead."""

    at: int
    old: tuple[str, ...]
    new: tuple[str, ...]
    level: int = EXACT
    kept: Kept | None = None

    @property
    def stop(self) -> int:
        """The line behind the place."""
        return self.at + len(self.old)

    @property
    def reindent(self) -> bool:
        """Whether the old lines' indentation differs from the file's, so that new lines must be moved."""
        return self.level >= TRIMMED


@dataclass(frozen=True, slots=True)
class Found:
    """All places of one level and, in words, the leniency that the level takes (`""` for an exact match)."""

    candidates: tuple[Candidate, ...]
    leniency: str = ""


@dataclass(frozen=True, slots=True)
class _Form:
    """One way to read a chunk's lines."""

    old: tuple[str, ...]
    new: tuple[str, ...]
    kept: Kept | None = None


def find(lines: Lines, chunk: Chunk) -> Found | None:
    """The candidates of the first level at which the chunk, or another reading of it, has any; else None."""
    forms = [_Form(each.old, each.new, each.kept) for each in (chunk, *chunk.readings)]
    if found := _by_levels(lines, forms):
        return found
    for other_forms, leniency in _variants(lines, forms):
        if found := _by_levels(lines, other_forms):
            return Found(found.candidates, "; ".join(filter(None, (leniency, found.leniency))))
    for form in forms:
        if candidates := _by_full_lines(lines, form):
            return Found(candidates, "blank lines were ignored")
    for form in forms:
        if expanded := ellipsis.expanded_pairs(lines, form.old, form.new):
            places = tuple(Candidate(at, *texts, TRIMMED) for at, texts in expanded)
            return Found(places, "ellipses stand for what the file has there")
    return next((found for form in forms if (found := _closest(lines, form))), None)


def _by_levels(lines: Lines, forms: Sequence[_Form]) -> Found | None:
    for level in (EXACT, TRAILING, TRIMMED, TYPOGRAPHIC, SPACED):
        for form in forms:
            places = lines.occurrences(form.old, level)
            if not places or (level > EXACT and not _tells(lines, form.old)):
                continue
            leniency = LENIENCIES[level]
            if level == TRIMMED and (uniform := _moved_as_one(lines, form.old, places)):
                places, leniency = uniform, "the block was moved to the file's indentation"
            candidates = (Candidate(at, form.old, form.new, level, form.kept) for at in places)
            return Found(tuple(candidates), leniency)
    return None


def _tells(lines: Lines, old: Sequence[str]) -> bool:
    """Whether the old lines, indentation aside, are told apart by more than the blank ones among them."""
    full = [line for line in old if line.strip()]
    if len(full) == 1 and len(old) > 1:
        return len(lines.occurrences(full, TRIMMED)) == 1
    return bool(full)


def _by_full_lines(lines: Lines, form: _Form) -> tuple[Candidate, ...]:
    """The places that have the old lines with other blank lines between them."""
    form = _without_blanks(form.old, form.new) or form
    numbers = [number for number, line in enumerate(form.old) if line.strip()]
    if len(numbers) < fuzzy.LEAST_LINES:
        return ()
    treated = lines.treated(TRAILING)
    full = [at for at, line in enumerate(treated) if line]
    wanted = [form.old[number].rstrip() for number in numbers]
    candidates = []
    for place in occurrences([treated[at] for at in full], wanted):
        there = dict(zip(numbers, full[place : place + len(numbers)], strict=True))
        new = blanks.adapted(form.new, form.kept or pairs(form.old, form.new), there, lines.bare)
        if new is None:
            return ()
        first, last = there[numbers[0]], there[numbers[-1]]
        candidates.append(Candidate(first, tuple(lines.bare[first : last + 1]), new))
    return tuple(candidates)


def _moved_as_one(lines: Lines, old: Sequence[str], places: Sequence[int]) -> list[int]:
    """The places to which the lines moved as one block; all or none if they are flat, and so no block."""
    uniform = [at for at in places if _is_one_move(old, lines.bare[at : at + len(old)])]
    flat = len({indent(line) for line in old if line.strip()}) < 2
    return uniform if len(uniform) == len(places) or not flat else []


def _is_one_move(old: Sequence[str], there: Sequence[str]) -> bool:
    """Whether each indentation of `old` is one and the same there, and deeper ones are deeper."""
    moves: dict[str, str] = {}
    for line, other in zip(old, there, strict=True):
        if line.strip() and moves.setdefault(indent(line), indent(other)) != indent(other):
            return False
    depths = [len(moves[own]) for own in sorted(moves, key=len)]
    return all(a < b for a, b in pairwise(depths))


def _variants(lines: Lines, forms: Sequence[_Form]) -> list[tuple[list[_Form], str]]:
    """Other forms of a chunk whose lines are nowhere as they are written."""
    plain = [
        _Form(unescaped(form.old), unescaped(form.new))
        for form in forms
        if any("\\" in line for line in form.old) and unescaped(form.old) != form.old
    ]
    tight = [
        tighter
        for form in forms
        if _tells(lines, form.old) and (tighter := _without_blanks(form.old, form.new))
    ]
    return [
        (plain, "literal escapes were taken for what they mean"),
        (tight, "blank lines around it were ignored"),
    ]


def _without_blanks(old: tuple[str, ...], new: tuple[str, ...]) -> _Form | None:
    """Both sides without the blank lines around `old`; None if it has none, or no other lines."""
    head, tail = _blanks(old), _blanks(old[::-1])
    if head + tail == 0 or head == len(old):
        return None
    new = new[min(head, _blanks(new)) :]
    return _Form(old[head : len(old) - tail], new[: len(new) - min(tail, _blanks(new[::-1]))])


def _blanks(lines: Sequence[str]) -> int:
    return next((number for number, line in enumerate(lines) if line.strip()), len(lines))


def _closest(lines: Lines, form: _Form) -> Found | None:
    removed = [number for hunk in line_hunks(form.old, form.new) for number in range(hunk.start, hunk.end)]
    at = fuzzy.closest(lines, form.old, removed)
    if at is None or lines.occurrences(form.new, TRIMMED):
        return None
    candidate = Candidate(at, form.old, form.new, SPACED, form.kept)
    return Found((candidate,), f"the place most like it was taken, at line {at + 1}")


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


def ambiguous(what: str, places: Sequence[int], path: str, number: int | None) -> Ambiguous:
    """The error that names the places, by their zero-based lines."""
    shown = ", ".join(str(at + 1) for at in places[:SHOWN_PLACES]) + (
        ", …" if len(places) > SHOWN_PLACES else ""
    )
    return Ambiguous(
        f"{what} stands {len(places)} times, at lines {shown}: give more of the lines around it.",
        lines=[at + 1 for at in places],
        path=path,
        hunk=number,
    )


def no_match(lines: Lines, old: Sequence[str], new: Sequence[str], path: str, number: int | None) -> NoMatch:
    """The error that names the place most like the old lines, and the first line there that differs.

    Raises `AlreadyApplied` instead if the new lines stand in the file exactly once.
    """
    if any(map(str.isalnum, "".join(new))) and len(there := lines.occurrences(new, TRAILING)) == 1:
        raise AlreadyApplied(there[0] + 1, path=path, hunk=number)
    places = fuzzy.alike(lines, old)
    if not places:
        wanted = next((line for line in old if line.strip()), "")
        return NoMatch(
            f"the text to be replaced is not in the file, nor is any line like {clipped(wanted)}.",
            path=path,
            hunk=number,
        )
    best = places[0]
    return NoMatch(
        f"the text to be replaced is not in the file; the place most like it is at line {best.at + 1} "
        f"({best.score:.0%} alike), but {_first_difference(lines, old, best.at)}.",
        line=best.at + 1,
        score=best.score,
        path=path,
        hunk=number,
    )


def _first_difference(lines: Lines, old: Sequence[str], at: int) -> str:
    for level in (TYPOGRAPHIC, EXACT):
        for offset, wanted in enumerate(old):
            line = at + offset
            if line >= len(lines):
                return f"the file ends before the edit's {clipped(wanted)}"
            if lines.treated(level)[line] != TREATMENTS[level](wanted):
                there = clipped(lines.bare[line])
                return f"the edit has {clipped(wanted)} where the file has {there} (line {line + 1})"
    return "the lines around it differ"


def clipped(line: str) -> str:
    """The line as it is quoted in a message."""
    return repr(line if len(line) <= SHOWN_LENGTH else line[:SHOWN_LENGTH] + "…")
