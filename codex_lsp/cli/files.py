"""Files for the command line: read a target, write a proposal. The server itself never writes a file."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from codex_lsp.edits import Focus
from codex_lsp.edits.text import LineIndex
from codex_lsp.review.proposal import FileChange
from codex_lsp.workspace.policy import Root

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
    """Write a proposal to disk: checked whole before the first byte, each file replaced in one step.

    Raises `FileProblem` if any file is not any more as the proposal's base; then nothing was written.
    """
    for change in changes:
        _require_base(root, change)
    for change in changes:
        file = root.resolve(change.path)
        if change.proposed is not None:
            target = root.resolve(change.move_to) if change.move_to else file
            _replace(target, change.proposed.encode("utf-8"))
        if change.move_to or change.proposed is None:
            file.unlink()


def _require_base(root: Root, change: FileChange) -> None:
    file = root.resolve(change.path)
    now = read_text(file) if file.exists() else None
    if now != change.base:
        raise FileProblem(f"{change.path} was changed meanwhile; nothing was written. Ask again.")
    if change.move_to and root.resolve(change.move_to).exists():
        raise FileProblem(f"{change.move_to} exists already; nothing was written.")


def _replace(file: Path, content: bytes) -> None:
    """Write a file so that a crash leaves the old one or the new one, with its mode; a link stays a link."""
    file = file.resolve()
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    temporary = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(file.stat().st_mode & 0o7777 if file.exists() else 0o666 & ~_umask())
        temporary.replace(file)
    except BaseException:
        with suppress(FileNotFoundError):
            temporary.unlink()
        raise


def _umask() -> int:
    current = os.umask(0)
    os.umask(current)
    return current
