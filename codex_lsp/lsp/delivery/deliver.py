"""Bring a proposal to the person: onto the text as it is now, the way this client and the settings allow."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from codex_lsp.lsp.delivery import words
from codex_lsp.lsp.delivery.confirm import Confirmation
from codex_lsp.lsp.delivery.workspace_edit import Edit, Undeliverable, to_workspace_edit
from codex_lsp.lsp.places import Places
from codex_lsp.lsp.session import Session
from codex_lsp.records import record
from codex_lsp.review.follow import follow
from codex_lsp.review.proposal import Proposal
from codex_lsp.settings import Apply

APPLY_SECONDS = 30.0
# A change before it may wait for a person who is asked to confirm it; longer than this it is not waited for.
TURN_SECONDS = 5.0
# An edit that met a change on its way is carried over once more; after that it waits for the person.
MAX_ATTEMPTS = 2


@record(frozen=True, slots=True)
class Delivered:
    """What became of a proposal. Unless `applied` or `unchanged`, all that is left of it waits in review.

    `conflict` says that nothing of it fits the texts as they are.
    """

    status: Literal["applied", "review", "conflict", "unchanged"]
    message: str
    warn: bool = False


async def deliver(
    session: Session,
    proposal: Proposal,
    places: Places,
    apply: Apply,
    *,
    looked: bool = False,
    confirmed: str = "",
    on_sending: Callable[[], None] = lambda: None,
) -> Delivered:
    """Rebase, check, send, confirm. Whatever cannot be applied for certain is offered for review instead.

    So is a change that the person must confirm by itself, unless the client asks them about it. `looked` says
    that they have seen the proposal and want it, `confirmed` that they confirmed the change of the file at
    this path: that one is sent, and the others go on waiting. `on_sending` is called right before the
    edit is sent; a cancel before that ends all, and after it nothing is awaited that could tell otherwise.
    """
    delivery = _Delivery(session, proposal, places, looked=looked, confirmed=confirmed)
    try:
        annotated = apply == "annotated"
        # Who wants to look at each change before it is made does so without annotations, too.
        if (
            apply == "review"
            or not session.client.apply_edit
            or (annotated and not session.client.annotations)
        ):
            return delivery.offer()
        delivered = None
        while delivered is None:
            delivered = await delivery.attempt(annotated=annotated, on_sending=on_sending)
        return delivered
    except Exception:
        session.pending.add(delivery.proposal, places)
        raise
    finally:
        session.turns.over(proposal.id)


class _Sent:
    """An edit that the client has answered. `again` says that another attempt may follow."""

    def __init__(
        self, edit: Edit, confirmation: Confirmation, refusal: str | None, *, versioned: bool, again: bool
    ) -> None:
        self.paths = set(edit.outcomes)
        self.refusal = refusal
        self.versioned = versioned
        self.again = again
        self.missing: set[str] = set()
        self._confirmation = confirmation

    async def confirm(self) -> None:
        """See what became of it."""
        try:
            # One that says no, or nothing, may have done it; one that says yes gets time to show it.
            seen = self._confirmation
            self.missing = await seen.wait() if self.refusal is None else seen.missing()
            self.again = self.again and not seen.taken_back
        finally:
            self._confirmation.close()


class _Delivery:
    def __init__(
        self, session: Session, proposal: Proposal, places: Places, *, looked: bool, confirmed: str
    ) -> None:
        self._session = session
        self._places = places
        self._looked = looked
        self._confirmed = confirmed
        self._attempts = 0
        self.proposal = proposal
        self._part = proposal

    def names(self) -> set[str]:
        """The names of all documents that it has to do with."""
        paths = {path for each in self.proposal.changes for path in (each.path, each.move_to) if path}
        return {self._places.name(path) for path in paths}

    def offer(self) -> Delivered:
        """Let it wait for the person, on the texts as they are."""
        failed = self.proposal.verification.status == "failed"
        if delivered := self._rebase():
            return delivered
        return self.review(
            words.with_guarded(words.summary(self.proposal), self._places.guarded(self.proposal)), warn=failed
        )

    async def attempt(self, *, annotated: bool, on_sending: Callable[[], None]) -> Delivered | None:
        """Have a turn, send, confirm; None if the text changed on the way and it is worth another attempt."""
        try:
            async with self._session.turns.take(self.names(), TURN_SECONDS):
                sent = await self._send(annotated=annotated, on_sending=on_sending)
                if isinstance(sent, Delivered):
                    return sent
                if not sent.versioned:
                    await sent.confirm()
        except TimeoutError:
            return self.review(
                "Another change of the same files is under way, or waits to be confirmed.", warn=True
            )
        # Whoever is next need not wait for what the editor shows: versions tell an edit that comes too late.
        if sent.versioned:
            await sent.confirm()
        if sent.again and sent.missing and any(map(self._moved_on, sent.missing)):
            return None
        return self._outcome(sent)

    async def _send(self, *, annotated: bool, on_sending: Callable[[], None]) -> Delivered | _Sent:
        """Send it if nothing speaks against it; nothing is awaited from checking the texts to sending."""
        self._attempts += 1
        if delivered := self._rebase():
            return delivered
        cautions = [] if self._looked else self.proposal.cautions()
        if cautions:
            return self.review(f"Please look first: {' '.join(cautions)}", warn=True)
        if all(each.is_content_only and each.base == each.proposed for each in self.proposal.changes):
            return self.review("Nothing of it fits the text as it is.", warn=True)
        session, places = self._session, self._places
        guarded = self._take_part()
        if not self._part.changes:
            return self.review(words.with_guarded("", guarded), warn=True)
        try:
            edit = to_workspace_edit(
                *(self._part, places, session.client, session.encoding),
                annotated=annotated,
                guarded=guarded,
            )
        except Undeliverable as error:
            return self.review(str(error), warn=True)
        asks = annotated or edit.edit.change_annotations is not None
        open_ = all(each.is_content_only and places.document(each.path) for each in self._part.changes)
        versioned = session.client.document_changes and open_
        # A person who said no is not asked twice.
        again = versioned and not asks and self._attempts < MAX_ATTEMPTS
        confirmation = Confirmation(session.documents, places, edit.outcomes)
        try:
            on_sending()
            session.turns.sent(self.proposal)
            params = types.ApplyWorkspaceEditParams(edit.edit, label=words.label(self.proposal))
            refusal = await _refusal(session, params, asks=asks)
        except BaseException:
            confirmation.close()
            raise
        return _Sent(edit, confirmation, refusal, versioned=versioned, again=again)

    def _take_part(self) -> dict[str, str]:
        """Take what may be sent of it as the part to send; what has to be confirmed, why by path."""
        guarded, changes = self._places.guarded(self.proposal), self.proposal.changes
        if self._confirmed:
            changes = tuple(each for each in changes if each.path == self._confirmed)
            guarded = {}
        elif not self._session.client.annotations:
            changes = tuple(each for each in changes if each.path not in guarded)
        self._part = replace(self.proposal, changes=changes)
        return guarded

    def _moved_on(self, path: str) -> bool:
        """Whether the document has another text than the one that the edit was for."""
        document = self._places.document(path)
        return document is not None and any(
            each.path == path and each.base != document.source for each in self.proposal.changes
        )

    def _rebase(self) -> Delivered | None:
        """Carry it over to the texts as they are; what is to be said if it cannot be sent."""
        paths = [path for each in self.proposal.changes for path in (each.path, each.move_to) if path]
        texts = self._places.texts(paths, closed=self._looked)
        rebased = follow(self.proposal, texts)
        self.proposal = rebased.proposal
        if not self.proposal.changes:
            self._session.pending.ended(self.proposal.id)
            return Delivered("unchanged", "The text already is as proposed.")
        unknown = sorted({each.path for each in self.proposal.changes} - set(texts))
        if rebased.conflicts or unknown:
            told = [words.conflicts(rebased.conflicts)] if rebased.conflicts else []
            told += [f"{path} {self._absence(path)}." for path in unknown]
            return self.review(f"{' '.join(told)} Nothing was applied.", warn=True)
        return None

    def _absence(self, path: str) -> str:
        if path in self._places.unseen:
            return "was changed by the editor unseen: open it first"
        return "cannot be read" if self._looked else "was closed or deleted meanwhile, or cannot be read"

    def _outcome(self, answered: _Sent) -> Delivered:
        refusal, missing, sent = answered.refusal, answered.missing, answered.paths
        if not missing:
            return self._applied()
        places = self._places
        unseen = {path for path in missing if places.document(path) is None}
        if refusal is not None:
            reason = f": {refusal}" if refusal else ""
            return self.review(
                f"The editor did not apply {words.of_the_change(missing, sent)}{reason}.", warn=True
            )
        if missing == unseen:
            places.unseen |= unseen
            done = f"{', '.join(sorted(sent - unseen))}: applied. " if sent - unseen else ""
            text = (
                f"{done}The editor says that it changed {', '.join(sorted(unseen))} too, but does not show it"
            )
            return self.review(f"{text}: this could not be confirmed. Open it to see.", warn=True)
        what = "the text is another" if missing == sent else f"not {', '.join(sorted(missing))}"
        return self.review(f"The editor said that it applied the change, but {what}.", warn=True)

    def _applied(self) -> Delivered:
        pending, held = self._session.pending, sum(len(each.held) for each in self._part.changes)
        pending.applied(self._part, self._places)
        sent = {each.path for each in self._part.changes}
        kept = {each.path for each in self.proposal.changes} - sent
        text = words.summary(self._part)
        if not held and not kept:
            return Delivered("applied", text)
        pending.add(self.proposal, self._places)
        if held:
            text += f". What conflicts with your text ({held}) is still marked there."
        guarded = {} if self._confirmed else self._places.guarded(self.proposal)
        text = words.with_guarded(text, {path: why for path, why in guarded.items() if path in kept})
        return Delivered("applied", text, warn=not self._confirmed)

    def review(self, message: str, *, warn: bool = False) -> Delivered:
        """Let the rest of it wait in review, with why."""
        pending, proposal = self._session.pending, self.proposal
        conflicts = pending.add(proposal, self._places, sent=self._attempts > 0)
        left = pending.get(proposal.id)
        if left is None:
            # The editor applied it after all, later than it said, or by hand.
            return Delivered("applied", words.summary(proposal))
        message = f"{message.rstrip('.')}."
        if conflicts:
            message, warn = f"{message} {words.conflicts(conflicts)}", True
        if any(each.held for each in left.changes):
            message += " Lines that conflict are marked, with what was proposed for them."
        if any(not each.is_content_only or each.base != each.proposed for each in left.changes):
            return Delivered("review", f"{message} The changes wait as code actions at their places.", warn)
        return Delivered("conflict", message, warn)


async def _refusal(session: Session, params: types.ApplyWorkspaceEditParams, *, asks: bool) -> str | None:
    """None if the client says that it applied the edit, else its reason why not, which may be empty."""
    try:
        # A person who is asked to confirm may take all day; a client that just applies may not.
        async with asyncio.timeout(None if asks else APPLY_SECONDS):
            result = await session.wire.send_request_async(types.WORKSPACE_APPLY_EDIT, params)
    except TimeoutError:
        return "it gave no answer"
    except JsonRpcException as error:
        return error.message
    return None if result.applied else result.failure_reason or ""
