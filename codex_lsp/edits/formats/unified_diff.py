"""Unified diffs, as git and `diff -u` write them, and as models remember them.

    diff   := file+
    file   := git* ["--- " name "+++ " name] hunk*
    git    := "diff --git …" | "index …" | "rename from/to " path | "new/deleted file mode …" | …
    hunk   := "@@ -" N ["," N] " +" N ["," N] " @@" [" " heading] line*
    line   := " " text | "-" text | "+" text | "\\ No newline at end of file"

`a/` and `b/` before names and time stamps after them are dropped, `/dev/null` makes or deletes a file, line
numbers are hints. In prose a diff stands in a fence, or begins at its first header.

Leniencies, each of which is recorded:
- counts that do not fit, or none at all (`@@ ... @@`, `@@`): a hunk goes on as long as its lines look like it
- no `---`/`+++`: the diff is for the file in focus
- a context line without its leading space, an empty line for an empty context line (see `hunk.py`)
- two names and no rename: the new one counts
A hunk without any old line that names a line beyond the first is an error: a number alone is not enough.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from codex_lsp.edits.errors import ParseError, UnknownFormat
from codex_lsp.edits.formats import fences, hunk
from codex_lsp.edits.intents import AddFile, Chunk, DeleteFile, Intent, Parsed, ReplaceText, UpdateFile
from codex_lsp.edits.text import split_lines, strip_end

NAME = "unified_diff"
NOWHERE = "/dev/null"

_RANGES = re.compile(r"@@ +-(\d+)(?:,(\d+))? +\+(\d+)(?:,(\d+))? +@@ ?(.*)$")
_GIT = re.compile(
    r"(diff --git|index [0-9a-f]|old mode|new mode|new file mode|deleted file mode|similarity index|"
    r"dissimilarity index|rename from|rename to|copy from|copy to|Binary files|GIT binary patch)\b(.*)$"
)
_STAMP = re.compile(r"(?:\t.*|\s+\d{4}-\d\d-\d\d[ T]\d\d:\d\d.*)$")
_INFOS = {"diff", "patch", "udiff"}


def present(reply: str) -> bool:
    """Whether a hunk's header with numbers, a pair of file headers or a fence for diffs is in the reply."""
    lines = [strip_end(line) for line in split_lines(reply)]
    if any(_RANGES.match(line) or _is_header(lines, at) for at, line in enumerate(lines)):
        return True
    return any(block.info.lower() in _INFOS for block in fences.blocks(reply))


def parse(reply: str) -> Parsed:
    """One intent for each file, in order; raises `ParseError`."""
    notes: dict[str, None] = {}
    intents: list[Intent] = []
    for lines, number, fenced in _texts(reply):
        reader = _Reader(lines, number, fenced, notes)
        intents += [_intent(file, notes) for file in reader.files()]
    if not intents:
        raise UnknownFormat("The reply holds no unified diff.")
    return Parsed(tuple(intents), tuple(notes))


def _texts(reply: str) -> Iterator[tuple[list[str], int, bool]]:
    """The texts that are diffs: fenced blocks, or else the reply; with the number of the first line."""
    found = False
    for block in fences.blocks(reply):
        lines = [strip_end(line) for line in split_lines(block.text)]
        known = any(_RANGES.match(line) or _is_header(lines, at) for at, line in enumerate(lines))
        if known or block.info.lower() in _INFOS:
            if block.end is None:
                raise ParseError("A fenced diff is never closed: the reply is not whole.")
            found = True
            yield lines, block.start + 2, True
    if not found:
        yield [strip_end(line) for line in split_lines(reply)], 1, False


@dataclass(slots=True)
class _Hunk:
    body: list[str]
    line: int | None = None
    heading: str = ""
    # Which sides end without a line end: the marks before "\ No newline at end of file".
    unended: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _File:
    old: str | None = None
    new: str | None = None
    git: dict[str, str] = field(default_factory=dict)
    hunks: list[_Hunk] = field(default_factory=list)


