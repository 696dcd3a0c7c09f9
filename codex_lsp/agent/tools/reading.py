"""`read_file`: lines with their numbers, as many as fit into one answer."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

from codex_lsp.agent.overlay import Overlay
from codex_lsp.agent.tools.result import Result
from codex_lsp.agent.tools.schemas import BadArguments
from codex_lsp.edits.text import split_lines, strip_end

MAX_LINES = 2_000
MAX_CHARS = 60_000
MAX_LINE_CHARS = 2_000


def read_file(overlay: Overlay, arguments: Mapping[str, Any]) -> Result:
    """Some lines of a file; raises `BadArguments` or an `EditError`."""
    path = arguments["path"]
    lines = split_lines(overlay.read(path))
    first, last = arguments.get("start_line", 1), arguments.get("end_line", sys.maxsize)
    if first < 1 or last < first:
        raise BadArguments("start_line and end_line count from 1, and end_line is not before start_line.")
    if not lines:
        return Result(f"{path} is empty.", f"read {path}")
    if first > len(lines):
        raise BadArguments(f"{path} has only {len(lines)} lines.")
    last = min(last, len(lines))
    shown = _numbered(lines, first, last)
    end = first + len(shown) - 1
    head = f"{path}, lines {first}-{end} of {len(lines)}:"
    step = f"read {path}" if (first, end) == (1, len(lines)) else f"read {path}, lines {first}-{end}"
    rest = [f"[cut here: read_file with start_line={end + 1} goes on]"] if end < last else []
    return Result("\n".join((head, *shown, *rest)), step)


def _numbered(lines: list[str], first: int, last: int) -> list[str]:
    # A line that is asked for alone is shown as far as an answer goes.
    most = MAX_CHARS if first == last else MAX_LINE_CHARS
    shown: list[str] = []
    size = 0
    for number in range(first, min(last, first + MAX_LINES - 1) + 1):
        line = strip_end(lines[number - 1])
        if len(line) > most:
            way = ": read this line alone for more" if most < MAX_CHARS else ""
            line = f"{line[:most]}[cut here, {len(line) - most} characters more{way}]"
        size += len(line)
        if size > MAX_CHARS and shown:
            break
        shown.append(f"{number}\t{line}")
    return shown
