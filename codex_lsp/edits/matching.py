"""What two sequences have in common, in order: the ground under every diff.

A few changes in a long text are found by Myers' greedy search (An O(ND) Difference Algorithm, 1986),
which is the shortest way there is. Past a budget of changes the lines that are unique on both sides are taken
for anchors (B. Cohen's patience diff), and a bit-parallel longest common subsequence fills the gaps.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz.distance import LCSseq


@dataclass(frozen=True, slots=True)
class Block:
    """`old[i:i+size]` equals `new[j:j+size]`."""

    i: int
    j: int
    size: int


# The greedy search takes steps in the square of this number, 20 ms at worst.
MAX_CHANGES = 256
# The subsequence takes a bit for each pair of items: 32 MB and some 20 ms at worst.
MAX_PAIRS = 2**28


def matching(old: Sequence[str], new: Sequence[str]) -> list[Block]:
    """The equal blocks of two lists of lines, in order, none empty, no two adjacent on both sides.

    As many lines as can be when few differ; else all that the unique lines and their gaps give, where a gap
    of more than `MAX_PAIRS` pairs has its beginning and its end only.
    """
    head = common_head(old, new)
    tail = common_tail(old, new, head)
    middle_old, middle_new = old[head : len(old) - tail], new[head : len(new) - tail]
    middle = _greedy(middle_old, middle_new)
    if middle is None:
        middle = _patient(middle_old, middle_new)
    return joined(
        [
            Block(0, 0, head),
            *(Block(head + each.i, head + each.j, each.size) for each in middle),
            Block(len(old) - tail, len(new) - tail, tail),
        ]
    )


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


def subsequence(old: Sequence[str], new: Sequence[str], max_pairs: int = MAX_PAIRS) -> list[Block]:
    """The blocks of a longest common subsequence; only head and tail beyond that many pairs of items."""
    head = common_head(old, new)
    tail = common_tail(old, new, head)
    pairs = (len(old) - head - tail) * (len(new) - head - tail)
    if not 0 < pairs <= max_pairs:
        return joined([Block(0, 0, head), Block(len(old) - tail, len(new) - tail, tail)])
    found = LCSseq.opcodes(old, new) if isinstance(old, str) else LCSseq.opcodes(*_numbered(old, new))
    return joined(Block(each.a, each.b, each.size) for each in found.as_matching_blocks())


def _numbered(*sides: Sequence[str]) -> list[list[int]]:
    """The lines as numbers: rapidfuzz would take lines of the same hash for equal."""
    numbers: dict[str, int] = {}
    return [[numbers.setdefault(line, len(numbers)) for line in side] for side in sides]


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


def _greedy(old: Sequence[str], new: Sequence[str]) -> list[Block] | None:
    """The blocks along a shortest way from old to new; None if that is beyond the budget.

    `ends[k]` is the furthest item of `old` that any way reaches on the diagonal `k`, where i - j = k.
    """
    goal = len(old) - len(new)
    work = 8 * (len(old) + len(new))
    ends = {1: 0}
    trace: list[Mapping[int, int]] = []
    for changes in range(MAX_CHANGES + 1):
        trace.append(ends.copy())
        for k in range(-changes, changes + 1, 2):
            i = _step(ends, k, changes)
            run = 0
            if i < len(old) and i - k < len(new) and old[i] == new[i - k]:
                run = common_head(old, new, i, i - k)
                work -= run
            ends[k] = i + run
            if k == goal and ends[k] >= len(old):
                return list(_way(trace, len(old), goal))[::-1]
        if work < 0:
            return None
    return None


def _inserts(ends: Mapping[int, int], k: int, changes: int) -> bool:
    """Whether the furthest way to diagonal `k` inserts, which comes from above, or else deletes."""
    return k == -changes or (k != changes and ends[k - 1] < ends[k + 1])


def _step(ends: Mapping[int, int], k: int, changes: int) -> int:
    """Where the furthest way to diagonal `k` stands after one more change."""
    return ends[k + 1] if _inserts(ends, k, changes) else ends[k - 1] + 1


def _way(trace: Sequence[Mapping[int, int]], i: int, k: int) -> Iterator[Block]:
    """The blocks of the way that ends at `i` on diagonal `k`, last one first."""
    for changes in range(len(trace) - 1, -1, -1):
        ends = trace[changes]
        start = _step(ends, k, changes)
        yield Block(start, start - k, i - start)
        k += 1 if _inserts(ends, k, changes) else -1
        i = ends[k]


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
