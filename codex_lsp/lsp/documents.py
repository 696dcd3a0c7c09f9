"""The open documents: text whose lines are LSP's lines, and who wants to know what becomes of it.

pygls 2.1 splits lines with `str.splitlines`, which also breaks at form feeds and six other characters and so
corrupts documents that hold them, and it rebuilds the whole text for every change. This class keeps a list of
lines and splices it.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable, Sequence
from typing import Protocol
from urllib.parse import unquote
from weakref import WeakSet

from lsprotocol import types
from pygls.workspace import TextDocument, Workspace

from codex_lsp.edits.text import Encoding, LineIndex, index_of_column, line_end, split_lines, strip_end
from codex_lsp.lsp.spans import Spans
from codex_lsp.review.follow import Edited

# Every notebook with all its cells; their texts then are documents like any other.
NOTEBOOKS = types.NotebookDocumentSyncOptions([types.NotebookDocumentFilterWithNotebook("*")])

# A client that goes on about documents that it never opened is noted so many times.
MAX_STRANGERS = 20

_log = logging.getLogger(__name__)
_SPLIT_PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")

Expected = list[tuple[str, "asyncio.Future[bool]"]]


def key(uri: str) -> str:
    """What all spellings of a URI share: its escapes resolved."""
    return unquote(uri)


class Document(TextDocument):
    """One open document."""

    def __init__(self, item: types.TextDocumentItem, encoding: Encoding) -> None:
        super().__init__(item.uri, "", item.version, item.language_id)
        self.encoding = encoding
        self._expected: Expected = []
        self._lines: list[str] = []
        self._text: str | None = None
        self._index: LineIndex | None = None
        self._former: tuple[LineIndex, Spans] | None = None
        self._set(item.text)

    @property
    def source(self) -> str:
        """The whole text."""
        if self._text is None:
            self._text = "".join(self._lines)
        return self._text

    @property
    def lines(self) -> Sequence[str]:
        """The lines with their ends."""
        return tuple(self._lines)

    @property
    def index(self) -> LineIndex:
        """The whole text's line index, made once for each version."""
        if self._index is None:
            self._index = LineIndex(self.source, self._lines)
        return self._index

    def apply_change(self, change: types.TextDocumentContentChangeEvent) -> None:
        """Apply one content change, incremental or whole.

        Positions beyond a line or the text are clamped, and a reversed range is read the right way round.
        """
        if isinstance(change, types.TextDocumentContentChangeWholeDocument):
            self._set(change.text)
        else:
            start, end = sorted((self._place(change.range.start), self._place(change.range.end)))
            self._splice(start, end, change.text)
        self._tell_expected()

    def watch(self) -> None:
        """Keep what is done to the text from now on, for `edited`."""
        self._former = (self.index, Spans())

    def unwatch(self) -> None:
        """Keep it no longer."""
        self._former = None

    def edited(self) -> Edited | None:
        """What was done since `watch`; None if that is not known, or was more than it is worth."""
        if self._former is None:
            return None
        former, spans = self._former
        return Edited(former.text, tuple(spans.hunks(former, self.index)))

    def expect(self, text: str) -> asyncio.Future[bool]:
        """A future that is true once the document has held exactly `text`, false if it is closed before.

        The text is compared at every single change, so that typing right after it does not hide it.
        """
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self.adopt([(text, future)])
        return future

    def adopt(self, expected: Expected) -> None:
        """Tell these futures too."""
        self._expected += expected
        self._tell_expected()

    def hand_over(self) -> Expected:
        """What is still expected, to be told by somebody else from now on."""
        expected, self._expected = self._expected, []
        return expected

    def forget(self) -> None:
        """Drop what nobody waits for any more."""
        self._expected = [each for each in self._expected if not each[1].done()]

    def close(self) -> None:
        """Tell whoever expects a text that it will not come."""
        for _, future in self.hand_over():
            if not future.done():
                future.set_result(False)

    def _set(self, text: str) -> None:
        self._lines, self._text, self._index, self._former = split_lines(text), text, None, None

    def _tell_expected(self) -> None:
        if not self._expected:
            return
        for text, future in self.hand_over():
            if future.done():
                continue
            if text == self.source:
                future.set_result(True)
            else:
                self._expected.append((text, future))

    def _place(self, position: types.Position) -> tuple[int, int]:
        """The line and the index in it; the end of the text is (number of lines, 0)."""
        if position.line < len(self._lines):
            line = self._lines[position.line]
            return position.line, index_of_column(strip_end(line), position.character, self.encoding)
        if self._lines and not line_end(self._lines[-1]):
            return len(self._lines) - 1, len(self._lines[-1])
        return len(self._lines), 0

    def _splice(self, start: tuple[int, int], end: tuple[int, int], text: str) -> None:
        first, last = start[0], end[0]
        head = self._lines[first][: start[1]] if first < len(self._lines) else ""
        tail = self._lines[last][end[1] :] if last < len(self._lines) else ""
        # A line break may form with the line before: its "\r" and a "\n" of ours are one CRLF.
        if first > 0 and self._lines[first - 1].endswith("\r"):
            first -= 1
            head = self._lines[first] + head
        lines, before = split_lines(_whole_pairs(head + text + tail)), len(self._lines)
        self._lines[first : last + 1] = lines
        self._text, self._index = None, None
        if self._former:
            spans = self._former[1]
            spans.replaced(first, before - len(self._lines) + len(lines), len(lines))
            if spans.too_many:
                self._former = None


