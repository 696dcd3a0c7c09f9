"""Actions for the comments that ask: the one at the cursor, all of the file, all of the open files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from lsprotocol import types

from codex_lsp.edits.text import LineIndex
from codex_lsp.lsp.actions.asked import REWRITE, SOURCE, Asked, clip
from codex_lsp.lsp.convert import to_path, to_range
from codex_lsp.lsp.documents import Document, Documents
from codex_lsp.workspace.policy import Root

if TYPE_CHECKING:
    from codex_lsp.agent.asks.comments import AskComment

COMMAND = "codexLsp.askComments"

_known: WeakKeyDictionary[Document, tuple[str, tuple[AskComment, ...]]] = WeakKeyDictionary()


def comments_of(document: Document) -> tuple[AskComment, ...]:
    """The document's comments that ask, looked for once in each of its versions."""
    text = document.source
    if "AI!" not in text and "AI?" not in text:
        return ()
    from codex_lsp.agent.asks.comments import find

    known = _known.get(document)
    if known is None or known[0] is not text:
        known = _known[document] = (
            text,
            find(document.uri, text, document.language_id or "", document.index),
        )
    return known[1]


def touching(index: LineIndex, comments: tuple[AskComment, ...], start: int, end: int) -> list[AskComment]:
    """The comments in whose lines the selection is."""
    first, last = index.line_at(start), index.line_at(max(start, end - 1))
    return [
        each
        for each in comments
        if index.line_at(each.start) <= last and first <= index.line_at(max(each.start, each.gone[-1][1] - 1))
    ]


def beside(documents: Documents, roots: Sequence[Root], asked: Document) -> list[Document]:
    """The other open documents in the same workspace folder with comments that want a change."""
    found = [each for each in documents.open_documents() if each is not asked and _wanting(each)]
    # To resolve a path takes longer than all else here.
    root = next((each for each in roots if _is_in(asked, each)), None) if found else None
    return [each for each in found if root is not None and _is_in(each, root)]


def _wanting(document: Document) -> list[AskComment]:
    return _edits(comments_of(document))


def _edits(comments: tuple[AskComment, ...]) -> list[AskComment]:
    return [each for each in comments if each.kind == "edit"]


def _is_in(document: Document, root: Root) -> bool:
    file = to_path(document.uri)
    return file is not None and root.relative(file) is not None


def actions(asked: Asked) -> Iterator[types.CodeAction]:
    """None where nothing asks, and none unless a person wants to see some."""
    if not asked.invoked or not asked.shows("comments"):
        return
    found = comments_of(asked.document)
    for each in touching(asked.document.index, found, *asked.selected):
        yield from _one(asked, each)
    if asked.wants(SOURCE):
        yield from _all(asked, _edits(found))


def _one(asked: Asked, comment: AskComment) -> Iterator[types.CodeAction]:
    verb, kind = ("do", REWRITE) if comment.kind == "edit" else ("answer", SOURCE)
    if asked.wants(kind):
        place = to_range(asked.document.index, comment.start, comment.gone[-1][1], asked.encoding)
        yield asked.action(f"{verb} “{clip(comment.words)}”", kind, COMMAND, range_=place)


def _all(asked: Asked, own: list[AskComment]) -> Iterator[types.CodeAction]:
    if own:
        title = f"do all {len(own)} AI! comments of this file"
        if len(own) == 1:
            title = f"do the AI! comment in line {own[0].line + 1}"
        yield asked.action(title, SOURCE, COMMAND, reach="file")
    others = [len(_wanting(document)) for document in asked.beside()]
    if others:
        files = len(others) + bool(own)
        title = f"do all {sum(others) + len(own)} AI! comments of {files} open file{'s' if files > 1 else ''}"
        yield asked.action(title, SOURCE, COMMAND, reach="open")
