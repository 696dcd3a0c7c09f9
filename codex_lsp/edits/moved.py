"""Where lines went that a person cut and pasted elsewhere as they were."""

from __future__ import annotations

from collections.abc import Sequence

from codex_lsp.edits.diff import Hunk
from codex_lsp.records import record

# Fewer visible characters, such as a lone `}`, do not tell which lines they are.
MIN_VISIBLE = 10


@record(frozen=True, slots=True)
class Moved:
    """Two texts and `theirs`, the hunks of whole lines that make `current` of `base`."""

    base: str
    current: str
    theirs: Sequence[Hunk]

    def follow(self, hunk: Hunk, met: Sequence[Hunk]) -> Hunk | None:
        """The hunk of the base at its lines' new place in the current text; None unless that is clear.

        It is clear if the place of the hunk was cut and nothing put there (`met` are the hunks of theirs that
        it meets), and if the hunk's old lines with their neighbours stand exactly once in the base and
        exactly once in the current text, among lines that were put there.
        """
        if len(met) != 1 or met[0].text or not met[0].start <= hunk.start <= hunk.end <= met[0].end:
            return None
        first = self.base.rfind("\n", 0, max(0, hunk.start - 1)) + 1
        block = self.base[first : self.base.find("\n", hunk.end) + 1 or len(self.base)]
        if len("".join(block.split())) < MIN_VISIBLE or not block.endswith("\n"):
            return None
        there = _only_place(self.current, block)
        if there is None or _only_place(self.base, block) is None:
            return None
        start = there + hunk.start - first
        end = start + hunk.end - hunk.start
        return Hunk(start, end, hunk.text) if self._was_put(start, end) else None

    def _was_put(self, start: int, end: int) -> bool:
        shift = 0
        for hunk in self.theirs:
            if hunk.start + shift <= start and end <= hunk.start + shift + len(hunk.text):
                return True
            shift += len(hunk.text) - (hunk.end - hunk.start)
        return False


def _only_place(text: str, block: str) -> int | None:
    """Where `block` stands as whole lines; None if it stands nowhere else or more than once, even in part."""
    at = text.find(block)
    if at < 0 or text.find(block, at + 1) >= 0:
        return None
    return at if at == 0 or text[at - 1] == "\n" else None
