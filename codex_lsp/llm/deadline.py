"""How long a call may go on: until it is over, until the next sign of life."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from codex_lsp.endpoint.errors import EndpointError, timed_out
from codex_lsp.llm.chat import Call
from codex_lsp.llm.failures import wire_failures


class Deadline:
    """The deadlines of one call, counted from now. Time in which nobody reads does not count as silence."""

    def __init__(self, call: Call, *, stream: bool) -> None:
        patience = call.patience
        begun = time.monotonic()
        self._call = call
        self._end = patience.until or begun + patience.total
        self._spent = 0.0
        self._silence = patience.headers if stream else patience.total
        self._idle = patience.idle if stream else patience.total
        self._begun = False

    def left(self) -> float:
        """Seconds that the next step may take."""
        return max(0.0, min(self._silence - self._spent, self._end - time.monotonic()))

    def spend(self, seconds: float) -> None:
        """So long was waited for the last step."""
        self._spent += seconds

    def progress(self) -> None:
        """Something of the reply has come: silence begins anew."""
        self._spent = 0.0

    def headers_came(self) -> None:
        """From here on it is the reply that is waited for."""
        self._begun = True
        self._silence = self._idle
        self.progress()

    def passed(self) -> EndpointError:
        """The error for a step that took longer."""
        total = time.monotonic() >= self._end - 0.001
        seconds = self._call.patience.total if total else self._silence
        return timed_out(self._call.origin, seconds, idle=not total, begun=self._begun)

    @asynccontextmanager
    async def step(self) -> AsyncIterator[None]:
        """One wait. No timer runs longer: over a `yield` it would cancel whoever consumes the body."""
        begun = time.monotonic()
        try:
            with wire_failures(self._call.origin, self._call.patience.connect):
                async with asyncio.timeout(self.left()):
                    yield
        except TimeoutError:
            raise self.passed() from None
        finally:
            self.spend(time.monotonic() - begun)
