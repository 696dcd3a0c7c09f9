"""`list_files`: paths, as many as fit into one answer; folders that hold more are counted instead."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from codex_lsp.agent.overlay import Overlay
from codex_lsp.agent.tools.places import patterns, place
from codex_lsp.agent.tools.result import Result
from codex_lsp.workspace.globs import matcher
from codex_lsp.workspace.walk import Bounds, Walk

MAX_SHOWN = 400
BOUNDS = Bounds(files=100_000, seconds=5.0)


async def list_files(overlay: Overlay, arguments: Mapping[str, Any]) -> Result:
    """The files below a folder; raises `BadArguments` or an `EditError`."""
    below = place(overlay, arguments.get("path", ""))
    wanted = patterns(arguments.get("glob", ""))
    found, cut = await _walked(overlay, below)
    live, gone = overlay.live(), overlay.gone()
    matches = matcher(wanted) if wanted else lambda path: True
    paths = {path for path in found if path not in gone and matches(path)}
    paths |= {path for path in live if (not below or path.startswith(below + "/")) and matches(path)}
    step = f"listed {len(paths):,} files" + (f" in {below}" if below else "")
    notes = [f"[cut here: {cut}; give path to see the rest of a folder]"] if cut else []
    if not paths:
        return Result("\n".join(("no files.", *notes)), step)
    shown = _shown(sorted(paths), below)
    if len(shown) < len(paths):
        notes.append("[folders with a number of files are not listed in full: give one as path, or a glob]")
    return Result("\n".join((*shown, *notes)), step)


async def _walked(overlay: Overlay, below: str) -> tuple[list[str], str]:
    view = overlay.view
    if view.root is None:
        return [], ""
    stop = threading.Event()
    walk = Walk(view.root, view.ignore, below, bounds=BOUNDS, stop=stop.is_set)
    try:
        return await asyncio.to_thread(list, walk), walk.cut
    finally:
        stop.set()


def _shown(paths: Sequence[str], below: str) -> list[str]:
    """The paths, or as deep as they fit: what lies deeper is counted by folder."""
    if len(paths) <= MAX_SHOWN:
        return list(paths)
    base = below.count("/") + 1 if below else 0
    best: list[str] = []
    for depth in range(base + 1, base + 40):
        counts = Counter(_folder(path, depth) for path in paths)
        shown = [path if path[-1:] != "/" else f"{path} ({count:,} files)" for path, count in counts.items()]
        if len(shown) > MAX_SHOWN:
            break
        best = shown
    return best or [*shown[:MAX_SHOWN], f"[cut here: {len(shown) - MAX_SHOWN:,} more]"]


def _folder(path: str, depth: int) -> str:
    parts = path.split("/", depth)
    return "/".join(parts[:depth]) + "/" if len(parts) > depth else path
