"""Codex' patch format, from `*** Begin Patch` to `*** End Patch`.

Grammar (from the `apply_patch` tool of the Codex CLI):

    patch  := "*** Begin Patch" file* "*** End Patch"
    file   := "*** Add File: " path ("+" line)*
            | "*** Delete File: " path
            | "*** Update File: " path ["*** Move to: " path] chunk*
    chunk  := ("@@" [" " anchor])* (" " line | "-" line | "+" line)* ["*** End of File"]

One leniency: an empty line inside a chunk is an empty context line, since many tools strip trailing space.
"""

from __future__ import annotations

from collections.abc import Sequence

from codex_lsp.edits.diff import LineHunk, line_hunks
from codex_lsp.edits.errors import ParseError
from codex_lsp.edits.intents import AddFile, Chunk, DeleteFile, Intent, Parsed, UpdateFile
from codex_lsp.edits.locate import occurrences
from codex_lsp.edits.text import split_lines, strip_end

NAME = "begin_patch"

BEGIN, END = "*** Begin Patch", "*** End Patch"
ADD, DELETE, UPDATE = "*** Add File: ", "*** Delete File: ", "*** Update File: "
MOVE, END_OF_FILE = "*** Move to: ", "*** End of File"
CONTEXT_LINES = 3


def present(reply: str) -> bool:
    """Whether a patch begins anywhere in the reply."""
    return any(line.strip() == BEGIN for line in split_lines(reply))


def parse(reply: str) -> Parsed:
    """The intents of the reply's one patch; text around it is prose."""
    lines = [strip_end(line) for line in split_lines(reply)]
    begins = [number for number, line in enumerate(lines) if line.strip() == BEGIN]
    ends = [number for number, line in enumerate(lines) if line.strip() == END]
    if len(begins) != 1 or len(ends) > 1:
        raise ParseError(f"The reply holds {len(begins)} patches; it must hold exactly one.")
    if not ends or ends[0] < begins[0]:
        raise ParseError(f"The patch has no {END!r} line: the reply is not whole.")
    parser = _Parser(lines[begins[0] + 1 : ends[0]], begins[0] + 2)
    return Parsed(tuple(parser.files()), tuple(parser.leniencies))


class _Parser:
    def __init__(self, lines: Sequence[str], first_number: int) -> None:
        self._lines = lines
        self._first = first_number
        self._at = 0
        self.leniencies: list[str] = []

    def files(self) -> list[Intent]:
        intents: list[Intent] = []
        while self._at < len(self._lines):
            line = self._next()
            if line.startswith(ADD):
                intents.append(self._add(line.removeprefix(ADD).strip()))
            elif line.startswith(DELETE):
                intents.append(DeleteFile(line.removeprefix(DELETE).strip()))
            elif line.startswith(UPDATE):
                intents.append(self._update(line.removeprefix(UPDATE).strip()))
            elif line.strip():
                raise self._error("expected *** Add File, *** Delete File or *** Update File")
        if not intents:
            raise ParseError("The patch names no file.")
        return intents

    def _add(self, path: str) -> AddFile:
        added = []
        while (line := self._peek()) is not None and line.startswith("+"):
            added.append(self._next()[1:] + "\n")
        return AddFile(path, "".join(added))

    def _update(self, path: str) -> UpdateFile:
        move_to = None
        if (line := self._peek()) is not None and line.startswith(MOVE):
            move_to = self._next().removeprefix(MOVE).strip()
        chunks = []
        while (line := self._peek()) is not None and not line.startswith((ADD, DELETE, UPDATE)):
            if chunk := self._chunk():
                chunks.append(chunk)
        if not chunks and move_to is None:
            raise self._error(f"the update of {path} holds no change")
        return UpdateFile(path, tuple(chunks), move_to)

    def _chunk(self) -> Chunk | None:
        anchors: list[str] = []
        while (line := self._peek()) is not None and line.startswith("@@"):
            if anchor := self._next()[2:].strip():
                anchors.append(anchor)
        old: list[str] = []
        new: list[str] = []
        blank = 0
        while (line := self._peek()) is not None and not line.startswith(("@@", ADD, DELETE, UPDATE)):
            self._next()
            if line == END_OF_FILE:
                return Chunk(tuple(old), tuple(new), tuple(anchors), at_end=True)
            if line == "":
                blank += 1
                continue
            # Empty lines count only once something follows them: at a chunk's end they are layout.
            self._empty_context(blank, old, new)
            blank = 0
            self._change(line, old, new)
        return Chunk(tuple(old), tuple(new), tuple(anchors)) if old or new else None

    def _empty_context(self, count: int, old: list[str], new: list[str]) -> None:
        if count:
            self.leniencies.append("an empty line stands for an empty context line")
            old += [""] * count
            new += [""] * count

    def _change(self, line: str, old: list[str], new: list[str]) -> None:
        mark, content = line[:1], line[1:]
        if mark not in (" ", "-", "+"):
            raise self._error("a changed line begins with '-', '+' or a space")
        if mark in " -":
            old.append(content)
        if mark in " +":
            new.append(content)

    def _peek(self) -> str | None:
        return self._lines[self._at] if self._at < len(self._lines) else None

    def _next(self) -> str:
        self._at += 1
        return self._lines[self._at - 1]

    def _error(self, what: str) -> ParseError:
        return ParseError(f"Line {self._first + self._at - 1} of the reply: {what}.")


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
