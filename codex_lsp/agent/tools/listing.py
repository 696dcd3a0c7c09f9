"""`list_files`: paths, as many as fit into one answer; folders that hold more are counted instead."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from heapq import nsmallest
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
    listing = _Listing(overlay, below, patterns(arguments.get("glob", "")))
    try:
        return await asyncio.to_thread(listing.make)
    finally:
        listing.stop.set()


class _Listing:
    """One call's work, away from the event loop: on `overlay` as it is now."""

    def __init__(self, overlay: Overlay, below: str, wanted: Sequence[str]) -> None:
        self.stop = threading.Event()
        self._below = below
        self._view = overlay.view
        self._live, self._gone = list(overlay.live()), overlay.gone()
        self._matches = matcher(wanted) if wanted else lambda path: True

    def make(self) -> Result:
        """The answer."""
        found, cut = self._walked()
        gone, prefix = self._gone, self._below + "/" if self._below else ""
        paths = {path for path in found if path not in gone and self._matches(path)}
        paths |= {path for path in self._live if path.startswith(prefix) and self._matches(path)}
        step = f"listed {len(paths):,} files" + (f" in {self._below}" if prefix else "")
        notes = [f"[cut here: {cut}; give path to see the rest of a folder]"] if cut else []
        if not paths:
            return Result("\n".join(("no files.", *notes)), step)
        shown = _shown(paths, self._below)
        if len(shown) < len(paths):
            notes.append(
                "[folders with a number of files are not listed in full: give one as path, or a glob]"
            )
        return Result("\n".join((*shown, *notes)), step)

    def _walked(self) -> tuple[list[str], str]:
        view = self._view
        if view.root is None:
            return [], ""
        walk = Walk(view.root, view.ignore, self._below, bounds=BOUNDS, stop=self.stop.is_set)
        return list(walk), walk.cut


def _shown(paths: Collection[str], below: str) -> list[str]:
    """The paths, or as deep as they fit: what lies deeper is counted by folder."""
    if len(paths) <= MAX_SHOWN:
        return sorted(paths)
    best: Mapping[str, int] = {}
    for depth in range(below.count("/") + 2 if below else 1, BOUNDS.depth):
        counts = Counter(_folder(path, depth) for path in paths)
        if len(counts) > MAX_SHOWN:
            break
        best = counts
    if not best:
        # Sorting all of them would hold everybody up.
        return [*nsmallest(MAX_SHOWN, counts), f"[cut here: {len(counts) - MAX_SHOWN:,} more]"]
    return [f"{path} ({best[path]:,} files)" if path.endswith("/") else path for path in sorted(best)]


def _folder(path: str, depth: int) -> str:
    parts = path.split("/", depth)
    return "/".join(parts[:depth]) + "/" if len(parts) > depth else path
