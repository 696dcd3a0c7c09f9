"""One fenced code block that replaces the selection (CommonMark 0.31, section 4.5).

Lines that say `... existing code ...` make the text lazy.
"""

from __future__ import annotations

from collections.abc import Sequence

from codex_lsp.edits.errors import ParseError
from codex_lsp.edits.formats import fences, whole_file
from codex_lsp.edits.intents import Intent, Parsed, ReplaceSelection

NAME = "fence"


def first(reply: str) -> int | None:
    """The line of the first fence; None if there is none."""
    return next((block.start for block in fences.blocks(reply)), None)


def parse(reply: str) -> Parsed:
    """The one block's content as the selection's new text; more than one block is a `ParseError`."""
    blocks = fences.blocks(reply)
    if any(block.end is None for block in blocks):
        raise ParseError("A code block is never closed: the reply is not whole.")
    if len(blocks) != 1:
        raise ParseError(
            f"The reply holds {len(blocks)} code blocks; exactly one can replace the selection. "
            "Use *** Begin Patch to change more than one place."
        )
    text = blocks[0].text
    return Parsed((ReplaceSelection(text, lazy=whole_file.is_lazy(text)),))


def unparse(intents: Sequence[Intent]) -> str:
    """The block that says the one intent; `ValueError` for any other."""
    match intents:
        case [ReplaceSelection(text)] if not text or text.endswith("\n"):
            mark = fences.around(text)
            return f"{mark}\n{text}{mark}\n"
    raise ValueError(f"one block cannot say {intents!r}")
