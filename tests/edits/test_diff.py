from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_lsp.edits import Hunk, apply_hunks, diff
from codex_lsp.edits.diff import diff_lines, line_hunks, refined
from codex_lsp.edits.errors import Overlap
from codex_lsp.edits.text import Encoding, LineIndex, split_lines

texts = st.text(alphabet=st.sampled_from("ab\n\r😀\f\ud83d\ude00"), max_size=40)
lines = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "\n"]), max_size=12)


def cuts(text: str, offset: int) -> bool:
    around = text[offset - 1 : offset + 1] if offset else ""
    return around in ("\r\n", "\ud83d\ude00")


@given(texts, texts)
def test_the_hunks_of_a_diff_turn_old_into_new(old: str, new: str) -> None:
    for hunks in (diff(old, new), diff_lines(old, new)):
        assert apply_hunks(old, hunks) == new
        assert all(before.end < after.start for before, after in pairwise(hunks))


@given(texts, texts)
def test_hunks_of_lines_are_refined_to_those_of_the_diff(old: str, new: str) -> None:
    assert refined(old, diff_lines(old, new)) == diff(old, new)


@given(texts, texts)
def test_no_hunk_cuts_a_crlf_or_a_pair_of_surrogates_in_either_text(old: str, new: str) -> None:
    moved = 0
    for hunk in diff(old, new):
        start, end = hunk.start + moved, hunk.start + moved + len(hunk.text)
        assert not any(cuts(old, offset) for offset in (hunk.start, hunk.end))
        assert not any(cuts(new, offset) for offset in (start, end))
        moved = end - hunk.end


@given(texts, texts, st.sampled_from(["utf-8", "utf-16", "utf-32"]))
def test_hunks_as_positions_turn_old_into_new_in_every_encoding(
    old: str, new: str, encoding: Encoding
) -> None:
    index = LineIndex(old)
    hunks = [
        Hunk(
            index.offset(*index.position(hunk.start, encoding), encoding),
            index.offset(*index.position(hunk.end, encoding), encoding),
            hunk.text,
        )
        for hunk in diff(old, new)
    ]
    assert apply_hunks(old, hunks) == new


@given(texts)
def test_equal_texts_have_no_hunks(text: str) -> None:
    assert diff(text, text) == ()


@given(lines, lines)
def test_as_few_lines_change_as_can(old: list[str], new: list[str]) -> None:
    hunks = line_hunks(old, new)
    changed = sum(hunk.end - hunk.start + len(hunk.lines) for hunk in hunks)
    assert changed == len(old) + len(new) - 2 * longest_common(old, new)
    assert all(before.end < after.start for before, after in pairwise(hunks))
    text = "".join(old)
    whole = diff_lines(text, "".join(new))
    assert changed == sum((text[hunk.start : hunk.end] + hunk.text).count("\n") for hunk in whole)


def longest_common(old: list[str], new: list[str]) -> int:
    row = [0] * (len(new) + 1)
    for item in old:
        previous = row
        row = [0]
        for j, other in enumerate(new):
            row.append(previous[j] + 1 if item == other else max(previous[j + 1], row[j]))
    return row[-1]


@pytest.mark.parametrize(
    ("old", "new", "hunks"),
    [
        ("value = 1\nother\n", "value = 2\nother\n", (Hunk(8, 9, "2"),)),
        ("f(one, two)\n", "f(1, two, 3)\n", (Hunk(2, 5, "1"), Hunk(10, 10, ", 3"))),
        ("blanket\n", "bunker\n", (Hunk(1, 3, "u"), Hunk(6, 7, "r"))),
        ("\treturn x\n", "\t\treturn x\n", (Hunk(1, 1, "\t"),)),
        ("a\nb\nc\n", "x\ny\nz\n", (Hunk(0, 5, "x\ny\nz"),)),
        ("one\ntwo\n", "if x:\n    one\n    two\n", (Hunk(0, 0, "if x:\n    "), Hunk(4, 4, "    "))),
        ("a\r\nb\r\n", "a\nb\r\n", (Hunk(1, 3, "\n"),)),
        ("a", "a\n", (Hunk(1, 1, "\n"),)),
    ],
)
def test_a_hunk_is_as_small_as_the_change(old: str, new: str, hunks: tuple[Hunk, ...]) -> None:
    assert diff(old, new) == hunks


def test_the_shortest_way_is_found_where_no_line_is_unique() -> None:
    old, new = split_lines("A\nB\nC\nA\nB\nB\nA\n"), split_lines("C\nB\nA\nB\nA\nC\n")
    assert sum(hunk.end - hunk.start + len(hunk.lines) for hunk in line_hunks(old, new)) == 5


@pytest.mark.parametrize("hunks", [[Hunk(0, 2, "x"), Hunk(1, 3, "y")], [Hunk(2, 9, "")], [Hunk(2, 1, "")]])
def test_hunks_that_overlap_or_leave_the_text_are_refused(hunks: list[Hunk]) -> None:
    with pytest.raises(Overlap):
        apply_hunks("abc", hunks)


def test_what_is_put_in_at_one_place_stays_in_its_order() -> None:
    assert apply_hunks("13", [Hunk(1, 1, "z"), Hunk(1, 1, "a"), Hunk(1, 2, "4")]) == "1za4"
