"""Why a reply's edits were not applied. Nothing is ever applied in part.

EditError
├── ParseError        the reply breaks its own format's grammar
├── UnknownFormat     the reply holds no edits in any known format
├── PathRejected      a path that leaves the workspace or cannot be a file's name
├── FileMissing       an edit of a file that is not there
├── FileExists        a new file where one is already
├── NoMatch           the text to be replaced is not in the file
├── Ambiguous         it is there more than once, and nothing tells which is meant
├── NoChange          the edits leave everything as it is
├── AlreadyApplied    the new text stands where the old one should
├── Overlap           two edits claim the same text
├── HiddenText        the new text has characters that nobody sees, and the old one had none of them
├── SecretMoved       a secret would come to stand in a file that had it not
└── NotText           the file's bytes are no UTF-8 text
"""

from __future__ import annotations

from collections.abc import Sequence


class EditError(Exception):
    """The base of all. `path` is the file, `hunk` the one-based number of the edit in it, where known.

    The message names both, says why, and ends with "Nothing was applied."; it is written for a model, too,
    which can repair its edit by it.
    """

    def __init__(self, reason: str, *, path: str = "", hunk: int | None = None) -> None:
        self.reason = reason
        self.path = path
        self.hunk = hunk
        place = path + (f", hunk {hunk}" if hunk is not None else "")
        super().__init__(
            f"{place}: {reason} Nothing was applied." if place else f"{reason} Nothing was applied."
        )


class ParseError(EditError):
    """The reply breaks its own format's grammar."""


class UnknownFormat(EditError):
    """The reply holds no edits in any known format."""


class PathRejected(EditError):
    """A path that leaves the workspace or cannot be a file's name."""


class FileMissing(EditError):
    """An edit of a file that is not there."""


class FileExists(EditError):
    """A new file where one is already."""


class NoMatch(EditError):
    """The text to be replaced is not in the file.

    `line` is the one-based first line of the place most like it and `score` how like, from 0 to 1; both are
    None where nothing is like it.
    """

    def __init__(
        self,
        reason: str,
        *,
        line: int | None = None,
        score: float | None = None,
        path: str = "",
        hunk: int | None = None,
    ) -> None:
        self.line = line
        self.score = score
        super().__init__(reason, path=path, hunk=hunk)


class Ambiguous(EditError):
    """The text to be replaced is there more than once; `lines` are the one-based first lines."""

    def __init__(self, reason: str, *, lines: Sequence[int], path: str = "", hunk: int | None = None) -> None:
        self.lines = tuple(lines)
        super().__init__(reason, path=path, hunk=hunk)


class NoChange(EditError):
    """The edits leave everything as it is."""


class AlreadyApplied(NoChange):
    """The new text stands where the old one should: `line` is its one-based first line."""

    def __init__(self, line: int, *, path: str = "", hunk: int | None = None) -> None:
        self.line = line
        super().__init__(
            f"the new text stands at line {line} already: leave this edit out.", path=path, hunk=hunk
        )


class Overlap(EditError):
    """Two edits claim the same text."""


class HiddenText(EditError):
    """The new text has characters that nobody sees, and the old one had none of them."""


class SecretMoved(EditError):
    """A secret would come to stand in a file that had it not."""


class NotText(EditError):
    """The file's bytes are no UTF-8 text: binary, or another encoding."""
