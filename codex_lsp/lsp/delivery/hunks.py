"""The proposals of a session where the texts are: how those that wait follow them, and are shown.

None is lost by what happens to the texts: what conflicts is held and marked, and a file that is closed takes
its part to sleep, without marks, until it is open again or the whole is accepted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

from lsprotocol import types

from codex_lsp.edits import EditError
from codex_lsp.lsp.delivery.marks import Waiting, marks
from codex_lsp.lsp.documents import Document, key
from codex_lsp.lsp.places import Places
from codex_lsp.review.follow import Edited, FileConflict
from codex_lsp.review.proposal import Proposal
from codex_lsp.review.store import Item, Store, hunks_of

# Of those that no open document shows, so many are kept; the oldest goes, and that is told.
MAX_ASLEEP = 50

Find = Callable[[str], Document | None]

Publish = Callable[[str, int | None, list[types.Diagnostic]], None]
OnConflict = Callable[[tuple[FileConflict, ...]], None]


class PendingHunks:
    """The proposals of a session, by id, and where their files are."""

    def __init__(self, find: Find, publish: Publish, on_conflict: OnConflict) -> None:
        self._find = find
        self._publish = publish
        self._on_conflict = on_conflict
        self._store = Store()
        self._places: dict[str, Places] = {}
        self._dirty: dict[str, str] = {}
        self._marked: set[str] = set()
        self._done: dict[str, Edited | None] = {}

    def add(self, proposal: Proposal, places: Places, *, sent: bool = False) -> tuple[FileConflict, ...]:
        """Keep a proposal and show its changes; returns where it conflicts with the texts as they are.

        Nothing waits of what the texts have already; if it was `sent`, they have it from there, and it can be
        taken back. What waits under the same id is replaced by it.
        """
        self.settle()
        self._done.clear()
        item, self._places[proposal.id] = self._store.add(proposal), places
        entry = Waiting(item, places)
        documents = entry.documents()
        conflicts = self._follow(entry, [change.path for change in proposal.changes], record=sent)
        self._show(document.uri for document in documents)
        self._bound()
        return conflicts

    def applied(self, proposal: Proposal, places: Places) -> None:
        """Remember that all of a proposal was put into the texts, so that it can be taken back.

        What still waits under its id is an older one's, such as lines that could not be taken back.
        """
        self.withdraw(proposal.id)
        self._places[proposal.id] = places
        self._store.applied(proposal)
        self._prune()

    def ended(self, proposal_id: str) -> None:
        """What was taken needs nothing more: the texts had it already."""
        self._store.ended(proposal_id)
        self._prune()

    def withdraw(self, proposal_id: str) -> bool:
        """Let nothing of a proposal wait any more, since another one comes in its place; whether it did.

        What was accepted of it can still be taken back.
        """
        return self._end(proposal_id, self._store.withdraw)

    def take(self, proposal_id: str) -> tuple[Proposal, Places] | None:
        """Take what waits of a proposal, as it stands on the current texts, with its places, to deliver it.

        None if nothing waits. What becomes of it is told by `applied`, `add` or `ended`.
        """
        self.settle()
        entry = self._entry(proposal_id)
        documents = entry.documents() if entry else []
        proposal = self._store.take(proposal_id)
        self._show(document.uri for document in documents)
        return (proposal, entry.places) if entry and proposal else None

    def get(self, proposal_id: str) -> Proposal | None:
        """What waits of a proposal, as it stands on the current texts; None if nothing does."""
        self.settle()
        entry = self._entry(proposal_id)
        return entry.proposal if entry else None

    def places(self, proposal_id: str) -> Places | None:
        """Where the files of a proposal are, whether anything of it waits or not."""
        return self._places.get(proposal_id)

    def ids(self) -> list[str]:
        """The ids of all that wait."""
        self.settle()
        return [item.proposal.id for item in self._store.waiting()]

    def report(self) -> list[dict[str, Any]]:
        """How all of them stand, those that can only be taken back included; for `codexLsp.status`."""
        self.settle()
        return [_report(item, self._places[item.proposal.id]) for item in self._store.items.values()]

    def drop(self, proposal_id: str) -> bool:
        """Reject all that waits of a proposal; whether anything did."""
        return self._end(proposal_id, self._store.reject)

    def _end(self, proposal_id: str, end: Callable[[str], bool]) -> bool:
        entry = self._entry(proposal_id)
        documents = entry.documents() if entry else []
        ended = end(proposal_id)
        self._show(document.uri for document in documents)
        self._prune()
        return ended

    def reject(self, proposal_id: str, path: str, number: int | None) -> bool:
        """Drop one change of a proposal, by its number in its file; whether there was one.

        What is held of the file is numbered on behind its changes; None is all of the file.
        """
        self.settle()
        entry = self._entry(proposal_id)
        if entry is None:
            return False
        documents = entry.documents()
        rejected = entry.item.reject(path, number)
        self._show(document.uri for document in documents)
        return rejected

    def undo(self, proposal_id: str | None) -> tuple[Proposal, Places] | None:
        """What takes back what was accepted of a proposal, or of the last one, or brings it back after that.

        None if there is no such proposal, or the texts are already so. The last one is the last that is still
        in the texts: what the editor took back by itself is done with.
        """
        self.settle()
        one = self._store.items.get(proposal_id or "")
        items = self._store.accepted() if proposal_id is None else [one] if one else []
        return next((found for item in items if (found := self._undone(item))), None)

    def _undone(self, item: Item) -> tuple[Proposal, Places] | None:
        places = self._places[item.proposal.id]
        for path in (item.forth if item.undone else item.back).targets():
            places.returned(path)
        paths = item.back.paths() | item.forth.paths()
        proposal = self._store.undo(item, places.texts(paths, closed=True))
        return (proposal, places) if proposal else None

    def changed(self, uri: str) -> None:
        """A document was opened, changed or closed: the proposals follow once the loop's turn is over.

        Many changes in one turn thus cost as much as one.
        """
        if not self._store.items:
            return
        if not self._dirty:
            asyncio.get_running_loop().call_soon(self.settle)
        self._dirty[key(uri)] = uri

    def deleted(self, uri: str) -> None:
        """A file, or a folder with all that is in it, is gone: tell whose proposals had to do with it."""
        self.settle()
        gone = key(uri).rstrip("/") + "/"
        for entry in self._entries():
            lost = [
                FileConflict(change.path, None, "was deleted meanwhile")
                for change in entry.proposal.changes
                if change.base is not None
                and change.proposed is not None
                and (entry.places.name(change.path) + "/").startswith(gone)
            ]
            self._tell([each for each in lost if each not in entry.item.told])
            entry.item.told.update(lost)

    def settle(self) -> None:
        """Let the proposals follow all documents that were changed since."""
        dirty, self._dirty = self._dirty, {}
        # No message tells of a file that was deleted as proposed.
        if not dirty and not any(entry.deleted() for entry in self._entries()):
            return
        self._done.clear()
        concerned = set(dirty.values())
        for entry in self._entries():
            places, changes = entry.places, entry.proposal.changes
            paths = [change.path for change in changes if places.name(change.path) in dirty]
            if paths or places.name(places.asked_path) in dirty or entry.deleted():
                concerned |= {document.uri for document in entry.documents()}
            if paths or entry.deleted():
                self._tell(self._follow(entry, paths))
        self._show(concerned)

    def waiting(self) -> list[Waiting]:
        """All that wait, with where their files are."""
        self.settle()
        return self._entries()

    def _entries(self) -> list[Waiting]:
        return [Waiting(item, self._places[item.proposal.id]) for item in self._store.waiting()]

    def _entry(self, proposal_id: str) -> Waiting | None:
        item = self._store.items.get(proposal_id)
        return Waiting(item, self._places[proposal_id]) if item and item.waits else None

    def _follow(self, entry: Waiting, paths: list[str], *, record: bool = True) -> tuple[FileConflict, ...]:
        targets = [
            change.move_to for change in entry.proposal.changes if change.path in paths and change.move_to
        ]
        documents = {path: document for path in paths if (document := entry.places.document(path))}
        edited = {path: found for path, document in documents.items() if (found := self._edited(document))}
        texts = entry.places.texts([*paths, *targets]) | entry.deleted()
        conflicts = self._store.follow(entry.item, texts, edited, record=record)
        self._prune()
        return conflicts

    def _edited(self, document: Document) -> Edited | None:
        """What was done to a document since the last turn, worked out once for all proposals."""
        name = key(document.uri)
        if name not in self._done:
            self._done[name] = document.edited()
        return self._done[name]

    def _tell(self, conflicts: Iterable[FileConflict]) -> None:
        if new := tuple(conflicts):
            self._on_conflict(new)

    def _bound(self) -> None:
        asleep = [entry for entry in self._entries() if not entry.documents()]
        for entry in asleep[: max(0, len(asleep) - MAX_ASLEEP)]:
            path = entry.proposal.changes[0].path
            self._store.reject(entry.proposal.id)
            self._prune()
            self._tell((FileConflict(path, None, "is not open; its oldest proposal was dropped"),))

    def _prune(self) -> None:
        for name in self._places.keys() - self._store.items.keys():
            del self._places[name]

    def _show(self, uris: Iterable[str]) -> None:
        entries = self._entries()
        for uri in uris:
            document = self._find(uri)
            shown = [mark for entry in entries for mark in marks(entry, document)] if document else []
            if shown or key(uri) in self._marked:
                self._publish(uri, document.version if document else None, shown)
            if document and shown:
                document.watch()
                self._marked.add(key(uri))
            else:
                self._marked.discard(key(uri))
                if document:
                    document.unwatch()


def _report(item: Item, places: Places) -> dict[str, Any]:
    files = [
        {
            "path": each.path,
            "uri": _uri(places, each.path),
            "kind": each.kind,
            "waiting": len(hunks_of(each)) or int(not each.is_content_only),
            "conflicts": len(each.held),
            "confirm": places.why_guarded(item.proposal, each),
        }
        for each in item.proposal.changes
    ]
    return {
        "proposal": item.proposal.id,
        "state": item.state,
        "summary": item.proposal.summary,
        "files": files,
        "canUndo": bool(item.back) or item.undone,
    }


def _uri(places: Places, path: str) -> str | None:
    try:
        return places.uri(path)
    except EditError:
        return None
