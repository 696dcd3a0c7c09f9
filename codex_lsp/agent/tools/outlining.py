"""`outline`: a file's definitions, each with its lines, those inside it indented."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from codex_lsp.agent.overlay import Overlay
from codex_lsp.agent.tools.result import Result, refused

if TYPE_CHECKING:
    from codex_lsp.syntax.symbols import Symbol

MAX_SHOWN = 500


def outline(overlay: Overlay, arguments: Mapping[str, Any]) -> Result:
    """The definitions of a file; raises an `EditError`."""
    # The grammars load with the first look at a file.
    from codex_lsp.syntax import symbols

    path = arguments["path"]
    text = overlay.read(path)
    found = symbols.outline(path, text, overlay.language(path))
    if found is None:
        return refused("failed", f"{path} is in a language without outlines here: read_file or search.")
    step = f"outlined {path}"
    lines = list(_lines(found))
    if not lines:
        return Result(f"{path} defines nothing.", step)
    if len(lines) > MAX_SHOWN:
        rest = len(lines) - MAX_SHOWN
        lines = [*lines[:MAX_SHOWN], f"[cut here: {rest:,} definitions more; search or read_file shows them]"]
    return Result("\n".join((f"{path}, lines and definitions:", *lines)), step)


def _lines(symbols: Sequence[Symbol], depth: int = 0) -> Iterator[str]:
    for symbol in symbols:
        name = f"{symbol.kind} {symbol.name[:200]}"
        yield f"{'  ' * depth}{symbol.line + 1}-{symbol.end_line}\t{name}"
        yield from _lines(symbol.children, depth + 1)
