"""How many requests are worked on at a time, how many wait, and who is turned away."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from codex_lsp.services.chat import Piece, Step
from codex_lsp.services.errors import busy

# A stream that waits for its turn longer than this begins, and says so: until then it may still be refused.
QUIET_SECONDS = 20.0
AGAIN_SECONDS = 5


class Queue:
    """At most `runs` at a time, and `waiting` more that wait for their turn, in the order of their coming."""

    def __init__(self, runs: int, waiting: int) -> None:
        self._turns = asyncio.Semaphore(runs)
        self._room = runs + waiting
        self.inside = 0
        self.running = 0

    @property
    def waiting(self) -> int:
        """How many wait for their turn."""
        return self.inside - self.running

    async def admitted(self, pieces: AsyncGenerator[Piece, None]) -> AsyncGenerator[Piece, None]:
        """`pieces` when it is their turn; raises `ApiError` 429 at once where there is no room to wait."""
        if self.inside >= self._room:
            raise busy(f"{self.inside} requests are being worked on or wait already.", AGAIN_SECONDS)
        self.inside += 1
        try:
            async with aclosing(self._in_turn(pieces)) as admitted:
                async for piece in admitted:
                    yield piece
        finally:
            self.inside -= 1

    async def _in_turn(self, pieces: AsyncGenerator[Piece, None]) -> AsyncGenerator[Piece, None]:
        turn = asyncio.ensure_future(self._turns.acquire())
        try:
            while not turn.done():
                await asyncio.wait([turn], timeout=QUIET_SECONDS)
                if not turn.done():
                    yield Step(f"waiting for a turn; {self.running} requests are being worked on")
            self.running += 1
            try:
                async with aclosing(pieces):
                    async for piece in pieces:
                        yield piece
            finally:
                self.running -= 1
        finally:
            if turn.done() and not turn.cancelled():
                self._turns.release()
            else:
                turn.cancel()
