"""Whether what stands behind an endpoint answers: it is looked at often, and asked rarely, which costs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable

# What was found holds for so long.
GOOD_SECONDS = 300.0
BAD_SECONDS = 5.0
THERE_SECONDS = 5.0
# A health check does not wait for a model that is being loaded; the question goes on meanwhile.
WAIT_SECONDS = 4.0
AGAIN = "Ask again in a moment"

Look = Callable[[], Awaitable[str]]


class Readiness:
    """What is known of it. Belongs to one event loop.

    Both are functions that return what is to be done, or nothing: `look` costs nothing, `ask` does.
    """

    def __init__(self, look: Look, ask: Look) -> None:
        self._look = look
        self._ask = ask
        self._found = ""
        self._looked_until = self._asked_until = 0.0
        self._asking: asyncio.Task[str] | None = None

    async def found(self) -> str:
        """Empty if all is well, else what is to be done; known after `WAIT_SECONDS` at most."""
        if time.monotonic() < min(self._looked_until, self._asked_until):
            return self._found
        if self._asking is None:
            self._asking = asyncio.create_task(self._find())
        asking = self._asking
        done, _ = await asyncio.wait([asking], timeout=WAIT_SECONDS)
        if not done:
            return f"What stands behind it has not answered yet: it is slow, or being loaded. {AGAIN}."
        return asking.result()

    def doubt(self) -> None:
        """A request has failed for what stands behind it: what was found holds no longer."""
        self._asked_until = 0.0

    async def _find(self) -> str:
        try:
            found = await self._look()
            if not found and time.monotonic() >= self._asked_until:
                found = await self._ask()
                self._asked_until = time.monotonic() + GOOD_SECONDS
            if found:
                self._asked_until = time.monotonic() + BAD_SECONDS
            self._found, self._looked_until = found, time.monotonic() + THERE_SECONDS
            return found
        finally:
            self._asking = None
