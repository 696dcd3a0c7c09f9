"""Runs that did not end by themselves: why, told once and where the person looks, and what they had made."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from codex_lsp.agent.model import ModelError
from codex_lsp.edits import EditError
from codex_lsp.lsp.actions.asked import QUICKFIX, Asked, clip
from codex_lsp.lsp.plain import plain
from codex_lsp.lsp.runs.followup import offer
from codex_lsp.lsp.runs.past import Past, PastRuns
from codex_lsp.lsp.session import Session
from codex_lsp.lsp.wire.faults import INTERNAL

SHOW = "Show what was made"
ACTION = "show what the stopped run had changed"

# The latest of a document; who has more of them has forgotten the others.
MAX_OFFERED = 3


def reason(error: Exception) -> tuple[str, str]:
    """A stable word for programs, and for the person what happened and what to do."""
    if isinstance(error, ModelError):
        return error.code, str(error)
    if isinstance(error, EditError):
        return "edit", f"{error} Ask again, or in other words."
    return "internal", INTERNAL


def kept(left: tuple[str, ...]) -> str:
    """What of a run that was stopped is kept, in words."""
    return f"What was made of {', '.join(left)} until then is kept, not applied."


def tell_stopped(session: Session, run_id: str, message: str, *, offers: bool) -> None:
    """Tell the person why a run failed, and how to see what it had made."""
    if offers and session.client.buttons:
        session.spawn(_ask(session, run_id, message))
        return
    hint = ""
    if offers:
        where = "A code action there" if session.client.action_literals else "codexLsp.offer"
        hint = f" {where} shows it."
    session.tell(types.MessageType.Error, message + hint)


async def _ask(session: Session, run_id: str, message: str) -> None:
    actions = [types.MessageActionItem(SHOW)]
    params = types.ShowMessageRequestParams(types.MessageType.Error, plain(message), actions)
    # A client that answers with an error, or never, has shown the message all the same.
    with suppress(JsonRpcException):
        chosen = await session.wire.send_request_async(types.WINDOW_SHOW_MESSAGE_REQUEST, params)
        past = session.past.get(run_id)
        if chosen is not None and chosen.title == SHOW and past:
            await offer(session, past)


def actions(past: PastRuns, asked: Asked) -> Iterator[types.CodeAction]:
    """To see what stopped runs had made of the document's file; only if a person asks."""
    if not (asked.invoked and asked.wants(QUICKFIX)):
        return
    own = [each for each in past.offers() if _concerns(each, asked)][-MAX_OFFERED:]
    for each in reversed(own):
        title = f"Codex: {ACTION}" + (f" ({clip(each.memory.ask.instruction)})" if len(own) > 1 else "")
        command = types.Command(title, "codexLsp.offer", arguments=[{"run": each.id}])
        yield types.CodeAction(title, kind=QUICKFIX, command=command)


def _concerns(past: Past, asked: Asked) -> bool:
    paths = {past.places.asked_path, *past.left}
    return any(past.places.document(path) is asked.document for path in paths)
