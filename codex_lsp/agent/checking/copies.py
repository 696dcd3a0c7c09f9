"""A throw-away copy of a workspace, for programs that nobody vouches for."""

from __future__ import annotations

import os
import shutil
import stat
import threading
from collections.abc import Mapping
from pathlib import Path

from codex_lsp.edits.paths import normalise
from codex_lsp.workspace.ignore import Ignore
from codex_lsp.workspace.opening import NotPlain, open_below
from codex_lsp.workspace.policy import Root
from codex_lsp.workspace.walk import Bounds, Walk

MAX_FILES = 20_000
MAX_BYTES = 256_000_000
MAX_SECONDS = 20.0


class TooLarge(Exception):
    """The workspace is not copied; the message says why, in a few words."""


def copy(folder: Path, target: Path, texts: Mapping[str, str | None], stop: threading.Event) -> None:
    """Copy a workspace without what ignore files hide, links and secrets, and put `texts` in (None: gone).

    Takes long; stands still for nobody, so it belongs on a thread, and ends early once `stop` is set. Raises
    `TooLarge`, and `OSError` for what is not the workspace's fault: no room.
    """
    root = Root(folder)
    bounds = Bounds(files=MAX_FILES, seconds=MAX_SECONDS)
    walk = Walk(root, Ignore(folder), bounds=bounds, stop=stop.is_set)
    left = MAX_BYTES
    made: set[Path] = set()
    for path in walk:
        if path in texts:
            continue
        left -= _copy_file(root, path, target / path, left, made)
        if left < 0:
            raise TooLarge(f"the workspace is larger than {MAX_BYTES // 1_000_000} MB")
    if walk.cut:
        raise TooLarge(walk.cut)
    for path, text in texts.items():
        if text is not None:
            file = target / normalise(path)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(text.encode("utf-8", "surrogatepass"))
            _copy_mode(folder / path, file)


def _copy_file(root: Root, path: str, target: Path, left: int, made: set[Path]) -> int:
    try:
        with open_below(root.resolved, path.split("/")) as descriptor:
            status = os.fstat(descriptor)
            if status.st_size > left:
                return status.st_size
            if target.parent not in made:
                target.parent.mkdir(parents=True, exist_ok=True)
                made.add(target.parent)
            with target.open("wb") as copied, os.fdopen(descriptor, "rb", closefd=False) as source:
                shutil.copyfileobj(source, copied)
            target.chmod(stat.S_IMODE(status.st_mode))
    except (FileNotFoundError, NotADirectoryError, PermissionError, NotPlain):
        # Gone since, or not for us: then not for what is run here, either.
        return 0
    return status.st_size


def _copy_mode(source: Path, target: Path) -> None:
    if source.is_file():
        shutil.copymode(source, target)
