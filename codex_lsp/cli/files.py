"""Files for the command line: read a target, write a proposal. The server itself never writes a file."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

from codex_lsp.edits import Focus
from codex_lsp.edits.errors import PathRejected
from codex_lsp.edits.paths import normalise
from codex_lsp.edits.text import LineIndex
from codex_lsp.records import record
from codex_lsp.review.proposal import FileChange
from codex_lsp.workspace.opening import NotPlain, folder_below, read_below
from codex_lsp.workspace.policy import Root, confirmation, kept_out, why_named

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL
_NEW |= sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_CLOEXEC", "O_BINARY"))
_TARGET = re.compile(r"(?P<file>.+?):(?P<first>[0-9]+)(?:-(?P<last>[0-9]+))?$")


class FileProblem(Exception):
    """A file cannot be read or written as asked; the message says why."""


@record(frozen=True, slots=True)
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
    if file.exists() and not (file.is_file() or file.is_dir()):
        # A pipe that a repository brings would be waited for.
        raise FileProblem(f"{file} is no plain file.")
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


def write_changes(
    root: Root, changes: Sequence[FileChange], confirmed: Collection[str] = (), own: str = ""
) -> None:
    """Write a proposal to disk: checked whole, written beside its places, then put there file by file.

    Links are followed once, when all is checked; after that a link on the way to a place is an error.
    `confirmed` and `own` are as in `unconfirmed`. Raises `FileProblem` if any file is not any more as the
    proposal's base, leads elsewhere meanwhile, or cannot be written; then nothing was changed.
    """
    with ExitStack() as stack:
        try:
            writes = [_Write(root, change, stack, own) for change in changes]
            _require_confirmed(root, writes, confirmed, own)
            for write in writes:
                write.require_base()
            for write in writes:
                write.stage()
            for write in writes:
                write.require_base()
        except OSError as error:
            raise FileProblem(f"{error.filename}: {error.strerror}; nothing was written.") from None
        except UnicodeEncodeError:
            raise FileProblem("The new text has half a surrogate pair; nothing was written.") from None
        for write in writes:
            write.put()
        for write in writes:
            write.clear()


def unconfirmed(
    root: Root, changes: Sequence[FileChange], confirmed: Collection[str], own: str = ""
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


def _require_confirmed(root: Root, writes: Sequence[_Write], confirmed: Collection[str], own: str) -> None:
    """The same of the places where it will be written, since links may have been swapped meanwhile."""
    for write in writes:
        if write.change.path not in confirmed:
            for target in write.targets:
                if why := why_named(root, target, own=write.change.path == own):
                    raise FileProblem(
                        f"{write.change.path} leads to {target} by now, which {why}; nothing was written."
                    )


@record(frozen=True, slots=True)
class _Place:
    """Where a file really is: the folders on the way from the root, none of them a link, and its name."""

    root: Path
    parts: tuple[str, ...]
    name: str

    def read(self, most: int) -> str | None:
        """The text of the file there, at most `most` bytes of it; None if there is nothing."""
        try:
            return read_below(self.root, (*self.parts, self.name), most).decode("utf-8", "surrogateescape")
        except FileNotFoundError:
            return None


class _Write:
    """One change on its way to the disk. What has to be undone if another one fails is left to `stack`."""

    def __init__(self, root: Root, change: FileChange, stack: ExitStack, own: str) -> None:
        self.change = change
        self._stack = stack
        self._source = _place(root, change.path, own)
        self._target = _place(root, change.move_to, "") if change.move_to else self._source
        self._entry = _entry(root, change.path)
        self._staged: tuple[int | None, str, str] | None = None

    @property
    def targets(self) -> Iterator[str]:
        """The paths of all places that it has to do with."""
        for place in (self._source, self._target, self._entry):
            yield "/".join((*place.parts, place.name))

    def require_base(self) -> None:
        """Raises `FileProblem` if what is there is not what the change is for."""
        path, base = self.change.path, self.change.base
        try:
            most = 0 if base is None else len(base.encode("utf-8"))
            same = self._source.read(most + 1) == base
        except NotPlain:
            same = False
        if not same:
            raise FileProblem(f"{path} was changed meanwhile; nothing was written. Ask again.")
        if self._target != self._source and _status(self._target) is not None:
            raise FileProblem(f"{self.change.move_to} exists already; nothing was written.")

    def stage(self) -> None:
        """Write the text beside its place, with the file's mode; folders that are missing are made."""
        if self.change.proposed is None:
            return
        made: list[tuple[str, ...]] = []
        self._stack.callback(lambda: _remove_if_empty(self._target.root, made))
        place = folder_below(self._target.root, self._target.parts, made=made)
        at, inside = self._stack.enter_context(place)
        beside = os.path.join(inside, f".{self._target.name[:64]}.{os.urandom(8).hex()}")  # noqa: PTH118
        data, status = self.change.proposed.encode("utf-8"), _status(self._source)
        descriptor = os.open(beside, _NEW, 0o666, dir_fd=at)
        self._stack.callback(_remove, beside, at)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
            if status is not None and hasattr(os, "fchmod"):
                os.fchmod(stream.fileno(), status.st_mode & 0o7777)
        self._staged = at, beside, os.path.join(inside, self._target.name)  # noqa: PTH118

    def put(self) -> None:
        """Put the text in its place, in one step."""
        if self._staged is not None:
            at, beside, place = self._staged
            os.replace(beside, place, src_dir_fd=at, dst_dir_fd=at)

    def clear(self) -> None:
        """Remove the file that is deleted or moved; of a link, the link."""
        if self.change.move_to or self.change.proposed is None:
            with folder_below(self._entry.root, self._entry.parts) as (at, inside):
                os.unlink(os.path.join(inside, self._entry.name), dir_fd=at)  # noqa: PTH118


def _place(root: Root, path: str, own: str) -> _Place:
    """Where a path leads now; raises `PathRejected` for what is nobody's to write."""
    target = root.target(path)
    if path != own and (reason := kept_out(target)):
        raise PathRejected(reason, path=path)
    *parts, name = target.split("/")
    return _Place(root.resolved, tuple(parts), name)


def _entry(root: Root, path: str) -> _Place:
    """The entry of a folder that a path names, be it a link."""
    above, _, name = normalise(path).rpartition("/")
    parts = root.target(above).split("/") if above else ()
    return _Place(root.resolved, tuple(part for part in parts if part != "."), name)


def _status(place: _Place) -> os.stat_result | None:
    try:
        with folder_below(place.root, place.parts) as (at, inside):
            return os.stat(os.path.join(inside, place.name), dir_fd=at, follow_symlinks=False)  # noqa: PTH118
    except (FileNotFoundError, NotADirectoryError):
        return None


def _remove(place: str, at: int | None) -> None:
    with suppress(OSError):
        os.unlink(place, dir_fd=at)


def _remove_if_empty(root: Path, made: Sequence[tuple[str, ...]]) -> None:
    for parts in reversed(made):
        with suppress(OSError), folder_below(root, parts[:-1]) as (at, inside):
            os.rmdir(os.path.join(inside, parts[-1]), dir_fd=at)  # noqa: PTH118
