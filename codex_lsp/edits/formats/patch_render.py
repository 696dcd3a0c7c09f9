"""A Codex patch from two texts: how an agent that has the new text says what it changed."""

from __future__ import annotations

from collections.abc import Sequence

from codex_lsp.edits.diff import LineHunk, line_hunks
from codex_lsp.edits.locate import occurrences
from codex_lsp.edits.text import split_lines, strip_end

BEGIN, END = "*** Begin Patch", "*** End Patch"
UPDATE, END_OF_FILE = "*** Update File: ", "*** End of File"
CONTEXT_LINES = 3


def render(path: str, old: str, new: str) -> str:
    """The patch that turns `old` into `new`, each chunk unique in the file; empty if nothing changes.

    The format cannot tell a final newline from none, nor one line end from another: those stay the file's.
    """
    old_lines = [strip_end(line) for line in split_lines(old)]
    hunks = line_hunks(old_lines, [strip_end(line) for line in split_lines(new)])
    body: list[str] = []
    for start, end in _windows(old_lines, hunks):
        inside = [hunk for hunk in hunks if start <= hunk.start and hunk.end <= end]
        body += ["@@", *_rendered(old_lines, start, end, inside)]
        if end == len(old_lines):
            body.append(END_OF_FILE)
    return "\n".join((BEGIN, UPDATE + path, *body, END)) + "\n" if body else ""


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
