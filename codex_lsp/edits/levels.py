"""A file's lines, and the levels of leniency at which lines are compared with them.

Each level treats both sides alike before it compares. None ignores case: that finds other code.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

from codex_lsp.edits.text import dominant_end, split_lines, strip_end

# Fewer full lines than this are no place by themselves once they are not exact.
LEAST_LINES = 2

# What editors, keyboards and models write for one another: dashes, quotes, spaces, invisible characters.
_PLAIN = str.maketrans(
    dict.fromkeys("‐‑‒–—―−﹘﹣－", "-")
    | dict.fromkeys("‘’‚‛′＇", "'")
    | dict.fromkeys("“”„‟″«»＂", '"')
    | dict.fromkeys("\xa0\u1680\u202f\u205f\u3000" + "".join(map(chr, range(8192, 8203))), " ")
    | dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\xad", "")
    | {"\u2026": "..."}
)


def plain(line: str) -> str:
    """The line trimmed, in NFC, with ASCII punctuation for its typographic kin."""
    if not line.isascii():
        line = unicodedata.normalize("NFC", line).translate(_PLAIN)
    return line.strip()


def spaced(line: str) -> str:
    """The line as in `plain`, with one space for every run of white space."""
    return " ".join(plain(line).split())


EXACT, TRAILING, TRIMMED, TYPOGRAPHIC, SPACED = range(5)

TREATMENTS: tuple[Callable[[str], str], ...] = (str, str.rstrip, str.strip, plain, spaced)

LENIENCIES = (
    "",
    "trailing space was ignored",
    "indentation was ignored",
    "typographic punctuation was taken for plain",
    "runs of spaces were taken for one",
)


class Lines:
    """A text's lines: `raw` with their ends, `bare` without, and each level's treatment, worked out once."""

    def __init__(self, text: str) -> None:
        self.raw = split_lines(text)
        if "\r" in text:
            self.bare = [strip_end(line) for line in self.raw]
        else:
            self.bare = text.split("\n")
            if not self.bare[-1]:
                self.bare.pop()
        self.end = dominant_end(self.raw) if "\r" in text else "\n"
        self._treated = {EXACT: self.bare}

    def __len__(self) -> int:
        return len(self.raw)

    def treated(self, level: int) -> list[str]:
        """The bare lines as `level` compares them."""
        if level not in self._treated:
            self._treated[level] = list(map(TREATMENTS[level], self.bare))
        return self._treated[level]

    def occurrences(self, wanted: Sequence[str], level: int) -> list[int]:
        """The zero-based first line of every place where `wanted` stands, overlapping or not."""
        return occurrences(self.treated(level), [TREATMENTS[level](line) for line in wanted])


def occurrences(lines: Sequence[str], wanted: Sequence[str]) -> list[int]:
    """The zero-based first line of every place where `wanted` stands in `lines`, overlapping or not."""
    if not wanted:
        return []
    lines = lines if isinstance(lines, list) else list(lines)
    wanted = list(wanted)
    pivot = max(range(len(wanted)), key=lambda number: len(wanted[number]))
    found: list[int] = []
    at, stop = pivot, len(lines) - len(wanted) + pivot + 1
    while at < stop:
        try:
            at = lines.index(wanted[pivot], at, stop)
        except ValueError:
            break
        if lines[at - pivot : at - pivot + len(wanted)] == wanted:
            found.append(at - pivot)
        at += 1
    return found


def indent(line: str) -> str:
    """The white space that the line begins with."""
    return line[: len(line) - len(line.lstrip())]


_ESCAPE = re.compile(r"\\(n|t|r|\\|\"|'|`|\$)")
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r"}


def unescaped(lines: Sequence[str]) -> tuple[str, ...]:
    """The lines with their literal escapes (`\\t`, `\\n`, …) taken for what those mean."""
    if not lines:
        return ()
    text = _ESCAPE.sub(lambda found: _ESCAPED.get(found[1], found[1]), "\n".join(lines))
    return tuple(strip_end(line) for line in split_lines(text + "\n"))
