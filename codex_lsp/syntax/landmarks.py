"""What stands out in one text: its imports, and the definitions around a place.

By the grammar where there is one and the text is short enough to be parsed while somebody waits; else by
keywords and indentation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from codex_lsp.edits.text import LineIndex

if TYPE_CHECKING:
    from codex_lsp.syntax.plain_definitions import Definition

# A tree of as much takes about 10 ms.
MAX_PARSED_CHARS = 120_000

# Of a text's head, in which imports are looked for.
_HEAD_LINES = 400
_IMPORT = re.compile(
    r"(?:import|from|use|using|package|require|#\s*include|@import|(?:const|let|var) .*\brequire)\b"
)
_OPEN, _CLOSE = re.compile(r"[(\[{]"), re.compile(r"[)\]}]")


class Landmarks:
    """Those of the file at `path` that holds `text`, found when they are asked for.

    `language` is what the editor calls it.
    """

    def __init__(self, path: str, text: str, language: str = "") -> None:
        self.path = path
        self.language = language
        self.index = LineIndex(text)

    def enclosing(self, lines: tuple[int, int]) -> Sequence[Definition]:
        """The definitions that hold these lines `[first, last)`, the innermost first."""
        found = self._parsed(lines[0]) or self._by_keyword(lines[0])
        return [each for each in found if each.start <= lines[0] and lines[1] <= each.end]

    @cached_property
    def imports(self) -> tuple[tuple[int, int], ...]:
        """The lines `[first, last)` of its import statements."""
        if self._short:
            from codex_lsp.syntax.imports import imports

            found = imports(self.path, self.index.text, self.language)
            if found is not None:
                return tuple((each.line, each.end_line) for each in found)
        return tuple(_imports(self.index))

    @property
    def _short(self) -> bool:
        return len(self.index.text) <= MAX_PARSED_CHARS

    def _parsed(self, line: int) -> list[Definition]:
        if not self._short:
            return []
        from codex_lsp.syntax.plain_definitions import Definition
        from codex_lsp.syntax.symbols import enclosing_all

        around = enclosing_all(self.path, self.index.text, self.index.start(line), self.language)
        return [Definition(each.name, each.line, each.end_line) for each in reversed(around)]

    def _by_keyword(self, line: int) -> list[Definition]:
        from codex_lsp.syntax.plain_definitions import enclosing_definition, outer_definition

        found = []
        symbol = enclosing_definition(self.index, line)
        while symbol is not None:
            found.append(symbol)
            symbol = outer_definition(self.index, symbol)
        return found


def _imports(index: LineIndex) -> Iterator[tuple[int, int]]:
    number, last = 0, min(index.line_count, _HEAD_LINES)
    while number < last:
        start = number
        if _IMPORT.match(index.line(number)):
            depth = _depth(index.line(number))
            while depth > 0 and number + 1 < last:
                number += 1
                depth += _depth(index.line(number))
            yield start, number + 1
        number += 1


def _depth(line: str) -> int:
    return len(_OPEN.findall(line)) - len(_CLOSE.findall(line))
