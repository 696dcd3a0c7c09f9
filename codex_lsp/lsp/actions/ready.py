"""Actions that need no words: ready-made asks, and the person's own."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lsprotocol import types

from codex_lsp.agent.asks.commit import tells_change
from codex_lsp.agent.asks.ready import READY, ReadyAsk
from codex_lsp.lsp.actions.asked import REWRITE, SOURCE, Asked
from codex_lsp.syntax.plain_definitions import Definition, enclosing_definition

COMMAND = "codexLsp.askReady"

_IMPORT = re.compile(
    r"[ \t]*(?:import\b|from\b|use\b|using\b|#[ \t]*include\b|require\b|(?:const|let|var) .*\brequire\()",
    re.M,
)
_LOOKED_CHARS = 20_000
# Where they do not change the lines that are selected, they are no rewriting of these.
_SOURCES = ("explain", "tests")


def actions(asked: Asked) -> Iterator[types.CodeAction]:
    """Those that make sense in this language and at this place."""
    if not asked.invoked or not (asked.wants(REWRITE) or asked.wants(SOURCE)):
        return
    index, (start, end) = asked.document.index, asked.selected
    symbol = enclosing_definition(index, index.line_at(start))
    name = place_name(asked, symbol)
    for ask in (*READY, *asked.custom()):
        kind = SOURCE if ask.kind == "explain" or ask.name in _SOURCES else REWRITE
        there = ask.reach == "file" or start != end or (symbol is not None and ask.reach == "symbol")
        offered = asked.wants(kind) and asked.shows(ask.name) and ask.fits(asked.language)
        if offered and _makes_sense(ask, asked, there=there):
            yield asked.action(_title(ask, asked, name), kind, COMMAND, name=ask.name)


def place_name(asked: Asked, symbol: Definition | None) -> str:
    """What is asked about, in words: the definition by its name, or the lines."""
    index, (start, end) = asked.document.index, asked.selected
    first, last = index.line_at(start), index.line_at(max(start, end - 1))
    if symbol and (start == end or symbol.start == first):
        return f"`{symbol.name}`"
    return f"line {first + 1}" if first == last else f"lines {first + 1}–{last + 1}"


def _makes_sense(ask: ReadyAsk, asked: Asked, *, there: bool) -> bool:
    index, (start, end) = asked.document.index, asked.selected
    if ask.name == "commit":
        return tells_change(asked.document.source)
    if ask.name == "imports":
        begin, stop = index.start(index.line_at(start)), index.start(index.line_at(max(start, end - 1)) + 1)
        return _IMPORT.search(asked.document.source[begin : min(stop, begin + _LOOKED_CHARS)]) is not None
    return there


def _title(ask: ReadyAsk, asked: Asked, name: str) -> str:
    if ask.reach == "file":
        name = asked.document.uri.rpartition("/")[2]
    return ask.title.format(name)
