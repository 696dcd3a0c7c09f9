"""One fenced code block that replaces the selection (CommonMark 0.31, section 4.5)."""

from __future__ import annotations

import re

from codex_lsp.edits.errors import ParseError
from codex_lsp.edits.intents import Parsed, ReplaceSelection
from codex_lsp.edits.text import split_lines, strip_end

NAME = "fence"

_OPEN = re.compile(r" {0,3}(`{3,}|~{3,})([^`]*)$")


def present(reply: str) -> bool:
    """Whether a fence opens anywhere in the reply."""
    return any(_OPEN.match(strip_end(line)) for line in split_lines(reply))


def parse(reply: str) -> Parsed:
    """The one block's content as the selection's new text; more than one block is a `ParseError`."""
    blocks = _blocks(reply)
    if len(blocks) != 1:
        raise ParseError(
            f"The reply holds {len(blocks)} code blocks; exactly one can replace the selection. "
            "Use *** Begin Patch to change more than one place."
        )
    return Parsed((ReplaceSelection(blocks[0]),))


def _blocks(reply: str) -> list[str]:
    blocks: list[str] = []
    fence = ""
    content: list[str] = []
    for line in split_lines(reply):
        bare = strip_end(line)
        if fence:
            if _closes(bare, fence):
                blocks.append("".join(content))
                fence = ""
            else:
                content.append(line)
        elif opened := _OPEN.match(bare):
            fence, content = opened[1], []
    if fence:
        raise ParseError("A code block is never closed: the reply is not whole.")
    return blocks


def _closes(line: str, fence: str) -> bool:
    mark = line.strip(" ")
    return len(line) - len(line.lstrip(" ")) <= 3 and set(mark) == {fence[0]} and len(mark) >= len(fence)
