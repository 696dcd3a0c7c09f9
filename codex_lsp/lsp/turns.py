"""One delivery at a time for each document, so that two runs never mix."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from weakref import WeakValueDictionary


class Turns:
    """The turns of all documents of a session, by name."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

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
