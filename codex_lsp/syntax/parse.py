"""A text's tree, and what in it does not parse."""

from __future__ import annotations

import re
import time
from bisect import bisect_left
from functools import cached_property
from typing import TYPE_CHECKING

from codex_lsp.edits.text import LineIndex
from codex_lsp.records import record
from codex_lsp.syntax.languages import grammar, language_of

if TYPE_CHECKING:
    from tree_sitter import Node, Point, Tree

# Nobody else runs while a tree is made: 10,000 lines take some 35 ms, an adversary's text ten times that.
MAX_CHARS = 2_000_000
SECONDS = 0.5
# Queries are quadratic in the parts of one error: 10,000 take 50 ms. So many nodes are looked at to find it.
MAX_PARTS = 10_000
MAX_BROKEN = 50_000

_PIECE = 1 << 16
# A text of so many bytes is parsed in some 0.2 s, whatever it is: it needs no deadline.
_SHORT = 12_000
_LONE_RETURN = re.compile(r"\r(?!\n)")
_CONTINUATION = re.compile(rb"[\x80-\xbf]")
_KEPT = 2
_KEPT_CHARS = 600_000


class Parsed:
    """A text with its tree. Offsets are code points of `text`; the tree's own are bytes of `data`."""

    def __init__(self, language: str, text: str, data: bytes, tree: Tree) -> None:
        self.language = language
        self.text = text
        self.data = data
        self.tree = tree

    @property
    def root(self) -> Node:
        """The tree's root, which spans all but blanks at the start."""
        return self.tree.root_node

    @property
    def is_whole(self) -> bool:
        """Whether all of it parses."""
        return not self.tree.root_node.has_error

    @cached_property
    def is_beyond_queries(self) -> bool:
        """Whether it holds an error of so many parts that a query of all would take seconds."""
        pending, looked_at = [self.root], 0
        while pending:
            node = pending.pop()
            if not node.has_error:
                continue
            looked_at += node.child_count
            if looked_at > MAX_BROKEN or (node.is_error and node.child_count > MAX_PARTS):
                return True
            pending += node.children
        return False

    @cached_property
    def lines(self) -> LineIndex:
        """The text's lines, as LSP counts them."""
        return LineIndex(self.text)

    @cached_property
    def _continuations(self) -> list[int]:
        if len(self.data) == len(self.text):
            return []
        return [match.start() for match in _CONTINUATION.finditer(self.data)]

    def offset(self, byte: int) -> int:
        """The code point that begins at a byte."""
        return byte - bisect_left(self._continuations, byte) if self._continuations else byte

    def said(self, node: Node) -> str:
        """A node's text. Its own `text` asks the parser's source again, piece by piece, and copies each."""
        return self.data[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def byte(self, offset: int) -> int:
        """The byte at which a code point begins."""
        return len(_encoded(self.text[:offset])) if self._continuations else offset


@record(frozen=True, slots=True)
class Fault:
    """A place that does not parse: its zero-based line and what is wrong, in a few words."""

    line: int
    what: str


_recent: tuple[Parsed, ...] = ()


def parse(path: str, text: str, language: str = "", *, seconds: float = SECONDS) -> Parsed | None:
    """The tree of a file's text; None if its language is unknown, it is too large, or takes too long.

    `language` is what the editor calls it. The last trees are remembered, so asking again costs nothing.
    """
    global _recent  # noqa: PLW0603
    name = language_of(path, language)
    if not name or len(text) > MAX_CHARS:
        return None
    if known := _remembered(name, text):
        return known
    data = _encoded(text)
    tree = _tree(name, data, None, seconds)
    if tree is None:
        return None
    parsed = Parsed(name, text, data, tree)
    if len(text) <= _KEPT_CHARS:
        _recent = (parsed, *_recent[: _KEPT - 1])
    return parsed


def is_known(path: str, text: str) -> bool:
    """Whether `parse` has the text's tree at hand."""
    return _remembered(language_of(path), text) is not None


def _remembered(name: str, text: str) -> Parsed | None:
    return next((known for known in _recent if known.language == name and known.text == text), None)


def parse_again(before: Parsed, text: str, *, seconds: float = SECONDS) -> Parsed | None:
    """The same for a text that differs from `before` at one place or a few; costs about what changed."""
    data = _encoded(text)
    start, old_end, new_end = _changed(before.data, data)
    tree = before.tree.copy()
    places = (_point(before.data, start), _point(before.data, old_end), _point(data, new_end))
    tree.edit(start, old_end, new_end, *places)
    made = _tree(before.language, data, tree, seconds)
    return None if made is None else Parsed(before.language, text, data, made)


def faults(parsed: Parsed, limit: int = 5) -> list[Fault]:
    """Where the text does not parse, from its start, `limit` places at most; empty if all of it does."""
    found: list[Fault] = []
    pending = [parsed.root]
    while pending and len(found) < limit:
        node = pending.pop()
        if node.is_missing:
            found.append(Fault(_line(parsed, node), f"{node.type!r} is missing"))
        elif node.is_error:
            found.append(Fault(_line(parsed, node), _unexpected(parsed, node)))
        elif node.has_error:
            pending += reversed(node.children)
    return found


def _tree(name: str, data: bytes, old: Tree | None, seconds: float) -> Tree | None:
    language = grammar(name)
    if language is None:
        return None
    from tree_sitter import Parser

    parser = Parser(language)
    if len(data) <= _SHORT:
        return (
            parser.parse(data, encoding="utf8") if old is None else parser.parse(data, old, encoding="utf8")
        )
    deadline = time.monotonic() + seconds
    whole = memoryview(data)
    views = {0: whole}

    def read(start: int, _: Point) -> memoryview | bytes:
        # tree-sitter 0.26 never lets go of what it is given here: a view that is released holds no text.
        if start >= len(data):
            return b""
        if start not in views:
            views[start] = whole[start : start + _PIECE]
        return views[start]

    def is_late(_offset: int, _failed: bool) -> bool:
        return time.monotonic() > deadline

    try:
        if old is None:
            return parser.parse(read, encoding="utf8", progress_callback=is_late)
        return parser.parse(read, old, encoding="utf8", progress_callback=is_late)
    except ValueError:
        return None
    finally:
        for view in reversed(views.values()):
            view.release()


def _encoded(text: str) -> bytes:
    if "\r" in text:
        # Grammars end a line at a line feed only.
        text = _LONE_RETURN.sub("\n", text)
    return text.encode("utf-8", "surrogatepass")


def _line(parsed: Parsed, node: Node) -> int:
    return parsed.lines.line_at(parsed.offset(node.start_byte))


def _unexpected(parsed: Parsed, node: Node) -> str:
    said = parsed.said(node).strip().partition("\n")[0]
    return f"{said[:40]!r} does not fit" if said else "it does not fit"


def _point(data: bytes, byte: int) -> tuple[int, int]:
    row = data.count(b"\n", 0, byte)
    return row, byte - (data.rfind(b"\n", 0, byte) + 1)


def _changed(old: bytes, new: bytes) -> tuple[int, int, int]:
    """The one region `[start, old_end)` that became `[start, new_end)`."""
    start = _common(old, new)
    limit = min(len(old), len(new)) - start
    tail = min(_common(old[::-1], new[::-1]), limit)
    return start, len(old) - tail, len(new) - tail


def _common(one: bytes, other: bytes) -> int:
    """How many bytes both begin with."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
