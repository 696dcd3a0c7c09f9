"""A text under work: edits go in, the regions that matter follow, and what was promised is kept.

Promised: nothing outside the region that an edit was allowed to change is different afterwards, lines stay
whole, and what could be parsed can still be parsed.
"""

from __future__ import annotations

from collections.abc import Sequence

from codex_lsp.services.offline.source import Edit, Lines, Region, apply, parses


class Draft:
    """The normalised text and the regions that follow it, by name of the caller's choice."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.parsed = parses(text)
        self.regions: list[Region] = []

    @property
    def lines(self) -> Lines:
        """Line numbers of the text as it is now."""
        return Lines(self.text)

    def track(self, region: Region) -> int:
        """Follow a region from now on; the number is its index in `regions`."""
        self.regions.append(region)
        return len(self.regions) - 1

    def allows(self, edits: Sequence[Edit], within: Region) -> bool:
        """Whether the edits lie within the region and leave it made of whole lines."""
        if not all(within.holds(edit) for edit in edits):
            return False
        if within.end == len(self.text):
            return True
        end = within.end
        for edit in _last_first(edits):
            if edit.end != end:
                break
            if edit.text:
                return edit.text.endswith("\n")
            end = edit.start
        return end == within.start or self.text[end - 1] == "\n"

    def survives(self, edits: Sequence[Edit]) -> bool:
        """Whether the text with the edits parses, if it did before."""
        return not self.parsed or parses(apply(self.text, edits))

    def apply(self, edits: Sequence[Edit]) -> None:
        """Take disjoint edits."""
        self.text = apply(self.text, edits)
        for edit in _last_first(edits):
            self.regions = [region.after(edit) for region in self.regions]


def _last_first(edits: Sequence[Edit]) -> list[Edit]:
    """In this order, applying one edit leaves the offsets of the next ones as they are."""
    return sorted(edits, key=lambda edit: (edit.start, edit.end), reverse=True)
