"""How long a worker has had nothing to do."""

from __future__ import annotations

import asyncio
import time

# 240 MB for somebody who does something else; at the next call another is there in a few seconds.
IDLE_SECONDS = 30 * 60.0


class Rest:
    """Counts the calls that are going on: `with rest:` around each."""

    def __init__(self) -> None:
        self.disturbed = False  # whether there was ever a call
        self._calls = 0
        self._since = time.monotonic()
        self._busy = asyncio.Event()

    def __enter__(self) -> None:
        self._calls += 1
        self._busy.set()
        self.disturbed = True

    def __exit__(self, *_: object) -> None:
        self._calls -= 1
        self._since = time.monotonic()
        if not self._calls:
            self._busy.clear()

    async def disturbance(self) -> None:
        """Wait until there is a call."""
        await self._busy.wait()

    async def over(self, seconds: float) -> None:
        """Wait until there was no call for so many seconds."""
        while (left := self._left(seconds)) > 0:  # noqa: ASYNC110 # looked at once in a rest, not at each call
            await asyncio.sleep(left)

    def _left(self, seconds: float) -> float:
        return seconds if self._calls else self._since + seconds - time.monotonic()
