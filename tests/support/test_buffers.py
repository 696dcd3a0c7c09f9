"""The buffers against a naive model: text as a list of characters, positions by really encoding."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.buffers import ENCODINGS, Buffer, Encoding, StrictError

CODECS: dict[Encoding, tuple[str, int]] = {
    "utf-8": ("utf-8", 1),
    "utf-16": ("utf-16-le", 2),
    "utf-32": ("utf-32-le", 4),
}
PIECES = [
    "a",
    "bc",
    " ",
    "é",
    "漢",
    "😀",
    "e\u0301",
    "\r",
    "\n",
    "\r\n",
    "\f",
    "\v",
    "\x85",
    "\u2028",
    "\x1c",
]

texts = st.lists(st.sampled_from(PIECES), max_size=25).map("".join)
encodings = st.sampled_from(ENCODINGS)


def naive_lines(text: str) -> list[str]:
    lines, line, index = [], "", 0
    while index < len(text):
        size = 2 if text[index : index + 2] == "\r\n" else 1
        line += text[index : index + size]
        if text[index] in "\r\n":
            lines.append(line)
            line = ""
        index += size
    return [*lines, line]


def naive_offset(text: str, position: Mapping[str, int], encoding: Encoding) -> int:
    codec, width = CODECS[encoding]
    lines = naive_lines(text)
    prefix = lines[position["line"]].encode(codec)[: position["character"] * width].decode(codec)
    return sum(map(len, lines[: position["line"]])) + len(prefix)


def valid_offsets(text: str) -> list[int]:
    return [i for i in range(len(text) + 1) if text[max(i - 1, 0) : i + 1] != "\r\n"]


@given(texts, encodings)
def test_positions_go_there_and_back(text: str, encoding: Encoding) -> None:
    buffer = Buffer("file:///x", text)
    for offset in valid_offsets(text):
        position = buffer.position(offset, encoding)
        assert naive_offset(text, position, encoding) == offset
        assert buffer.offset(position, encoding) == offset


@given(texts, encodings)
def test_a_position_that_is_not_in_the_text_is_refused(text: str, encoding: Encoding) -> None:
    buffer = Buffer("file:///x", text)
    codec, width = CODECS[encoding]
    lines = naive_lines(text)
    for number, line in enumerate(lines):
        content = line.rstrip("\r\n")
        length = len(content.encode(codec)) // width
        whole = {len(content[:i].encode(codec)) // width for i in range(len(content) + 1)}
        for character in range(length + 3):
            position = {"line": number, "character": character}
            if character in whole:
                buffer.offset(position, encoding)
            else:
                with pytest.raises(StrictError):
                    buffer.offset(position, encoding)
    with pytest.raises(StrictError):
        buffer.offset({"line": len(lines), "character": 0}, encoding)


@st.composite
def edits_of(draw: st.DrawFn, text: str, encoding: Encoding) -> tuple[list[dict[str, Any]], str]:
    """TextEdits that may stand together, in any order that keeps their meaning, and the text they make."""
    buffer = Buffer("file:///x", text)
    cuts = draw(
        st.lists(st.sampled_from(valid_offsets(text)), unique=True, min_size=1, max_size=6).map(sorted)
    )
    before: dict[int, str] = {}
    gone: set[int] = set()
    groups = []
    for start, end in zip(cuts, [*cuts[1:], len(text)], strict=True):
        news = draw(st.lists(texts, max_size=3))
        spans = [(start, start)] * len(news)
        replaces: bool = draw(st.booleans())
        if news and replaces:
            spans[-1] = (start, end)
            gone.update(range(start, end))
        before[start] = "".join(news)
        groups.append(
            [
                {"range": buffer.range(*span, encoding), "newText": new}
                for span, new in zip(spans, news, strict=True)
            ]
        )
    result = "".join(before.get(i, "") + ("" if i in gone else text[i : i + 1]) for i in range(len(text) + 1))
    return [edit for group in draw(st.permutations(groups)) for edit in group], result


@given(st.data(), texts, encodings)
def test_edits_do_what_the_naive_model_does(data: st.DataObject, text: str, encoding: Encoding) -> None:
    edits, expected = data.draw(edits_of(text, encoding))
    buffer = Buffer("file:///x", text, version=7)
    changes = buffer.apply(edits, encoding)
    assert (buffer.text, buffer.version) == (expected, 8)

    told = text
    for change in changes:
        start = naive_offset(told, change["range"]["start"], encoding)
        end = naive_offset(told, change["range"]["end"], encoding)
        told = told[:start] + change["text"] + told[end:]
    assert told == expected


@given(st.data(), texts, encodings)
def test_undo_gives_every_former_text_back(data: st.DataObject, text: str, encoding: Encoding) -> None:
    buffer = Buffer("file:///x", text)
    edits, _ = data.draw(edits_of(text, encoding))
    buffer.apply(edits, encoding)
    between = buffer.text
    start, end = sorted(data.draw(st.tuples(*[st.sampled_from(valid_offsets(between))] * 2)))
    buffer.splice(start, end, data.draw(texts), encoding)

    for former in (between, text):
        told = buffer.text
        change = buffer.undo(encoding)
        start = naive_offset(told, change["range"]["start"], encoding)
        end = naive_offset(told, change["range"]["end"], encoding)
        assert told[:start] + change["text"] + told[end:] == former == buffer.text
    assert (buffer.version, buffer.undo_steps) == (5, 0)


def test_an_edit_that_joins_a_line_break_is_told_as_one_change() -> None:
    buffer = Buffer("file:///x", "a\rX")
    changes = buffer.apply([edit(1, 0, 1, 0, "Z"), edit(1, 0, 1, 1, "\nY")], "utf-16")
    assert buffer.text == "a\rZ\nY"
    assert changes == [{"range": edit(1, 0, 1, 1, "")["range"], "text": "Z\nY"}]


def test_only_lf_crlf_and_cr_break_lines() -> None:
    buffer = Buffer("file:///x", "a\fb\vc\u2028d\x85e\x1cf\rg\nh\r\ni")
    lines = [buffer.position(buffer.text.index(letter), "utf-16")["line"] for letter in "abcdefghi"]
    assert lines == [0, 0, 0, 0, 0, 0, 1, 2, 3]


def edit(line: int, character: int, end_line: int, end_character: int, text: str) -> dict[str, Any]:
    span = {
        "start": {"line": line, "character": character},
        "end": {"line": end_line, "character": end_character},
    }
    return {"range": span, "newText": text}


@pytest.mark.parametrize(
    ("encoding", "edits"),
    [
        ("utf-16", [edit(0, 0, 0, 2, "x"), edit(0, 1, 0, 3, "y")]),
        ("utf-16", [edit(0, 0, 0, 2, "x"), edit(0, 0, 0, 0, "an insert belongs before the replacement")]),
        ("utf-16", [edit(0, 2, 0, 1, "reversed")]),
        ("utf-16", [edit(1, 0, 0, 0, "reversed over lines")]),
        ("utf-16", [edit(0, 0, 0, 7, "past the end of the line")]),
        ("utf-16", [edit(2, 0, 2, 0, "past the last line")]),
        ("utf-16", [edit(0, -1, 0, 0, "negative")]),
        ("utf-16", [edit(0, 4, 0, 5, "inside a surrogate pair")]),
        ("utf-8", [edit(0, 0, 0, 5, "inside a code point")]),
        ("utf-16", [{"range": {"start": {"line": 0, "character": 0}}, "newText": "no end"}]),
        ("utf-16", [{"range": edit(0, 0, 0, 0, "")["range"]}]),
        ("utf-16", [{"range": edit(0, 0, 0, 0, "")["range"], "newText": None}]),
        ("utf-16", [{"newText": "nowhere"}]),
        ("utf-16", ["no edit at all"]),
        ("utf-16", [{"range": {"start": None, "end": None}, "newText": ""}]),
        ("utf-16", [{"range": {"start": {"line": True, "character": 0}, "end": {}}, "newText": ""}]),
    ],
)
def test_a_wrong_edit_is_refused_and_changes_nothing(encoding: Encoding, edits: list[dict[str, Any]]) -> None:
    buffer = Buffer("file:///x", "abc😀d\r\nefg", version=3)
    with pytest.raises(StrictError):
        buffer.apply([edit(1, 0, 1, 1, "good"), *edits], encoding)
    assert (buffer.text, buffer.version, buffer.undo_steps) == ("abc😀d\r\nefg", 3, 0)


def test_a_person_cannot_type_between_cr_and_lf_or_outside() -> None:
    buffer = Buffer("file:///x", "a\r\nb")
    for start, end in [(2, 2), (0, 2), (3, 1), (-1, 0), (0, 5)]:
        with pytest.raises(StrictError):
            buffer.splice(start, end, "x", "utf-16")
    with pytest.raises(StrictError):
        buffer.undo("utf-16")
    assert buffer.text == "a\r\nb"
