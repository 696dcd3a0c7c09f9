"""Parts of a text that a query finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from codex_lsp.records import record
from codex_lsp.syntax.parse import Parsed
from codex_lsp.syntax.queries import IMPORTERS

if TYPE_CHECKING:
    from tree_sitter import Node, Query


@record(frozen=True, slots=True)
class Span:
    """A part of a text: offsets `[start, end)` in code points, zero-based lines `[line, end_line)`."""

    start: int
    end: int
    line: int
    end_line: int


def span(parsed: Parsed, node: Node) -> Span:
    """Where a node stands, without blanks at its end: some grammars count the line's end in."""
    start, end = parsed.offset(node.start_byte), parsed.offset(node.end_byte)
    text = parsed.text[start:end]
    end -= len(text) - len(text.rstrip())
    line, last = parsed.lines.line_at(start), parsed.lines.line_at(max(start, end - 1))
    return Span(start, end, line, last + 1)


def captured(parsed: Parsed, query: Query | None, name: str, depth: int | None = None) -> list[Span]:
    """What the query captures by that name, in order, `depth` levels down at most."""
    if query is None:
        return []
    found: set[Span] = set()
    for captures in matches(query, parsed.root, depth):
        if all(parsed.said(node) in IMPORTERS for node in captures.get("by", ())):
            found.update(span(parsed, node) for node in captures.get(name, ()))
    return sorted(found, key=lambda each: (each.start, -each.end))


def matches(query: Query, node: Node, depth: int | None = None) -> list[dict[str, list[Node]]]:
    """What the query finds in a node, `depth` levels down at most."""
    from tree_sitter import QueryCursor

    # No progress is asked for: tree-sitter 0.26 crashes over that.
    cursor = QueryCursor(query)
    if depth is not None:
        cursor.set_max_start_depth(depth)
    return [captures for _, captures in cursor.matches(node)]
