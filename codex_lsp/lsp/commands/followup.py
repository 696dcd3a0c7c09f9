"""The commands that go on from a run: `codexLsp.refine` and `codexLsp.offer`."""

from __future__ import annotations

from typing import Any

from codex_lsp.edits import EditError
from codex_lsp.endpoint.errors import EndpointError
from codex_lsp.lsp.commands.arguments import Arguments, optional, string, wished
from codex_lsp.lsp.commands.asking import refused
from codex_lsp.lsp.runs.followup import Comment, go_on, offer
from codex_lsp.lsp.session import Origin, Session

_GONE = "That run is not kept any more: ask anew."


def refine(session: Session, arguments: Arguments, origin: Origin) -> dict[str, Any]:
    """Go on from a proposal, or from a run, with a further instruction."""
    run_id = optional(arguments, "proposal") or string(arguments, "run")
    instruction = string(arguments, "instruction")
    if not instruction.strip():
        raise ValueError("'instruction' must not be empty")
    comment, apply = _comment(arguments), wished(arguments)
    past = session.past.get(run_id)
    if past is None:
        return refused(session, "unknown", _GONE)
    try:
        session.config.require_ready()
        ask, places, going_on = go_on(session, past, instruction, comment)
    except EndpointError as error:
        return refused(session, error.code, str(error))
    except EditError as error:
        return refused(session, "edit", str(error))
    # What waits is being looked at: its successor waits in its place.
    waits = session.pending.get(going_on.supersedes) is not None
    return {"run": session.start_run(ask, places, apply or ("review" if waits else None), origin, going_on)}


def offer_stopped(session: Session, arguments: Arguments, origin: Origin) -> dict[str, Any]:
    """Bring what a stopped run had made into review; without a run the last one that had made anything."""
    run_id = optional(arguments, "run")
    offers = session.past.offers()
    past = session.past.get(run_id) if run_id is not None else offers[-1] if offers else None
    if past is None or not past.left:
        return {"offered": None}
    session.spawn(offer(session, past))
    return {"offered": past.id}


def _comment(arguments: Arguments) -> Comment | None:
    path, hunk = optional(arguments, "path"), arguments.get("hunk")
    if not isinstance(hunk, int | None) or (path is None and hunk is not None):
        raise ValueError("'path' must be a string, and 'hunk', if any, one of its numbers")
    return None if path is None else Comment(path, hunk)
