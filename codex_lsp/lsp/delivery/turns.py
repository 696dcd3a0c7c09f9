"""One delivery at a time for each document, so that two runs never mix; and which ones are under way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from weakref import WeakValueDictionary

from codex_lsp.review.proposal import Proposal


class Turns:
    """The turns of all documents of a session, by name."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._sent: dict[str, tuple[Proposal, asyncio.Future[None]]] = {}

    @asynccontextmanager
    async def take(self, names: Iterable[str], seconds: float) -> AsyncIterator[None]:
        """Have the turn for all of these documents; raises `TimeoutError` if that takes longer.

        Where nobody else has one nothing is awaited.
        """
        async with AsyncExitStack() as stack:
            async with asyncio.timeout(seconds):
                # In one order for everybody, or two could wait for each other.
                for name in sorted(set(names)):
                    await stack.enter_async_context(self._locks.setdefault(name, asyncio.Lock()))
            yield

    def sent(self, proposal: Proposal) -> None:
        """The client is shown the edits of a proposal, and has not yet said what it made of them."""
        if proposal.id not in self._sent:
            self._sent[proposal.id] = proposal, asyncio.get_running_loop().create_future()

    def over(self, proposal_id: str) -> None:
        """It is known what became of a proposal."""
        _, future = self._sent.pop(proposal_id, (None, None))
        if future is not None:
            future.set_result(None)

    def under_way(self, own: str | None) -> Proposal | None:
        """What was sent last of a proposal, or of all, to make it, take it back or bring it back."""
        found = [each for each, _ in self._sent.values() if own in (None, each.own)]
        return found[-1] if found else None

    async def settled(self, own: str | None) -> None:
        """Wait until nothing of a proposal, or of any, is under way."""
        while sent := self.under_way(own):
            await self._sent[sent.id][1]
