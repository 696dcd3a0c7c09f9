"""Long work in short turns, so that whatever else waits in the event loop gets its own."""

from __future__ import annotations

import asyncio
import time
from weakref import WeakKeyDictionary

TURN_SECONDS = 0.01

_turnstiles: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Lock] = WeakKeyDictionary()


async def in_turn() -> None:
    """Wait for a turn of the loop in which no other run has passed here; the first come go first.

    What wakes several runs at once wakes them in one turn of the loop, and the work that each of them does
    then would be one long stall.
    """
    async with _turnstiles.setdefault(asyncio.get_running_loop(), asyncio.Lock()):
        await asyncio.sleep(0)


class Pace:
    """Counts the time since the loop turned last, as far as its owner knows."""

    def __init__(self) -> None:
        self._until = time.monotonic() + TURN_SECONDS

    def begin(self) -> None:
        """A new turn begins."""
        self._until = time.monotonic() + TURN_SECONDS

    async def breathe(self) -> None:
        """Let the loop turn if this turn was long enough."""
        if time.monotonic() > self._until:
            await asyncio.sleep(0)
            self.begin()
