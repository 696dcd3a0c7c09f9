"""The files of a request, put into a folder, and what became of them there."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from codex_lsp.edits.errors import PathRejected
from codex_lsp.edits.paths import normalise
from codex_lsp.records import record
from codex_lsp.services.errors import unprocessable

LARGEST = 4 * 1024 * 1024
MOST = 20_000

# Where Codex would look for settings, programs to run and words to follow; it makes these itself, empty.
KEPT_OUT = frozenset({".git", ".codex", ".agents", ".aws"})
# What tools leave behind.
LEAVINGS = frozenset(
    {"__pycache__", ".pytest_cache", ".mypy_cache", ".ruff_cache", ".hypothesis", "node_modules", ".venv"}
)
_LEAVINGS_ENDS = (".pyc", ".pyo", ".orig", ".rej", ".swp")


@record(frozen=True, slots=True)
class Change:
    """One file, as `edits.formats.patch_render` wants it."""

    path: str
    base: str | None
    proposed: str | None
    move_to: str | None = None


@record(frozen=True, slots=True)
class Difference:
    """The changes in the order of their paths, and what cannot be told in a patch, each with its reason."""

    changes: tuple[Change, ...]
    left_out: tuple[str, ...]


def lay_out(files: Mapping[str, str], folder: Path) -> dict[str, str]:
    """Write the files, without those that would steer Codex; returns what was written, clean path → text.

    Raises `ApiError` 422 for a path that cannot be one.
    """
    laid: dict[str, str] = {}
    for path, text in files.items():
        try:
            clean = normalise(path)
            if not KEPT_OUT.isdisjoint(clean.casefold().split("/")):
                continue
            place = folder / clean
            place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with os.fdopen(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
                stream.write(text.encode())
        except PathRejected as error:
            raise unprocessable(f"codex_agent.workspace: {error}") from None
        except (OSError, UnicodeEncodeError) as error:
            raise unprocessable(f"codex_agent.workspace: {path!r} cannot be written: {error}.") from None
        laid[clean] = text
    return laid


def compare(before: Mapping[str, str], folder: Path) -> Difference:
    """What was changed in the folder. Nothing is followed out of it, and nothing but text is read."""
    after: dict[str, str] = {}
    odd: dict[str, str] = {}
    for path, entry in _files(folder, before):
        if len(after) + len(odd) >= MOST:
            odd["…"] = f"more than {MOST} files"
            break
        try:
            after[path] = _text(path, entry)
        except (OSError, ValueError) as error:
            odd[path] = str(error)
    changes = [
        Change(path, base, after.get(path))
        for path, base in before.items()
        if path not in odd and after.get(path) != base
    ]
    changes += [Change(path, None, text) for path, text in after.items() if path not in before]
    left_out = tuple(f"{path!r} ({why})" for path, why in sorted(odd.items()))
    return Difference(tuple(sorted(_with_moves(changes), key=lambda change: change.path)), left_out)


def _files(folder: Path, sent: Mapping[str, str]) -> Iterator[tuple[str, os.DirEntry[str]]]:
    waiting = [""]
    while waiting:
        below = waiting.pop()
        with os.scandir(folder / below) as entries:
            for entry in entries:
                path = str(PurePosixPath(below, entry.name))
                if entry.is_dir(follow_symlinks=False):
                    if entry.name not in KEPT_OUT and (entry.name not in LEAVINGS or _holds(sent, path)):
                        waiting.append(path)
                elif path in sent or not entry.name.endswith(_LEAVINGS_ENDS):
                    yield path, entry


def _holds(sent: Mapping[str, str], folder: str) -> bool:
    return any(path.startswith(folder + "/") for path in sent)


def _text(path: str, entry: os.DirEntry[str]) -> str:
    """The file's text; raises `ValueError` that says why it has none that could be told."""
    try:
        clean = normalise(path)
    except PathRejected:
        clean = ""
    if clean != path:
        raise ValueError("its name is none for a file")
    if entry.is_symlink():
        raise ValueError("a link")
    with os.fdopen(os.open(entry.path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb") as stream:
        status = os.fstat(stream.fileno())
        if not stat.S_ISREG(status.st_mode) or status.st_nlink != 1:
            raise ValueError("not a plain file")
        if status.st_size > LARGEST:
            raise ValueError("too large")
        data = stream.read(LARGEST + 1)
    if b"\0" in data:
        raise ValueError("not text")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise ValueError("not UTF-8") from None


def _with_moves(changes: list[Change]) -> list[Change]:
    """A file that went and one that came with the same text are one that was moved."""
    came = {change.proposed: change for change in changes if change.base is None}
    moved = {}
    for change in changes:
        if change.base and change.proposed is None and change.base in came:
            moved[change.path] = came.pop(change.base).path
    targets = set(moved.values())
    return [
        Change(change.path, change.base, change.base, moved[change.path]) if change.path in moved else change
        for change in changes
        if change.path not in targets
    ]
