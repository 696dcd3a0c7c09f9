"""What two texts, or two lists of lines, have in common, in order: the ground under every diff.

A few changes are found by Myers' greedy search (An O(ND) Difference Algorithm, 1986), which is the shortest
way there is; it runs over the text as it is, so that what is equal is never split into lines. Past a budget
of changes a bit-parallel longest common subsequence of the lines takes over, and where even that would be
too much, the lines that are unique on both sides are taken for anchors (B. Cohen's patience diff).
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from math import isqrt

from codex_lsp.records import record


@record(frozen=True, slots=True)
class Block:
    """`old[i:i+size]` equals `new[j:j+size]`."""

    i: int
    j: int
    size: int


# The greedy search takes steps in the square of the number of changed lines, so that its limit grows with the
# root of the texts' length: it gives up on short texts early, since the subsequence is fast enough for them.
MIN_CHANGES = 16
LENGTH_BY_SQUARE = 128
# It reads no more characters than this many times the texts' length.
MAX_READ = 8
# The subsequence takes a bit for each pair of items: 32 MB and some 20 ms at worst.
MAX_PAIRS = 2**28


def joined(blocks: Iterable[Block]) -> list[Block]:
    """The blocks without empty ones, neighbours made one."""
    result: list[Block] = []
    for block in blocks:
        if not block.size:
            continue
        last = result[-1] if result else None
        if last and (last.i + last.size, last.j + last.size) == (block.i, block.j):
            result[-1] = Block(last.i, last.j, last.size + block.size)
        else:
            result.append(block)
    return result


def common_head(old: Sequence[str], new: Sequence[str], i: int = 0, j: int = 0) -> int:
    """How many items are equal from `old[i]` and `new[j]` on. Slices are compared, which is fast."""
    limit = min(len(old) - i, len(new) - j)
    count, step = 0, 1
    while step and count < limit:
        size = min(step, limit - count)
        if old[i + count : i + count + size] == new[j + count : j + count + size]:
            count += size
            step *= 2
        else:
            step = size // 2
    return count


def common_tail(old: Sequence[str], new: Sequence[str], head: int = 0) -> int:
    """How many items are equal at the end, besides the first `head`."""
    return common_head(old[head:][::-1], new[head:][::-1])


def matching_lines(old: Sequence[str], new: Sequence[str]) -> list[Block]:
    """The equal blocks of two lists of lines, in order, none empty, no two adjacent on both sides.

    As many lines as can be up to `MAX_PAIRS` pairs that differ; beyond, the unique lines and what fits
    between them, where again a gap of more pairs than that has its beginning and its end only.
    """
    head = common_head(old, new)
    tail = common_tail(old, new, head)
    middle_old, middle_new = old[head : len(old) - tail], new[head : len(new) - tail]
    if len(middle_old) * len(middle_new) > MAX_PAIRS:
        middle = _patient(middle_old, middle_new)
    else:
        middle = subsequence(middle_old, middle_new)
    return joined(
        [
            Block(0, 0, head),
            *(Block(head + each.i, head + each.j, each.size) for each in middle),
            Block(len(old) - tail, len(new) - tail, tail),
        ]
    )


def subsequence(old: Sequence[str], new: Sequence[str], max_pairs: int = MAX_PAIRS) -> list[Block]:
    """The blocks of a longest common subsequence; only head and tail beyond that many pairs of items."""
    head = common_head(old, new)
    tail = common_tail(old, new, head)
    pairs = (len(old) - head - tail) * (len(new) - head - tail)
    # Where nothing is in both, which is so for most small changes, there is nothing to look for.
    if not 0 < pairs <= max_pairs or set(old[head : len(old) - tail]).isdisjoint(new[head : len(new) - tail]):
        return joined([Block(0, 0, head), Block(len(old) - tail, len(new) - tail, tail)])
    # A tenth of a start: loaded where a small diff was not enough.
    from rapidfuzz.distance import LCSseq

    found = LCSseq.opcodes(old, new) if isinstance(old, str) else LCSseq.opcodes(*_numbered(old, new))
    return joined(Block(each.a, each.b, each.size) for each in found.as_matching_blocks())


def _numbered(*sides: Sequence[str]) -> list[list[int]]:
    """The lines as numbers: rapidfuzz would take lines of the same hash for equal."""
    numbers: dict[str, int] = {}
    return [[numbers.setdefault(line, len(numbers)) for line in side] for side in sides]


def _patient(old: Sequence[str], new: Sequence[str]) -> list[Block]:
    """The chain of lines that are unique on both sides, and what fits between its links."""
    blocks: list[Block] = []
    links = [(-1, -1), *_anchors(old, new), (len(old), len(new))]
    for (i, j), (next_i, next_j) in pairwise(links):
        if next_i - i > 1 and next_j - j > 1:
            gap = subsequence(old[i + 1 : next_i], new[j + 1 : next_j])
            blocks += (Block(i + 1 + each.i, j + 1 + each.j, each.size) for each in gap)
        blocks.append(Block(next_i, next_j, 1))
    return blocks[:-1]


def _anchors(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """Pairs of equal lines, each unique on both sides, in order on both: the longest such chain."""
    times_old, times_new = Counter(old), Counter(new)
    places = {line: j for j, line in enumerate(new) if times_new[line] == 1}
    pairs = [(i, places[line]) for i, line in enumerate(old) if line in places and times_old[line] == 1]
    if all(before[1] < after[1] for before, after in pairwise(pairs)):
        return pairs
    return _longest_rise(pairs)


def _longest_rise(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest part of `pairs`, in order, whose second numbers rise."""
    ends: list[int] = []
    tails: list[int] = []
    before: list[int] = []
    for at, (_, j) in enumerate(pairs):
        rank = bisect_left(ends, j)
        before.append(tails[rank - 1] if rank else -1)
        ends[rank : rank + 1] = [j]
        tails[rank : rank + 1] = [at]
    found: list[tuple[int, int]] = []
    at = tails[-1] if tails else -1
    while at >= 0:
        found.append(pairs[at])
        at = before[at]
    return found[::-1]


