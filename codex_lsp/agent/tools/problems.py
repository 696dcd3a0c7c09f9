"""`diagnostics`: what the editor showed when the run began."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from codex_lsp.agent.overlay import Diagnostic, Overlay
from codex_lsp.agent.tools.result import Result

MAX_SHOWN = 200
MAX_MESSAGE_CHARS = 1_000


def diagnostics(overlay: Overlay, arguments: Mapping[str, Any]) -> Result:
    """The problems of one file, or of all; raises an `EditError`."""
    path = arguments.get("path")
    if path is not None:
        overlay.read(path)
    paths = overlay.live() if path is None else (path,)
    told = [(each, found) for each in paths for found in overlay.diagnostics(each)]
    step = f"looked at {len(told)} diagnostics"
    if not told:
        return Result("The editor shows no problems there.", step)
    lines = [line for each, found in told[:MAX_SHOWN] for line in _described(each, found)]
    if len(told) > MAX_SHOWN:
        lines.append(f"[cut here: {len(told) - MAX_SHOWN} more; ask for one path]")
    if any(overlay.is_changed(each) for each, _ in told):
        lines.append("[as it was before your edits: lines may have moved, and problems may be gone]")
    return Result("\n".join(lines), step)


def _described(path: str, found: Diagnostic) -> Iterator[str]:
    by = " ".join(part for part in (found.source, found.code) if part)
    yield f"{path}:{found.line + 1}: {_line(found.message)}" + (f" ({by})" if by else "")
    for place in found.related:
        yield f"  {place.path}:{place.line + 1}: {_line(place.message)}"


def _line(message: str) -> str:
    line = " ".join(message.split())
    cut = len(line) - MAX_MESSAGE_CHARS
    return line if cut <= 0 else f"{line[:MAX_MESSAGE_CHARS]}[cut here, {cut} characters more]"
