"""Proposals that wait for the person: hint diagnostics, and code actions that carry literal edits.

The edits are computed against the current version each time they are asked for, so they fit in every editor,
even one that ignores versions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace

from lsprotocol import types

from codex_lsp.edits import Hunk, apply_hunks
from codex_lsp.edits.diff import diff_lines
from codex_lsp.edits.text import LineIndex
from codex_lsp.lsp.code_actions import QUICKFIX, Asked
from codex_lsp.lsp.convert import offsets, to_range, to_text_edits
from codex_lsp.lsp.documents import Document
from codex_lsp.lsp.places import Places
from codex_lsp.lsp.workspace_edit import Undeliverable, to_workspace_edit
from codex_lsp.review.proposal import FileChange, FileConflict, Proposal, follow

SOURCE = "codex-lsp"

Find = Callable[[str], Document | None]
Publish = Callable[[Document, list[types.Diagnostic]], None]
OnConflict = Callable[[tuple[FileConflict, ...]], None]


@dataclass(slots=True)
class _Entry:
    """A proposal on the current texts; its hunks are worked out once for each of those."""

    proposal: Proposal
    places: Places
    hunks: dict[str, tuple[Hunk, ...]] = field(init=False)

    def __post_init__(self) -> None:
        self.put(self.proposal)

    def put(self, proposal: Proposal) -> None:
        self.proposal = proposal
        self.hunks = {change.path: _hunks(change) for change in proposal.changes}


class PendingHunks:
    """The proposals that wait, by id."""

    def __init__(self, find: Find, publish: Publish, on_conflict: OnConflict) -> None:
        self._find = find
        self._publish = publish
        self._on_conflict = on_conflict
        self._entries: dict[str, _Entry] = {}

    def add(self, proposal: Proposal, places: Places) -> tuple[FileConflict, ...]:
        """Keep a proposal, as far as the texts did not change at the same places, and show its changes.

        Nothing is kept of one that the texts have already taken.
        """
        entry = self._entries[proposal.id] = _Entry(proposal, places)
        conflicts = self._follow(entry)
        self._show(_uris(entry))
        return conflicts

    def take(self, proposal_id: str) -> tuple[Proposal, Places] | None:
        """Remove a proposal, as it stands on the current texts, with its places; None if there is none."""
        entry = self._entries.get(proposal_id)
        self.drop(proposal_id)
        return (entry.proposal, entry.places) if entry else None

    def ids(self) -> list[str]:
        """The ids of all that wait."""
        return list(self._entries)

    def drop(self, proposal_id: str) -> bool:
        """Forget a proposal and its marks; whether there was one."""
        entry = self._entries.pop(proposal_id, None)
        if entry:
            self._show(_uris(entry))
        return entry is not None

    def reject(self, proposal_id: str, path: str, number: int) -> bool:
        """Drop one change of a proposal, by its number in its file; whether there was one."""
        entry = self._entries.get(proposal_id)
        if entry is None:
            return False
        uris = _uris(entry)
        changes = [
            _without(change, number) if change.path == path else change for change in entry.proposal.changes
        ]
        left = tuple(change for change in changes if change.base != change.proposed or change.move_to)
        self._replace(entry, replace(entry.proposal, changes=left))
        self._show(uris)
        return True

    def changed(self, uri: str) -> None:
        """Let the proposals follow a document that was changed or closed."""
        concerned = [entry for entry in self._entries.values() if uri in _uris(entry)]
        for entry in concerned:
            if conflicts := self._follow(entry):
                self._on_conflict(conflicts)
        if concerned:
            self._show([uri])

    def _follow(self, entry: _Entry) -> tuple[FileConflict, ...]:
        texts = {change.path: entry.places.text(change.path) for change in entry.proposal.changes}
        rebased = follow(entry.proposal, texts)
        self._replace(entry, rebased.proposal)
        return rebased.conflicts

    def actions(self, asked: Asked) -> Iterator[types.CodeAction]:
        """Accept and reject, for the pending changes that the request's range touches."""
        if not asked.wants(QUICKFIX):
            return
        index = LineIndex(asked.document.source)
        start, end = offsets(index, asked.params.range, asked.encoding)
        for entry, change in self._of(asked.document.uri):
            touched = [
                (number, hunk)
                for number, hunk in enumerate(entry.hunks[change.path])
                if hunk.start <= end and start <= max(hunk.end, hunk.start + 1)
            ]
            for number, hunk in touched:
                yield from _one(asked, entry, change, number, hunk)
            if touched:
                yield from _all(asked, entry)

    def _of(self, uri: str) -> Iterator[tuple[_Entry, FileChange]]:
        for entry in self._entries.values():
            for change in entry.proposal.changes:
                if change.is_content_only and entry.places.uri(change.path) == uri:
                    yield entry, change

    def _replace(self, entry: _Entry, proposal: Proposal) -> None:
        if proposal.changes:
            if proposal != entry.proposal:
                entry.put(proposal)
        else:
            self._entries.pop(proposal.id, None)

    def _show(self, uris: Iterable[str]) -> None:
        for document in filter(None, map(self._find, uris)):
            index = LineIndex(document.source)
            marks = [
                _mark(index, document, hunk, entry.proposal)
                for entry, change in self._of(document.uri)
                for hunk in entry.hunks[change.path]
            ]
            self._publish(document, marks)


def _uris(entry: _Entry) -> list[str]:
    return [entry.places.uri(change.path) for change in entry.proposal.changes]


def _hunks(change: FileChange) -> tuple[Hunk, ...]:
    return diff_lines(change.base or "", change.proposed or "")


def _without(change: FileChange, number: int) -> FileChange:
    kept = [hunk for at, hunk in enumerate(_hunks(change)) if at != number]
    return replace(change, proposed=apply_hunks(change.base or "", kept))


def _mark(index: LineIndex, document: Document, hunk: Hunk, proposal: Proposal) -> types.Diagnostic:
    removed, added = index.text[hunk.start : hunk.end].count("\n"), hunk.text.count("\n")
    return types.Diagnostic(
        to_range(index, hunk.start, hunk.end, document.encoding),
        f"Proposed change (−{removed} +{added}): {proposal.summary}",
        severity=types.DiagnosticSeverity.Hint,
        source=SOURCE,
        data={"proposal": proposal.id},
    )


def _one(
    asked: Asked, entry: _Entry, change: FileChange, number: int, hunk: Hunk
) -> Iterator[types.CodeAction]:
    edits = to_text_edits(change.base or "", [hunk], asked.encoding)
    yield _accept("Codex: accept this change", _literal(asked, edits))
    arguments = {"proposal": entry.proposal.id, "path": change.path, "hunk": number}
    yield _reject("Codex: reject this change", arguments)


def _all(asked: Asked, entry: _Entry) -> Iterator[types.CodeAction]:
    try:
        whole = to_workspace_edit(entry.proposal, entry.places, asked.client, asked.encoding)
        yield _accept("Codex: accept all", whole.edit)
    except Undeliverable as error:
        if asked.client.disabled_actions:
            reason = types.CodeActionDisabled(str(error))
            yield types.CodeAction("Codex: accept all", kind=QUICKFIX, disabled=reason)
    yield _reject("Codex: reject all", {"proposal": entry.proposal.id})


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
