"""A document, and changes of it as an editor's notifications have them."""

from __future__ import annotations

from lsprotocol import types

from codex_lsp.lsp.documents import Document
from tests.support.buffers import Encoding

Place = tuple[int, int]


def document(text: str, encoding: Encoding = "utf-16") -> Document:
    return Document(types.TextDocumentItem("file:///m.py", "python", 1, text), encoding)


def change(start: Place, end: Place, text: str) -> types.TextDocumentContentChangePartial:
    return types.TextDocumentContentChangePartial(
        types.Range(types.Position(*start), types.Position(*end)), text
    )


def whole(text: str) -> types.TextDocumentContentChangeWholeDocument:
    return types.TextDocumentContentChangeWholeDocument(text)
