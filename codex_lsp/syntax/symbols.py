"""The definitions of a text: all, nested as they stand, or the one around a place."""

from __future__ import annotations

from dataclasses import field, replace
from typing import TYPE_CHECKING

from codex_lsp.records import record
from codex_lsp.syntax import queries
from codex_lsp.syntax.parse import Parsed, parse
from codex_lsp.syntax.spans import matches, span

if TYPE_CHECKING:
    from tree_sitter import Node, Query

# Deeper than people nest; a hostile text has a hundred thousand.
MAX_DEPTH = 2_000
MAX_NAME = 120

# A definition that is all there is in one of these begins and ends with it.
_WRAPPERS = frozenset(
    (
        "decorated_definition",
        "export_statement",
        "ambient_declaration",
        "template_declaration",
        "lexical_declaration",
        "variable_declaration",
        "type_declaration",
        "expression_statement",
    )
)
# How far below the outermost of them it may be: `export const f = ...`.
WRAPPED = 2
_OWNERS = frozenset(("class", "interface", "struct", "trait", "impl", "enum", "union"))


@record(frozen=True, slots=True)
class Symbol:
    """A definition: what it is (`"function"`, `"class"`, …), its name, where it stands, what is in it.

    Offsets `[start, end)` are code points, from its decorators or `export` to its last character; lines
    `[line, end_line)` are zero-based.
    """

    kind: str
    name: str
    start: int
    end: int
    line: int
    end_line: int
    children: tuple[Symbol, ...] = field(default=())


def outline(path: str, text: str, language: str = "") -> list[Symbol] | None:
    """The text's definitions in order, each with those inside it; None if its language is unknown.

    `language` is what the editor calls it. A text that does not parse gives what can be recognised, or None
    if it is nothing but brackets that are not closed, and the like.
    """
    parsed = parse(path, text, language)
    if parsed is None or parsed.is_beyond_queries:
        return None
    query = queries.definitions(parsed.language)
    return _nested(_matches(parsed, query, parsed.root)) if query else []


def enclosing(path: str, text: str, offset: int, language: str = "") -> Symbol | None:
    """The innermost definition around a place; None if there is none, or the language is unknown.

    A place in a line's indentation counts as the line's first character, one behind it as its last. The
    symbol comes without children.
    """
    found = enclosing_all(path, text, offset, language)
    return found[-1] if found else None


def enclosing_all(path: str, text: str, offset: int, language: str = "") -> list[Symbol]:
    """All definitions around a place, from the outermost to the innermost, without children."""
    parsed = parse(path, text, language)
    query = queries.definitions(parsed.language) if parsed else None
    if parsed is None or query is None:
        return []
    byte = parsed.byte(_meant(parsed, offset))
    place = parsed.offset(byte)
    found: dict[tuple[int, int], Symbol] = {}
    for node in _around(parsed, byte):
        for symbol in _matches(parsed, query, node, depth=WRAPPED if node.type in _WRAPPERS else 0):
            if symbol.name and symbol.start <= place < symbol.end:
                found.setdefault((symbol.start, symbol.end), symbol)
    symbols = list(found.values())
    return [_as_method(each, symbols[:number]) for number, each in enumerate(symbols)]


def _meant(parsed: Parsed, offset: int) -> int:
    number = parsed.lines.line_at(max(0, min(offset, len(parsed.text))))
    line, start = parsed.lines.line(number), parsed.lines.start(number)
    first, last = start + len(line) - len(line.lstrip()), start + len(line.rstrip()) - 1
    return max(first, min(offset, last)) if first <= last else offset


def _around(parsed: Parsed, byte: int) -> list[Node]:
    """The nodes that hold a byte, from the root's child down."""
    cursor = parsed.tree.walk()
    found: list[Node] = []
    while len(found) < MAX_DEPTH and cursor.goto_first_child_for_byte(byte) is not None:
        node = cursor.node
        if node is None or node.start_byte > byte:
            break
        found.append(node)
    return found


def _matches(parsed: Parsed, query: Query, node: Node, *, depth: int | None = None) -> list[Symbol]:
    found: dict[tuple[int, int], Symbol] = {}
    for captures in matches(query, node, depth):
        names = captures.pop("name", [])
        for kind, nodes in captures.items():
            symbol = _symbol(parsed, kind, nodes[0], names[0] if names else None)
            found.setdefault((symbol.start, symbol.end), symbol)
    return list(found.values())


def _symbol(parsed: Parsed, kind: str, node: Node, name: Node | None) -> Symbol:
    place = span(parsed, _widened(node))
    return Symbol(kind, _name(parsed, name), place.start, place.end, place.line, place.end_line)


def _widened(node: Node) -> Node:
    parent = node.parent
    while parent is not None and parent.type in _WRAPPERS and parent.named_child_count <= _allowed(parent):
        node, parent = parent, parent.parent
    return node


def _allowed(wrapper: Node) -> int:
    # Variables and types may share a declaration; decorators and parameters are of the one below.
    shared = ("variable_declaration", "lexical_declaration", "type_declaration")
    return 1 if wrapper.type in shared else 99


def _name(parsed: Parsed, node: Node | None) -> str:
    # C's and C++'s declarators wrap the name in what it returns and takes.
    while node is not None and (inner := node.child_by_field_name("declarator")) is not None:
        node = inner
    if (
        node is not None
        and node.type in ("reference_declarator", "parenthesized_declarator")
        and node.named_children
    ):
        return _name(parsed, node.named_children[0])
    said = parsed.said(node) if node is not None else ""
    return " ".join(said.split())[:MAX_NAME]


def _nested(symbols: list[Symbol]) -> list[Symbol]:
    top: list[Symbol] = []
    open_: list[tuple[Symbol, list[Symbol]]] = []

    def close() -> None:
        symbol, inside = open_.pop()
        (open_[-1][1] if open_ else top).append(replace(symbol, children=tuple(inside)))

    for symbol in sorted(symbols, key=lambda each: (each.start, -each.end)):
        while open_ and open_[-1][0].end <= symbol.start:
            close()
        open_.append((_as_method(symbol, [each for each, _ in open_]), []))
    while open_:
        close()
    return top


def _as_method(symbol: Symbol, around: list[Symbol]) -> Symbol:
    if symbol.kind == "function" and around and around[-1].kind in _OWNERS:
        return replace(symbol, kind="method")
    return symbol
