"""A request goes out while LiteLLM still keeps its books.

LiteLLM calls the provider in a thread, and once it has a stream it counts, logs and wraps for about a
millisecond before it asks for the first chunk. Within `called` the first chunk is asked for at once, and the
thread is kept until the request is on the wire: the loop would do the books first otherwise. Outside, in
anyone else's Router, nothing is different.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any

# With a connection that has to be made first there is nothing to gain.
WAIT_SECONDS = 0.01

_END = object()


class Ahead:
    """A stream whose first chunk may have been asked for before anyone iterates. Close it with `aclose`."""

    def __init__(self, chunks: AsyncGenerator[Any]) -> None:
        self._chunks = chunks
        self._first: asyncio.Task[Any] | None = None
        self._asked = False

    def ask(self) -> None:
        """Ask for the first chunk, on the running loop, unless that was done or the stream is closed."""
        if not self._asked:
            self._asked = True
            self._first = asyncio.get_running_loop().create_task(self._next())
            # Whoever iterates gets its error; if nobody does, it is no news.
            self._first.add_done_callback(lambda task: task.cancelled() or task.exception())

    def __aiter__(self) -> AsyncIterator[Any]:
        return self

    async def __anext__(self) -> Any:
        """The next chunk."""
        self._asked = True
        first, self._first = self._first, None
        chunk = await (self._next() if first is None else first)
        if chunk is _END:
            raise StopAsyncIteration
        return chunk

    async def aclose(self) -> None:
        """Close the connection."""
        self._asked = True
        if self._first is not None:
            self._first.cancel()
            await asyncio.wait({self._first})
        await self._chunks.aclose()

    async def _next(self) -> Any:
        return await anext(self._chunks, _END)


class _Called:
    """One call of LiteLLM's that is under way."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()
        self._stream: Ahead | None = None
        self._over = False

    def begin(self, stream: Ahead, sent: threading.Event) -> None:
        """Let the loop ask for the first chunk of `stream`, and wait a moment until `sent` is set."""
        if threading.get_ident() != self._thread:
            self._loop.call_soon_threadsafe(self._ask, stream, sent)
            sent.wait(WAIT_SECONDS)

    async def drop(self) -> None:
        """It failed, or nobody waits for it any more."""
        self._over = True
        if self._stream is not None:
            await self._stream.aclose()

    def _ask(self, stream: Ahead, sent: threading.Event) -> None:
        if self._over:
            sent.set()
        else:
            self._stream = stream
            stream.ask()


_called: ContextVar[_Called | None] = ContextVar("called", default=None)


@asynccontextmanager
async def called() -> AsyncIterator[None]:
    """Around one call of LiteLLM's that returns a stream; if it raises, the request is dropped."""
    call = _Called()
    token = _called.set(call)
    try:
        yield
    except BaseException:
        await call.drop()
        raise
    finally:
        _called.reset(token)


def stream(begin: Callable[[Callable[[], None]], AsyncGenerator[Any]]) -> Ahead:
    """The stream that `begin` makes, asked for its first chunk at once within `called`.

    `begin` is given what to call, on the loop, when the request was sent.
    """
    sent = threading.Event()
    made = Ahead(begin(sent.set))
    if call := _called.get():
        call.begin(made, sent)
    return made
