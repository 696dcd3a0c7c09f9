"""Work-done progress of one run: server-created where the client can, on the request's token else.

The client answers `window/workDoneProgress/create` whenever it likes; the run does not wait for it, and what
happened meanwhile is reported then. Steps come as they happen, as long as an editor bears it: of many at once
the last counts. While nothing happens the time goes on, and what was used.
"""

from __future__ import annotations

import asyncio
import uuid
from collections import deque
from concurrent.futures import Future
from typing import Any

from lsprotocol import types
from pygls.protocol import LanguageServerProtocol

from codex_lsp.agent.model import Usage
from codex_lsp.lsp.plain import plain

# So many reports at once, and so many a second after that.
BURST = 20
PER_SECOND = 5.0
# While there is nothing new, and from when on the time is told.
TICK_SECONDS = 2.0
TOLD_FROM_SECONDS = 2.0
# A report is a line; agents tell their steps in words of their own.
STEP_CHARS = 200


class RunProgress:
    """Begins at construction; `report` and `end` may be called at any time and in any state.

    `usage` is what the run has used by now, `received` how many characters of the reply at hand have come.
    """

    def __init__(
        self, wire: LanguageServerProtocol, title: str, *, can_create: bool, token: types.ProgressToken | None
    ) -> None:
        self.usage = Usage()
        self.received = 0
        self.step = ""
        self.token: types.ProgressToken | None = token
        self._wire = wire
        self._title = plain(title)
        self._loop = asyncio.get_running_loop()
        self._since = self._loop.time()
        self._pace = _Pace(self._since)
        self._early: deque[str] = deque(maxlen=BURST)
        self._next: asyncio.TimerHandle | None = None
        self._is_late = False
        self._begun = self._ended = False
        self._end_message = ""
        if token is not None:
            self._begin()
        elif can_create:
            self.token = f"codex-lsp/{uuid.uuid4().hex}"
            params = types.WorkDoneProgressCreateParams(self.token)
            future = wire.send_request(types.WINDOW_WORK_DONE_PROGRESS_CREATE, params)
            future.add_done_callback(self._created)

    @property
    def seconds(self) -> float:
        """How long it has been going on."""
        return self._loop.time() - self._since

    def report(self, step: str) -> None:
        """Tell the step that the run is at."""
        self.step = step = _line(step)
        if self._ended:
            return
        if not self._begun:
            self._early.append(step)
        elif not self._is_late:
            self._soon()

    def end(self, message: str) -> None:
        """End the progress with a last message; a second end does nothing."""
        if self._ended:
            return
        self.received = 0
        self._ended, self._end_message = True, plain(f"{message}{self._detail()}")
        if self._next is not None:
            self._next.cancel()
        if self._begun:
            self._notify(types.WorkDoneProgressEnd(message=self._end_message))

    def _created(self, future: Future[Any]) -> None:
        if future.cancelled() or future.exception() is not None:
            return
        self._begin()
        if self._ended:
            self._notify(types.WorkDoneProgressEnd(message=self._end_message))

    def _begin(self) -> None:
        self._begun = True
        self._notify(types.WorkDoneProgressBegin(title=self._title, cancellable=True))
        for step in self._early:
            self._notify(types.WorkDoneProgressReport(message=plain(step), cancellable=True))
        if not self._ended:
            self._wait(TICK_SECONDS)

    def _soon(self) -> None:
        wait = self._pace.wait(self._loop.time())
        if wait > 0:
            self._is_late = True
            self._wait(wait)
        else:
            self._tell()

    def _tell(self) -> None:
        self._is_late = False
        self._pace.took(self._loop.time())
        message = plain(f"{self.step}{self._detail()}")
        self._notify(types.WorkDoneProgressReport(message=message, cancellable=True))
        self._wait(TICK_SECONDS)

    def _wait(self, seconds: float) -> None:
        if self._next is not None:
            self._next.cancel()
        self._next = self._loop.call_later(seconds, self._tell)

    def _detail(self) -> str:
        seconds, used = self.seconds, str(self.usage)
        parts = [spell(seconds)] if seconds >= TOLD_FROM_SECONDS else []
        parts += [used] if used else []
        if self.received:
            parts.append(f"{self.received:,} characters have come")
        return f" ({', '.join(parts)})" if parts else ""

    def _notify(
        self, value: types.WorkDoneProgressBegin | types.WorkDoneProgressReport | types.WorkDoneProgressEnd
    ) -> None:
        assert self.token is not None
        self._wire.notify(types.PROGRESS, types.ProgressParams(self.token, value))


def _line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= STEP_CHARS else f"{line[: STEP_CHARS - 1]}…"


class _Pace:
    """How soon the next report may go; times are of one clock, in seconds."""

    def __init__(self, now: float) -> None:
        self._left = float(BURST)
        self._at = now

    def wait(self, now: float) -> float:
        """So long from now; 0 if at once."""
        self._fill(now)
        return 0.0 if self._left >= 1 else (1 - self._left) / PER_SECOND

    def took(self, now: float) -> None:
        """A report goes now."""
        self._fill(now)
        self._left = max(0.0, self._left - 1)

    def _fill(self, now: float) -> None:
        self._left = min(float(BURST), self._left + (now - self._at) * PER_SECOND)
        self._at = now


def spell(seconds: float) -> str:
    """A time in words: `12 s`, `3 min 05 s`."""
    whole = int(seconds)
    return f"{whole} s" if whole < 60 else f"{whole // 60} min {whole % 60:02} s"
