"""Definitions found by keyword and indentation: at once, in any text, broken or not.

What needs no more than a name and lines uses this, and so does everything where there is no grammar or the
text is too long to be parsed while somebody waits.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from codex_lsp.edits.text import LineIndex, strip_end
from codex_lsp.records import record

_KEYWORDS = r"""
    (?:(?:export|default|public|private|protected|static|async|pub(?:\([^)]*\))?)\s+)*
    (?:def|class|function\*?|fn|func|struct|enum|trait|impl|interface|type|module|namespace)\s+
    (?:\([^)]*\)\s*)?"""

_VALUE = r"(?:(?:export|const|let|var|val|static|final|pub)\s+)*"

_DEFINITION = re.compile(rf"(?P<indent>[ \t]*){_KEYWORDS}(?P<name>[A-Za-z_$][\w$]*)", re.VERBOSE)
_GIVEN = re.compile(rf"{_VALUE}(?P<name>[A-Za-z_$][\w$]*)[ \t]*(?::[^=\r\n]*)?=(?!=)")

# So often a name may occur before it is defined, and so far from its line's start.
_OCCURRENCES = 12
_HEAD_CHARS = 120

# A line that ends a bracket or a block stands at its opener's indentation, but belongs to what it ends.
_CLOSING = re.compile(r"\s*[)\]}:]")


@record(frozen=True, slots=True)
class Definition:
    """A definition found by its first line: its name and its lines `[start, end)`, zero-based."""

    name: str
    start: int
    end: int


def enclosing_definition(index: LineIndex, line: int) -> Definition | None:
    """The innermost definition whose lines hold `line`, by keyword and indentation; text may be broken."""
    return _search(index, min(line, index.line_count - 1), None)


def outer_definition(index: LineIndex, inner: Definition) -> Definition | None:
    """The definition around another one."""
    return _search(index, inner.start - 1, _width(strip_end(index.line(inner.start))))


def _search(index: LineIndex, line: int, limit: int | None) -> Definition | None:
    """The nearest definition from `line` up that holds it, indented by less than `limit`."""
    for number in range(line, -1, -1):
        if limit == 0:
            return None
        text = strip_end(index.line(number))
        closes = _CLOSING.match(text) is not None
        if not text.strip() or (closes and number != line):
            continue
        indent = _width(text)
        found = _DEFINITION.match(text)
        if found and (limit is None or indent < limit):
            symbol = Definition(found["name"], number, _block_end(index, number, indent))
            if line < symbol.end:
                return symbol
        own = indent + 1 if closes else indent
        limit = own if limit is None else min(limit, own)
    return None


def definitions_of(index: LineIndex, names: Collection[str]) -> Iterator[Definition]:
    """The definitions of these names, values at the left margin among them, in the text's order.

    One inside another is not told again.
    """
    end = 0
    for found in _wanted(index.text, names):
        line = index.line_at(found.start())
        if line >= end:
            end = _block_end(index, line, len(found["indent"] or ""))
            yield Definition(found["name"] or found["value"], line, end)


def defined_names(text: str, names: Collection[str]) -> frozenset[str]:
    """Those of the names that the text defines, as far as one of their first occurrences shows it.

    Looks for the names and not for definitions: many texts are asked for few names.
    """
    return frozenset(name for name in names if any(_defines(text, name, at) for at in _places(text, name)))


def _places(text: str, name: str) -> Iterator[int]:
    at = -1
    for _ in range(_OCCURRENCES):
        at = text.find(name, at + 1)
        if at < 0:
            return
        yield at


def _defines(text: str, name: str, at: int) -> bool:
    start = max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1
    if at - start > _HEAD_CHARS:
        return False
    found = _DEFINITION.match(text, start) or _GIVEN.match(text, start)
    return found is not None and found.start("name") == at and found["name"] == name


def _wanted(text: str, names: Collection[str]) -> Iterator[re.Match[str]]:
    if names:
        words = "|".join(map(re.escape, sorted(names)))
        defined = rf"(?P<indent>[ \t]*){_KEYWORDS}(?P<name>{words})\b"
        given = rf"{_VALUE}(?P<value>{words})[ \t]*(?::[^=\r\n]*)?=(?!=)"
        yield from re.finditer(rf"(?:^|(?<=\r))(?:{defined}|{given})", text, re.VERBOSE | re.MULTILINE)


def _block_end(index: LineIndex, start: int, indent: int) -> int:
    end = start + 1
    for number in range(start + 1, index.line_count):
        text = strip_end(index.line(number))
        if not text.strip():
            continue
        if _width(text) < indent or (_width(text) == indent and not _CLOSING.match(text)):
            break
        end = number + 1
    return end


def _width(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))
