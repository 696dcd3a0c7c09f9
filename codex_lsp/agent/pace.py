"""Long work in short turns, so that whatever else waits in the event loop gets its own."""

from __future__ import annotations

import asyncio
import time

TURN_SECONDS = 0.01


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
