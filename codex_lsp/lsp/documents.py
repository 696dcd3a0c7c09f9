"""Text documents whose lines are LSP's lines.

pygls 2.1 splits lines with `str.splitlines`, which also breaks at form feeds and six other characters and so
corrupts documents that hold them, and it rebuilds the whole text for every change. This class keeps a list of
lines and splices it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from urllib.parse import unquote

from lsprotocol import types
from pygls.workspace import TextDocument, Workspace

from codex_lsp.edits.text import Encoding, index_of_column, line_end, split_lines, strip_end


class Document(TextDocument):
    """One open document."""

    def __init__(self, item: types.TextDocumentItem, encoding: Encoding) -> None:
        super().__init__(item.uri, "", item.version, item.language_id)
        self.encoding = encoding
        self._expected: list[tuple[str, asyncio.Future[bool]]] = []
        self._lines = split_lines(item.text)
        self._text: str | None = item.text

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

    def apply_change(self, change: types.TextDocumentContentChangeEvent) -> None:
        """Apply one content change, incremental or whole.

        Positions beyond a line or the text are clamped, and a reversed range is read the right way round.
        """
        if isinstance(change, types.TextDocumentContentChangeWholeDocument):
            self._lines, self._text = split_lines(change.text), change.text
        else:
            start, end = sorted((self._place(change.range.start), self._place(change.range.end)))
            self._splice(start, end, change.text)
        self._tell_expected()

    def expect(self, text: str) -> asyncio.Future[bool]:
        """A future that is true once the document has held exactly `text`, false if it is closed before.

        The text is compared at every single change, so that typing right after it does not hide it.
        """
        future: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        if text == self.source:
            future.set_result(True)
        else:
            self._expected.append((text, future))
        return future

    def close(self) -> None:
        """Tell whoever expects a text that it will not come."""
        for _, future in self._expected:
            if not future.done():
                future.set_result(False)
        self._expected.clear()

    def _tell_expected(self) -> None:
        expected, self._expected = self._expected, []
        for text, future in expected:
            if text != self.source:
                self._expected.append((text, future))
            elif not future.done():
                future.set_result(True)

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
        self._lines[first : last + 1] = split_lines(head + text + tail)
        self._text = None


class Documents(Workspace):
    """pygls' workspace with documents of ours."""

    def __init__(self, former: Workspace) -> None:
        super().__init__(former.root_uri, position_encoding=former.position_encoding)
        self._folders = former.folders
        self.encoding: Encoding = str(getattr(former.position_encoding, "value", former.position_encoding))  # type: ignore[assignment]

    def put_text_document(
        self, text_document: types.TextDocumentItem, notebook_uri: str | None = None
    ) -> None:
        """Open a document; opening it again replaces its text."""
        self._text_documents[self._key(text_document.uri)] = Document(text_document, self.encoding)

    def remove_text_document(self, doc_uri: str) -> None:
        """Close a document."""
        if document := self.find(doc_uri):
            document.close()
        super().remove_text_document(doc_uri)

    def update_text_document(
        self,
        text_doc: types.VersionedTextDocumentIdentifier,
        change: types.TextDocumentContentChangeEvent,
    ) -> None:
        """Apply a change to an open document; one for a document that is not open is ignored."""
        if document := self.find(text_doc.uri):
            document.version = text_doc.version
            document.apply_change(change)

    def find(self, uri: str) -> Document | None:
        """The open document, or None."""
        document = self._text_documents.get(self._key(uri))
        return document if isinstance(document, Document) else None

    def open_documents(self) -> list[Document]:
        """All open documents."""
        return [each for each in self._text_documents.values() if isinstance(each, Document)]

    @staticmethod
    def _key(uri: str) -> str:
        return unquote(uri)
