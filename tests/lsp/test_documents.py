from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types

from codex_lsp.lsp.documents import Document
from tests.support.buffers import Buffer, Encoding

texts = st.text(alphabet=st.sampled_from("ab\n\r\f\u2028é😀"), max_size=24)
encodings = st.sampled_from(["utf-8", "utf-16", "utf-32"])


def document(text: str, encoding: Encoding = "utf-16") -> Document:
    return Document(types.TextDocumentItem("file:///m.py", "python", 1, text), encoding)


def change(start: tuple[int, int], end: tuple[int, int], text: str) -> types.TextDocumentContentChangePartial:
    return types.TextDocumentContentChangePartial(
        types.Range(types.Position(*start), types.Position(*end)), text
    )


@given(texts, encodings, st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30), texts), max_size=6))
def test_a_document_follows_the_editors_buffer(
    text: str, encoding: Encoding, edits: list[tuple[int, int, str]]
) -> None:
    ours, theirs = document(text, encoding), Buffer("file:///m.py", text, "python")
    for first, second, new in edits:
        start, end = sorted(min(each, len(theirs.text)) for each in (first, second))
        before, old = theirs.text, theirs.text[start:end]
        if any(
            "\r\n" in before[max(0, at - 1) : at + 1]
            and 0 < at < len(before)
            and before[at - 1 : at + 1] == "\r\n"
            for at in (start, end)
        ):
            continue
        place = theirs.range(start, end, encoding)
        theirs.splice(start, end, new, encoding)
        ours.apply_change(
            change(
                (place["start"]["line"], place["start"]["character"]),
                (place["end"]["line"], place["end"]["character"]),
                new,
            )
        )
        assert ours.source == theirs.text, (before, old)
        assert "".join(ours.lines) == theirs.text


@given(texts, *[st.integers(0, 12)] * 4, texts)
def test_any_range_is_taken_without_a_crash(text: str, a: int, b: int, c: int, d: int, new: str) -> None:
    ours = document(text)
    ours.apply_change(change((a, b), (c, d), new))
    assert new in ours.source


def test_a_position_past_an_unterminated_last_line_is_its_end() -> None:
    ours = document("ab")
    ours.apply_change(change((5, 0), (9, 3), "c"))
    assert ours.source == "abc"


def test_a_whole_change_replaces_all() -> None:
    ours = document("ab")
    ours.apply_change(types.TextDocumentContentChangeWholeDocument("x\r\ny"))
    assert list(ours.lines) == ["x\r\n", "y"]
