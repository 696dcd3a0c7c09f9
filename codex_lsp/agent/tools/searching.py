"""`search`: lines of the workspace's files as the run sees them, grouped by file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

from codex_lsp.agent.overlay import Overlay
from codex_lsp.agent.tools.places import patterns, place
from codex_lsp.agent.tools.result import Result
from codex_lsp.agent.tools.schemas import BadArguments
from codex_lsp.workspace.search import BadPattern, Line, Query, search

MAX_SHOWN = 100
MAX_CHARS = 300
MAX_FULL = 5


async def search_files(overlay: Overlay, arguments: Mapping[str, Any]) -> Result:
    """The lines that match; raises `BadArguments` or an `EditError`."""
    query = Query(
        arguments["pattern"],
        regex=arguments.get("regex", False),
        ignore_case=arguments.get("ignore_case", False),
        below=place(overlay, arguments.get("path", "")),
        globs=patterns(arguments.get("glob", "")),
    )
    try:
        found = await search(overlay.view, overlay.live(), overlay.gone(), query)
    except BadPattern as error:
        raise BadArguments(f"{query.pattern[:60]!r} cannot be searched for: {error}") from None
    files = len({line.path for line in found.lines})
    said = f"{len(found.lines):,} lines in {files:,} files"
    notes = [f"[cut here: {found.cut}; narrow it by path, glob or pattern]"] if found.cut else []
    if found.full and not found.cut:
        paths = ", ".join(found.full[:MAX_FULL]) + (" …" if len(found.full) > MAX_FULL else "")
        notes.append(f"[cut here: at most {query.each} lines of one file: give it as path for all: {paths}]")
    shown = found.lines[:MAX_SHOWN]
    if len(shown) < len(found.lines):
        rest = len(found.lines) - MAX_SHOWN
        notes.insert(0, f"[cut here: {rest:,} lines more; narrow it by path, glob or pattern]")
    step = f"searched for {query.pattern[:60]!r}: {said}"
    return Result("\n".join((f"{said}.", *_grouped(shown), *notes)), step)


def _grouped(lines: list[Line]) -> Iterator[str]:
    for path, group in groupby(lines, key=lambda line: line.path):
        yield path
        yield from (f"{line.number}\t{_around(line)}" for line in group)


def _around(line: Line) -> str:
    """The line, or a piece of a long one around its match."""
    if len(line.text) <= MAX_CHARS:
        return line.text
    data = line.text.encode("utf-8", "replace")
    if line.column > len(data):
        return f"{line.text[:40]}…[a long line, the match is at byte {line.column}]"
    start = len(data[: line.column - 1].decode("utf-8", "replace"))
    first = max(0, min(start - MAX_CHARS // 3, len(line.text) - MAX_CHARS))
    piece = line.text[first : first + MAX_CHARS]
    return ("…" if first else "") + piece + ("…" if first + MAX_CHARS < len(line.text) else "")
