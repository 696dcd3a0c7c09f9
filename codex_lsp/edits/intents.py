"""What a reply asks for, in words that no format owns.

A `path` of None means the file in focus, or else the only file there is.
"""

from __future__ import annotations

from dataclasses import field
from typing import Literal

from codex_lsp.records import record


@record(frozen=True, slots=True)
class Chunk:
    """Replace the lines `old`, wherever they are, by `new`; both without line ends.

    `anchors` are lines that stand above the place, outermost first; `at_end` says that the old lines are the
    file's last; `line` is the one-based line at which the reply says they stand, a hint and no more. An `old`
    of no lines is an insertion: before the line `line`, which then is no hint, or at the file's end.
    `anchors_bind` says that the anchors must be found (several were stacked); else they only help to choose.
    `readings` are the same lines read otherwise, where the reply leaves that open (was the first space a mark
    or indentation?), likeliest first; at each level of the search they come after the chunk itself.
    `kept` pairs the numbers, in `old` and in `new`, of lines that stay; None where the reply does not say.
    """

    old: tuple[str, ...]
    new: tuple[str, ...]
    anchors: tuple[str, ...] = ()
    at_end: bool = False
    line: int | None = None
    anchors_bind: bool = False
    readings: tuple[Chunk, ...] = field(default=(), compare=False, repr=False)
    kept: tuple[tuple[int, int], ...] | None = field(default=None, compare=False, repr=False)


@record(frozen=True, slots=True)
class UpdateFile:
    """Change a file at one or more places, and perhaps its path."""

    path: str | None
    chunks: tuple[Chunk, ...]
    move_to: str | None = None


@record(frozen=True, slots=True)
class ReplaceText:
    """Replace the text `old`, wherever it is, by `new`, as editing tools ask for it.

    An empty `old` is the whole of an empty or missing file. `replace_all` replaces every occurrence.
    """

    path: str | None
    old: str
    new: str
    replace_all: bool = False
    line: int | None = None


@record(frozen=True, slots=True)
class RangeEdit:
    """Replace what stands between two positions, `(line, column)`, both zero-based, by `text`."""

    start: tuple[int, int]
    end: tuple[int, int]
    text: str


@record(frozen=True, slots=True)
class ReplaceRanges:
    """Replace ranges of a file, all counted in the text before any of them is replaced."""

    path: str | None
    edits: tuple[RangeEdit, ...]
    encoding: Literal["utf-8", "utf-16", "utf-32"] = "utf-32"


@record(frozen=True, slots=True)
class WriteFile:
    """Make `text` the whole text of a file, which may be there or not.

    With `lazy` the text has ellipsis lines that stand for what the file has between its neighbours.
    """

    path: str | None
    text: str
    lazy: bool = False


@record(frozen=True, slots=True)
class AddFile:
    """Make a new file."""

    path: str
    text: str


@record(frozen=True, slots=True)
class DeleteFile:
    """Remove a file."""

    path: str


@record(frozen=True, slots=True)
class ReplaceSelection:
    """Replace what the person selected by `text`; `lazy` as in `WriteFile`."""

    text: str
    lazy: bool = False


Intent = UpdateFile | ReplaceText | ReplaceRanges | WriteFile | AddFile | DeleteFile | ReplaceSelection


@record(frozen=True, slots=True)
class Parsed:
    """What a format's parser found: the intents, in order, and each leniency that it took.

    `end` is the line end that most of the reply's lines have, for files that have none of their own.
    """

    intents: tuple[Intent, ...]
    leniencies: tuple[str, ...] = ()
    end: str = "\n"
