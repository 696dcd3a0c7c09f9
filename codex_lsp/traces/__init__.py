"""Runs on record, one file a run: written, read, played again, shown. See `writing` for the form."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from codex_lsp.agent.trace import Trace


def trace_of(run_id: str, *, wanted: bool = True, keys: Iterable[str] = ()) -> Trace:
    """What records a run that is about to begin, or keeps nothing unless it is wanted.

    `keys` are secrets that are known, such as the endpoint's key: they are not written.
    """
    # With the first run, not at a server's start.
    if not wanted:
        from codex_lsp.agent.trace import NullTrace

        return NullTrace()
    from codex_lsp.traces.telling import FileTrace

    return FileTrace(run_id, keys=[key for key in keys if key])
