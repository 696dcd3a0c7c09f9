"""What a reply means when a part of a file was selected: a named block is the file, or the selection.

Models often put the file's name above the block that they were asked to put in place of the selected lines.
Taken for the whole file it would wipe out everything else.
"""

from __future__ import annotations

from dataclasses import replace

from codex_lsp.edits import Focus
from codex_lsp.edits.errors import ParseError
from codex_lsp.edits.intents import Parsed, ReplaceSelection, WriteFile
from codex_lsp.edits.paths import normalise
from codex_lsp.edits.text import split_lines

# The share of the lines outside the selection that a whole file keeps at least, and a replacement at most.
WHOLE, PART = 0.5, 0.1


def as_meant(parsed: Parsed, focus: Focus | None, text: str) -> Parsed:
    """The reply with a block that is named after the focus' file read as what it is; `text` is that file's.

    Raises `ParseError` for a block that could be either.
    """
    if focus is None or len(parsed.intents) != 1:
        return parsed
    (intent,) = parsed.intents
    if not isinstance(intent, WriteFile) or intent.lazy or not _is(intent.path, focus):
        return parsed
    outside = {line.strip() for line in split_lines(text[: focus.start] + "\n" + text[focus.end :])} - {""}
    if not outside:
        return parsed
    kept = len(outside & {line.strip() for line in split_lines(intent.text)}) / len(outside)
    if kept >= WHOLE:
        return parsed
    if kept > PART:
        raise ParseError(
            f"The block named {focus.path} may be the whole file or the selected lines: send a patch, or the "
            "selected lines without a name."
        )
    said = "a block with the file's name was taken for the selected lines"
    return replace(parsed, intents=(ReplaceSelection(intent.text),), leniencies=(*parsed.leniencies, said))


def _is(path: str | None, focus: Focus) -> bool:
    return path is None or normalise(path) == normalise(focus.path)
