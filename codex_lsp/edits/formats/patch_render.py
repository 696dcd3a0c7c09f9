"""A Codex patch from texts before and after: how an agent that has the new texts says what it changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol

from codex_lsp.edits.diff import LineHunk, line_hunks
from codex_lsp.edits.locate import occurrences
from codex_lsp.edits.text import split_lines, strip_end

BEGIN, END = "*** Begin Patch", "*** End Patch"
UPDATE, END_OF_FILE = "*** Update File: ", "*** End of File"
ADD, DELETE, MOVE = "*** Add File: ", "*** Delete File: ", "*** Move to: "
CONTEXT_LINES = 3


class Change(Protocol):
    """One file: `base` is None for a new one, `proposed` for one that goes; `move_to` is its new path."""

    @property
    def path(self) -> str:
        """Its path."""
        ...

    @property
    def base(self) -> str | None:
        """Its text before."""
        ...

    @property
    def proposed(self) -> str | None:
        """Its text afterwards."""
        ...

    @property
    def move_to(self) -> str | None:
        """Where it goes."""
        ...


def render(path: str, old: str, new: str) -> str:
    """The patch that turns `old` into `new`, each chunk unique in the file; empty if nothing changes.

    The format cannot tell a final newline from none, nor one line end from another: those stay the file's.
    """
    body = _chunks(old, new)
    return "\n".join((BEGIN, UPDATE + path, *body, END)) + "\n" if body else ""


def render_files(changes: Iterable[Change]) -> str:
    """The one patch that makes all the changes; empty if they come to nothing that the format can tell.

    Of a new file it cannot tell that its last line has no end, nor the kind of its line ends; and whether an
    old file's last line has an end stays as it is, so that there is no empty line behind one without.
    """
    lines = [line for change in changes for line in _section(change)]
    return "\n".join((BEGIN, *lines, END)) + "\n" if lines else ""


def _section(change: Change) -> list[str]:
    if change.proposed is None:
        return [] if change.base is None else [DELETE + change.path]
    if change.base is None:
        added = ["+" + strip_end(line) for line in split_lines(change.proposed)]
        return [ADD + (change.move_to or change.path), *added]
    body = _chunks(change.base, change.proposed)
    if change.move_to is not None:
        return [UPDATE + change.path, MOVE + change.move_to, *body]
    return [UPDATE + change.path, *body] if body else []


def _chunks(old: str, new: str) -> list[str]:
    old_lines = [strip_end(line) for line in split_lines(old)]
    hunks = line_hunks(old_lines, [strip_end(line) for line in split_lines(new)])
    body: list[str] = []
    for start, end in _windows(old_lines, hunks):
        inside = [hunk for hunk in hunks if start <= hunk.start and hunk.end <= end]
        body += ["@@", *_rendered(old_lines, start, end, inside)]
        if end == len(old_lines):
            body.append(END_OF_FILE)
    return body


def _windows(lines: Sequence[str], hunks: Sequence[LineHunk]) -> list[tuple[int, int]]:
    windows: list[tuple[int, int]] = []
    for hunk in hunks:
        start, end = _unique_window(lines, hunk)
        while windows and start <= windows[-1][1]:
            start, end = min(start, windows[-1][0]), max(end, windows.pop()[1])
        windows.append((start, end))
    return windows


def _unique_window(lines: Sequence[str], hunk: LineHunk) -> tuple[int, int]:
    """The lines of the hunk with as much context as makes them unique in the file, three lines at least."""
    context = CONTEXT_LINES
    while True:
        start, end = max(0, hunk.start - context), min(len(lines), hunk.end + context)
        if (start, end) == (0, len(lines)) or len(occurrences(lines, lines[start:end])) == 1:
            return start, end
        context += CONTEXT_LINES


def _rendered(lines: Sequence[str], start: int, end: int, hunks: Sequence[LineHunk]) -> list[str]:
    out: list[str] = []
    for hunk in hunks:
        out += [" " + line for line in lines[start : hunk.start]]
        out += ["-" + line for line in lines[hunk.start : hunk.end]]
        out += ["+" + line for line in hunk.lines]
        start = hunk.end
    return out + [" " + line for line in lines[start:end]]
