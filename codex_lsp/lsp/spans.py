"""Which lines of a text were replaced since a moment, kept up with each change: a diff that costs nothing."""

from __future__ import annotations

from collections.abc import Iterator

from codex_lsp.edits import Hunk
from codex_lsp.edits.diff import diff_lines
from codex_lsp.edits.text import LineIndex

# With more places than this a diff of the whole texts is not dearer.
MAX_SPANS = 400


class Spans:
    """Runs of lines `[start, end)` of the former text that became runs of the text as it is now.

    They are in order, and at least one line that is the same lies between any two.
    """

    def __init__(self) -> None:
        self._spans: list[tuple[int, int, int, int]] = []

    @property
    def too_many(self) -> bool:
        """Whether it is no use to go on."""
        return len(self._spans) > MAX_SPANS

    def replaced(self, first: int, removed: int, added: int) -> None:
        """Of the text as it is now `removed` lines from `first` on were replaced by `added` ones."""
        last, growth = first + removed, added - removed
        before = [span for span in self._spans if span[3] < first]
        after = self._spans[len(before) :]
        met = [span for span in after if span[2] <= last]
        # How many more lines the text has now than the former one, ahead of what is met and behind it.
        ahead = before[-1][3] - before[-1][1] if before else 0
        behind = met[-1][3] - met[-1][1] if met else ahead
        start, end = min([first, *(span[2] for span in met)]), max([last, *(span[3] for span in met)])
        later = [(a, b, c + growth, d + growth) for a, b, c, d in after[len(met) :]]
        self._spans = [*before, (start - ahead, end - behind, start, end + growth), *later]

    def hunks(self, former: LineIndex, now: LineIndex) -> Iterator[Hunk]:
        """The hunks of whole lines from the former text to the one as it is now, as `diff_lines` has them."""
        for old_start, old_end, new_start, new_end in self._spans:
            start = former.start(old_start)
            old = former.text[start : former.start(old_end)]
            for hunk in diff_lines(old, now.text[now.start(new_start) : now.start(new_end)]):
                yield Hunk(hunk.start + start, hunk.end + start, hunk.text)
