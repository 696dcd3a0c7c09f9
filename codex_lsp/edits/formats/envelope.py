"""Where in a reply the one Codex patch is: its lines between the markers, whatever stands around them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from codex_lsp.edits.errors import ParseError
from codex_lsp.edits.formats import shell
from codex_lsp.edits.formats.patch_render import BEGIN, END, END_OF_FILE
from codex_lsp.edits.text import strip_end
from codex_lsp.records import record

_FENCE = re.compile(r"`{3,}|~{3,}")
_SECTION = re.compile(r"\s*\*{3} *(add|delete|update) +file *:", re.IGNORECASE)


@record(frozen=True, slots=True)
class Block:
    """The patch's lines, the number of the first in the reply, and how they are to be read.

    Without `sections` the lines are the chunks of one file. `directory` goes before the paths.
    """

    lines: tuple[str, ...]
    first: int
    leniencies: tuple[str, ...] = ()
    sections: bool = True
    directory: str = ""


def find(raw: Sequence[str]) -> Block:
    """The patch among the lines of a reply, with their ends; raises `ParseError` if it is not whole."""
    bare = [strip_end(line) for line in raw]
    begins = _places(bare, BEGIN)
    if len(begins) > 1:
        raise ParseError(f"The reply holds {len(begins)} patches; it must hold exactly one.")
    if not begins:
        return _without_begin(raw, bare)
    begin = begins[0]
    heredoc = _opened(bare, begin)
    end, notes = _end(bare, begin, heredoc)
    if heredoc:
        notes.append("the patch stands in a heredoc")
        _check_closed(bare, end, heredoc)
    lines, indented = _dedented(raw[begin + 1 : end], bare[begin])
    notes += ["the patch is indented as a whole"] if indented else []
    directory = heredoc.directory if heredoc else ""
    return Block(tuple(lines), begin + 2, tuple(notes), directory=directory)


def _places(bare: Sequence[str], marker: str, after: int = -1) -> list[int]:
    """The lines that are the marker as it should be, or else those that are it but for space around it."""
    exact = [at for at in range(after + 1, len(bare)) if bare[at] == marker]
    return exact or [at for at in range(after + 1, len(bare)) if bare[at].strip() == marker]


def _end(bare: Sequence[str], begin: int, heredoc: shell.Heredoc | None) -> tuple[int, list[str]]:
    ends = _places(bare, END, begin)
    if len(ends) > 1:
        raise ParseError(f"The patch has {len(ends)} {END!r} lines; it must have exactly one.")
    if ends:
        exact = bare[begin] == BEGIN and bare[ends[0]] == END
        return ends[0], [] if exact else ["there is space around the patch's first or last line"]
    last = _closed_otherwise(bare, begin, heredoc)
    if last is None:
        raise ParseError(f"The patch has no {END!r} line: the reply is not whole.")
    return last, [f"the patch has no {END!r} line, but what is around it ends"]


def _closed_otherwise(bare: Sequence[str], begin: int, heredoc: shell.Heredoc | None) -> int | None:
    """Where a patch without its last line ends all the same: heredoc, fence or `*** End of File`."""
    after = range(begin + 1, len(bare))
    if heredoc:
        return next((at for at in after if heredoc.closes(bare[at])), None)
    if sum(bool(_FENCE.match(line)) for line in bare[:begin]) % 2:
        return next((at for at in after if _FENCE.match(bare[at])), None)
    last = max((at for at in after if bare[at].strip()), default=begin)
    return last + 1 if bare[last] == END_OF_FILE else None


def _opened(bare: Sequence[str], begin: int) -> shell.Heredoc | None:
    before = next((line for line in reversed(bare[:begin]) if line.strip()), "")
    return shell.opening(before)


def _check_closed(bare: Sequence[str], end: int, heredoc: shell.Heredoc) -> None:
    after = next((line.strip() for line in bare[end + 1 :] if line.strip()), "")
    if after.startswith(heredoc.word) and not heredoc.closes(after):
        raise ParseError(f"The command goes on after its heredoc: {after!r}.")


def _dedented(lines: Sequence[str], begin: str) -> tuple[list[str], bool]:
    """The lines without the indentation of the patch's first line, if all of them have it."""
    indent = begin[: len(begin) - len(begin.lstrip())]
    if not indent or not all(line.startswith(indent) or not line.strip() for line in lines):
        return list(lines), False
    return [line.removeprefix(indent) for line in lines], True


def _without_begin(raw: Sequence[str], bare: Sequence[str]) -> Block:
    """A patch whose envelope was forgotten: sections up to the end marker, or one file's chunks alone."""
    ends = _places(bare, END)
    section = next((at for at, line in enumerate(bare) if _SECTION.match(line)), None)
    if section is not None and len(ends) == 1 and section < ends[0]:
        return Block(tuple(raw[section : ends[0]]), section + 1, (f"the patch has no {BEGIN!r} line",))
    first = next((line for line in bare if line.strip()), "")
    if section is None and not ends and first.startswith(("@@", "+", "-", " ")):
        note = "the patch has no envelope: it is taken for the chunks of one file"
        return Block(tuple(raw), 1, (note,), sections=False)
    raise ParseError(f"The reply holds no whole patch from {BEGIN!r} to {END!r}.")
