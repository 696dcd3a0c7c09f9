"""Where in a file the old lines of a chunk stand: every place, level by level.

No first match wins. The levels go from exact to lenient, and the first one with any candidate decides; all
its candidates are given, and `choose` narrows them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from codex_lsp.edits import blanks, ellipsis
from codex_lsp.edits.diff import line_hunks
from codex_lsp.edits.intents import Chunk
from codex_lsp.edits.levels import (
    EXACT,
    LEAST_LINES,
    LENIENCIES,
    SPACED,
    TRAILING,
    TRIMMED,
    TYPOGRAPHIC,
    Lines,
    indent,
    occurrences,
    unescaped,
)
from codex_lsp.edits.transplant import Kept, pairs
from codex_lsp.records import record

__all__ = ["Candidate", "Found", "find", "occurrences"]


@record(frozen=True, slots=True)
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


@record(frozen=True, slots=True)
class Found:
    """All places of one level and, in words, the leniency that the level takes (`""` for an exact match)."""

    candidates: tuple[Candidate, ...]
    leniency: str = ""


@record(frozen=True, slots=True)
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
    if len(numbers) < LEAST_LINES:
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
    from codex_lsp.edits import fuzzy

    at = fuzzy.closest(lines, form.old, removed)
    if at is None or lines.occurrences(form.new, TRIMMED):
        return None
    candidate = Candidate(at, form.old, form.new, SPACED, form.kept)
    return Found((candidate,), f"the place most like it was taken, at line {at + 1}")