def _whole_pairs(text: str) -> str:
    """The text with each two surrogates that came one by one made the one character that they are."""
    if text.isascii() or not _SPLIT_PAIR.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


class Renamed(Protocol):
    """Somebody who follows files to their new names."""

    def renamed(self, old_uri: str, new_uri: str) -> None:
        """A file, or a folder with all that is in it, has another name now."""
        ...


class Documents(Workspace):
    """pygls' workspace with documents of ours.

    `on_change` gets the URI of each that was opened, changed or closed, at once.
    """

    def __init__(self, former: Workspace, on_change: Callable[[str], None] = lambda uri: None) -> None:
        super().__init__(former.root_uri, position_encoding=former.position_encoding)
        self._folders = former.folders
        self._on_change = on_change
        self._expected: dict[str, Expected] = {}
        self._strangers: set[str] = set()
        self.followers: WeakSet[Renamed] = WeakSet()
        self.encoding: Encoding = str(getattr(former.position_encoding, "value", former.position_encoding))  # type: ignore[assignment]

    def put_text_document(
        self, text_document: types.TextDocumentItem, notebook_uri: str | None = None
    ) -> None:
        """Open a document; opening it again replaces its text."""
        name, former = key(text_document.uri), self.find(text_document.uri)
        self._text_documents.pop(name, None)
        document = self._text_documents[name] = Document(text_document, self.encoding)
        document.adopt(self._expected.pop(name, []) + (former.hand_over() if former else []))
        if notebook_uri:
            self._cell_in_notebook[name] = key(notebook_uri)
        self._on_change(document.uri)

    def remove_text_document(self, doc_uri: str) -> None:
        """Close a document."""
        if document := self.find(doc_uri):
            document.close()
            super().remove_text_document(doc_uri)
            self._on_change(document.uri)

    def update_text_document(
        self,
        text_doc: types.VersionedTextDocumentIdentifier,
        change: types.TextDocumentContentChangeEvent,
    ) -> None:
        """Apply a change to an open document; one for a document that is not open is ignored.

        Whatever the version says, the change is taken: what the client's text is, the client knows best.
        """
        name = key(text_doc.uri)
        if document := self.find(text_doc.uri):
            # The last one is the one that was touched last.
            self._text_documents[name] = self._text_documents.pop(name)
            document.version = text_doc.version
            document.apply_change(change)
            self._on_change(document.uri)
        else:
            self._stranger(text_doc.uri)

    def put_notebook_document(self, params: types.DidOpenNotebookDocumentParams) -> None:
        """Open a notebook with its cells; opening it again replaces them."""
        self._close_cells(
            params.notebook_document.uri, {key(cell.uri) for cell in params.cell_text_documents}
        )
        super().put_notebook_document(params)

    def update_notebook_document(self, params: types.DidChangeNotebookDocumentParams) -> None:
        """Apply a change to an open notebook; one for a notebook that is not open is ignored."""
        if key(params.notebook_document.uri) not in self._notebook_documents:
            return self._stranger(params.notebook_document.uri)
        structure = params.change.cells.structure if params.change.cells else None
        if structure:
            # pygls closes after it opens: a cell that is closed and opened in one change would be gone.
            opened = {key(cell.uri) for cell in structure.did_open or ()}
            structure.did_close = [cell for cell in structure.did_close or () if key(cell.uri) not in opened]
        super().update_notebook_document(params)

    def remove_notebook_document(self, params: types.DidCloseNotebookDocumentParams) -> None:
        """Close a notebook and all its cells, named or not."""
        super().remove_notebook_document(params)
        self._close_cells(params.notebook_document.uri)

    def renamed(self, old_uri: str, new_uri: str) -> None:
        """Let everybody know that a file, or a folder with all that is in it, has another name."""
        for follower in list(self.followers):
            follower.renamed(old_uri, new_uri)
        new = key(new_uri).rstrip("/")
        for document in self.open_documents():
            if (key(document.uri) + "/").startswith(new + "/"):
                self._on_change(document.uri)

    def expect(self, uri: str, text: str) -> asyncio.Future[bool]:
        """`Document.expect` for a document that may not be open yet."""
        if document := self.find(uri):
            return document.expect(text)
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        waiting = [each for each in self._expected.get(key(uri), ()) if not each[1].done()]
        self._expected[key(uri)] = [*waiting, (text, future)]
        return future

    def forget(self, uri: str) -> None:
        """Drop what nobody waits for any more."""
        if left := [each for each in self._expected.pop(key(uri), ()) if not each[1].done()]:
            self._expected[key(uri)] = left
        if document := self.find(uri):
            document.forget()

    def find(self, uri: str) -> Document | None:
        """The open document, or None."""
        document = self._text_documents.get(key(uri))
        return document if isinstance(document, Document) else None

    def open_documents(self) -> list[Document]:
        """All open documents, the one that was opened or changed last at the end."""
        return [each for each in self._text_documents.values() if isinstance(each, Document)]

    def _close_cells(self, notebook_uri: str, but: set[str] | None = None) -> None:
        cells = [cell for cell, book in self._cell_in_notebook.items() if book == key(notebook_uri)]
        for cell in cells:
            if cell not in (but or ()):
                self.remove_text_document(self._text_documents[cell].uri)

    def _stranger(self, uri: str) -> None:
        if key(uri) not in self._strangers and len(self._strangers) < MAX_STRANGERS:
            self._strangers.add(key(uri))
            _log.warning("A change for a document that is not open was ignored.")
