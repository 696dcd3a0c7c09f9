"""`codexLsp.status`: how the endpoint, the runs and the proposals stand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from codex_lsp import __version__
from codex_lsp.lsp.commands.arguments import Arguments
from codex_lsp.lsp.runs.progress import spell
from codex_lsp.lsp.runs.sums import usage_json
from codex_lsp.lsp.session import Origin, Session

LINE_CHARS = 80


def status(session: Session, arguments: Arguments, origin: Origin) -> dict[str, Any]:
    """All of it as JSON; `line` is for an editor's status line."""
    config, sums = session.config, session.sums
    runs, proposals = session.active_runs(), session.pending.ids()
    return {
        "state": config.state,
        "model": config.model,
        "mode": session.mode,
        "version": __version__,
        "runs": runs,
        "proposals": proposals,
        "review": session.pending.report(),
        "offers": [past.id for past in session.past.offers()],
        "problems": list(session.problems),
        "lastError": sums.error,
        "usage": {**usage_json(sums.used), "runs": sums.runs},
        "line": line(config.state, session.mode, runs, len(proposals), failed=sums.error is not None),
    }


def line(
    state: str, mode: str, runs: Sequence[Mapping[str, Any]], waiting: int, *, failed: bool = False
) -> str:
    """The same in a few words: what is being done, what waits for the person, what went wrong."""
    parts = [f"Codex: {state}" if state != "ready" else f"Codex [{mode}]" if mode else "Codex"]
    if len(runs) == 1:
        parts.append(f"{_clip(runs[0]['step'] or runs[0]['title'])} ({spell(runs[0]['seconds'])})")
    elif runs:
        parts.append(f"{len(runs)} runs")
    if waiting:
        parts.append(f"{waiting} to review")
    if failed and not runs:
        parts.append("failed")
    return " · ".join(parts)


def _clip(text: str) -> str:
    return text if len(text) <= LINE_CHARS else f"{text[: LINE_CHARS - 1]}…"
