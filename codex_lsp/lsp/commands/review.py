"""The commands of review: accept, reject, undo, and to go to a change."""

from __future__ import annotations

from contextlib import suppress

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from codex_lsp.lsp.commands.arguments import Arguments, decoded, optional, string
from codex_lsp.lsp.convert import range_from_json
from codex_lsp.lsp.delivery import decisions
from codex_lsp.lsp.session import Origin, Session


def accept(session: Session, arguments: Arguments, origin: Origin) -> dict[str, object]:
    """Apply what waits of a proposal, but for what is to be confirmed by itself."""
    return {"accepted": decisions.accept(session, string(arguments, "proposal"))}


def confirm(session: Session, arguments: Arguments, origin: Origin) -> dict[str, object]:
    """Apply the change of one file that the person confirms by itself."""
    proposal, path = string(arguments, "proposal"), string(arguments, "path")
    return {"confirmed": decisions.confirm(session, proposal, path)}


def reject(session: Session, arguments: Arguments, origin: Origin) -> dict[str, object]:
    """Drop a proposal, or one change of it."""
    proposal, path, hunk = string(arguments, "proposal"), arguments.get("path"), arguments.get("hunk")
    if path is None and hunk is None:
        return {"rejected": session.pending.drop(proposal)}
    if not isinstance(path, str) or not isinstance(hunk, int | None):
        raise ValueError("'path' must be a string, and 'hunk', if any, one of its numbers")
    return {"rejected": session.pending.reject(proposal, path, hunk)}


def undo(session: Session, arguments: Arguments, origin: Origin) -> dict[str, object]:
    """Take back what was accepted of a proposal, or of the last one, or bring it back after that."""
    wanted = optional(arguments, "proposal") or optional(arguments, "run")
    found = decisions.undo(session, wanted)
    if found is None:
        session.tell(types.MessageType.Info, decisions.NOTHING)
        return {"undone": False, "redone": False, "proposal": None}
    own = found.undoes or found.redoes
    return {"undone": bool(found.undoes), "redone": bool(found.redoes), "proposal": own}


def jump(session: Session, arguments: Arguments, origin: Origin) -> dict[str, object]:
    """Let the editor go to a place, if it can."""
    uri, range_ = string(arguments, "uri"), decoded(arguments, "range", range_from_json)
    if session.client.show_document:
        params = types.ShowDocumentParams(uri, take_focus=True, selection=range_)
        session.spawn(_show(session, params))
    return {"shown": session.client.show_document}


async def _show(session: Session, params: types.ShowDocumentParams) -> None:
    # An editor that does not want to go there says so to the person, not to us.
    with suppress(JsonRpcException):
        await session.wire.send_request_async(types.WINDOW_SHOW_DOCUMENT, params)
