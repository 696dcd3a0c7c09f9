"""The files of a workspace folder, one after the other, without what a run may not see.

Links are not followed, so there are no loops; nothing but regular files and folders is looked at.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from codex_lsp.edits.errors import PathRejected
from codex_lsp.edits.paths import is_name
from codex_lsp.records import record
from codex_lsp.workspace.ignore import Folder, Ignore
from codex_lsp.workspace.opening import entries_below
from codex_lsp.workspace.policy import Root, is_secret_folder, is_secret_name, kept_out

# How many entries of a folder come between two looks at the clock.
EACH = 4_096


@record(frozen=True, slots=True)
class Bounds:
    """Where a walk ends: files found, folders deep, seconds."""

    files: int = 200_000
    depth: int = 40
    seconds: float = 10.0


class Walk:
    """Iterates over paths relative to the root, folder by folder, the nearest first, each in order.

    After the end, `cut` says in words why it ended early, or is empty. `stop` is asked now and then.
    """

    def __init__(
        self,
        root: Root,
        ignore: Ignore,
        below: str = "",
        *,
        bounds: Bounds | None = None,
        stop: Callable[[], bool] = lambda: False,
    ) -> None:
        """`below` is a folder's path, "" the root's own; whether it may be seen is the caller's to ask."""
        self.cut = ""
        self._root = root
        self._ignore = ignore
        self._below = below
        self._bounds = bounds or Bounds()
        self._stop = stop
        self._real = "."

    def __iter__(self) -> Iterator[str]:
        self.cut = ""
        bounds, found = self._bounds, 0
        until = time.monotonic() + bounds.seconds
        try:
            self._real = self._root.target(self._below) if self._below else "."
        except PathRejected:
            return
        level = [self._below]
        for _ in range(bounds.depth):
            following: list[str] = []
            for path in level:
                if self._stop():
                    self.cut = "it was stopped"
                    return
                # Whoever else wants to run need not wait until the interpreter takes turns by itself.
                time.sleep(0)
                files, folders = self._folder(path, bounds.files - found, until)
                yield from files[: bounds.files - found]
                found += len(files)
                if found > bounds.files:
                    self.cut = f"there are more than {bounds.files:,} files"
                    return
                if time.monotonic() > until:
                    self.cut = f"the walk took longer than {bounds.seconds:g} s"
                    return
                following += folders
            if not following:
                return
            level = following
        self.cut = f"there are folders more than {bounds.depth} deep"

    def _folder(self, path: str, most: int, until: float) -> tuple[list[str], list[str]]:
        """The files and folders in one folder; of a huge one, not many more files than `most`."""
        prefix = path + "/" if path else ""
        files: list[str] = []
        folders: list[str] = []
        rules = self._ignore.folder(path)
        own = path.rpartition("/")[2].casefold()
        try:
            with entries_below(self._root.resolved, self._parts(path)) as entries:
                for number, entry in enumerate(entries):
                    if len(files) > most or (number % EACH == 0 and time.monotonic() > until):
                        break
                    if entry.is_dir(follow_symlinks=False):
                        if _may_enter(prefix, entry.name, rules):
                            folders.append(prefix + entry.name)
                    elif entry.is_file(follow_symlinks=False) and _may_read(path, own, entry.name, rules):
                        files.append(prefix + entry.name)
        except OSError:
            return [], []
        return sorted(files), sorted(folders)

    def _parts(self, path: str) -> list[str]:
        """The names on the way to a folder, with none of a link among them."""
        real = f"{self._real}/{path.removeprefix(self._below)}"
        return [part for part in real.split("/") if part not in ("", ".")]


def _may_enter(prefix: str, name: str, rules: Folder) -> bool:
    return _has_a_path(prefix, name) and not kept_out(prefix + name) and not rules.why(name, folder=True)


def _may_read(folder: str, above: str, name: str, rules: Folder) -> bool:
    if not _has_a_path(folder, name) or is_secret_name(name) or is_secret_folder((above, name.casefold())):
        return False
    return not rules.why(name, folder=False)


def _has_a_path(folder: str, name: str) -> bool:
    """Whether a path of ours can name it: not if it is not UTF-8, say, or ends in a space."""
    return is_name(name) and (bool(folder) or name[0] != "~")
