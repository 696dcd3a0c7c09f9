"""Where lines went that a person cut and pasted elsewhere as they were."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property

from codex_lsp.edits.diff import LineHunk

# Fewer visible characters, such as a lone `}`, do not tell which lines they are.
MIN_VISIBLE = 10
# A block whose rarest line stands more often than this is not looked for.
MAX_PLACES = 64


class Moved:
    """The lines that `theirs`, the hunks from `base` to `current`, took from one place to another."""

    def __init__(self, base: Sequence[str], current: Sequence[str], theirs: Sequence[LineHunk]) -> None:
        self._base = base
        self._current = current
        self._theirs = theirs

    def follow(self, hunk: LineHunk, theirs: Sequence[LineHunk]) -> LineHunk | None:
        """The hunk at the lines' new place, in lines of the current text; None unless that is clear.

        It is clear if the place of the hunk was cut and nothing put there (`theirs` are the hunks that it
        meets), and if the hunk's old lines with their neighbours stand exactly once in the base and exactly
        once in the current text, among lines that were put there.
        """
        if len(theirs) != 1 or theirs[0].lines:
            return None
        if not theirs[0].start <= hunk.start <= hunk.end <= theirs[0].end:
            return None
        first = max(0, hunk.start - 1)
        block = self._base[first : hunk.end + 1]
        if sum(len("".join(line.split())) for line in block) < MIN_VISIBLE:
            return None
        if _places(self._base, self._base_numbers, block) != [first]:
            return None
        found = _places(self._current, self._current_numbers, block)
        if len(found) != 1:
            return None
        start = found[0] + hunk.start - first
        end = start + hunk.end - hunk.start
        return LineHunk(start, end, hunk.lines) if self._put_there(start, end) else None

    def _put_there(self, start: int, end: int) -> bool:
        at = bisect_right(self._added, (start, len(self._current))) - 1
        return at >= 0 and self._added[at][0] <= start and end <= self._added[at][1]

    @cached_property
    def _added(self) -> list[tuple[int, int]]:
        runs: list[tuple[int, int]] = []
        shift = 0
        for hunk in self._theirs:
            start = hunk.start + shift
            runs.append((start, start + len(hunk.lines)))
            shift += len(hunk.lines) - (hunk.end - hunk.start)
        return runs

    @cached_property
    def _base_numbers(self) -> Mapping[str, list[int]]:
        return _numbers(self._base)

    @cached_property
    def _current_numbers(self) -> Mapping[str, list[int]]:
        return _numbers(self._current)


def _numbers(lines: Sequence[str]) -> Mapping[str, list[int]]:
    numbers: defaultdict[str, list[int]] = defaultdict(list)
    for number, line in enumerate(lines):
        numbers[line].append(number)
    return numbers


def _places(lines: Sequence[str], numbers: Mapping[str, list[int]], block: Sequence[str]) -> list[int]:
    """The first lines of all places of `block`; none if even its rarest line stands too often to look."""
    rarest = min(range(len(block)), key=lambda index: len(numbers.get(block[index], ())))
    starts = [number - rarest for number in numbers.get(block[rarest], ())]
    if len(starts) > MAX_PLACES:
        return []
    return [start for start in starts if start >= 0 and lines[start : start + len(block)] == block]
