"""Text as the Language Server Protocol sees it: lines, offsets, positions.

A line ends at `\\n`, `\\r\\n` or `\\r` and nowhere else (LSP 3.17, Text Documents); `str.splitlines` also
breaks at form feeds and six other characters and must not be used on documents. Offsets are code points.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import Literal

Encoding = Literal["utf-8", "utf-16", "utf-32"]

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")

# What ends a line for `str.splitlines` and not for LSP.
_OTHER_ENDS = "\v\f\x1c\x1d\x1e\x85\u2028\u2029"


def split_lines(text: str) -> list[str]:
    """The lines of `text` with their ends; `"".join` gives `text` back. No empty line after the last end."""
    if any(end in text for end in _OTHER_ENDS):
        return _LINE.findall(text)
    return text.splitlines(keepends=True)


def line_end(line: str) -> str:
    """The line's own end: `"\\r\\n"`, `"\\n"`, `"\\r"`, or `""` for an unterminated last line."""
    if line.endswith("\r\n"):
        return "\r\n"
    return line[-1] if line.endswith(("\n", "\r")) else ""


def strip_end(line: str) -> str:
    """The line without its end."""
    return line[: len(line) - len(line_end(line))]


def dominant_end(lines: list[str]) -> str:
    """The line end that most of `lines` have; `"\\n"` if none has one."""
    if "\r" not in "".join(lines):
        return "\n"
    counts: dict[str, int] = {}
    for line in lines:
        if end := line_end(line):
            counts[end] = counts.get(end, 0) + 1
    return max(counts, key=counts.__getitem__, default="\n")


def with_ends(text: str, end: str) -> str:
    """`text` with every line end replaced by `end`."""
    return end.join(strip_end(line) for line in split_lines(text)) + (end if line_end(text) else "")


def units(text: str, encoding: Encoding) -> int:
    """How many code units of `encoding` the text takes."""
    if encoding == "utf-32" or text.isascii():
        return len(text)
    if encoding == "utf-8":
        return len(text.encode("utf-8", "surrogatepass"))
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def index_of_column(line: str, column: int, encoding: Encoding) -> int:
    """The index into `line` of a column in code units; rounds down inside a code point, stops at the end."""
    if column <= 0:
        return 0
    last = min(column, len(line))
    if encoding == "utf-32" or line.isascii():
        return last
    return bisect_right(range(last + 1), column, key=lambda index: units(line[:index], encoding)) - 1


class LineIndex:
    """Offsets of one text's lines, and positions both ways.

    Lines are zero-based. A text that ends with a line end has one more, empty line after it, as in LSP.
    `lines` are the text's, for who has split it already.
    """

    def __init__(self, text: str, lines: Sequence[str] | None = None) -> None:
        self.text = text
        if lines is None:
            lines = split_lines(text)
        self._starts = [0, *accumulate(map(len, lines))]
        if lines and not line_end(lines[-1]):
            self._starts.pop()

    @property
    def line_count(self) -> int:
        """The number of lines, the empty one after a final line end included."""
        return len(self._starts)

    def line(self, number: int) -> str:
        """The line's text with its end; empty beyond the last line."""
        return self.text[self.start(number) : self.start(number + 1)]

    def start(self, number: int) -> int:
        """The offset of the line's first character; the text's length beyond the last line."""
        return self._starts[number] if number < len(self._starts) else len(self.text)

    def line_at(self, offset: int) -> int:
        """The number of the line that holds `offset`."""
        return bisect_right(self._starts, offset) - 1

    def offset(self, line: int, column: int, encoding: Encoding) -> int:
        """The offset of a position; a column past the line's end is the end, as LSP asks; never in a CRLF."""
        if line < 0:
            return 0
        if line >= len(self._starts):
            return len(self.text)
        return self.start(line) + index_of_column(strip_end(self.line(line)), column, encoding)

    def position(self, offset: int, encoding: Encoding) -> tuple[int, int]:
        """The position `(line, column in code units)` of an offset."""
        if not 0 <= offset <= len(self.text):
            offset = 0 if offset < 0 else len(self.text)
        line = bisect_right(self._starts, offset) - 1
        return line, units(self.text[self._starts[line] : offset], encoding)
