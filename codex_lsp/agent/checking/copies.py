"""A throw-away copy of a workspace, for programs that nobody vouches for."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Mapping
from pathlib import Path

from codex_lsp.edits.paths import normalise
from codex_lsp.workspace.ignore import Ignore
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
        left -= _copy_file(folder / path, target / path, left, made)
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


def _copy_file(source: Path, target: Path, left: int, made: set[Path]) -> int:
    try:
        size = source.lstat().st_size
        if size > left:
            return size
        if target.parent not in made:
            target.parent.mkdir(parents=True, exist_ok=True)
            made.add(target.parent)
        shutil.copy(source, target, follow_symlinks=False)
    except (FileNotFoundError, PermissionError):
        # Gone since, or not for us: then not for what is run here, either.
        return 0
    return size


def _copy_mode(source: Path, target: Path) -> None:
    if source.is_file():
        shutil.copymode(source, target)
