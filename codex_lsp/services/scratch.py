"""Folders for the length of one piece of work, in the user's state folder; nobody else's, and gone with it.

A service that is killed leaves them. Each is locked by whoever works in it, and a lock ends with its holder:
the next service of the kind sweeps up what nobody holds.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from codex_lsp import state
from codex_lsp.endpoint.locks import lock

# Until it is locked it has another name, which is swept up late.
_NEW, _NEW_SECONDS = "new-", 3600.0


@contextmanager
def folder(kind: str) -> Iterator[Path]:
    """A new one, empty; gone afterwards. Raises `OSError`."""
    place = state.private(state.folder(kind))
    name = secrets.token_hex(8)
    new, made = place / f"{_NEW}{name}", place / name
    new.mkdir(mode=0o700)
    held = os.open(new, os.O_RDONLY)
    try:
        lock(held)
        new.rename(made)
        yield made
    finally:
        remove(made)
        os.close(held)


async def clear(folder: Path) -> None:
    """Remove it early, on a thread: it may hold very many files."""
    await asyncio.shield(asyncio.to_thread(remove, folder))


def sweep(kind: str) -> None:
    """Remove those of services that are no more."""
    with suppress(OSError):
        for left in state.folder(kind).iterdir():
            with suppress(OSError):
                _sweep(left)


def _sweep(left: Path) -> None:
    held = os.open(left, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_DIRECTORY", 0))
    try:
        settled = not left.name.startswith(_NEW) or time.time() - os.fstat(held).st_mtime > _NEW_SECONDS
        if settled and lock(held):
            remove(left)
    finally:
        os.close(held)


def remove(folder: Path) -> None:
    """Remove a folder whose owner may have forbidden it."""
    for at, names, _ in os.walk(folder):
        for name in names:
            inside = Path(at, name)
            if not inside.is_symlink():
                with suppress(OSError):
                    inside.chmod(0o700)
    shutil.rmtree(folder, ignore_errors=True)
