"""What a waiting proposal looks like in a document: hint diagnostics, and actions that carry literal edits.

The edits are made of the current version each time they are asked for, so they fit in every editor, even one
that ignores versions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from lsprotocol import types

from codex_lsp.edits import Hunk, apply_hunks
from codex_lsp.lsp.code_actions import QUICKFIX, Asked
from codex_lsp.lsp.convert import offsets, to_range, to_text_edits
from codex_lsp.lsp.documents import Document
from codex_lsp.lsp.places import Places
from codex_lsp.lsp.workspace_edit import Undeliverable, to_workspace_edit
from codex_lsp.review.proposal import FileChange, FileConflict, Held, Proposal, follow

SOURCE = "codex-lsp"
SHOWN_CHARS = 400


@dataclass(slots=True)
class Waiting:
    """A proposal on the current texts; its hunks are worked out once for each of those.

    `told` are the conflicts with whole files that the person knows of.
    """

    proposal: Proposal
    places: Places
    hunks: dict[str, tuple[Hunk, ...]] = field(default_factory=dict)
    told: set[FileConflict] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.put(self.proposal)

    def put(self, proposal: Proposal) -> None:
        """Another state of the same proposal."""
        changes = tuple(change.worked_out() for change in proposal.changes)
        self.proposal = replace(proposal, changes=changes)
        self.hunks = {each.path: each.line_hunks if each.is_content_only else () for each in changes}

    def change_of(self, document: Document) -> FileChange | None:
        """What is proposed for an open document, whose text, to be safe, must be the one that it is for."""
        for change in self.proposal.changes:
            if change.is_content_only and self.places.document(change.path) is document:
                return change if change.base == document.source else None
        return None

    def elsewhere(self) -> list[FileChange]:
        """The changes that no open document shows: files that come, go, move, or are not open."""
        return [
            change
            for change in self.proposal.changes
            if not change.is_content_only or self.places.document(change.path) is None
        ]

    def deleted(self) -> dict[str, str | None]:
        """None for each file that was to be deleted and is gone: few editors tell of it by themselves."""
        return {
            change.path: None
            for change in self.proposal.changes
            if change.kind == "deleted" and not self.places.occupied(change.path)
        }

    def speaks_for_others(self, document: Document) -> bool:
        """Whether this document, the one that was asked about, tells of what is shown nowhere else."""
        asked = self.places.document(self.places.asked_path)
        return asked is document and bool(self.elsewhere())

    def documents(self) -> list[Document]:
        """The open documents that show something of it."""
        paths = {self.places.asked_path, *(change.path for change in self.proposal.changes)}
        return [document for path in sorted(paths) if (document := self.places.document(path))]

    def without(self, path: str, number: int) -> Proposal:
        """The proposal without one of a file's hunks, or, counted on, without what is held of it."""
        changes = [
            _without(change, self.hunks[path], number) if change.path == path else change
            for change in self.proposal.changes
        ]
        left = [
            each for each in changes if not each.is_content_only or each.base != each.proposed or each.held
        ]
        return replace(self.proposal, changes=tuple(left))


def _without(change: FileChange, hunks: tuple[Hunk, ...], number: int) -> FileChange:
    if number >= len(hunks):
        held = [each for at, each in enumerate(change.held, len(hunks)) if at != number]
        return replace(change, held=tuple(held))
    kept = [hunk for at, hunk in enumerate(hunks) if at != number]
    return replace(change, proposed=apply_hunks(change.base or "", kept), known=tuple(kept))


def marks(waiting: Waiting, document: Document) -> Iterator[types.Diagnostic]:
    """The diagnostics that show it in an open document."""
    if waiting.speaks_for_others(document):
        yield _mark(waiting, document, 0, 0, f"Proposed elsewhere: {_names(waiting.elsewhere())}")
    if change := waiting.change_of(document):
        for hunk in waiting.hunks[change.path]:
            removed, added = document.source.count("\n", hunk.start, hunk.end), hunk.text.count("\n")
            yield _mark(waiting, document, hunk.start, hunk.end, f"Proposed change (−{removed} +{added})")
        for held in change.held:
            title = f"Proposed change conflicts with what was typed. Proposed was:\n{_clip(held.text)}\n"
            mark = _mark(waiting, document, held.start, held.end, title)
            mark.severity = types.DiagnosticSeverity.Information
            yield mark


