"""Work that tells as it goes, as the pieces that an endpoint sends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable

from codex_lsp.services.chat import QUIET_SECONDS, Piece, Step

Say = Callable[[Piece], None]


async def pumped(
    work: Callable[[Say], Awaitable[None]], quiet: Callable[[], str] | None = None
) -> AsyncGenerator[Piece, None]:
    """What `work` says, while it works; raises what it raises. Closing this cancels it and waits for its end.

    `quiet` is asked for a step whenever nothing was said for a while.
    """
    queue: asyncio.Queue[Piece | None] = asyncio.Queue()

    async def working() -> None:
        try:
            await work(queue.put_nowait)
        finally:
            queue.put_nowait(None)

    task = asyncio.create_task(working())
    try:
        while True:
            try:
                async with asyncio.timeout(QUIET_SECONDS if quiet else None):
                    piece = await queue.get()
            except TimeoutError:
                piece = Step(quiet()) if quiet else None
            if piece is None:
                break
            yield piece
        await task
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
