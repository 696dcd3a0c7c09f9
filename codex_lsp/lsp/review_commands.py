"""The commands of review: accept, reject, undo, and how things stand."""

from __future__ import annotations

from codex_lsp import __version__
from codex_lsp.lsp.arguments import Arguments, string
from codex_lsp.lsp.session import Origin, Session


def accept(session: Session, arguments: Arguments, origin: Origin) -> dict[str, object]:
    """Apply what waits of a proposal."""
    return {"accepted": session.accept(string(arguments, "proposal"))}


def reject(session: Session, arguments: Arguments, origin: Origin) -> dict[str, object]:
    """Drop a proposal, or one change of it."""
    proposal, path, hunk = string(arguments, "proposal"), arguments.get("path"), arguments.get("hunk")
    if path is None and hunk is None:
        return {"rejected": session.pending.drop(proposal)}
    if not isinstance(path, str) or not isinstance(hunk, int):
        raise ValueError("'path' and 'hunk' go together: a string and a number")
    return {"rejected": session.pending.reject(proposal, path, hunk)}


def status(session: Session, arguments: Arguments, origin: Origin) -> dict[str, object]:
    """How the endpoint, the runs and the proposals stand."""
    config = session.config
    return {
        "state": config.state,
        "model": config.model,
        "mode": session.mode,
        "version": __version__,
        "runs": session.active_runs(),
        "proposals": session.pending.ids(),
        "problems": list(session.problems),
    }