def _is_header(lines: Sequence[str], at: int) -> bool:
    return lines[at].startswith("--- ") and at + 1 < len(lines) and lines[at + 1].startswith("+++ ")


class _Reader:
    def __init__(self, lines: Sequence[str], first: int, fenced: bool, notes: dict[str, None]) -> None:
        self._lines = lines
        self._first = first
        self._fenced = fenced
        self._notes = notes
        self._at = 0

    def files(self) -> list[_File]:
        files: list[_File] = []
        while self._at < len(self._lines):
            line = self._lines[self._at]
            if git := _GIT.match(line):
                if git[1] == "diff --git" or not files or files[-1].hunks:
                    files.append(_File())
                files[-1].git[git[1]] = git[2].strip()
                self._at += 1
            elif _is_header(self._lines, self._at):
                if not files or files[-1].hunks or files[-1].old is not None:
                    files.append(_File())
                files[-1].old, files[-1].new = line[4:], self._lines[self._at + 1][4:]
                self._at += 2
            elif line.startswith("@@") or (self._fenced and line.startswith(("-", "+", " "))):
                files = files or [_File()]
                files[-1].hunks.append(self._hunk(line))
            else:
                self._at += 1
        return files

    def _hunk(self, line: str) -> _Hunk:
        found = _Hunk([])
        want: tuple[int, int] | None = None
        if ranges := _RANGES.match(line):
            found.line = int(ranges[1])
            found.heading = ranges[5].strip()
            want = int(ranges[2] or "1"), int(ranges[4] or "1")
        else:
            self._notes["a hunk has no line numbers"] = None
            found.heading = _heading(line)
        self._at += line.startswith("@@")
        while self._at < len(self._lines) and not self._ends(found.body, want):
            line = self._lines[self._at]
            if line.startswith("\\"):
                found.unended.add(found.body[-1][:1] if found.body else " ")
            else:
                found.body.append(line)
            self._at += 1
        if want != _counts(found.body):
            found.body = hunk.without_layout(found.body)
            if want is not None and want != _counts(found.body):
                self._notes["the counts of a hunk do not fit its lines"] = None
        return found

    def _ends(self, body: Sequence[str], want: tuple[int, int] | None) -> bool:
        """Whether the hunk ends before the next line: at a header, or at prose once its counts are met."""
        line = self._lines[self._at]
        old, new = _counts(body)
        short = want is not None and (old < want[0] or new < want[1])
        if line.startswith("@@") or _GIT.match(line):
            return True
        if _is_header(self._lines, self._at) and not (short and not self._before_hunk()):
            return True
        if not short and want is not None and (line == "-- " or (not line and (old, new) == want)):
            return True
        if line.startswith((" ", "-", "+", "\\", "\t")) or not line:
            return False
        return not short and not self._fenced

    def _before_hunk(self) -> bool:
        return "".join(self._lines[self._at + 2 : self._at + 3]).startswith("@@")


def _heading(line: str) -> str:
    """What a header without numbers says: `@@ def f():`, `@@ def f(): @@`, `@@ ... @@ def f():`."""
    inner, _, after = line.removeprefix("@@").partition("@@") if line.startswith("@@") else ("", "", "")
    return after.strip() or ("" if inner.strip() == "..." else inner.strip())


def _counts(body: Sequence[str]) -> tuple[int, int]:
    return sum(line[:1] != "+" for line in body), sum(line[:1] != "-" for line in body)


