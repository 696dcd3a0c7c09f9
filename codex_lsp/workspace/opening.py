"""Open files that somebody else may swap at any moment: plain files only, and no link on the way.

What was checked and what is opened are the same: each folder is opened in the one before it, and none of them
may be a link, so a link that comes between the check and the use leads nowhere. A pipe is never waited for.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

_SAFE = sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_CLOEXEC"))
_FOLDER = getattr(os, "O_PATH", os.O_RDONLY) | getattr(os, "O_DIRECTORY", 0) | _SAFE
_FILE = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | _SAFE
WALKS = os.open in os.supports_dir_fd


class NotPlain(OSError):
    """It is no plain file: a folder, a pipe, a device, a link that came since it was looked for."""


def read_plain(file: str | Path, most: int) -> bytes | None:
    """At most `most` bytes of a plain file, a link to one included; None if there is none to be read."""
    try:
        descriptor = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    except (OSError, ValueError):
        return None
    try:
        return _read(descriptor, most) if stat.S_ISREG(os.fstat(descriptor).st_mode) else None
    except OSError:
        return None
    finally:
        os.close(descriptor)


def read_below(folder: str | Path, parts: Sequence[str], most: int) -> bytes:
    """At most `most` bytes of a plain file below a folder, by the names on the way to it; no link counts.

    Raises `NotPlain`, `FileNotFoundError`, `NotADirectoryError` or another `OSError`.
    """
    with open_below(folder, parts) as descriptor:
        return _read(descriptor, most)


@contextmanager
def open_below(folder: str | Path, parts: Sequence[str]) -> Iterator[int]:
    """The same file, open to be read: its descriptor."""
    with folder_below(folder, parts[:-1]) as (at, inside):
        place = os.path.join(inside, parts[-1])  # noqa: PTH118
        # To open a device may already do something.
        if not stat.S_ISREG(os.stat(place, dir_fd=at, follow_symlinks=False).st_mode):
            raise NotPlain(f"{parts[-1]} is no plain file")
        descriptor = os.open(place, _FILE, dir_fd=at)
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise NotPlain(f"{parts[-1]} is no plain file")
            yield descriptor
        finally:
            os.close(descriptor)


@contextmanager
def folder_below(
    folder: str | Path, parts: Sequence[str], *, made: list[tuple[str, ...]] | None = None
) -> Iterator[tuple[int | None, str]]:
    """A folder below another one, open: its descriptor, and what goes before a name in it.

    Where `made` is given, folders that are missing are made, and noted there. Where a system opens nothing by
    descriptors (Windows) the descriptor is None, names are whole paths, and links are looked for one by one.
    """
    if not WALKS:
        yield None, _walked(os.fspath(folder), parts, made)
        return
    at = os.open(folder, _FOLDER & ~getattr(os, "O_NOFOLLOW", 0))
    try:
        for number, part in enumerate(parts, 1):
            if made is not None:
                with suppress(FileExistsError):
                    os.mkdir(part, dir_fd=at)
                    made.append(tuple(parts[:number]))
            below = os.open(part, _FOLDER, dir_fd=at)
            os.close(at)
            at = below
        yield at, ""
    finally:
        os.close(at)


@contextmanager
def entries_below(folder: str | Path, parts: Sequence[str]) -> Iterator[Iterator[os.DirEntry[str]]]:
    """What is in a folder below another one, to which no link leads; raises `OSError`."""
    with folder_below(folder, parts) as (at, inside):
        if at is None:
            with os.scandir(inside) as entries:
                yield entries
            return
        # One that was opened for its path alone cannot be listed.
        descriptor = os.open(".", os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=at)
        try:
            with os.scandir(descriptor) as entries:
                yield entries
        finally:
            os.close(descriptor)


def _walked(place: str, parts: Sequence[str], made: list[tuple[str, ...]] | None) -> str:
    for number, part in enumerate(parts, 1):
        place = os.path.join(place, part)  # noqa: PTH118
        if made is not None and not os.path.lexists(place):
            os.mkdir(place)  # noqa: PTH102
            made.append(tuple(parts[:number]))
        if os.path.realpath(place) != os.path.abspath(place):  # noqa: PTH100
            raise NotADirectoryError(f"{part} is a link")
    return place


def _read(descriptor: int, most: int) -> bytes:
    with os.fdopen(descriptor, "rb", closefd=False) as opened:
        return opened.read(most)
