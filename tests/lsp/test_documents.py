from __future__ import annotations

import json
import logging
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types
from pygls.workspace import Workspace

from codex_lsp.edits.text import LineIndex
from codex_lsp.lsp.documents import Documents
from tests.lsp.changing import Place, change, document, whole
from tests.support.buffers import Buffer, Encoding

texts = st.text(alphabet=st.sampled_from("ab\n\r\f\v\x85\u2028é😀\ud83d\ude00"), max_size=24)
encodings = st.sampled_from(["utf-8", "utf-16", "utf-32"])
numbers = st.one_of(st.integers(0, 14), st.just(2**31 - 1))
places = st.tuples(numbers, numbers)
edits = st.lists(st.one_of(st.tuples(places, places, texts), texts), max_size=6)


def paired(text: str) -> str:
    """Surrogates as JSON has them: a high and a low one next to each other are one character."""
    joined: str = json.loads(json.dumps(text))
    return joined


def leniently(text: str, place: Place, encoding: Encoding) -> int:
    """The offset of a place: beyond a line is its end, beyond the text its end, in a character its start."""
    line, left = place
    ends = [(found.start(), found.end()) for found in re.finditer(r"\r\n|\r|\n", text)]
    starts = [0, *(end for _, end in ends)]
    if line >= len(starts):
        return len(text)
    end = ends[line][0] if line < len(ends) else len(text)
    for at in range(starts[line], end):
        left -= {"utf-8": len(text[at].encode("utf-8", "surrogatepass")), "utf-32": 1}.get(
            encoding, 1 + (ord(text[at]) > 0xFFFF)
        )
        if left < 0:
            return at
    return end


@given(texts, encodings, edits)
def test_a_document_is_what_a_plain_string_would_be(
    text: str, encoding: Encoding, edits: list[tuple[Place, Place, str] | str]
) -> None:
    text = paired(text)
    ours = document(text, encoding)
    for edit in edits:
        if isinstance(edit, str):
            text = paired(edit)
            ours.apply_change(whole(text))
        else:
            a, b, new = edit
            start, end = sorted((leniently(text, a, encoding), leniently(text, b, encoding)))
            text = paired(text[:start] + paired(new) + text[end:])
            ours.apply_change(change(a, b, paired(new)))
        assert ours.source == text
        assert "".join(ours.lines) == text
        lines, index = [each for each in re.split(r"(?<=\n)|(?<=\r)(?!\n)", text) if each], LineIndex(text)
        assert list(ours.lines) == lines
        assert ours.index.line_count == index.line_count
        assert [ours.index.start(line) for line in range(len(lines) + 2)] == [
            index.start(line) for line in range(len(lines) + 2)
        ]


@given(st.text(alphabet=st.sampled_from("ab\n\r\f\u2028é😀"), max_size=24), encodings, st.data())
def test_a_document_follows_the_editors_buffer(text: str, encoding: Encoding, data: st.DataObject) -> None:
    ours, theirs = document(text, encoding), Buffer("file:///m.py", text, "python")
    for _ in range(data.draw(st.integers(0, 5))):
        now = theirs.text
        between = [at for at in range(len(now) + 1) if now[max(0, at - 1) : at + 1] != "\r\n"]
        start, end = sorted(data.draw(st.tuples(st.sampled_from(between), st.sampled_from(between))))
        said = theirs.splice(start, end, data.draw(st.text("a\n\r😀", max_size=4)), encoding)
        a, b = said["range"]["start"], said["range"]["end"]
        ours.apply_change(change((a["line"], a["character"]), (b["line"], b["character"]), said["text"]))
        assert ours.source == theirs.text


def test_a_position_past_an_unterminated_last_line_is_its_end() -> None:
    ours = document("ab")
    ours.apply_change(change((5, 0), (9, 3), "c"))
    assert ours.source == "abc"


def test_a_whole_change_replaces_all() -> None:
    ours = document("ab")
    ours.apply_change(whole("x\r\ny"))
    assert list(ours.lines) == ["x\r\n", "y"]


def test_two_surrogates_that_come_one_by_one_are_one_character() -> None:
    ours = document("ab")
    ours.apply_change(change((0, 1), (0, 1), "\ud83d"))
    ours.apply_change(change((0, 2), (0, 2), "\ude00"))
    assert ours.source == "a😀b"


