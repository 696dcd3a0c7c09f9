from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_lsp.edits import exact
from codex_lsp.edits.chunks import apply_chunks
from codex_lsp.edits.intents import Chunk

words = st.sampled_from(["a", "b", "c", "", "    d", "e "])
some = st.lists(words, max_size=4).map(tuple)


@given(st.lists(words, max_size=10), st.lists(st.builds(Chunk, some, some), min_size=1, max_size=3))
def test_the_short_way_leads_where_the_locator_does(lines: list[str], chunks: list[Chunk]) -> None:
    text = "".join(line + "\n" for line in lines)
    short = exact.replaced(text, chunks)
    if short is not None:
        # With other line ends the locator does it.
        there, leniencies = apply_chunks(text.replace("\n", "\r\n"), chunks, path="f")
        assert (there, leniencies) == (short.replace("\n", "\r\n"), [])


TEXT = "one\ntwo\nthree\ntwo\n"


@pytest.mark.parametrize(
    ("chunks", "wanted"),
    [
        ([Chunk(("one",), ("1",))], "1\ntwo\nthree\ntwo\n"),
        ([Chunk(("one",), ()), Chunk(("three", "two"), ("3",))], "two\n3\n"),
        (
            [Chunk(("two", "three"), ("two", "new", "three"), kept=((0, 0), (1, 2)))],
            "one\ntwo\nnew\nthree\ntwo\n",
        ),
    ],
)
def test_what_is_plain_goes_the_short_way(chunks: list[Chunk], wanted: str) -> None:
    assert exact.replaced(TEXT, chunks) == wanted
    assert apply_chunks(TEXT, chunks, path="f") == (wanted, [])


@pytest.mark.parametrize(
    "chunk",
    [
        pytest.param(Chunk(("two",), ("2",)), id="twice"),
        pytest.param(Chunk(("hree",), ("3",)), id="part of a line"),
        pytest.param(Chunk(("four",), ("4",)), id="nowhere"),
        pytest.param(Chunk(("one",), ("one", "two")), id="done already"),
        pytest.param(Chunk((), ("new",)), id="without old lines"),
        pytest.param(Chunk(("one",), ("1",), anchors=("two",)), id="with an anchor"),
        pytest.param(Chunk(("one",), ("# ...",)), id="with an ellipsis"),
        pytest.param(Chunk(("one",), ("1\r",)), id="with another line end"),
    ],
)
def test_all_else_is_left_to_the_locator(chunk: Chunk) -> None:
    assert exact.replaced(TEXT, [chunk]) is None


@pytest.mark.parametrize("text", ["one\r\n", "one"])
def test_other_line_ends_and_a_line_without_one_are_left_to_the_locator(text: str) -> None:
    assert exact.replaced(text, [Chunk(("one",), ("1",))]) is None
    assert apply_chunks(text, [Chunk(("one",), ("1",))], path="f")[0] == text.replace("one", "1")
