"""Which lines of a file are sent when all of them are too many; sizes are bytes of UTF-8."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from codex_lsp.edits.text import LineIndex
from codex_lsp.records import record

if TYPE_CHECKING:
    from codex_lsp.syntax.landmarks import Landmarks

Lines = tuple[int, int]
"""Lines `[first, last)`, zero-based."""

# Fences, line numbers, and the hint at read_file.
_AROUND = 90


@record(frozen=True, slots=True)
class Part:
    """Lines `[first, last)`, zero-based, of a file that has `total`."""

    path: str
    text: str
    first: int
    last: int
    total: int

    @property
    def whole(self) -> bool:
        """Whether it is all of the file."""
        return self.first == 0 and self.last >= self.total


def size(text: str) -> int:
    """How many bytes a text takes."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "replace"))


def cost(part: Part) -> int:
    """How many bytes a part takes in a prompt, with what stands around it."""
    return size(part.text) + len(part.path) + _AROUND


def whole(path: str, index: LineIndex) -> Part:
    """All of a file."""
    return Part(path, index.text, 0, index.line_count, index.line_count)


def parts(path: str, index: LineIndex, ranges: Iterable[Lines]) -> tuple[Part, ...]:
    """The parts of a file that are in any of `ranges`; those that touch are one."""
    return tuple(
        Part(path, index.text[index.start(first) : index.start(last)], first, last, index.line_count)
        for first, last in _merged(ranges)
    )


def around(marks: Landmarks, selected: Lines, room: int) -> tuple[Part, ...]:
    """The file around the selection, in at most `room` bytes: all of it, or what tells most.

    That is the definition that holds the selection, the imports, and lines before and behind it as far as
    there is room. A selection that takes much of the room is left out, since it is sent by itself.
    """
    path, index = marks.path, marks.index
    if size(index.text) <= room:
        return (whole(path, index),)
    inner = _ranges(marks, selected, room)
    left = room - sum(size(part.text) for part in parts(path, index, inner))
    core = next((each for each in _merged(inner) if each[0] <= selected[0] < each[1]), selected)
    first, last = _grown(index, core, left)
    return parts(path, index, [*inner, (first, core[0]), (core[1], last)])


def _ranges(marks: Landmarks, selected: Lines, room: int) -> list[Lines]:
    """What is wanted before anything else, in at most `room`: the selection, its definition, the imports."""
    index = marks.index
    chosen = [selected] if _bytes(index, selected) <= room // 4 else []
    left = room - sum(_bytes(index, each) for each in chosen)
    for symbol in marks.enclosing(selected):
        lines = (symbol.start, symbol.end)
        if not chosen or _bytes(index, lines) > left * 2 // 3:
            lines = (symbol.start, symbol.start + 1)
        if not _within(lines, chosen) and _bytes(index, lines) <= left:
            chosen.append(lines)
            left = room - sum(_bytes(index, each) for each in _merged(chosen))
    imports = [each for each in marks.imports if not _within(each, [selected])]
    if sum(_bytes(index, each) for each in imports) <= left // 2:
        chosen += imports
    return chosen


def _grown(index: LineIndex, core: Lines, room: int) -> Lines:
    """`core` with as many whole lines before and behind it as take up `room`, half of it on each side."""
    low, high = index.start(core[0]), index.start(core[1])
    before = min(room // 2, size(index.text[:low]))
    high_end = ahead(index.text, high, room - before)
    before = room - size(index.text[high:high_end])
    low_start = _back(index.text, low, before)
    first = index.line_at(low_start)
    first += index.start(first) != low_start
    return min(first, core[0]), max(index.line_at(high_end), core[1])


def ahead(text: str, at: int, room: int) -> int:
    """The offset up to which the text from `at` on fits into `room` bytes."""
    piece = text[at : at + room].encode("utf-8", "replace")[:room]
    return at + len(piece.decode("utf-8", "ignore"))


def _back(text: str, at: int, room: int) -> int:
    piece = text[max(0, at - room) : at].encode("utf-8", "replace")
    return at - len(piece[max(0, len(piece) - room) :].decode("utf-8", "ignore"))


def _bytes(index: LineIndex, lines: Lines) -> int:
    return size(index.text[index.start(lines[0]) : index.start(lines[1])])


def _within(lines: Lines, ranges: Iterable[Lines]) -> bool:
    return any(first <= lines[0] and lines[1] <= last for first, last in ranges)


def _merged(ranges: Iterable[Lines]) -> Iterator[Lines]:
    begun: Lines | None = None
    for first, last in sorted(ranges):
        if first >= last:
            continue
        if begun is None or first > begun[1]:
            if begun:
                yield begun
            begun = (first, last)
        else:
            begun = (begun[0], max(begun[1], last))
    if begun:
        yield begun
