"""A proposal into an edit that this client can take, once it is sure that all of it still fits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from lsprotocol import types

from codex_lsp.edits import EditError
from codex_lsp.edits.text import Encoding, LineIndex
from codex_lsp.lsp.capabilities import ClientCapabilities
from codex_lsp.lsp.convert import to_text_edits
from codex_lsp.lsp.documents import key
from codex_lsp.lsp.places import Places
from codex_lsp.lsp.plain import plain
from codex_lsp.records import record
from codex_lsp.review.proposal import FileChange, Proposal

ANNOTATION = "codex-lsp"

ResourceOperation = types.CreateFile | types.RenameFile | types.DeleteFile
Operation = types.TextDocumentEdit | ResourceOperation


class Undeliverable(Exception):
    """This client cannot take this proposal, or not now; the message says why, in words for the person."""


@record(frozen=True, slots=True)
class Edit:
    """What is sent, and what each path must hold afterwards, None if it must be gone."""

    edit: types.WorkspaceEdit
    outcomes: dict[str, str | None]


def to_workspace_edit(
    proposal: Proposal,
    places: Places,
    client: ClientCapabilities,
    encoding: Encoding,
    *,
    annotated: bool = False,
    guarded: Mapping[str, str] | None = None,
) -> Edit:
    """One edit for all files of a proposal; raises `Undeliverable` unless the whole of it fits right now.

    `annotated` lets the client ask about each change; about those of `guarded`, why by path, it is asked by
    themselves in any case.

    Edits of what exists come first, since each of them names its version and a stale one ends it all before
    anything else is done; what cannot be taken back comes last, for clients that stop half-way.
    """
    changes = [each for each in proposal.changes if not each.is_content_only or each.base != each.proposed]
    _preflight(changes, places, client)
    outcomes: dict[str, str | None] = {}
    for change in changes:
        outcomes[change.path] = None if change.move_to else change.proposed
        if change.move_to:
            outcomes[change.move_to] = change.proposed
    if not client.document_changes:
        plain = {places.uri(each.path): _edits(each, places, encoding) for each in changes}
        return Edit(types.WorkspaceEdit(changes=plain), outcomes)
    annotations = _annotations(proposal, guarded or {}, annotated=annotated) if client.annotations else {}
    common = ANNOTATION if annotations and annotated else None
    operations: list[Operation] = []
    for change in sorted(changes, key=_rank):
        own = f"{ANNOTATION}:{change.path}"
        operations += _operations(change, places, encoding, own if own in annotations else common)
    edit = types.WorkspaceEdit(document_changes=operations, change_annotations=annotations or None)
    return Edit(edit, outcomes)


def _annotations(
    proposal: Proposal, guarded: Mapping[str, str], *, annotated: bool
) -> dict[types.ChangeAnnotationIdentifier, types.ChangeAnnotation]:
    made = {ANNOTATION: ("codex-agent", proposal.summary)} if annotated else {}
    made |= {f"{ANNOTATION}:{path}": (f"{path} ({why})", proposal.summary) for path, why in guarded.items()}
    return {
        name: types.ChangeAnnotation(label, needs_confirmation=True, description=plain(description))
        for name, (label, description) in made.items()
    }


def _rank(change: FileChange) -> int:
    if change.is_content_only:
        return 0
    return 1 if change.base is None else 2 if change.move_to else 3


def _preflight(changes: Iterable[FileChange], places: Places, client: ClientCapabilities) -> None:
    seen: set[str] = set()
    for change in changes:
        _require_operation(change, client)
        for path in filter(None, (change.path, change.move_to)):
            try:
                places.require_inside(path)
                name = key(places.uri(path))
            except EditError as error:
                raise Undeliverable(str(error)) from error
            if name in seen:
                raise Undeliverable(f"{path} would be changed twice.")
            seen.add(name)
        new = change.path if change.base is None else change.move_to
        if new and places.occupied(new):
            raise Undeliverable(f"{new} exists already.")
        # The very texts are compared: what two equal hashes would say, without the doubt.
        if change.base is not None and places.texts([change.path], closed=True) != {change.path: change.base}:
            raise Undeliverable(f"{change.path} was changed meanwhile.")
        if _touches_mark(change) and places.document(change.path) is None:
            raise Undeliverable(f"{change.path} begins with a byte order mark: open it first.")


def _touches_mark(change: FileChange) -> bool:
    """Whether it changes the line whose columns an editor, which hides the mark, counts otherwise."""
    base = change.base or ""
    first_line = base.find("\n") + 1 or len(base)
    return base.startswith("\ufeff") and any(hunk.start < first_line for hunk in change.hunks)


def _require_operation(change: FileChange, client: ClientCapabilities) -> None:
    if change.is_content_only:
        return
    needed = "create" if change.base is None else "rename" if change.move_to else "delete"
    if client.document_changes and needed in client.resource_operations:
        return
    help_ = " Make it and open it empty, and its text is offered there." if needed == "create" else ""
    raise Undeliverable(f"This editor cannot {needed} files for a server ({change.path}).{help_}")


def _edits(
    change: FileChange, places: Places, encoding: Encoding, annotation: str | None = None
) -> list[types.TextEdit]:
    document = places.document(change.path)
    index = document.index if document else LineIndex(change.base or "")
    # A person confirms each by itself: half of a line is no choice where it makes no sense without the other.
    return to_text_edits(index, change.line_hunks if annotation else change.hunks, encoding)


def _operations(
    change: FileChange, places: Places, encoding: Encoding, annotation: str | None
) -> Iterator[Operation]:
    uri = places.uri(change.path)
    if change.base is None:
        options = types.CreateFileOptions(overwrite=False)
        yield types.CreateFile(uri, options=options, annotation_id=annotation)
        start = types.Range(types.Position(0, 0), types.Position(0, 0))
        content = [types.TextEdit(start, change.proposed)] if change.proposed else []
        yield _document_edit(uri, None, content, annotation)
    elif change.proposed is None:
        yield types.DeleteFile(uri, annotation_id=annotation)
    elif change.move_to is None:
        document = places.document(change.path)
        yield _document_edit(
            uri,
            document.version if document else None,
            _edits(change, places, encoding, annotation),
            annotation,
        )
    else:
        yield from _move(change, change.move_to, places, encoding, annotation)


def _move(
    change: FileChange, target: str, places: Places, encoding: Encoding, annotation: str | None
) -> Iterator[Operation]:
    """The edits of an open file come first, with its version; a closed one is moved before it is touched."""
    uri, new_uri = places.uri(change.path), places.uri(target)
    document = places.document(change.path)
    edits = _edits(change, places, encoding, annotation)
    if document and edits:
        yield _document_edit(uri, document.version, edits, annotation)
    options = types.RenameFileOptions(overwrite=False)
    yield types.RenameFile(uri, new_uri, options=options, annotation_id=annotation)
    if edits and not document:
        yield _document_edit(new_uri, None, edits, annotation)


def _document_edit(
    uri: str, version: int | None, edits: list[types.TextEdit], annotation: str | None
) -> types.TextDocumentEdit:
    wrapped: list[types.TextEdit | types.AnnotatedTextEdit | types.SnippetTextEdit] = [
        types.AnnotatedTextEdit(annotation, edit.range, edit.new_text) if annotation else edit
        for edit in edits
    ]
    return types.TextDocumentEdit(types.OptionalVersionedTextDocumentIdentifier(uri, version), wrapped)
