from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_lsp.edits import apply_hunks, rebase
from codex_lsp.edits.diff import diff_lines
from codex_lsp.edits.text import split_lines

documents = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "\n"]), max_size=12).map("".join)
# What a person types has letters that no base and no agent has.
typed = st.text(alphabet=st.sampled_from("uvw\n\r"), max_size=6)
BASE = "one\ntwo\nthree\nfour\nfive\nsix\nseven\n"


@given(documents, documents)
def test_without_a_users_change_it_is_the_proposal(base: str, proposed: str) -> None:
    assert rebase(base, base, proposed).text == proposed


@given(documents, documents)
def test_without_an_agents_change_it_is_the_users_text(base: str, current: str) -> None:
    assert rebase(base, current, base).text == current


@given(documents, documents)
def test_the_same_change_coalesces(base: str, proposed: str) -> None:
    rebased = rebase(base, proposed, proposed)
    assert (rebased.text, rebased.conflicts) == (proposed, ())


@given(documents, documents, documents)
def test_hunks_that_are_known_change_nothing_and_are_given_back(base: str, one: str, other: str) -> None:
    rebased = rebase(base, one, other, diff_lines(base, other))
    assert (rebased.text, rebased.conflicts) == (
        rebase(base, one, other).text,
        rebase(base, one, other).conflicts,
    )
    if rebased.hunks is not None:
        assert apply_hunks(one, rebased.hunks) == rebased.text
        assert all(before.end < after.start for before, after in pairwise(rebased.hunks))


@given(documents, documents, documents)
def test_who_was_first_does_not_matter(base: str, one: str, other: str) -> None:
    ours, theirs = rebase(base, one, other), rebase(base, other, one)
    assert len(ours.conflicts) == len(theirs.conflicts)
    if not ours.conflicts:
        assert ours.text == theirs.text
    for mine, yours in zip(ours.conflicts, theirs.conflicts, strict=True):
        assert (mine.current, mine.proposed) == (yours.proposed, yours.current)


@given(documents, st.integers(0, 30), st.integers(0, 30), typed, documents)
def test_no_character_that_the_user_typed_is_lost(
    base: str, start: int, end: int, text: str, proposed: str
) -> None:
    current = base[:start] + text + base[max(start, end) :]
    rebased = rebase(base, current, proposed).text
    assert not Counter(char for char in current if char in "uvw") - Counter(rebased)
    shown = (char for char in rebased if char in "uvw")
    assert all(char in shown for char in current if char in "uvw")


@given(documents, documents, documents)
def test_a_conflict_shows_what_both_have_there(base: str, current: str, proposed: str) -> None:
    lines = split_lines(current)
    for conflict in rebase(base, current, proposed).conflicts:
        assert "".join(lines[conflict.line :]).startswith(conflict.current)
        assert conflict.proposed in proposed
        assert conflict.current != conflict.proposed


@given(st.sets(st.integers(0, 39)), st.sets(st.integers(0, 39)))
def test_disjoint_changes_commute(mine: set[int], theirs: set[int]) -> None:
    base = [f"line {number}\n" for number in range(40)]
    apart = {line for line in theirs if not {line - 1, line, line + 1} & mine}
    one, other, both = (
        "".join(f"new {line}" if number in changed else line for number, line in enumerate(base))
        for changed in (mine, apart, mine | apart)
    )
    for rebased in (rebase("".join(base), one, other), rebase("".join(base), other, one)):
        assert (rebased.text, rebased.conflicts) == (both, ())


def test_disjoint_changes_of_other_lengths_are_both_kept() -> None:
    rebased = rebase(BASE, BASE.replace("one\n", "1\n1\n"), BASE.replace("five\nsix\n", "5\n"))
    assert (rebased.text, rebased.conflicts) == ("1\n1\ntwo\nthree\nfour\n5\nseven\n", ())