def _intent(file: _File, notes: dict[str, None]) -> Intent:
    old, new = _names(file, notes)
    if {"copy from", "Binary files", "GIT binary patch"} & set(file.git):
        raise ParseError("The diff copies a file or changes a binary one, which is not supported.")
    if new == NOWHERE or "deleted file mode" in file.git:
        return DeleteFile(_named(old))
    body = [line for each in file.hunks for line in each.body]
    if old == NOWHERE or "new file mode" in file.git:
        if any(not line.startswith("+") for line in body):
            raise ParseError(f"The diff makes {new} but has lines that are not added.")
        text = "".join(line[1:] + "\n" for line in body)
        unended = any("+" in each.unended for each in file.hunks)
        return AddFile(_named(new), text.removesuffix("\n") if unended else text)
    loose = hunk.is_loose(body)
    chunks = [_chunk(each, loose, notes) for each in file.hunks if hunk.changes(each.body)]
    move_to = file.git.get("rename to")
    if not chunks and not move_to:
        raise ParseError(f"The diff of {new or 'the file'} holds no change.")
    if len(chunks) == 1 and not chunks[0].old and file.hunks[0].line == 0:
        return ReplaceText(new, "", "".join(line + "\n" for line in chunks[0].new))
    return UpdateFile(file.git.get("rename from", new) if move_to else new, tuple(chunks), move_to)


def _named(path: str | None) -> str:
    if path is None or path == NOWHERE:
        raise ParseError("The diff makes or deletes a file without naming it.")
    return path


def _names(file: _File, notes: dict[str, None]) -> tuple[str | None, str | None]:
    """The old and the new name, without prefixes and time stamps."""
    if file.old is None or file.new is None:
        pair = re.match(r'"?a/(.+?)"? "?b/(.+?)"?$', file.git.get("diff --git", ""))
        if pair:
            return pair[1], pair[2]
        notes["a diff names no file"] = None
        return None, None
    old, new = (_STAMP.sub("", each).strip().strip('"') for each in (file.old, file.new))
    if all(each == NOWHERE or each.startswith(mark) for each, mark in ((old, "a/"), (new, "b/"))) or (
        old.removeprefix("a/") == new.removeprefix("b/")
    ):
        old, new = old.removeprefix("a/"), new.removeprefix("b/")
    if old != new and NOWHERE not in (old, new) and "rename to" not in file.git:
        notes["a diff has two names for a file; the new one counts"] = None
    return old, new


def _chunk(found: _Hunk, loose: bool, notes: dict[str, None]) -> Chunk:
    notes.update(dict.fromkeys(hunk.leniencies_of(found.body)))
    anchors = (found.heading,) if found.heading else ()
    chunk = hunk.chunk_of(
        found.body, Chunk((), (), anchors, bool(found.unended), found.line or None), loose=loose
    )
    if not chunk.old and found.line:
        raise ParseError(f"The hunk at line {found.line} has no line of the file: give it context.")
    return chunk


def unparse(intents: Sequence[Intent]) -> str:
    """The diff that says these intents; `ValueError` for one that the format cannot say."""
    lines: list[str] = []
    for intent in intents:
        match intent:
            case AddFile(path, text) if text:
                added = ["+" + line for line in text.removesuffix("\n").split("\n")]
                added += [] if text.endswith("\n") else ["\\ No newline at end of file"]
                lines += [
                    f"--- {NOWHERE}",
                    f"+++ b/{path}",
                    f"@@ -0,0 +1,{text.removesuffix(chr(10)).count(chr(10)) + 1} @@",
                ]
                lines += added
            case UpdateFile(str(path), chunks, None) if chunks:
                lines += [f"--- a/{path}", f"+++ b/{path}"]
                lines += [line for chunk in chunks for line in _written(chunk)]
            case _:
                raise ValueError(f"a unified diff cannot say {intent!r}")
    return "".join(line + "\n" for line in lines)


def _written(chunk: Chunk) -> list[str]:
    if (
        not chunk.old
        or chunk.old == chunk.new
        or len(chunk.anchors) > 1
        or chunk.at_end
        or chunk.line is None
    ):
        raise ValueError(f"a unified diff cannot say {chunk!r}")
    ranges = f"-{chunk.line},{len(chunk.old)} +{chunk.line},{len(chunk.new)}"
    return [" ".join(("@@", ranges, "@@", *chunk.anchors)), *hunk.marked(chunk)]
