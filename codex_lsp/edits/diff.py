"""Minimal hunks between two texts, and their application."""

from __future__ import annotations

import difflib
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from codex_lsp.edits.errors import Overlap
from codex_lsp.edits.text import split_lines


@dataclass(frozen=True, slots=True, order=True)
class Hunk:
    """Replace `[start, end)` of the old text, in code points, by `text`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class LineHunk:
    """Replace the lines `[start, end)` of the old text, zero-based, by `lines`, which keep their ends."""

    start: int
    end: int
    lines: tuple[str, ...]


def apply_hunks(text: str, hunks: Iterable[Hunk]) -> str:
    """`text` with all hunks applied; raises `Overlap` if they are not disjoint, or lie outside the text."""
    pieces: list[str] = []
    at = 0
    for hunk in sorted(hunks):
        if not at <= hunk.start <= hunk.end <= len(text):
            raise Overlap(f"the edits at offsets {at} and {hunk.start} overlap or lie outside the text.")
        pieces += (text[at : hunk.start], hunk.text)
        at = hunk.end
    return "".join((*pieces, text[at:]))


# Beyond this many pairs of lines difflib, whose worst case is cubic, takes seconds: see `_changes`.
MAX_PAIRS = 1_000_000


def line_hunks(old: Sequence[str], new: Sequence[str]) -> list[LineHunk]:
    """The changed runs of lines, in order, disjoint, with at least one equal line between any two.

    Minimal between lines that are unique on both sides; a large run without any such line is one hunk.
    """
    hunks: list[LineHunk] = []
    i = j = 0
    for next_i, next_j in [*_anchors(old, new), (len(old), len(new))]:
        hunks += _changes(old[i:next_i], new[j:next_j], i)
        i, j = next_i + 1, next_j + 1
    return hunks


def _anchors(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs of equal lines, each unique on both sides, in order on both: the longest such chain."""
    times_old, times_new = Counter(old), Counter(new)
    places = {line: j for j, line in enumerate(new) if times_new[line] == 1}
    ends: list[int] = []
    chains: list[tuple[int, int, int]] = []
    tails: list[int] = []
    for i, line in enumerate(old):
        if times_old[line] != 1 or line not in places:
            continue
        j = places[line]
        rank = bisect_left(ends, j)
        chains.append((i, j, tails[rank - 1] if rank else -1))
        ends[rank : rank + 1] = [j]
        tails[rank : rank + 1] = [len(chains) - 1]
    found: list[tuple[int, int]] = []
    at = tails[-1] if tails else -1
    while at >= 0:
        i, j, at = chains[at]
        found.append((i, j))
    return found[::-1]


def _changes(old: Sequence[str], new: Sequence[str], offset: int) -> list[LineHunk]:
    """The hunks between two anchors; `offset` is the number of lines before `old`."""
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    old, new = old[head : len(old) - tail], new[head : len(new) - tail]
    offset += head
    if len(old) * len(new) > MAX_PAIRS:
        return [LineHunk(offset, offset + len(old), tuple(new))]
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    return [
        LineHunk(offset + i1, offset + i2, tuple(new[j1:j2]))
        for tag, i1, i2, j1, j2 in matcher.get_opcodes()
        if tag != "equal"
    ]


def diff_lines(old: str, new: str) -> tuple[Hunk, ...]:
    """The hunks that turn `old` into `new`, each of whole lines: what a person reviews one by one."""
    return tuple(
        Hunk(offset, offset + len("".join(before)), "".join(change.lines))
        for offset, before, change in _placed(old, new)
    )


def diff(old: str, new: str) -> tuple[Hunk, ...]:
    """The hunks that turn `old` into `new`: sorted, disjoint, by line and then within the line.

    No hunk begins or ends inside a CRLF of the old text.
    """
    hunks: list[Hunk] = []
    for offset, before, change in _placed(old, new):
        hunks += _within(before, change.lines, offset)
    return tuple(hunks)


def _placed(old: str, new: str) -> Iterator[tuple[int, list[str], LineHunk]]:
    """Each line hunk with its offset and the lines that it replaces."""
    old_lines = split_lines(old)
    offset = line = 0
    for change in line_hunks(old_lines, split_lines(new)):
        offset += sum(map(len, old_lines[line : change.start]))
        before = old_lines[change.start : change.end]
        yield offset, before, change
        offset += sum(map(len, before))
        line = change.end


def _within(old: Sequence[str], new: Sequence[str], offset: int) -> Iterator[Hunk]:
    if len(old) == len(new):
        for old_line, new_line in zip(old, new, strict=True):
            yield from _trim(old_line, new_line, offset)
            offset += len(old_line)
    else:
        yield from _trim("".join(old), "".join(new), offset)


def _trim(old: str, new: str, offset: int) -> Iterator[Hunk]:
    if old == new:
        return
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    if _splits_crlf(old, head) or _splits_crlf(new, head):
        head -= 1
    if _splits_crlf(old, len(old) - tail) or _splits_crlf(new, len(new) - tail):
        tail -= 1
    yield Hunk(offset + head, offset + len(old) - tail, new[head : len(new) - tail])


def _splits_crlf(text: str, index: int) -> bool:
    return 0 < index < len(text) and text[index - 1 : index + 1] == "\r\n"


def _common(a: Sequence[str], b: Sequence[str]) -> int:
    count = min(len(a), len(b))
    return next((i for i in range(count) if a[i] != b[i]), count)
