"""A proposal into an edit that this client can take, and the proof that it took it.

`applied: true` proves nothing: Neovim skips a stale edit silently and says true, Eglot says false and applies
by hand. What counts is the text that the next `didChange` leaves.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

from lsprotocol import types

from codex_lsp.edits.text import Encoding
from codex_lsp.lsp.capabilities import ClientCapabilities
from codex_lsp.lsp.convert import to_text_edits
from codex_lsp.lsp.places import Places
from codex_lsp.review.proposal import FileChange, Proposal

CONFIRM_SECONDS = 3.0
ANNOTATION = "codex-lsp"

ResourceOperation = types.CreateFile | types.RenameFile | types.DeleteFile


class Undeliverable(Exception):
    """This client cannot take this proposal; the message says why, in words for the person."""


@dataclass(frozen=True, slots=True)
class Edit:
    """What is sent, and the text that each open document must have afterwards."""

    edit: types.WorkspaceEdit
    expected: dict[str, str]


def to_workspace_edit(
    proposal: Proposal,
    places: Places,
    client: ClientCapabilities,
    encoding: Encoding,
    *,
    annotated: bool = False,
) -> Edit:
    """One edit for all files of a proposal whose bases are the current texts; raises `Undeliverable`."""
    _require_operations(proposal.changes, client)
    expected = {
        change.path: change.proposed
        for change in proposal.changes
        if change.is_content_only and change.proposed is not None and places.document(change.path)
    }
    if not client.document_changes:
        changes = {places.uri(each.path): _edits(each, encoding) for each in proposal.changes}
        return Edit(types.WorkspaceEdit(changes=changes), expected)
    annotation = ANNOTATION if annotated and client.annotations else None
    operations: list[types.TextDocumentEdit | ResourceOperation] = []
    for change in proposal.changes:
        operations += _operations(change, places, encoding, annotation)
    edit = types.WorkspaceEdit(document_changes=operations)
    if annotation:
        edit.change_annotations = {
            ANNOTATION: types.ChangeAnnotation(
                "codex-agent", needs_confirmation=True, description=proposal.summary
            )
        }
    return Edit(edit, expected)


def _require_operations(changes: Iterable[FileChange], client: ClientCapabilities) -> None:
    for change in changes:
        needed = "create" if change.base is None else "rename" if change.move_to else "delete"
        if not change.is_content_only and needed not in client.resource_operations:
            raise Undeliverable(f"This editor cannot {needed} files for a server ({change.path}).")


def _edits(change: FileChange, encoding: Encoding) -> list[types.TextEdit]:
    return to_text_edits(change.base or "", change.hunks, encoding)


def _operations(
    change: FileChange, places: Places, encoding: Encoding, annotation: str | None
) -> list[types.TextDocumentEdit | ResourceOperation]:
    uri = places.uri(change.path)
    if change.base is None:
        created = types.CreateFile(uri, options=types.CreateFileOptions(overwrite=False))
        start = types.Range(types.Position(0, 0), types.Position(0, 0))
        content = [types.TextEdit(start, change.proposed)] if change.proposed else []
        return [created, _document_edit(uri, None, content, annotation)]
    if change.proposed is None:
        return [types.DeleteFile(uri)]
    document = places.document(change.path)
    version = document.version if document else None
    result: list[types.TextDocumentEdit | ResourceOperation] = []
    if change.hunks:
        result.append(_document_edit(uri, version, _edits(change, encoding), annotation))
    if change.move_to:
        result.append(types.RenameFile(uri, places.uri(change.move_to)))
    return result


def _document_edit(
    uri: str, version: int | None, edits: list[types.TextEdit], annotation: str | None
) -> types.TextDocumentEdit:
    wrapped: list[types.TextEdit | types.AnnotatedTextEdit | types.SnippetTextEdit] = [
        types.AnnotatedTextEdit(annotation, edit.range, edit.new_text) if annotation else edit
        for edit in edits
    ]
    return types.TextDocumentEdit(types.OptionalVersionedTextDocumentIdentifier(uri, version), wrapped)


def expect(places: Places, expected: dict[str, str]) -> list[asyncio.Future[bool]]:
    """A future for each open document that must come to its expected text; made before the edit is sent."""
    found = ((places.document(path), text) for path, text in expected.items())
    return [document.expect(text) for document, text in found if document]


async def confirmed(expectations: list[asyncio.Future[bool]], seconds: float = CONFIRM_SECONDS) -> bool:
    """Whether every document came to its expected text within the time."""
    try:
        async with asyncio.timeout(seconds):
            return all([await each for each in expectations])
    except TimeoutError:
        return False
    finally:
        for each in expectations:
            each.cancel()
