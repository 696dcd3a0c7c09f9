"""Files for the command line: read a target, write a proposal. The server itself never writes a file."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path

from codex_lsp.edits import Focus
from codex_lsp.edits.text import LineIndex
from codex_lsp.review.proposal import FileChange
from codex_lsp.workspace.policy import Root, confirmation

_TARGET = re.compile(r"(?P<file>.+?):(?P<first>[0-9]+)(?:-(?P<last>[0-9]+))?$")


class FileProblem(Exception):
    """A file cannot be read or written as asked; the message says why."""


@dataclass(frozen=True, slots=True)
class Target:
    """A file and the lines in it that are meant. `path` is relative to `root`."""

    root: Root
    path: str
    text: str
    focus: Focus


def read_target(argument: str) -> Target:
    """Read `FILE[:LINE[-LINE]]`, lines one-based and inclusive; raises `FileProblem`."""
    found = None if Path(argument).exists() else _TARGET.match(argument)
    file = Path(found["file"] if found else argument)
    text = read_text(file)
    file = file.absolute()
    folder = Path.cwd() if file.is_relative_to(Path.cwd()) else file.parent
    path = file.relative_to(folder).as_posix()
    start, end = _span(text, found, argument)
    return Target(Root(folder), path, text, Focus(path, start, end))


def read_text(file: Path) -> str:
    """A file's text, line ends and byte order mark as they are; raises `FileProblem`."""
    try:
        return file.read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise FileProblem(f"There is no file {file}.") from None
    except UnicodeDecodeError as error:
        raise FileProblem(f"{file} is not UTF-8 text (byte {error.start}); it was not touched.") from None
    except OSError as error:
        raise FileProblem(f"{file} cannot be read: {error.strerror}.") from None


def _span(text: str, found: re.Match[str] | None, argument: str) -> tuple[int, int]:
    if found is None:
        return 0, len(text)
    index = LineIndex(text)
    first = int(found["first"])
    last = int(found["last"] or first)
    if not 1 <= first <= last or first > index.line_count:
        raise FileProblem(f"{argument}: the file has lines 1 to {index.line_count}.")
    return index.start(first - 1), index.start(last)


def write_changes(root: Root, changes: Sequence[FileChange]) -> None:
    """Write a proposal to disk: checked whole, written beside its places, then put there file by file.

    Raises `FileProblem` if any file is not any more as the proposal's base, or cannot be written; then
    nothing was changed.
    """
    for change in changes:
        _require_base(root, change)
    with ExitStack() as stack:
        try:
            staged = [each for change in changes for each in _stage(root, change, stack)]
        except OSError as error:
            raise FileProblem(f"{error.filename}: {error.strerror}; nothing was written.") from None
        except UnicodeEncodeError:
            raise FileProblem("The new text has half a surrogate pair; nothing was written.") from None
        for temporary, file in staged:
            temporary.replace(file)
        for change in changes:
            if change.move_to or change.proposed is None:
                root.resolve(change.path).unlink()


def unconfirmed(
    root: Root, changes: Sequence[FileChange], confirmed: Iterable[str], own: str = ""
) -> dict[str, str]:
    """The files that a person must confirm by themselves and did not, and why.

    `own` is the file in which they asked. Nothing but its very path confirms a file.
    """
    left = {}
    for change in changes:
        paths = [path for path in (change.path, change.move_to) if path]
        why = confirmation(root, paths, change.base, change.proposed, own=change.path == own)
        if why and change.path not in confirmed:
            left[change.path] = why
    return left


def _require_base(root: Root, change: FileChange) -> None:
    file = root.resolve(change.path)
    now = read_text(file) if file.exists() else None
    if now != change.base:
        raise FileProblem(f"{change.path} was changed meanwhile; nothing was written. Ask again.")
    if change.move_to and root.resolve(change.move_to).exists():
        raise FileProblem(f"{change.move_to} exists already; nothing was written.")


def _stage(root: Root, change: FileChange, stack: ExitStack) -> list[tuple[Path, Path]]:
    """Write a change's text beside its file, with the file's mode; a link stays a link. Undone by `stack`."""
    if change.proposed is None:
        return []
    file = root.resolve(change.move_to or change.path).resolve()
    mode_of = root.resolve(change.path)
    for parent in reversed(file.parents):
        if not parent.exists():
            parent.mkdir()
            stack.callback(_remove_if_empty, parent)
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name[:64]}.")
    temporary = Path(name)
    stack.callback(temporary.unlink, missing_ok=True)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(change.proposed.encode("utf-8"))
        stream.flush()
        os.fsync(stream.fileno())
    temporary.chmod(mode_of.stat().st_mode & 0o7777 if mode_of.exists() else 0o666 & ~_umask())
    return [(temporary, file)]


def _remove_if_empty(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