def test_the_index_is_made_once_for_a_version() -> None:
    ours = document("a\nb\n")
    first = ours.index
    assert ours.index is first
    ours.apply_change(change((0, 0), (0, 0), "x"))
    assert ours.index.text == "xa\nb\n"


@pytest.mark.parametrize(("lines", "limit"), [(10_000, 0.05), (100_000, 0.3)])
def test_a_change_costs_little_in_a_long_file(lines: int, limit: float) -> None:
    ours = document("".join(f"    value_{number} = compute({number})\n" for number in range(lines)))
    changes = [
        change((number * 7919 % lines, 4), (number * 7919 % lines, 5), "x" if number % 3 else "y\n")
        for number in range(200)
    ]
    rounds = []
    for _ in range(5):
        start = time.process_time()
        for each in changes:
            ours.apply_change(each)
        rounds.append(time.process_time() - start)
    assert min(rounds) / len(changes) * 1000 <= limit


# The workspace


class Opened:
    """Documents, and what they told."""

    def __init__(self, encoding: Encoding = "utf-16") -> None:
        self.told: list[str] = []
        self.documents = Documents(Workspace(None, position_encoding=encoding), self.told.append)

    def open(self, uri: str, text: str, version: int = 1) -> None:
        self.documents.put_text_document(types.TextDocumentItem(uri, "python", version, text))

    def change(self, uri: str, text: str, version: int = 2) -> None:
        identifier = types.VersionedTextDocumentIdentifier(version, uri)
        self.documents.update_text_document(identifier, change((0, 0), (0, 0), text))

    def text(self, uri: str) -> str | None:
        found = self.documents.find(uri)
        return found.source if found else None


def test_opening_changing_closing_is_told_by_any_spelling_of_the_uri() -> None:
    opened = Opened()
    opened.open("file:///c%3A/m.py", "a")
    opened.change("file:///c:/m.py", "b")
    assert opened.text("file:///c%3a/m.py") == "ba"
    opened.documents.remove_text_document("file:///c:/m.py")
    assert opened.text("file:///c%3A/m.py") is None
    assert opened.told == ["file:///c%3A/m.py"] * 3


def test_opening_again_takes_the_new_text_and_version() -> None:
    opened = Opened()
    opened.open("file:///m.py", "a", 5)
    opened.open("file:///m.py", "b", 1)
    found = opened.documents.find("file:///m.py")
    assert found
    assert (found.source, found.version) == ("b", 1)


@pytest.mark.parametrize("version", [0, 1, -3])
def test_versions_that_repeat_or_go_back_lose_no_text(version: int) -> None:
    opened = Opened()
    opened.open("file:///m.py", "a", 1)
    opened.change("file:///m.py", "b", version)
    found = opened.documents.find("file:///m.py")
    assert found
    assert (found.source, found.version) == ("ba", version)


def test_what_is_not_open_is_ignored_and_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    opened = Opened()
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            opened.change("file:///secret-name.py", "text")
        opened.documents.remove_text_document("file:///secret-name.py")
    assert opened.told == []
    assert len(caplog.records) == 1
    assert "secret-name" not in caplog.text


async def test_an_expected_text_is_told_when_it_comes_and_passes() -> None:
    opened = Opened()
    opened.open("file:///m.py", "a")
    future = opened.documents.expect("file:///m.py", "ba")
    opened.change("file:///m.py", "b")
    opened.change("file:///m.py", "c", 3)
    assert future.result() is True


async def test_an_expected_text_may_come_by_opening_and_by_opening_again() -> None:
    opened = Opened()
    first = opened.documents.expect("file:///m.py", "a")
    second = opened.documents.expect("file:///m.py", "b")
    third = opened.documents.expect("file:///m.py", "ca")
    opened.open("file:///m.py", "a")
    assert first.result() is True
    assert not second.done()
    opened.open("file:///m.py", "b")
    assert second.result() is True
    opened.documents.remove_text_document("file:///m.py")
    assert third.result() is False


# Notebooks

BOOK, ONE, TWO = "file:///n.ipynb", "vscode-notebook-cell:/n.ipynb#one", "vscode-notebook-cell:/n.ipynb#two"


