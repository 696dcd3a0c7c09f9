"""Which document or file a workspace-relative path means, and what stands there now."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from codex_lsp.agent.overlay import Snapshot
from codex_lsp.edits import EditError
from codex_lsp.edits.errors import FileMissing, PathRejected
from codex_lsp.edits.paths import normalise
from codex_lsp.lsp.convert import to_path
from codex_lsp.lsp.documents import Document, Documents, key
from codex_lsp.review.proposal import FileChange, Proposal
from codex_lsp.workspace.policy import Root, why_named
from codex_lsp.workspace.steering import why_steering

# What tells the language of a text that is in no file; whoever reads the path knows it by its end.
_SUFFIXES = {
    "python": ".py",
    "javascript": ".js",
    "typescript": ".ts",
    "json": ".json",
    "markdown": ".md",
    "r": ".r",
    "julia": ".jl",
    "sql": ".sql",
}


class Places:
    """The documents of one run by path: the one asked about, and all open ones under its root.

    A document outside every root, or one that is no file, is known by its last name alone. Files that are
    renamed keep the path by which the run knows them; their URI is the new one.

    `unseen` are the paths of files that the editor said it changed, and that it never showed: what they hold
    is not known until they are open.
    """

    def __init__(self, documents: Documents, roots: Sequence[Root], asked: Document) -> None:
        self._documents = documents
        self.root, self.asked_path = _place(asked, roots)
        self.unseen: set[str] = set()
        self._uris = {self.asked_path: asked.uri}
        for document in documents.open_documents():
            # One whose name no path may have is not the run's business.
            with suppress(PathRejected):
                if self.root and (path := _relative(document, self.root)) and path not in self._uris:
                    self._uris[path] = document.uri
        self._opened = set(self._uris)
        documents.followers.add(self)

    def snapshots(self) -> dict[str, Snapshot]:
        """What all of them hold at this moment."""
        found = {path: self._documents.find(uri) for path, uri in self._uris.items()}
        return {
            path: Snapshot(path, document.source, document.version, document.language_id or "")
            for path, document in found.items()
            if document is not None
        }

    def uri(self, path: str) -> str:
        """The URI of a path, open or not; raises `PathRejected` or `FileMissing`."""
        if path not in self._uris:
            self._uris[path] = self._file(path).as_uri()
        document = self._documents.find(self._uris[path])
        return document.uri if document else self._uris[path]

    def name(self, path: str) -> str:
        """What all spellings of the path's URI share; the path itself if it has no place."""
        try:
            return key(self.uri(path))
        except EditError:
            return path

    def document(self, path: str) -> Document | None:
        """The open document of a path, or None."""
        document = self._documents.find(self.name(path))
        if document:
            self._opened.add(path)
            self.unseen.discard(path)
        return document

    def texts(self, paths: Iterable[str], *, closed: bool = False) -> dict[str, str | None]:
        """The texts as they are now: in the editor, or else on disk; None for a file that is gone.

        Left out is what nobody can tell: a file that cannot be read, or that the editor changed unseen. So is
        what was open and is not any more, unless `closed` says that the disk counts for it.
        """
        found: dict[str, str | None] = {}
        for path in paths:
            try:
                if document := self.document(path):
                    found[path] = document.source
                elif path not in self._uris and self.root is None:
                    found[path] = None
                elif (closed or path not in self._opened) and path not in self.unseen:
                    found[path] = self.on_disk(path)
            except (EditError, OSError):
                continue
        return found

    def on_disk(self, path: str) -> str | None:
        """The file's text on disk; None if there is none; raises `EditError` or `OSError`."""
        try:
            root, relative = self._rooted(path)
            return root.read(relative)
        except (FileNotFoundError, NotADirectoryError):
            return None

    def occupied(self, path: str) -> bool:
        """Whether anything is there already: an open document, a file, a folder, a link to nowhere."""
        return self.document(path) is not None or os.path.lexists(to_path(self.uri(path)) or "")

    def require_inside(self, path: str) -> None:
        """Raises `PathRejected` or `FileMissing` if the path names no file of the workspace.

        The document that was asked about may be anywhere.
        """
        if path != self.asked_path:
            self._file(path)

    def why_confirm(self, change: FileChange) -> str:
        """What the file does that the person must confirm its change by itself; "" if they need not."""
        for path in filter(None, (change.path, change.move_to)):
            try:
                root, relative = self._rooted(path)
            except FileMissing:
                why = why_named(None, path)
            except PathRejected as error:
                why = error.reason.rstrip(".")
            else:
                why = why_named(root, relative, own=path == self.asked_path)
            if why:
                return why
        if change.proposed is None:
            return ""
        return why_steering(change.move_to or change.path, change.base or "", change.proposed)

    def guarded(self, proposal: Proposal) -> dict[str, str]:
        """Why the person must confirm them by themselves, by the paths of the changes of which that holds.

        What they accepted before comes back, or goes again, without being asked about once more.
        """
        whys = {each.path: self.why_guarded(proposal, each) for each in proposal.changes}
        return {path: why for path, why in whys.items() if why}

    def why_guarded(self, proposal: Proposal, change: FileChange) -> str:
        """The same of one change of the proposal; "" if it need not be confirmed."""
        return "" if proposal.undoes or proposal.redoes else self.why_confirm(change)

    def renamed(self, old_uri: str, new_uri: str) -> None:
        """Follow a file, or what is in a folder, to its new name."""
        old, new = key(old_uri).rstrip("/"), new_uri.rstrip("/")
        for path, uri in self._uris.items():
            if key(uri) == old:
                self._uris[path] = new
            elif key(uri).startswith(old + "/"):
                self._uris[path] = new + quote(key(uri)[len(old) :])

    def returned(self, path: str) -> None:
        """Let a path mean its own place again, whose file has moved away from it."""
        with suppress(EditError):
            if path in self._uris and self.root and self.root.resolve(path).as_uri() != self._uris[path]:
                del self._uris[path]
                self._opened.discard(path)

    def _file(self, path: str) -> Path:
        root, relative = self._rooted(path)
        return root.resolve(relative)

    def _rooted(self, path: str) -> tuple[Root, str]:
        """The root and the path in it, by the URI that the path has now."""
        if path not in self._uris:
            if self.root is None:
                raise FileMissing("there is no workspace folder that it could be in.", path=path)
            return self.root, path
        file = to_path(self._uris[path])
        if file is None:
            raise FileMissing("it is no file that could be read.", path=path)
        if self.root and (relative := self.root.relative(file)):
            return self.root, relative
        if path == self.asked_path and self.root is None:
            return Root(file.parent), file.name
        raise PathRejected("it is outside of the workspace now.", path=path)


def _place(document: Document, roots: Sequence[Root]) -> tuple[Root | None, str]:
    for root in roots:
        if path := _relative(document, root):
            return root, path
    file = to_path(document.uri)
    name = file.name if file else document.uri.rsplit("/", 1)[-1].rsplit(":", 1)[-1]
    suffix = "" if file else _SUFFIXES.get(document.language_id or "", "")
    try:
        return None, normalise(name if not name or name.endswith(suffix) else name + suffix)
    except PathRejected:
        return None, f"unnamed{suffix}"


def _relative(document: Document, root: Root) -> str | None:
    file = to_path(document.uri)
    path = root.relative(file) if file else None
    return normalise(path) if path else None
