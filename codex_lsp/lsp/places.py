"""Which document or file a workspace-relative path means, and what stands there now."""

from __future__ import annotations

from collections.abc import Sequence

from codex_lsp.agent.overlay import Snapshot
from codex_lsp.edits import EditError
from codex_lsp.edits.errors import FileMissing
from codex_lsp.edits.paths import normalise
from codex_lsp.lsp.convert import to_path
from codex_lsp.lsp.documents import Document, Documents
from codex_lsp.workspace.policy import Root


class Places:
    """The documents of one run by path: the one asked about, and all open ones under its root.

    A document outside every root, or one that is no file, is known by its last name alone.
    """

    def __init__(self, documents: Documents, roots: Sequence[Root], asked: Document) -> None:
        self._documents = documents
        self.root, self.asked_path = _place(asked, roots)
        self._uris = {self.asked_path: asked.uri}
        for document in documents.open_documents():
            if self.root and (path := _relative(document, self.root)) and path not in self._uris:
                self._uris[path] = document.uri

    def snapshots(self) -> dict[str, Snapshot]:
        """What all of them hold at this moment."""
        found = {path: self._documents.find(uri) for path, uri in self._uris.items()}
        return {
            path: Snapshot(path, document.source, document.version, document.language_id or "")
            for path, document in found.items()
            if document is not None
        }

    def uri(self, path: str) -> str:
        """The URI of a path, open or not; raises `PathRejected`."""
        if path in self._uris:
            return self._uris[path]
        if self.root is None:
            raise FileMissing("there is no workspace folder that it could be in.", path=path)
        return self.root.resolve(path).as_uri()

    def document(self, path: str) -> Document | None:
        """The open document of a path, or None."""
        return self._documents.find(self.uri(path))

    def text(self, path: str) -> str | None:
        """The text as it is now, in the editor or else on disk; None if it cannot be had."""
        try:
            if document := self.document(path):
                return document.source
            return self.root.read(path) if self.root and path not in self._uris else None
        except (EditError, OSError):
            return None


def _place(document: Document, roots: Sequence[Root]) -> tuple[Root | None, str]:
    for root in roots:
        if path := _relative(document, root):
            return root, path
    file = to_path(document.uri)
    return None, normalise(file.name if file else document.uri.rsplit("/", 1)[-1].rsplit(":", 1)[-1])


def _relative(document: Document, root: Root) -> str | None:
    file = to_path(document.uri)
    path = root.relative(file) if file else None
    return normalise(path) if path else None
