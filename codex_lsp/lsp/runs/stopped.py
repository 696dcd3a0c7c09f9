"""Runs that did not end by themselves: why, told once and where the person looks, and what they had made."""

from __future__ import annotations

from contextlib import suppress

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from codex_lsp.agent.model import ModelError
from codex_lsp.edits import EditError
from codex_lsp.lsp.plain import plain
from codex_lsp.lsp.runs.followup import offer
from codex_lsp.lsp.session import Session
from codex_lsp.lsp.wire.faults import INTERNAL

SHOW = "Show what was made"


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
