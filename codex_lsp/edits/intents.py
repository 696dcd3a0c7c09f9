"""What a reply asks for, in words that no format owns."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Chunk:
    """Replace the lines `old`, wherever they are, by `new`; both without line ends.

    `anchors` are lines that stand above the place, outermost first; `at_end` says that the old lines are the
    file's last. An `old` of no lines is an insertion.
    """

    old: tuple[str, ...]
    new: tuple[str, ...]
    anchors: tuple[str, ...] = ()
    at_end: bool = False


@dataclass(frozen=True, slots=True)
class UpdateFile:
    """Change a file at one or more places, and perhaps its path."""

    path: str
    chunks: tuple[Chunk, ...]
    move_to: str | None = None


@dataclass(frozen=True, slots=True)
class AddFile:
    """Make a new file."""

    path: str
    text: str


@dataclass(frozen=True, slots=True)
class DeleteFile:
    """Remove a file."""

    path: str


@dataclass(frozen=True, slots=True)
class ReplaceSelection:
    """Replace what the person selected by `text`."""

    text: str


Intent = UpdateFile | AddFile | DeleteFile | ReplaceSelection


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a format's parser found: the intents, in order, and each leniency that it took."""

    intents: tuple[Intent, ...]
    leniencies: tuple[str, ...] = ()