# How far a way has come: offsets into the old text and the new one, each at the beginning of a line.
_Point = tuple[int, int]


def matching_text(old: str, new: str) -> list[Block] | None:
    """The equal blocks, in characters, along a way with the fewest changed lines; None beyond the budget.

    Lines are what `\\n` ends. The key of `ends` is a diagonal: how many more lines of the old text than of
    the new one a way has passed; the value is the furthest point that any way reaches there.
    """
    budget = MAX_READ * (len(old) + len(new))
    goal = (len(old), len(new))
    ends: dict[int, _Point] = {1: (0, 0)}
    trace: list[Mapping[int, _Point]] = []
    for changes in range(MIN_CHANGES + isqrt((len(old) + len(new)) // LENGTH_BY_SQUARE)):
        trace.append(ends.copy())
        for diagonal in range(-changes, changes + 1, 2):
            i, j = (0, 0) if not changes else _step(old, new, ends, diagonal, changes)
            size = _equal_lines(old, new, i, j)
            budget -= size
            ends[diagonal] = (i + size, j + size)
            if ends[diagonal] == goal:
                return joined(reversed(list(_way(old, new, trace, diagonal, goal))))
        if budget < 0:
            return None
    return None


def _inserts(ends: Mapping[int, _Point], diagonal: int, changes: int) -> bool:
    """Whether the furthest way to a diagonal comes by an insertion, or else by a deletion."""
    if diagonal in (-changes, changes):
        return diagonal == -changes
    return ends[diagonal - 1] < ends[diagonal + 1]


def _step(old: str, new: str, ends: Mapping[int, _Point], diagonal: int, changes: int) -> _Point:
    """Where the furthest way to a diagonal stands after one more line was inserted or deleted."""
    if _inserts(ends, diagonal, changes):
        i, j = ends[diagonal + 1]
        return i, _next_line(new, j)
    i, j = ends[diagonal - 1]
    return _next_line(old, i), j


def _next_line(text: str, at: int) -> int:
    """The beginning of the next line; beyond the text's end each step is one more."""
    return text.find("\n", at) + 1 or max(len(text), at + 1)


def _equal_lines(old: str, new: str, i: int, j: int) -> int:
    """How many characters of whole lines are equal from there on."""
    size = common_head(old, new, i, j)
    if i + size == len(old) and j + size == len(new):
        return size
    return max(0, old.rfind("\n", i, i + size) + 1 - i)


def _way(
    old: str, new: str, trace: Sequence[Mapping[int, _Point]], diagonal: int, end: _Point
) -> Iterator[Block]:
    """The blocks of the way that ends there, last one first."""
    for changes in range(len(trace) - 1, 0, -1):
        ends = trace[changes]
        start = _step(old, new, ends, diagonal, changes)
        yield Block(*start, end[0] - start[0])
        diagonal += 1 if _inserts(ends, diagonal, changes) else -1
        end = ends[diagonal]
    yield Block(0, 0, end[0])
