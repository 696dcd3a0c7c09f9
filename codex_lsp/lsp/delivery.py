"""Bring a proposal to the person: onto the text as it is now, the way this client and the settings allow."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Literal

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from codex_lsp.lsp.places import Places
from codex_lsp.lsp.session import Session
from codex_lsp.lsp.workspace_edit import Undeliverable, confirmed, expect, to_workspace_edit
from codex_lsp.review.proposal import FileConflict, Proposal, follow
from codex_lsp.settings import Apply

APPLY_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Delivered:
    """What became of a proposal. Unless `applied`, it waits in review, or `conflict` left nothing of it."""

    status: Literal["applied", "review", "conflict", "unchanged"]
    message: str
    warn: bool = False


async def deliver(
    session: Session, proposal: Proposal, places: Places, apply: Apply, *, looked: bool = False
) -> Delivered:
    """Rebase, send, confirm. Whatever cannot be applied for certain is offered for review instead.

    `looked` says that the person has seen the proposal and wants it.
    """
    rebased = follow(proposal, {each.path: places.text(each.path) for each in proposal.changes})
    proposal = rebased.proposal
    if rebased.conflicts:
        text = f"{conflicts_text(rebased.conflicts)} Nothing was applied."
        if not proposal.changes:
            return Delivered("conflict", text, warn=True)
        return _review(session, proposal, places, text, warn=True)
    if not proposal.changes:
        return Delivered("unchanged", "The text already is as proposed.")
    cautions = [] if looked else proposal.cautions()
    if apply == "review" or not session.client.apply_edit:
        return _review(session, proposal, places, _summary(proposal))
    if cautions:
        return _review(session, proposal, places, f"Please look first: {' '.join(cautions)}", warn=True)
    return await _apply(session, proposal, places, annotated=apply == "annotated")


async def _apply(session: Session, proposal: Proposal, places: Places, *, annotated: bool) -> Delivered:
    try:
        edit = to_workspace_edit(proposal, places, session.client, session.encoding, annotated=annotated)
    except Undeliverable as error:
        return _review(session, proposal, places, str(error), warn=True)
    expectations = expect(places, edit.expected)
    params = types.ApplyWorkspaceEditParams(edit.edit, label=_label(proposal))
    refusal = await _refusal(session, params, annotated=annotated)
    if refusal is not None:
        reason = f": {refusal}" if refusal else ""
        for each in expectations:
            each.cancel()
        return _review(session, proposal, places, f"The editor did not apply the change{reason}.", warn=True)
    if not await confirmed(expectations):
        text = "The editor said that it applied the change, but the text is another."
        return _review(session, proposal, places, text, warn=True)
    return Delivered("applied", _summary(proposal))


async def _refusal(
    session: Session, params: types.ApplyWorkspaceEditParams, *, annotated: bool
) -> str | None:
    """None if the client says that it applied the edit, else its reason why not, which may be empty."""
    try:
        # A person who is asked to confirm may take all day; a client that just applies may not.
        async with asyncio.timeout(None if annotated else APPLY_SECONDS):
            result = await session.wire.send_request_async(types.WORKSPACE_APPLY_EDIT, params)
    except TimeoutError:
        return "it gave no answer"
    except JsonRpcException as error:
        return error.message
    return None if result.applied else result.failure_reason or ""


def _review(
    session: Session, proposal: Proposal, places: Places, message: str, *, warn: bool = False
) -> Delivered:
    conflicts = session.pending.add(proposal, places)
    if proposal.id in session.pending.ids():
        return Delivered("review", f"{message} The changes wait as code actions at their places.", warn)
    if conflicts:
        return Delivered("conflict", f"{message} {conflicts_text(conflicts)}", warn=True)
    # The editor applied it after all, later than it said, or by hand.
    return Delivered("applied", _summary(proposal))


def conflicts_text(conflicts: tuple[FileConflict, ...]) -> str:
    """The places that were changed meanwhile, in a sentence each, at most three."""
    shown = [f"{each.path}, line {each.line + 1}, {each.what}." for each in conflicts[:3]]
    more = f" There are {len(conflicts) - 3} more." if len(conflicts) > 3 else ""
    return " ".join(shown) + more


def _summary(proposal: Proposal) -> str:
    counts = [
        f"{each.path}: {len(each.hunks)} change{'s' if len(each.hunks) != 1 else ''}"
        if each.is_content_only
        else f"{each.path}: {'new' if each.base is None else 'moved' if each.move_to else 'deleted'}"
        for each in proposal.changes
    ]
    mode = f" [{proposal.mode}]" if proposal.mode else ""
    checked = f" ({proposal.verification.note.rstrip('.')})" if proposal.verification.note else ""
    return f"{', '.join(counts)}{checked}{mode}"


def _label(proposal: Proposal) -> str:
    return "Codex: " + proposal.summary.splitlines()[0][:80]