@pytest.mark.parametrize(
    ("current", "proposed", "line", "mine", "theirs"),
    [
        (BASE.replace("two", "mine"), BASE.replace("two", "theirs"), 1, "mine\n", "theirs\n"),
        (BASE.replace("two", "2"), BASE.replace("three", "3"), 1, "2\nthree\n", "two\n3\n"),
        (BASE.replace("two\n", "two\nx\n"), BASE.replace("two\n", "two\ny\n"), 2, "x\n", "y\n"),
        (BASE.replace("two\n", "two\nx\n"), BASE.replace("two", "2"), 1, "two\nx\n", "2\n"),
        (BASE.replace("two\n", ""), BASE.replace("one\ntwo\nthree\n", "1\n"), 0, "one\nthree\n", "1\n"),
        (BASE + "x\n", BASE + "y\n", 7, "x\n", "y\n"),
        (
            "0\n" + BASE.replace("two", "2").replace("four", "4"),
            BASE.replace("two\nthree\nfour\n", "all\n"),
            2,
            "2\nthree\n4\n",
            "all\n",
        ),
    ],
)
def test_what_touches_or_overlaps_is_a_conflict_and_keeps_the_users_text(
    current: str, proposed: str, line: int, mine: str, theirs: str
) -> None:
    rebased = rebase(BASE, current, proposed)
    assert rebased.text == current
    (conflict,) = rebased.conflicts
    assert (conflict.line, conflict.current, conflict.proposed) == (line, mine, theirs)


def test_other_line_ends_are_a_conflict() -> None:
    rebased = rebase("a\nb\n", "a\r\nb\r\n", "a\nB\n")
    assert rebased.text == "a\r\nb\r\n"
    assert rebased.conflicts


def test_a_conflict_does_not_keep_the_other_changes_out() -> None:
    rebased = rebase(BASE, BASE.replace("two", "mine"), BASE.replace("two", "theirs").replace("six", "6"))
    assert rebased.text == BASE.replace("two", "mine").replace("six", "6")
    assert [conflict.line for conflict in rebased.conflicts] == [1]


HEAD = "import sys\n\n\n"
FIRST = "def first(value):\n    total = value + 1\n    return total\n\n\n"
SECOND = (
    "def second(value):\n    print(value)\n    for each in value:\n        yield each\n"
    "    yield value\n    print(sys)\n\n\n"
)
MOVED_BASE = HEAD + FIRST + SECOND
CHANGED = MOVED_BASE.replace("value + 1", "value + 2")


def test_a_change_follows_lines_that_the_user_cut_and_pasted() -> None:
    rebased = rebase(MOVED_BASE, HEAD + SECOND + FIRST, CHANGED)
    assert rebased.conflicts == ()
    assert rebased.text == HEAD + SECOND + FIRST.replace("value + 1", "value + 2")


def test_an_insertion_follows_them_too() -> None:
    added = "    total = value + 1\n    total *= 2\n"
    rebased = rebase(MOVED_BASE, HEAD + SECOND + FIRST, MOVED_BASE.replace("    total = value + 1\n", added))
    assert rebased.text == HEAD + SECOND + FIRST.replace("    total = value + 1\n", added)


@pytest.mark.parametrize(
    "current",
    [
        pytest.param(HEAD + SECOND, id="deleted"),
        pytest.param(HEAD + SECOND + FIRST + FIRST, id="pasted twice"),
        pytest.param(HEAD + SECOND + FIRST.replace("total", "sum"), id="pasted and changed"),
        pytest.param(HEAD + "x = 1\n" + SECOND + FIRST, id="something else put in its place"),
        pytest.param(
            HEAD + FIRST.replace("value + 1", "value + 9") + SECOND + FIRST, id="copied, and then changed"
        ),
    ],
)
def test_it_follows_only_if_it_is_clear_where(current: str) -> None:
    rebased = rebase(MOVED_BASE, current, CHANGED)
    assert rebased.text == current
    assert rebased.conflicts


def test_changed_line_ends_are_one_conflict_and_changed_neighbours_one_each() -> None:
    base = [f"line {number}\n" for number in range(20_000)]
    proposed = [line if number % 4 else f"new {line}" for number, line in enumerate(base)]
    rebased = rebase("".join(base), "".join(base).replace("\n", "\r\n"), "".join(proposed))
    assert len(rebased.conflicts) == 1
    own = [line if number % 4 != 1 else "typed\n" for number, line in enumerate(base)]
    assert len(rebase("".join(base), "".join(own), "".join(proposed)).conflicts) == 5_000
