"""Minimal hunks between two texts, and their application."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from codex_lsp.edits.errors import Overlap
from codex_lsp.edits.matching import Block, joined, matching_lines, matching_text, subsequence
from codex_lsp.edits.text import split_lines
from codex_lsp.records import record


@dataclass(frozen=True, slots=True, order=True)
class Hunk:
    """Replace `[start, end)` of the old text, in code points, by `text`."""

    start: int
    end: int
    text: str


@record(frozen=True, slots=True)
class LineHunk:
    """Replace the lines `[start, end)` of the old text, zero-based, by `lines`, which keep their ends."""

    start: int
    end: int
    lines: tuple[str, ...]


def apply_hunks(text: str, hunks: Iterable[Hunk]) -> str:
    """`text` with all hunks applied; raises `Overlap` if they are not disjoint, or lie outside the text.

    Of several that put something in at one place the first one's text comes first.
    """
    pieces: list[str] = []
    at = 0
    for hunk in sorted(hunks, key=_place):
        if not at <= hunk.start <= hunk.end <= len(text):
            raise Overlap(f"the edits at offsets {at} and {hunk.start} overlap or lie outside the text.")
        pieces += (text[at : hunk.start], hunk.text)
        at = hunk.end
    return "".join((*pieces, text[at:]))


def _place(hunk: Hunk) -> tuple[int, int]:
    return hunk.start, hunk.end


def inverted(old: str, hunks: Iterable[Hunk], shift: int = 0) -> Iterator[Hunk]:
    """The hunks that make `old` again of what `hunks`, in order and disjoint, made of it.

    `shift` is how much longer the text has become before them.
    """
    for hunk in hunks:
        start = hunk.start + shift
        yield Hunk(start, start + len(hunk.text), old[hunk.start : hunk.end])
        shift += len(hunk.text) - (hunk.end - hunk.start)


def line_hunks(old: Sequence[str], new: Sequence[str]) -> list[LineHunk]:
    """The changed runs of lines, in order, disjoint, with at least one equal line between any two.

    As few lines as can be; `matching` says what is given up in long lists that differ a lot.
    """
    return [
        LineHunk(i, end_i, tuple(new[j:end_j]))
        for i, end_i, j, end_j in _between(matching_lines(old, new), len(old), len(new))
    ]


def _between(blocks: Iterable[Block], old_size: int, new_size: int) -> Iterator[tuple[int, int, int, int]]:
    """What lies between the equal blocks: start and end on the old side, start and end on the new."""
    i = j = 0
    for block in (*blocks, Block(old_size, new_size, 0)):
        if (block.i, block.j) != (i, j):
            yield i, block.i, j, block.j
        i, j = block.i + block.size, block.j + block.size


def diff_lines(old: str, new: str) -> tuple[Hunk, ...]:
    """The hunks that turn `old` into `new`, each of whole lines: what a person reviews one by one.

    At least one equal line is between any two of them.
    """
    return tuple(
        Hunk(offset, offset + len("".join(before)), "".join(after))
        for offset, before, after in _runs(old, new)
    )


def diff(old: str, new: str) -> tuple[Hunk, ...]:
    """The hunks that turn `old` into `new`: sorted, disjoint, by line and then within the line.

    Between two of them at least one character stays, within a line at least `MIN_KEPT`. None begins or ends
    inside a CRLF or between two surrogates, in the old text or the new.
    """
    return tuple(
        Hunk(offset + start, offset + end, text)
        for offset, before, after in _runs(old, new)
        for start, end, text in _within(before, after)
    )


def refined(old: str, hunks: Iterable[Hunk]) -> tuple[Hunk, ...]:
    """What `diff` gives, from what `diff_lines` gave."""
    return tuple(
        Hunk(hunk.start + start, hunk.start + end, text)
        for hunk in hunks
        for start, end, text in _refined(old[hunk.start : hunk.end], hunk.text)
    )


# The same two texts are compared to check, show, send and confirm a change. Longer ones are not kept.
KEPT_TEXTS = 8
KEPT_TEXT_CHARACTERS = 500_000

_Run = tuple[int, list[str], Sequence[str]]


def _runs(old: str, new: str) -> Iterable[_Run]:
    """Each run of changed lines: its offset in the old text, the lines there, and those that replace them."""
    if len(old) + len(new) > KEPT_TEXT_CHARACTERS:
        return _compared(old, new)
    return _compared_before(old, new)


@lru_cache(KEPT_TEXTS)
def _compared_before(old: str, new: str) -> tuple[_Run, ...]:
    return tuple(_compared(old, new))


def _compared(old: str, new: str) -> Iterator[_Run]:
    blocks = matching_text(old, new) or []
    for start, end, new_start, new_end in _between(blocks, len(old), len(new)):
        lines = split_lines(old[start:end])
        offset, line = start, 0
        for change in line_hunks(lines, split_lines(new[new_start:new_end])):
            offset += sum(map(len, lines[line : change.start]))
            line = change.start
            yield offset, lines[line : change.end], change.lines


# What two lines share by chance is no help to anybody: shorter matches inside a line are not kept.
MIN_KEPT = 3
# Longer runs of changed lines, and longer lines, are trimmed at both ends only: 10 ms at worst.
MAX_LINES = 1_000
MAX_CHARACTERS = 2**22


def _within(old_lines: Sequence[str], new_lines: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """The changes inside a run of changed lines: start and end in the old run, and the new text."""
    old, new = "".join(old_lines), "".join(new_lines)
    if len(old_lines) == len(new_lines) <= MAX_LINES:
        blocks = _line_by_line(old_lines, new_lines)
    else:
        blocks = subsequence(old, new, MAX_CHARACTERS if len(old_lines) <= MAX_LINES else 0)
    for start, end, new_start, new_end in _between(_kept(blocks, old, new), len(old), len(new)):
        yield start, end, new[new_start:new_end]


# A waiting proposal is refined again and again while the person types elsewhere. What is kept of that is
# bounded: so many runs, none of them longer.
KEPT_RUNS = 256
KEPT_CHARACTERS = 1_000


def _refined(old: str, new: str) -> Iterable[tuple[int, int, str]]:
    if len(old) + len(new) > KEPT_CHARACTERS:
        return _within(split_lines(old), split_lines(new))
    return _refined_before(old, new)


@lru_cache(KEPT_RUNS)
def _refined_before(old: str, new: str) -> tuple[tuple[int, int, str], ...]:
    return tuple(_within(split_lines(old), split_lines(new)))


def _line_by_line(old_lines: Sequence[str], new_lines: Sequence[str]) -> list[Block]:
    blocks: list[Block] = []
    i = j = 0
    for old, new in zip(old_lines, new_lines, strict=True):
        blocks += (Block(i + b.i, j + b.j, b.size) for b in subsequence(old, new, MAX_CHARACTERS))
        i, j = i + len(old), j + len(new)
    return joined(blocks)


def _kept(blocks: Iterable[Block], old: str, new: str) -> Iterator[Block]:
    """The blocks that are worth keeping, each shrunk where it would cut what must stay whole."""
    for block in blocks:
        i, j, size = block.i, block.j, block.size
        while size and (_cuts(old, i) or _cuts(new, j)):
            i, j, size = i + 1, j + 1, size - 1
        while size and (_cuts(old, i + size) or _cuts(new, j + size)):
            size -= 1
        at_an_end = i == j == 0 or (i + size == len(old) and j + size == len(new))
        if size >= MIN_KEPT or (size and at_an_end):
            yield Block(i, j, size)


def _cuts(text: str, index: int) -> bool:
    """Whether a cut there parts a CRLF or a pair of surrogates."""
    if not 0 < index < len(text):
        return False
    before, after = text[index - 1], text[index]
    return before + after == "\r\n" or ("\ud800" <= before <= "\udbff" and "\udc00" <= after <= "\udfff")
