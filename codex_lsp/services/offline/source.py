"""Python text as the engine works on it: `\\n` line ends, no byte order mark, regions by offset.

Line ends and the mark are put back by whoever applies the patch, since a patch names lines only. So every
rule sees one kind of text, and lines that no rule touched stay byte-identical.
"""

from __future__ import annotations

import ast
import warnings
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Sequence
from itertools import accumulate

from codex_lsp.edits.text import with_ends
from codex_lsp.records import record

BOM = "\ufeff"


@record(frozen=True, slots=True)
class Unparsable:
    """Why the text is no Python for this interpreter: a one-based line (0 if unknown) and a reason."""

    line: int
    reason: str


@record(frozen=True, slots=True)
class Edit:
    """Replace `[start, end)`, in code points, by `text`."""

    start: int
    end: int
    text: str


@record(frozen=True, slots=True)
class Region:
    """A part of the text, `[start, end)` in code points, that moves with the edits around it."""

    start: int
    end: int

    def holds(self, edit: Edit) -> bool:
        """Whether the edit lies wholly inside."""
        return self.start <= edit.start and edit.end <= self.end

    def touches(self, other: Region) -> bool:
        """Whether the two have a character in common, or one is an empty place in the other."""
        return (self.start < other.end and other.start < self.end) or self.start == other.start

    def after(self, edit: Edit) -> Region:
        """The region once `edit` is applied; what is inserted at its borders becomes part of it."""
        delta = len(edit.text) - (edit.end - edit.start)
        start = self.start + delta if self.start >= edit.end and self.start > edit.start else self.start
        start = edit.start if edit.start < self.start < edit.end else start
        end = self.end + delta if self.end >= edit.end else self.end
        end = edit.start + len(edit.text) if edit.start < self.end < edit.end else end
        return Region(start, max(start, end))


def normalise(text: str) -> str:
    """`text` without a leading byte order mark, every line end being `\\n`."""
    return with_ends(text.removeprefix(BOM), "\n")


def parse(text: str) -> ast.Module | Unparsable:
    """The syntax tree, by this interpreter's grammar. `text` is normalised."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except SyntaxError as error:
        return Unparsable(error.lineno or 0, error.msg)
    except (ValueError, RecursionError, MemoryError) as error:
        return Unparsable(0, str(error) or type(error).__name__)


def parses(text: str) -> bool:
    """Whether this interpreter can parse the normalised text."""
    return isinstance(parse(text), ast.Module)


class Lines:
    """Line numbers (zero-based) and offsets of one normalised text."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._starts = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]
        self._starts.pop()
        self.count = len(self._starts) - (1 if text.endswith("\n") or not text else 0)

    def start(self, line: int) -> int:
        """Where the line begins; the text's end for lines beyond it."""
        return self._starts[line] if line < len(self._starts) else len(self.text)

    def region(self, first: int, last: int) -> Region:
        """The lines `first` to `last`, both included, with the last one's end."""
        return Region(self.start(first), self.start(last + 1))

    def line_of(self, offset: int) -> int:
        """The line that holds the offset."""
        return bisect_right(self._starts, offset) - 1

    def span(self, region: Region) -> tuple[int, int]:
        """The first and the last line of which the region holds something."""
        first = self.line_of(region.start)
        return first, max(first, self.line_of(region.end - 1)) if region.end > region.start else first

    def line(self, number: int) -> str:
        """The line's text, without its end."""
        return self.text[self.start(number) : self.start(number + 1)].removesuffix("\n")

    def offset(self, line: int, utf8_column: int) -> int:
        """The offset of a position as `ast` gives it: the line one-based, the column in UTF-8 bytes."""
        content = self.line(line - 1)
        column = utf8_column
        if not content.isascii():
            column = len(content.encode("utf-8", "surrogatepass")[:utf8_column].decode("utf-8", "ignore"))
        return self.start(line - 1) + column


def apply(text: str, edits: Iterable[Edit]) -> str:
    """`text` with disjoint edits applied."""
    pieces: list[str] = []
    at = 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        pieces += (text[at : edit.start], edit.text)
        at = edit.end
    return "".join((*pieces, text[at:]))


class EditSet:
    """Edits that can be applied together: none overlaps another or claims the same place."""

    def __init__(self) -> None:
        self._edits: list[tuple[int, int]] = []

    def add(self, edits: Sequence[Edit]) -> bool:
        """Take all of the edits if they fit in, or none."""
        places = [bisect_left(self._edits, (edit.start, edit.end)) for edit in edits]
        if not all(self._fits(edit, place) for edit, place in zip(edits, places, strict=True)):
            return False
        for edit in edits:
            insort(self._edits, (edit.start, edit.end))
        return True

    def _fits(self, edit: Edit, place: int) -> bool:
        around = self._edits[max(0, place - 1) : place + 1]
        return all(_apart(edit, start, end) for start, end in around)


def _apart(edit: Edit, start: int, end: int) -> bool:
    if edit.end < start or end < edit.start:
        return True
    # Two replacements may meet; an insertion where another edit begins or ends could go before it or after.
    meet = edit.end == start or end == edit.start
    return meet and edit.start < edit.end and start < end
