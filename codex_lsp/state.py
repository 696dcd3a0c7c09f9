"""The user's state folder: the only place where the server and the command line write files of their own.

Folders are the user's alone (0700), files too (0600), whatever the umask says.
"""

from __future__ import annotations

import os
from pathlib import Path

_FOLDER, _FILE = 0o700, 0o600
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND
_NEW |= getattr(os, "O_BINARY", 0) | getattr(os, "O_NOFOLLOW", 0)


def folder(*parts: str) -> Path:
    """The state folder, or one below it; it need not exist."""
    import platformdirs

    return Path(platformdirs.user_state_dir("codex-lsp", appauthor=False)).joinpath(*parts)


def private(place: Path) -> Path:
    """`place`, there and nobody else's. Raises `OSError`.

    Folders above it that are missing are made the same way. A folder of somebody else is an error.
    """
    for missing in reversed([each for each in (place, *place.parents) if not each.exists()]):
        missing.mkdir(mode=_FOLDER, exist_ok=True)
    if hasattr(os, "getuid"):
        status = place.stat()
        if status.st_uid != os.getuid():
            raise PermissionError(f"{place} belongs to somebody else")
        if status.st_mode & 0o077:
            place.chmod(_FOLDER)
    return place


def create(path: Path) -> int:
    """A new file in a folder made `private`: a descriptor to write to. Raises `OSError` if there is one."""
    private(path.parent)
    return os.open(path, _NEW, _FILE)


def write(path: Path, data: bytes) -> None:
    """Write a whole file in one step: who reads it sees the old one or the new one. Raises `OSError`."""
    private(path.parent)
    replace(path, data)


def replace(path: Path, data: bytes) -> None:
    """The same in a folder that is what it is."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.unlink(missing_ok=True)
    with os.fdopen(os.open(beside, _NEW, _FILE), "wb") as stream:
        stream.write(data)
    beside.replace(path)
