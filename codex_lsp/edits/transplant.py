"""Put a model's change into the real lines, so that whatever the model left alone stays as it is there."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

from codex_lsp.edits.diff import LineHunk, line_hunks
from codex_lsp.edits.levels import indent

Kept = Sequence[tuple[int, int]]


def transplant(
    old: Sequence[str],
    new: Sequence[str],
    actual: Sequence[str],
    *,
    end: str,
    reindent: bool = False,
    kept: Kept | None = None,
) -> list[str]:
    """The lines that `actual` becomes when what turns `old` into `new` is done to it.

    `old` and `new` are bare and `old` pairs with `actual`, which has its ends, line by line. Lines that are
    both in old and new stay as they are in `actual`: `kept` pairs their numbers, or else a diff does. New
    lines take `end`. With `reindent` new lines are
    moved as their neighbours are moved from `old` to `actual`.
    """
    moves = _Moves(old, actual) if reindent else None
    result: list[str] = []
    done = 0
    for hunk in line_hunks(old, new) if kept is None else _hunks(old, new, kept):
        result += actual[done : hunk.start]
        for offset, line in enumerate(hunk.lines):
            near = min(hunk.start + offset, hunk.end)
            result.append((moves.moved(line, near) if moves else line) + end)
        done = hunk.end
    result += actual[done:]
    return result


def _hunks(old: Sequence[str], new: Sequence[str], kept: Kept) -> list[LineHunk]:
    """The runs of lines between those that are kept."""
    ends = [(-1, -1), *kept, (len(old), len(new))]
    return [
        LineHunk(i + 1, next_i, tuple(new[j + 1 : next_j]))
        for (i, j), (next_i, next_j) in pairwise(ends)
        if (i + 1, j + 1) != (next_i, next_j)
    ]


def pairs(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """The numbers of the lines that old and new share, in order."""
    found: list[tuple[int, int]] = []
    i = j = 0
    for hunk in line_hunks(old, new):
        found += [(i + k, j + k) for k in range(hunk.start - i)]
        j += hunk.start - i + len(hunk.lines)
        i = hunk.end
    return found + [(i + k, j + k) for k in range(len(old) - i)]


class _Moves:
    """How lines moved from their indentation in `old` to the one in `actual`."""

    def __init__(self, old: Sequence[str], actual: Sequence[str]) -> None:
        self._old = old
        self._actual = actual
        self._places: dict[str, list[int]] = {}
        for number, line in enumerate(old):
            if line.strip():
                self._places.setdefault(indent(line), []).append(number)

    def moved(self, line: str, near: int) -> str:
        """`line` with the indentation that it would have there: as the nearest old line with one like it."""
        own = indent(line)
        if own == line or not self._places:
            return line
        content = line[len(own) :]
        if own in self._places:
            return indent(self._actual[self._nearest(own, near)]) + content
        related = [each for each in self._places if own.startswith(each) or each.startswith(own)]
        if not related:
            return line
        number = min((self._nearest(each, near) for each in related), key=lambda at: _distance(at, near))
        given, there = indent(self._old[number]), indent(self._actual[number])
        if own.startswith(given):
            return there + _converted(own[len(given) :], given, there) + content
        surplus = _converted(given[len(own) :], given, there)
        return (there.removesuffix(surplus) if there.endswith(surplus) else "") + content

    def _nearest(self, own: str, near: int) -> int:
        """The old line with this indentation that is nearest, one above before one below."""
        places = self._places[own]
        at = bisect_right(places, near)
        return min(places[max(0, at - 1) : at + 1], key=lambda number: _distance(number, near))


def _distance(number: int, near: int) -> tuple[int, int]:
    return abs(number - near), number


def _converted(space: str, given: str, there: str) -> str:
    """Indentation in the unit that the file uses where the model used another one."""
    if given and there and set(given) == {" "} and set(there) == {"\t"} and set(space) <= {" "}:
        width = len(given) // len(there)
        return space if not width or len(space) % width else "\t" * (len(space) // width)
    if given and there and set(given) == {"\t"} and set(there) == {" "} and set(space) <= {"\t"}:
        return " " * (len(there) // len(given) * len(space))
    return space
