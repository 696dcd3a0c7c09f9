"""New lines for a place that has other blank lines than the model believed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from codex_lsp.edits.transplant import Kept


def adapted(
    new: Sequence[str], kept: Kept, there: Mapping[int, int], actual: Sequence[str]
) -> tuple[str, ...] | None:
    """`new` with the file's own lines where it keeps them, and the blank ones that the model left out.

    `there` says at which line of `actual` each full old line stands. Blank lines that the model put in stay.
    None if it is not clear on which side of a new line a blank one belongs.
    """
    stays = {i: j for i, j in kept if i in there}
    result = list(new)
    for i, j in stays.items():
        result[j] = actual[there[i]]
    put: list[tuple[int, list[str]]] = []
    for left, right in pairwise(sorted(there)):
        surplus = (there[right] - there[left]) - (right - left)
        if surplus <= 0:
            continue
        place = _place(left, right, stays, new)
        if place is None:
            return None
        put.append((place, list(actual[there[right] - surplus : there[right]])))
    for place, lines in reversed(put):
        result[place:place] = lines
    return tuple(result)


def _place(left: int, right: int, stays: Mapping[int, int], new: Sequence[str]) -> int | None:
    """Where, in the new lines, what stands between two old lines belongs."""
    if left in stays and right in stays:
        between = new[stays[left] + 1 : stays[right]]
        return None if any(line.strip() for line in between) else stays[right]
    if left in stays:
        return stays[left] + 1
    return stays.get(right)
