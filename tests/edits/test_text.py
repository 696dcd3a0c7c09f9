from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from codex_lsp.edits.text import (
    Encoding,
    LineIndex,
    index_of_column,
    line_end,
    split_lines,
    strip_end,
    units,
    with_ends,
)

texts = st.text(alphabet=st.sampled_from("ab \t\n\r\f\x1c\x85\u2028é€😀"), max_size=60)
encodings = st.sampled_from(["utf-8", "utf-16", "utf-32"])


@given(texts)
def test_lines_join_to_the_text_and_end_only_at_lf_crlf_cr(text: str) -> None:
    lines = split_lines(text)
    assert "".join(lines) == text
    assert all(line_end(line) in ("\n", "\r\n", "\r") for line in lines[:-1])
    assert not any("\n" in strip_end(line) or "\r" in strip_end(line) for line in lines)


def test_form_feed_and_line_separator_are_no_line_ends() -> None:
    assert split_lines("a\fb\u2028c\x85d\n") == ["a\fb\u2028c\x85d\n"]


@given(texts, encodings)
def test_positions_round_trip(text: str, encoding: Encoding) -> None:
    index = LineIndex(text)
    for offset in range(len(text) + 1):
        line, column = index.position(offset, encoding)
        inside_crlf = text[offset - 1 : offset + 1] == "\r\n" and offset > 0
        at_end_mark = offset > 0 and text[offset - 1] in "\r\n" and not inside_crlf
        assert index.offset(line, column, encoding) == (offset - 1 if inside_crlf else offset)
        assert not at_end_mark or column == 0


@given(texts, encodings, st.integers(0, 70), st.integers(0, 70))
def test_any_position_is_clamped_into_the_text(text: str, encoding: Encoding, line: int, column: int) -> None:
    offset = LineIndex(text).offset(line, column, encoding)
    assert 0 <= offset <= len(text)
    assert not (0 < offset < len(text) and text[offset - 1 : offset + 1] == "\r\n")


@given(texts, encodings, st.integers(0, 200))
def test_a_column_rounds_down_to_a_whole_character(line: str, encoding: Encoding, column: int) -> None:
    index = index_of_column(line, column, encoding)
    assert units(line[:index], encoding) <= column
    assert index == len(line) or units(line[: index + 1], encoding) > column


def test_units_of_a_non_bmp_character() -> None:
    assert (units("😀é", "utf-8"), units("😀é", "utf-16"), units("😀é", "utf-32")) == (6, 3, 2)


def test_a_column_inside_a_surrogate_pair_is_the_character_start() -> None:
    assert LineIndex("😀x").offset(0, 1, "utf-16") == 0


@given(texts, st.sampled_from(["\n", "\r\n", "\r"]))
def test_with_ends_changes_only_ends(text: str, end: str) -> None:
    changed = split_lines(with_ends(text, end))
    assert [strip_end(line) for line in changed] == [strip_end(line) for line in split_lines(text)]
