"""The proposals that wait for the person, and how they follow the texts.

None is lost by what happens to the texts: what conflicts is held and marked, and a file that is closed takes
its part to sleep, without marks, until it is open again or the whole is accepted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator

from lsprotocol import types

from codex_lsp.lsp.code_actions import QUICKFIX, Asked
from codex_lsp.lsp.documents import Document, key
from codex_lsp.lsp.marks import Waiting, actions, marks
from codex_lsp.lsp.places import Places
from codex_lsp.review.proposal import Edited, FileConflict, Proposal, follow

# Of those that no open document shows, so many are kept; the oldest goes, and that is told.
MAX_ASLEEP = 50

Find = Callable[[str], Document | None]
Publish = Callable[[str, int | None, list[types.Diagnostic]], None]
OnConflict = Callable[[tuple[FileConflict, ...]], None]


class PendingHunks:
    """The proposals that wait, by id."""

    def __init__(self, find: Find, publish: Publish, on_conflict: OnConflict) -> None:
        self._find = find
        self._publish = publish
        self._on_conflict = on_conflict
        self._entries: dict[str, Waiting] = {}
        self._dirty: dict[str, str] = {}
        self._marked: set[str] = set()
        self._done: dict[str, Edited | None] = {}

    def add(self, proposal: Proposal, places: Places) -> tuple[FileConflict, ...]:
        """Keep a proposal and show its changes; returns where it conflicts with the texts as they are.

        Nothing is kept of one that the texts have already taken.
        """
        self.settle()
        self._done.clear()
        entry = self._entries[proposal.id] = Waiting(proposal, places)
        conflicts = self._follow(entry, [change.path for change in proposal.changes])
        self._show(document.uri for document in entry.documents())
        self._bound()
        return conflicts

    def take(self, proposal_id: str) -> tuple[Proposal, Places] | None:
        """Remove a proposal, as it stands on the current texts, with its places; None if there is none."""
        self.settle()
        entry = self._entries.get(proposal_id)
        self.drop(proposal_id)
        return (entry.proposal, entry.places) if entry else None

    def get(self, proposal_id: str) -> Proposal | None:
        """A proposal as it stands on the current texts; None if there is none."""
        self.settle()
        entry = self._entries.get(proposal_id)
        return entry.proposal if entry else None

    def ids(self) -> list[str]:
        """The ids of all that wait."""
        self.settle()
        return list(self._entries)

    def drop(self, proposal_id: str) -> bool:
        """Forget a proposal and its marks; whether there was one."""
        entry = self._entries.pop(proposal_id, None)
        if entry:
            self._show(document.uri for document in entry.documents())
        return entry is not None

    def reject(self, proposal_id: str, path: str, number: int) -> bool:
        """Drop one change of a proposal, by its number in its file; whether there was one.

        What is held of the file is numbered on behind its changes.
        """
        self.settle()
        entry = self._entries.get(proposal_id)
        if entry is None:
            return False
        documents = entry.documents()
        if path in entry.hunks:
            self._replace(entry, entry.without(path, number))
        self._show(document.uri for document in documents)
        return True

    def changed(self, uri: str) -> None:
        """A document was opened, changed or closed: the proposals follow once the loop's turn is over.

        Many changes in one turn thus cost as much as one.
        """
        if not self._entries:
            return
        if not self._dirty:
            asyncio.get_running_loop().call_soon(self.settle)
        self._dirty[key(uri)] = uri

    def deleted(self, uri: str) -> None:
        """A file, or a folder with all that is in it, is gone: tell whose proposals had to do with it."""
        self.settle()
        gone = key(uri).rstrip("/") + "/"
        for entry in self._entries.values():
            lost = [
                FileConflict(change.path, None, "was deleted meanwhile")
                for change in entry.proposal.changes
                if change.base is not None
                and change.proposed is not None
                and (entry.places.name(change.path) + "/").startswith(gone)
            ]
            self._tell(entry, lost)

    def settle(self) -> None:
        """Let the proposals follow all documents that were changed since."""
        dirty, self._dirty = self._dirty, {}
        if not dirty:
            return
        self._done.clear()
        concerned = set(dirty.values())
        for entry in list(self._entries.values()):
            places, changes = entry.places, entry.proposal.changes
            paths = [change.path for change in changes if places.name(change.path) in dirty]
            if paths or entry.deleted():
                self._tell(entry, self._follow(entry, paths))
            if paths or places.name(places.asked_path) in dirty:
                concerned |= {document.uri for document in entry.documents()}
        self._show(concerned)

    def actions(self, asked: Asked) -> Iterator[types.CodeAction]:
        """Accept and reject, for the pending changes that the request's range touches."""
        if asked.wants(QUICKFIX):
            self.settle()
            for entry in self._entries.values():
                yield from actions(entry, asked)

    def _follow(self, entry: Waiting, paths: list[str]) -> tuple[FileConflict, ...]:
        targets = [
            change.move_to for change in entry.proposal.changes if change.path in paths and change.move_to
        ]
        documents = {path: document for path in paths if (document := entry.places.document(path))}
        edited = {path: found for path, document in documents.items() if (found := self._edited(document))}
        texts = entry.places.texts([*paths, *targets]) | entry.deleted()
        rebased = follow(entry.proposal, texts, edited)
        self._replace(entry, rebased.proposal)
        return rebased.conflicts

    def _edited(self, document: Document) -> Edited | None:
        """What was done to a document since the last turn, worked out once for all proposals."""
        name = key(document.uri)
        if name not in self._done:
            self._done[name] = document.edited()
        return self._done[name]

    def _replace(self, entry: Waiting, proposal: Proposal) -> None:
        if not proposal.changes:
            self._entries.pop(proposal.id, None)
        elif proposal is not entry.proposal:
            entry.put(proposal)

    def _tell(self, entry: Waiting, conflicts: Iterable[FileConflict]) -> None:
        new = tuple(each for each in conflicts if each not in entry.told)
        entry.told |= {each for each in new if each.line is None}
        if new:
            self._on_conflict(new)

    def _bound(self) -> None:
        asleep = [entry for entry in self._entries.values() if not entry.documents()]
        for entry in asleep[: max(0, len(asleep) - MAX_ASLEEP)]:
            self.drop(entry.proposal.id)
            path = entry.proposal.changes[0].path
            self._on_conflict((FileConflict(path, None, "is not open; its oldest proposal was dropped"),))

    def _show(self, uris: Iterable[str]) -> None:
        for uri in uris:
            document = self._find(uri)
            shown: list[types.Diagnostic] = []
            if document:
                shown += (mark for entry in self._entries.values() for mark in marks(entry, document))
            if shown or key(uri) in self._marked:
                self._publish(uri, document.version if document else None, shown)
            if document and shown:
                document.watch()
                self._marked.add(key(uri))
            else:
                self._marked.discard(key(uri))
                if document:
                    document.unwatch()
