from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_lsp.edits import Hunk, apply_hunks, diff, rebase
from codex_lsp.edits.errors import Overlap
from codex_lsp.edits.text import split_lines

texts = st.text(alphabet=st.sampled_from("ab\n\r😀\f"), max_size=40)
documents = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "\n"]), max_size=12).map("".join)


@given(texts, texts)
def test_the_hunks_of_a_diff_turn_old_into_new(old: str, new: str) -> None:
    hunks = diff(old, new)
    assert apply_hunks(old, hunks) == new
    assert list(hunks) == sorted(hunks)
    for hunk in hunks:
        for offset in (hunk.start, hunk.end):
            assert not (0 < offset < len(old) and old[offset - 1 : offset + 1] == "\r\n")


@given(texts)
def test_equal_texts_have_no_hunks(text: str) -> None:
    assert diff(text, text) == ()


def test_a_hunk_is_as_small_as_the_change() -> None:
    assert diff("value = 1\nother\n", "value = 2\nother\n") == (Hunk(8, 9, "2"),)


@pytest.mark.parametrize("hunks", [[Hunk(0, 2, "x"), Hunk(1, 3, "y")], [Hunk(2, 9, "")], [Hunk(2, 1, "")]])
def test_hunks_that_overlap_or_leave_the_text_are_refused(hunks: list[Hunk]) -> None:
    with pytest.raises(Overlap):
        apply_hunks("abc", hunks)


@given(documents, documents)
def test_rebase_without_a_users_change_is_the_proposal(base: str, proposed: str) -> None:
    assert rebase(base, base, proposed).text == proposed


@given(documents, documents)
def test_rebase_of_the_same_change_coalesces(base: str, proposed: str) -> None:
    rebased = rebase(base, proposed, proposed)
    assert (rebased.text, rebased.conflicts) == (proposed, ())


@given(documents, st.lists(st.sampled_from(["u\n", "v\n"]), max_size=3), st.integers(0, 12), documents)
def test_no_line_that_the_user_typed_is_lost(base: str, typed: list[str], at: int, proposed: str) -> None:
    lines = split_lines(base)
    current = "".join((*lines[:at], *typed, *lines[at:]))
    merged = split_lines(rebase(base, current, proposed).text)
    for line in set(typed):
        assert merged.count(line) >= typed.count(line)


def test_disjoint_changes_are_both_kept() -> None:
    base = "one\ntwo\nthree\nfour\nfive\n"
    rebased = rebase(base, base.replace("one", "1"), base.replace("five", "5"))
    assert (rebased.text, rebased.conflicts) == ("1\ntwo\nthree\nfour\n5\n", ())


def test_a_change_of_the_same_line_is_a_conflict_and_keeps_the_users_text() -> None:
    rebased = rebase("a\nb\nc\n", "a\nmine\nc\n", "a\ntheirs\nc\n")
    assert rebased.text == "a\nmine\nc\n"
    (conflict,) = rebased.conflicts
    assert (conflict.line, conflict.current, conflict.proposed) == (1, "mine\n", "theirs\n")


def test_other_line_ends_are_a_conflict() -> None:
    rebased = rebase("a\nb\n", "a\r\nb\r\n", "a\nB\n")
    assert rebased.text == "a\r\nb\r\n"
    assert rebased.conflicts
