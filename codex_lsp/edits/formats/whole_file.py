"""Whole files: a file's name alone on the line above a fenced block, or in its info string.

    file := name NEWLINE [NEWLINE] fenced | fence "lang" name NEWLINE text fence

The name may be decorated as `filenames.py` says; it must have a suffix or a folder. Lines that say
`... existing code ...` make the text lazy. Blocks without a name are for the reader.

Only if the caller says that the reply is in this format, each recorded:
- a name without suffix or folder, or in backticks in the paragraph above
- one block without any name is the file in focus; so is a reply without a block
"""

from __future__ import annotations

from collections.abc import Sequence

from codex_lsp.edits.ellipsis import is_ellipsis, is_marker
from codex_lsp.edits.errors import ParseError, UnknownFormat
from codex_lsp.edits.formats import fences, filenames
from codex_lsp.edits.intents import Intent, Parsed, WriteFile
from codex_lsp.edits.text import split_lines, strip_end
from codex_lsp.records import record

NAME = "whole_file"


@record(frozen=True, slots=True)
class _Named:
    block: fences.Fenced
    name: str | None
    sure: bool
    note: str = ""


def first(reply: str) -> int | None:
    """The line of the first fence whose block has a name that can only be a file's; None if there is none."""
    return next((each.block.start for each in _found(reply) if each.sure), None)


def parse(reply: str) -> Parsed:
    """One `WriteFile` for each named block; raises `ParseError`, or `UnknownFormat` for an empty reply."""
    found = _found(reply)
    if any(each.block.end is None for each in found):
        raise ParseError("A code block is never closed: the reply is not whole.")
    if not found:
        return _alone(reply)
    notes: dict[str, None] = {}
    sure = any(each.sure for each in found)
    chosen = [each for each in found if (each.sure if sure else each.name)] or found
    if len(chosen) > 1 and not all(each.name for each in chosen):
        raise ParseError(f"The reply holds {len(chosen)} code blocks and says of none which file it is.")
    if len(chosen) < len(found):
        notes["a code block without a file's name is passed over"] = None
    for each in chosen:
        notes[each.note or "a code block without a file's name is the whole file"] = None
    intents: list[Intent] = [
        WriteFile(each.name, each.block.text, lazy=is_lazy(each.block.text)) for each in chosen
    ]
    notes.pop(_PLAIN, None)
    return Parsed(tuple(intents), tuple(notes))


_PLAIN = "a name above its block"


def _alone(reply: str) -> Parsed:
    if not reply.strip():
        raise UnknownFormat("The reply is empty.")
    return Parsed(
        (WriteFile(None, reply, lazy=is_lazy(reply)),), ("a reply without a code block is the whole file",)
    )


def is_lazy(text: str) -> bool:
    """Whether lines of the text stand for what the file has there. Bare dots below a colon are Python's."""
    above = ""
    for line in map(strip_end, split_lines(text)):
        if is_marker(line) or (is_ellipsis(line) and not above.endswith(":")):
            return True
        above = line.rstrip() or above
    return False


def _found(reply: str) -> list[_Named]:
    lines = [strip_end(line) for line in split_lines(reply)]
    found: list[_Named] = []
    after = 0
    for block in fences.blocks(reply):
        found.append(_named(block, lines[after : block.start]))
        after = len(lines) if block.end is None else block.end + 1
    return found


def _named(block: fences.Fenced, above: Sequence[str]) -> _Named:
    if name := filenames.in_info(block.info):
        return _Named(block, name, sure=True, note="a fence's info string names the file")
    paragraph = [line for line in above[-2:] if line.strip()][-1:]
    if paragraph and (name := filenames.alone(paragraph[0])):
        beside = bool(above) and bool(above[-1].strip())
        if filenames.is_sure(name):
            return _Named(block, name, sure=True, note=_PLAIN)
        if beside:
            return _Named(block, name, sure=False, note="a file's name has neither suffix nor folder")
    if paragraph and (name := filenames.mentioned(paragraph[0])):
        return _Named(block, name, sure=False, note="a file is named in backticks in prose")
    return _Named(block, None, sure=False)


def unparse(intents: Sequence[Intent]) -> str:
    """The names and blocks that say these intents; `ValueError` for one that the format cannot say."""
    parts: list[str] = []
    for intent in intents:
        match intent:
            case WriteFile(str(path), text) if not text or text.endswith("\n"):
                fence = fences.around(text)
                parts.append(f"{path}\n{fence}\n{text}{fence}\n")
            case _:
                raise ValueError(f"a named block cannot say {intent!r}")
    return "\n".join(parts)
