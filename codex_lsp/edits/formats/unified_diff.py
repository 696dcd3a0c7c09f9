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
from collections.abc import Sequence

from codex_lsp.edits.errors import ParseError, UnknownFormat
from codex_lsp.edits.formats import diff_reader, fences, hunk
from codex_lsp.edits.formats.diff_reader import INFOS, File, Hunk, Reader, texts
from codex_lsp.edits.intents import AddFile, Chunk, DeleteFile, Intent, Parsed, ReplaceText, UpdateFile
from codex_lsp.edits.text import split_lines, strip_end

NAME = "unified_diff"
NOWHERE = "/dev/null"

_STAMP = re.compile(r"(?:\t.*|\s{1,40}\d{4}-\d\d-\d\d[ T]\d\d:\d\d.*)$")


def first(reply: str) -> int | None:
    """The first line that is a diff's header, or that is changed in a fence for diffs; None without one."""
    lines = [strip_end(line) for line in split_lines(reply)]
    found = [diff_reader.first(lines)]
    for block in fences.blocks(reply):
        inside = range(block.start + 1, len(lines) if block.end is None else block.end)
        if block.info.lower() in INFOS:
            found.append(next((at for at in inside if lines[at].startswith(("-", "+", "@@"))), None))
    return min((at for at in found if at is not None), default=None)


def parse(reply: str) -> Parsed:
    """One intent for each file, in order; raises `ParseError`, or `UnknownFormat` if there is no diff."""
    notes: dict[str, None] = {}
    intents: list[Intent] = []
    for lines, fenced in texts(reply):
        intents += [_intent(file, notes) for file in Reader(lines, fenced, notes).files()]
    if not intents:
        raise UnknownFormat("The reply holds no unified diff.")
    return Parsed(tuple(intents), tuple(notes))


def _intent(file: File, notes: dict[str, None]) -> Intent:
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


def _names(file: File, notes: dict[str, None]) -> tuple[str | None, str | None]:
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


def _chunk(found: Hunk, loose: bool, notes: dict[str, None]) -> Chunk:
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
