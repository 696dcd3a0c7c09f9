"""`---FIND`/`---REPLACE` blocks, as VS Code's chat was told to write them.

    reply := edit+ "---COMPLETE"
    edit  := ["---FILEPATH " path] "---FIND" fenced "---REPLACE" fenced

`fenced` is a fenced code block; its closing fence is the last one before the next marker, so that the text
may have fences. An edit without a path is for the file of the one before it. Without `---COMPLETE` the
reply may have been cut off, and that is an error.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from codex_lsp.edits.errors import ParseError
from codex_lsp.edits.formats import fences
from codex_lsp.edits.intents import Chunk, Intent, Parsed, ReplaceText, UpdateFile
from codex_lsp.edits.text import split_lines, strip_end

_MARKER = re.compile(r"---(FILEPATH|FIND|REPLACE|COMPLETE)(?: +(.*?))?\s*$")


def first(reply: str) -> int | None:
    """The line of the first marker, if any is that of a text to be found."""
    found = [(at, mark[1]) for at, line in enumerate(split_lines(reply)) if (mark := _MARKER.match(line))]
    return found[0][0] if any(kind == "FIND" for _, kind in found) else None


def parse(reply: str) -> Parsed:
    """One intent for each edit, in order; raises `ParseError`."""
    lines = [strip_end(line) for line in split_lines(reply)]
    marks = [
        (at, found[1], found[2] or "") for at, line in enumerate(lines) if (found := _MARKER.match(line))
    ]
    if marks[-1][1] != "COMPLETE":
        raise ParseError("The reply has no ---COMPLETE line: it is not whole.")
    intents: list[Intent] = []
    path: str | None = None
    find: list[str] | None = None
    for (at, kind, argument), (end, _, _) in pairwise(marks):
        if (kind == "REPLACE") != (find is not None):
            raise ParseError(f"Line {at + 1} of the reply: ---{kind} is out of its place.")
        if kind == "FILEPATH":
            path = argument.strip("`") or None
        elif kind == "FIND":
            find = _fenced(lines, at, end)
        elif find is not None:
            intents.append(_intent(path, find, _fenced(lines, at, end)))
            find = None
    if find is not None or not intents:
        raise ParseError("The reply has a ---FIND without its ---REPLACE, or no edit at all.")
    return Parsed(tuple(intents))


def _intent(path: str | None, find: Sequence[str], replace: Sequence[str]) -> Intent:
    if not find:
        return ReplaceText(path, "", "".join(line + "\n" for line in replace))
    return UpdateFile(path, (Chunk(tuple(find), tuple(replace)),))


def _fenced(lines: Sequence[str], marker: int, end: int) -> list[str]:
    """The text of the fenced block that is all there is between two markers."""
    inside = [at for at in range(marker + 1, end) if lines[at].strip()]
    if (
        len(inside) > 1
        and (mark := fences.opened(lines[inside[0]]))
        and fences.closes(lines[inside[-1]], mark[0])
    ):
        return list(lines[inside[0] + 1 : inside[-1]])
    raise ParseError(
        f"Line {marker + 1} of the reply: expected one fenced block after {lines[marker].strip()}."
    )
