"""Put a model's change into the real lines, so that whatever the model left alone stays as it is there."""

from __future__ import annotations

from collections.abc import Sequence

from codex_lsp.edits.diff import line_hunks
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
    result: list[str] = []
    i = j = 0
    for next_i, next_j in [*(kept if kept is not None else pairs(old, new)), (len(old), len(new))]:
        for offset, line in enumerate(new[j:next_j]):
            moved = _moved(line, min(i + offset, next_i), old, actual) if reindent else line
            result.append(moved + end)
        if next_i < len(old):
            result.append(actual[next_i])
        i, j = next_i + 1, next_j + 1
    return result


def pairs(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """The numbers of the lines that old and new share, in order."""
    found: list[tuple[int, int]] = []
    i = j = 0
    for hunk in line_hunks(old, new):
        found += [(i + k, j + k) for k in range(hunk.start - i)]
        j += hunk.start - i + len(hunk.lines)
        i = hunk.end
    return found + [(i + k, j + k) for k in range(len(old) - i)]


def _moved(line: str, near: int, old: Sequence[str], actual: Sequence[str]) -> str:
    """`line` with the indentation that it would have there: as the nearest old line with one like its own."""
    own = indent(line)
    if own == line:
        return line
    nearest = sorted(
        (number for number, each in enumerate(old) if each.strip()),
        key=lambda number: (abs(number - near) + (number > near) / 2, number),
    )
    for number in nearest:
        if indent(old[number]) == own:
            return indent(actual[number]) + line[len(own) :]
    for number in nearest:
        given, there = indent(old[number]), indent(actual[number])
        if own.startswith(given):
            return there + _converted(own[len(given) :], given, there) + line[len(own) :]
        if given.startswith(own):
            surplus = _converted(given[len(own) :], given, there)
            return (there.removesuffix(surplus) if there.endswith(surplus) else "") + line[len(own) :]
    return line


def _converted(space: str, given: str, there: str) -> str:
    """Indentation in the unit that the file uses where the model used another one."""
    if given and there and set(given) == {" "} and set(there) == {"\t"} and set(space) <= {" "}:
        width = len(given) // len(there)
        return space if not width or len(space) % width else "\t" * (len(space) // width)
    if given and there and set(given) == {"\t"} and set(there) == {" "} and set(space) <= {"\t"}:
        return " " * (len(there) // len(given) * len(space))
    return space
