"""An event loop whose time passes only when nothing else can happen, so that timeouts cost nothing."""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable
from concurrent.futures import Executor
from typing import Any, TypeVar, TypeVarTuple

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

_REAL_SECONDS = 20.0


class Deadlock(Exception):
    """Nothing can happen any more: no timer, no data."""


class _Jumping(selectors.SelectSelector):
    """Instead of waiting for a timer it calls `jump` with the seconds until then."""

    def __init__(self, jump: Callable[[float], None], busy: Callable[[], bool]) -> None:
        super().__init__()
        self._jump = jump
        self._busy = busy

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready: Any = super().select(0)
        if ready or timeout == 0:
            return list(ready)
        if self._busy() and (ready := super().select(_REAL_SECONDS)):
            return list(ready)
        if timeout is not None:
            self._jump(timeout)
            return []
        ready = super().select(_REAL_SECONDS)
        if not ready:
            raise Deadlock("no timer is set and nothing comes")
        return list(ready)


class Loop(asyncio.SelectorEventLoop):
    """For what talks within one process. `idle` ends once all has happened that needs no time.

    What threads do is waited for: it takes time of the machine's, and none of the loop's.
    """

    def __init__(self) -> None:
        self._now = 0.0
        self._threads = 0
        self._waiting: list[asyncio.Future[None]] = []
        super().__init__(_Jumping(self._jump, lambda: self._threads > 0))

    def run_in_executor(
        self, executor: Executor | None, func: Callable[[*Ts], T], *args: *Ts
    ) -> asyncio.Future[T]:
        """Let a thread do it; until it has, no time passes."""
        self._threads += 1
        future = super().run_in_executor(executor, func, *args)
        future.add_done_callback(self._left)
        return future

    def time(self) -> float:
        """Seconds since the loop was made, in its own time."""
        return self._now

    async def idle(self) -> None:
        """Wait until nothing can happen without time passing."""
        future = self.create_future()
        self._waiting.append(future)
        # Without a timer the selector would wait for real.
        timer = self.call_later(3600, future.cancel)
        try:
            await future
        finally:
            timer.cancel()

    def _left(self, future: asyncio.Future[Any]) -> None:
        self._threads -= 1

    def _jump(self, seconds: float) -> None:
        waiting, self._waiting = self._waiting, []
        for future in waiting:
            if not future.done():
                future.set_result(None)
        if not waiting:
            self._now += seconds
