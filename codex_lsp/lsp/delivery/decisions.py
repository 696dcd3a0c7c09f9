"""What the person decides about a proposal: to apply it, or a file of it, to take it back or bring it back.

A decision on what is still under way to the editor waits until the editor has said what it made of it.
"""

from __future__ import annotations

from lsprotocol import types

from codex_lsp.lsp.delivery.deliver import deliver
from codex_lsp.lsp.places import Places
from codex_lsp.lsp.session import Session
from codex_lsp.review.proposal import Proposal

NOTHING = "There is nothing to take back."


def accept(session: Session, proposal_id: str) -> bool:
    """Apply a pending proposal, whatever speaks against it, but for what is to be confirmed by itself.

    Says whether there is one.
    """
    found = session.pending.take(proposal_id)
    if found is None:
        return False
    session.turns.sent(found[0])
    session.spawn(_apply(session, *found))
    return True


def confirm(session: Session, proposal_id: str, path: str) -> bool:
    """Apply what waits for one file, which the person confirms by itself; whether there is any."""
    if sent := session.turns.under_way(proposal_id):
        # What is left of it waits again as soon as the editor has said what it made of the rest.
        session.spawn(_confirm_then(session, proposal_id, path))
        return any(each.path == path for each in sent.changes)
    waiting = session.pending.get(proposal_id)
    if waiting is None or all(each.path != path for each in waiting.changes):
        return False
    found = session.pending.take(proposal_id)
    assert found is not None
    session.turns.sent(found[0])
    session.spawn(_apply(session, *found, confirmed=path))
    return True


async def _confirm_then(session: Session, proposal_id: str, path: str) -> None:
    await session.turns.settled(proposal_id)
    if not confirm(session, proposal_id, path):
        session.tell(types.MessageType.Info, f"Nothing of {path} waits to be confirmed.")


def undo(session: Session, proposal_id: str | None) -> Proposal | None:
    """Take back what was accepted of a proposal, or of the last one, or bring that back.

    Returns what is on its way; None if there is nothing to take back.
    """
    if sent := session.turns.under_way(proposal_id):
        # The person sees it already: it is taken back as soon as the editor has said that it is there.
        session.spawn(_undo_then(session, proposal_id))
        own, again = sent.own, bool(sent.undoes)
        return Proposal(f"{own}.undo", "", (), undoes="" if again else own, redoes=own if again else "")
    found = session.pending.undo(proposal_id)
    if found is None:
        return None
    session.spawn(_apply(session, *found))
    return found[0]


async def _undo_then(session: Session, proposal_id: str | None) -> None:
    await session.turns.settled(proposal_id)
    if undo(session, proposal_id) is None:
        session.tell(types.MessageType.Info, NOTHING)


async def _apply(session: Session, proposal: Proposal, places: Places, confirmed: str = "") -> None:
    delivered = await deliver(session, proposal, places, "direct", looked=True, confirmed=confirmed)
    if delivered.warn:
        session.tell(types.MessageType.Warning, delivered.message)
    elif delivered.status != "applied":
        session.tell(types.MessageType.Info, delivered.message)
