"""The short way for the common case: chunks that stand in the text exactly, and once.

The text is searched as it is, so that a long one is not split into lines. Whatever is not plain to see is
left to the locator, which knows every other case and comes to the same result in this one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from codex_lsp.edits import ellipsis
from codex_lsp.edits.diff import Hunk, apply_hunks
from codex_lsp.edits.intents import Chunk


def replaced(text: str, chunks: Sequence[Chunk]) -> str | None:
    """`text` with the chunks in their places; None unless all of this holds.

    Each line of the text ends with `\\n`. Each chunk's old lines stand there exactly once and its new lines
    nowhere, the chunks stand in their order without overlap, and none has anchors or an ellipsis.
    """
    if "\r" in text or not text.endswith("\n"):
        return None
    hunks: list[Hunk] = []
    for chunk in chunks:
        old, new = _block(chunk.old), _block(chunk.new)
        if not _is_plain(chunk, new):
            return None
        places = list(_places(text, old))
        if len(places) != 1 or (new and any(True for _ in _places(text, new))):
            return None
        if hunks and places[0] < hunks[-1].end:
            return None
        hunks.append(Hunk(places[0], places[0] + len(old), new))
    return apply_hunks(text, hunks)


def _block(lines: Sequence[str]) -> str:
    return "".join(line + "\n" for line in lines)


def _is_plain(chunk: Chunk, new: str) -> bool:
    """Whether the chunk asks for no more than to find its old lines and put the new ones there."""
    if not chunk.old or chunk.old == chunk.new or chunk.anchors or "\r" in new:
        return False
    kept = chunk.kept or ()
    return all(chunk.old[i] == chunk.new[j] for i, j in kept) and not any(map(ellipsis.is_marker, chunk.new))


def _places(text: str, block: str) -> Iterator[int]:
    """Where the block's lines stand as whole lines: the first two places at most."""
    found = 0
    if text.startswith(block):
        yield 0
        found = 1
    at = text.find("\n" + block)
    while at >= 0 and found < 2:
        yield at + 1
        found += 1
        at = text.find("\n" + block, at + 1)