def _mark(waiting: Waiting, document: Document, start: int, end: int, title: str) -> types.Diagnostic:
    return types.Diagnostic(
        to_range(document.index, start, end, document.encoding),
        f"{title}: {waiting.proposal.summary}",
        severity=types.DiagnosticSeverity.Hint,
        source=SOURCE,
        data={"proposal": waiting.proposal.id},
    )


def actions(waiting: Waiting, asked: Asked) -> Iterator[types.CodeAction]:
    """Accept and reject, for what the request's range touches."""
    index, change = asked.document.index, waiting.change_of(asked.document)
    start, end = offsets(index, asked.params.range, asked.encoding)
    touched = waiting.speaks_for_others(asked.document) and index.line_at(start) == 0
    hunks = waiting.hunks[change.path] if change else ()
    held = change.held if change else ()
    places: list[Hunk | Held] = [*hunks, *held]
    for number, each in enumerate(places):
        if change and each.start <= end and start <= max(each.end, each.start + 1):
            touched = True
            yield from _one(waiting, asked, change, number, each)
    if touched:
        yield from _all(waiting, asked)


def _one(
    waiting: Waiting, asked: Asked, change: FileChange, number: int, hunk: Hunk | Held
) -> Iterator[types.CodeAction]:
    edits = to_text_edits(asked.document.index, [Hunk(hunk.start, hunk.end, hunk.text)], asked.encoding)
    arguments: dict[str, object] = {"proposal": waiting.proposal.id, "path": change.path, "hunk": number}
    if isinstance(hunk, Hunk):
        yield _accept("Codex: accept this change", _literal(asked, edits))
        yield _reject("Codex: reject this change", arguments)
    else:
        yield _accept("Codex: put the proposed lines in place of mine", _literal(asked, edits))
        yield _reject("Codex: keep my lines, drop the proposed ones", arguments)


def _all(waiting: Waiting, asked: Asked) -> Iterator[types.CodeAction]:
    if any(waiting.hunks.values()) or not all(each.is_content_only for each in waiting.proposal.changes):
        try:
            yield _accept("Codex: accept all", _whole(waiting, asked))
        except Undeliverable as error:
            if asked.client.disabled_actions:
                reason = types.CodeActionDisabled(str(error))
                yield types.CodeAction("Codex: accept all", kind=QUICKFIX, disabled=reason)
    yield _reject("Codex: reject all", {"proposal": waiting.proposal.id})


def _whole(waiting: Waiting, asked: Asked) -> types.WorkspaceEdit:
    """All of it in one edit, files that are not open as they are on disk now; raises `Undeliverable`."""
    proposal, places = waiting.proposal, waiting.places
    closed = [each.path for each in proposal.changes if places.document(each.path) is None]
    rebased = follow(proposal, places.texts(closed, closed=True))
    if rebased.conflicts:
        raise Undeliverable(f"{rebased.conflicts[0].path} {rebased.conflicts[0].what}.")
    return to_workspace_edit(rebased.proposal, places, asked.client, asked.encoding).edit


def _literal(asked: Asked, edits: list[types.TextEdit]) -> types.WorkspaceEdit:
    document = asked.document
    if not asked.client.document_changes:
        return types.WorkspaceEdit(changes={document.uri: edits})
    identifier = types.OptionalVersionedTextDocumentIdentifier(document.uri, document.version)
    return types.WorkspaceEdit(document_changes=[types.TextDocumentEdit(identifier, list(edits))])


def _accept(title: str, edit: types.WorkspaceEdit) -> types.CodeAction:
    return types.CodeAction(title, kind=QUICKFIX, edit=edit)


def _reject(title: str, arguments: dict[str, object]) -> types.CodeAction:
    command = types.Command(title, "codexLsp.reject", arguments=[arguments])
    return types.CodeAction(title, kind=QUICKFIX, command=command)


def _names(changes: list[FileChange]) -> str:
    return ", ".join(f"{each.path} ({each.kind})" for each in changes[:5]) + (
        " …" if len(changes) > 5 else ""
    )


def _clip(text: str) -> str:
    return text if len(text) <= SHOWN_CHARS else f"{text[:SHOWN_CHARS]}…"
