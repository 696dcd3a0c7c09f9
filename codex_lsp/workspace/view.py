"""What one run may see of its workspace: the root, without secrets and without what ignore files hide."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from codex_lsp.edits.errors import PathRejected
from codex_lsp.edits.paths import normalise
from codex_lsp.workspace.policy import Root, kept_out

if TYPE_CHECKING:
    from codex_lsp.workspace.ignore import Ignore


class View:
    """One run's sight. Ignore files are read once, when they are needed; nothing walks.

    `allowed` are paths that the person asked about: they are seen whatever hides them.
    """

    def __init__(self, root: Root | None, *, hides: bool = True) -> None:
        self.root = root
        self.allowed: set[str] = set()
        self._hides = hides
        self._ignore: Ignore | None = None
        self._known: dict[tuple[str, bool], str] = {}

    @property
    def ignore(self) -> Ignore:
        """The ignore files of the root; there must be one."""
        assert self.root is not None
        if self._ignore is None:
            # With the first look, not at the server's start.
            from codex_lsp.workspace.ignore import Ignore

            self._ignore = Ignore(self.root.folder)
        return self._ignore

    def why_not(self, path: str, *, folder: bool = False) -> str:
        """Why a path, normalised, is not to be seen; "" if it may be. It need not exist.

        A link's target counts, too, as does the way there.
        """
        if path in self.allowed:
            return ""
        known = self._known.get((path, folder))
        if known is None:
            known = self._known[path, folder] = self._why_not(path, folder)
        return known

    def require(self, path: str, *, folder: bool = False) -> None:
        """Raises `PathRejected` for what is not to be seen."""
        if reason := self.why_not(normalise(path), folder=folder):
            raise PathRejected(reason, path=path)

    def why_hidden(self, target: str) -> str:
        """The same by ignore files alone, of where a path leads: a link may have been swapped since."""
        return _said(self.ignore.why(target)) if self.root is not None and self._hides else ""

    def seen(self, paths: Collection[str]) -> list[str]:
        """Those of the paths that may be seen."""
        return [path for path in paths if not self.why_not(path)]

    def _why_not(self, path: str, folder: bool) -> str:
        try:
            if self.root is None or not self._hides:
                return kept_out(path)
            for each in dict.fromkeys((path, self.root.target(path))):
                if reason := kept_out(each) or _said(self.ignore.why(each, folder=folder)):
                    return reason
        except PathRejected as error:
            return error.reason
        return ""


def _said(file: str) -> str:
    return f"it is hidden from you by {file}." if file else ""
