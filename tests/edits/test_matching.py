"""Long texts that differ a lot: right, and done within a budget of time."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import accumulate

import pytest

from codex_lsp.edits.diff import apply_hunks, diff, diff_lines, line_hunks
from codex_lsp.edits.matching import common_head, common_tail, matching_lines, matching_text

LINES = 17_000


def numbered(step: int) -> list[str]:
    return [f"line {number}{'x' if step and number % step == 0 else ''}\n" for number in range(LINES)]


def drawn(kinds: int, seed: int) -> list[str]:
    chance = random.Random(seed)
    return [f"{chance.randrange(kinds)}\n" for _ in range(LINES)]


def shuffled() -> list[str]:
    lines = numbered(0)
    random.Random(3).shuffle(lines)
    return lines


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (lambda: numbered(0), lambda: numbered(3)),
        (lambda: numbered(0), lambda: numbered(1)),
        (lambda: drawn(4, 1), lambda: drawn(4, 2)),
        (lambda: drawn(2, 1), lambda: ["a\n", "b\n"] * (LINES // 2)),
        (lambda: ["a\n", "b\n"] * (LINES // 2), lambda: ["a\n", "b\n", "c\n"] * (LINES // 3)),
        (lambda: ["a\n"] * LINES, lambda: ["a\n"] * 999 + ["b\n"] + ["a\n"] * LINES),
        (lambda: numbered(0), shuffled),
        (lambda: numbered(0), lambda: numbered(0)[::-1]),
        (lambda: numbered(0), list),
        (lambda: ["ab" * LINES * 9], lambda: ["ba" * LINES * 9]),
    ],
)
def test_the_worst_texts(old: Callable[[], list[str]], new: Callable[[], list[str]]) -> None:
    before, after = old(), new()
    for block in matching_lines(before, after):
        assert before[block.i : block.i + block.size] == after[block.j : block.j + block.size]
    text, wanted = "".join(before), "".join(after)
    for block in matching_text(text, wanted) or []:
        assert text[block.i : block.i + block.size] == wanted[block.j : block.j + block.size]
    assert apply_hunks(text, diff(text, wanted)) == wanted


@pytest.mark.parametrize("changes", [1, 30, 800])
def test_unique_lines_make_small_hunks_within_the_budget_and_beyond(changes: int) -> None:
    old = numbered(0)
    new = list(old)
    for number in range(changes):
        new[number * 20 + 7] = "changed\n"
    expected = [(number * 20 + 7, ("changed\n",)) for number in range(changes)]
    assert [(hunk.start, hunk.lines) for hunk in line_hunks(old, new)] == expected
    offsets = [0, *accumulate(map(len, old))]
    assert [(hunk.start, hunk.text) for hunk in diff_lines("".join(old), "".join(new))] == [
        (offsets[at], lines[0]) for at, lines in expected
    ]


@pytest.mark.parametrize("at", [0, 1, 2, 3, 63, 64, 65, 99, 100])
def test_what_is_common_is_counted_to_the_item(at: int) -> None:
    old = [str(number) for number in range(100)]
    new = [*old[:at], "other", *old[at + 1 :]] if at < 100 else old
    assert common_head(old, new) == at
    assert common_tail(old, new) == (99 - at if at < 100 else 100)
    assert common_tail(old, new, at) == (99 - at if at < 100 else 0)