def cell(uri: str) -> types.NotebookCell:
    return types.NotebookCell(types.NotebookCellKind.Code, uri)


def item(uri: str, text: str) -> types.TextDocumentItem:
    return types.TextDocumentItem(uri, "python", 1, text)


def open_book(opened: Opened, *cells: tuple[str, str]) -> None:
    book = types.NotebookDocument(BOOK, "jupyter-notebook", 1, [cell(uri) for uri, _ in cells])
    opened.documents.put_notebook_document(
        types.DidOpenNotebookDocumentParams(book, [item(*each) for each in cells])
    )


def change_book(opened: Opened, cells: types.NotebookDocumentCellChanges, uri: str = BOOK) -> None:
    opened.documents.update_notebook_document(
        types.DidChangeNotebookDocumentParams(
            types.VersionedNotebookDocumentIdentifier(2, uri), types.NotebookDocumentChangeEvent(cells=cells)
        )
    )


def structure(
    start: int, count: int, did_open: list[types.TextDocumentItem], did_close: list[str]
) -> types.NotebookDocumentCellChanges:
    array = types.NotebookCellArrayChange(start, count, [cell(each.uri) for each in did_open])
    closed = [types.TextDocumentIdentifier(uri) for uri in did_close]
    return types.NotebookDocumentCellChanges(
        types.NotebookDocumentCellChangeStructure(array, did_open, closed)
    )


def content(uri: str, text: str) -> types.NotebookDocumentCellChanges:
    changes = [change((0, 0), (0, 0), text)]
    identifier = types.VersionedTextDocumentIdentifier(2, uri)
    return types.NotebookDocumentCellChanges(
        text_content=[types.NotebookDocumentCellContentChanges(identifier, changes)]
    )


def test_cells_are_documents_from_opening_to_closing() -> None:
    opened = Opened()
    open_book(opened, (ONE, "a"), (TWO, "b"))
    change_book(opened, content(TWO, "x"))
    assert (opened.text(ONE), opened.text(TWO)) == ("a", "xb")
    closing = types.DidCloseNotebookDocumentParams(types.NotebookDocumentIdentifier(BOOK), [])
    opened.documents.remove_notebook_document(closing)
    assert (opened.text(ONE), opened.text(TWO)) == (None, None)
    assert opened.told == [ONE, TWO, TWO, ONE, TWO]


def test_cells_come_and_go_and_may_be_opened_anew_in_one_change() -> None:
    opened = Opened()
    open_book(opened, (ONE, "a"))
    change_book(opened, structure(1, 0, [item(TWO, "b")], []))
    assert opened.text(TWO) == "b"
    change_book(opened, structure(0, 1, [item(ONE, "# now markdown")], [ONE]))
    assert opened.text(ONE) == "# now markdown"
    change_book(opened, structure(0, 1, [], [ONE]))
    assert (opened.text(ONE), opened.text(TWO)) == (None, "b")


def test_a_notebook_opened_again_keeps_no_cell_of_before() -> None:
    opened = Opened()
    open_book(opened, (ONE, "a"), (TWO, "b"))
    open_book(opened, (TWO, "c"))
    assert (opened.text(ONE), opened.text(TWO)) == (None, "c")


@pytest.mark.parametrize(
    "cells",
    [
        content("vscode-notebook-cell:/n.ipynb#none", "x"),
        structure(9, 7, [], ["vscode-notebook-cell:/n.ipynb#none"]),
        types.NotebookDocumentCellChanges(data=[cell("vscode-notebook-cell:/n.ipynb#none")]),
        types.NotebookDocumentCellChanges(),
    ],
)
def test_changes_that_do_not_fit_the_notebook_do_no_harm(cells: types.NotebookDocumentCellChanges) -> None:
    opened = Opened()
    open_book(opened, (ONE, "a"))
    change_book(opened, cells)
    change_book(opened, cells, "file:///none.ipynb")
    closing = types.DidCloseNotebookDocumentParams(types.NotebookDocumentIdentifier("file:///none.ipynb"), [])
    opened.documents.remove_notebook_document(closing)
    assert opened.text(ONE) == "a"
