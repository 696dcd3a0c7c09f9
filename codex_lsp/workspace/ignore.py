"""What ignore files hide: git's, and those that people write for agents. Each is read once, when needed.

Git's own rules (`.gitignore` of every folder above a path, `info/exclude` below them) decide together, the
nearest first; each kind of the others decides in the same way for itself. A path is hidden if one of them
hides it; so is what is in a hidden folder.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TypeAlias

from codex_lsp.records import record
from codex_lsp.workspace.globs import as_bytes
from codex_lsp.workspace.opening import read_plain
from codex_lsp.workspace.policy import repository
from codex_lsp.workspace.rules import MAX_BYTES, Rules, TooMany, read_rules

GIT = ".gitignore"
NAMES = (GIT, ".aiignore", ".aiexclude", ".cursorignore", ".geminiignore", ".codexignore")
# A path, no more: what `.git` and `commondir` hold where they are files.
MAX_POINTER = 8_192
# Of all ignore files together; those beyond hide everything in their folders.
MAX_ALL = 1_000_000


@record(frozen=True, slots=True)
class _File:
    """An ignore file: where its paths begin, what it is called, and its rules; None hides everything."""

    start: int
    name: str
    rules: Rules | None


Kinds: TypeAlias = tuple[tuple[_File, ...], ...]


@record(frozen=True, slots=True)
class Folder:
    """What holds in one folder. `path` is relative to the top, with a slash at its end; "" is the top.

    `hidden` is the ignore file that hides the folder, or "". `kinds` are the files of each kind in
    `NAMES`, nearest first.
    """

    path: str
    hidden: str
    kinds: Kinds

    def why(self, name: str, *, folder: bool) -> str:
        """The ignore file that hides what is called `name` in this folder; "" if none does."""
        if self.hidden:
            return self.hidden
        name = as_bytes(name)
        path = as_bytes(self.path) + name
        for files in self.kinds:
            for file in files:
                hides = (
                    True if file.rules is None else file.rules.hide(path[file.start :], name, folder=folder)
                )
                if hides:
                    return file.name
                if hides is not None:
                    break
        return ""


class Ignore:
    """The ignore files of a workspace folder, and of the repository that it is in."""

    def __init__(self, folder: Path) -> None:
        self._top, self._prefix = repository(folder)
        self._folders: dict[str, Folder] = {}
        self._left = MAX_ALL
        if self._prefix and self._at(self._prefix).hidden:
            # Somebody works in a folder that the repository around it ignores.
            self._top, self._prefix = folder, ""
            self._folders.clear()

    def why(self, path: str, *, folder: bool = False) -> str:
        """The ignore file that hides a path relative to the workspace; "" if none does."""
        parent, _, name = path.rpartition("/")
        return self.folder(parent).why(name, folder=folder)

    def folder(self, path: str) -> Folder:
        """What holds in a folder of the workspace; "" is the workspace itself."""
        return self._at(self._prefix + (path + "/" if path else ""))

    def _at(self, path: str) -> Folder:
        found = self._folders.get(path)
        if found is None:
            found = self._folders[path] = self._load(path)
        return found

    def _load(self, path: str) -> Folder:
        if not path:
            below: Kinds = (self._exclude(), *((),) * (len(NAMES) - 1))
            return Folder("", "", _joined(self._own(""), below))
        head, _, name = path[:-1].rpartition("/")
        parent = self._at(head + "/" if head else "")
        hidden = parent.why(name, folder=True)
        return Folder(path, hidden, () if hidden else _joined(self._own(path), parent.kinds))

    def _own(self, path: str) -> list[_File | None]:
        """The ignore files in the folder itself, one for each of `NAMES`."""
        found: list[_File | None] = []
        folder = f"{self._top}/{path}"
        for name in NAMES:
            data = read_plain(folder + name, MAX_BYTES + 1)
            found.append(None if data is None else _File(len(as_bytes(path)), path + name, self._rules(data)))
        return found

    def _exclude(self) -> tuple[_File, ...]:
        data = read_plain(_git_folder(self._top) / "info" / "exclude", MAX_BYTES + 1)
        return () if data is None else (_File(0, ".git/info/exclude", self._rules(data)),)

    def _rules(self, data: bytes) -> Rules | None:
        self._left -= len(data)
        try:
            return Rules(read_rules(data)) if self._left >= 0 else None
        except TooMany:
            return None


def _joined(own: list[_File | None], above: Kinds) -> Kinds:
    return tuple((file, *files) if file else files for file, files in zip(own, above, strict=True))


def _git_folder(top: Path) -> Path:
    """Where git keeps what all worktrees of a repository share."""
    git = top / ".git"
    pointer = read_plain(git, MAX_POINTER)
    if pointer is None:
        return git
    found = top / os.fsdecode(pointer.removeprefix(b"gitdir:").strip())
    common = read_plain(found / "commondir", MAX_POINTER)
    return found if common is None else found / os.fsdecode(common.strip())
