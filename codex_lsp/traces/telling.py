"""What a run tells of itself, handed on to the thread that writes traces.

Telling puts an event into a queue and nothing more. One thread for all traces of a program takes secrets out,
compares and writes (`writing`), each line at once, in the lulls of whoever tells: a thread that computes
keeps the others from the interpreter. Where a trace cannot be written, the log says so once, and the run goes
on without.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from codex_lsp.agent.model import NoTools
from codex_lsp.edits import EditError

if TYPE_CHECKING:
    from codex_lsp.agent.asks.ask import Ask
    from codex_lsp.agent.limits import Limits
    from codex_lsp.agent.model import ModelInfo, Reply, Request, ToolCall, Usage
    from codex_lsp.agent.overlay import Overlay
    from codex_lsp.review.proposal import FileChange, Proposal, Verification
    from codex_lsp.settings import Road
    from codex_lsp.traces.writing import Writer

MAX_BYTES = 8 * 1024 * 1024
# So long nothing more is told before the thread goes to work, and so long an event waits at most.
LULL_SECONDS = 0.05
LONGEST_SECONDS = 0.5

_log = logging.getLogger(__name__)


@cache
def _thread() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="traces")


def settle(seconds: float = 10.0) -> None:
    """Wait until all that any trace was told so far is written; raises `TimeoutError`."""
    _lull.hurry()
    try:
        _thread().submit(lambda: None).result(seconds)
    finally:
        _lull.rest()


def finish() -> None:
    """The program ends: from now on everything is written at once."""
    _lull.hurry()


class _Lull:
    """When the thread may go to work."""

    def __init__(self) -> None:
        self._told = 0.0
        self._hurried = threading.Event()

    def tell(self) -> None:
        """Something was told."""
        self._told = time.monotonic()

    def wait(self, since: float) -> None:
        """Wait for a lull; `since` is when the event at hand was told."""
        while (left := min(self._told + LULL_SECONDS, since + LONGEST_SECONDS) - time.monotonic()) > 0:
            if self._hurried.wait(left):
                return

    def hurry(self) -> None:
        """Somebody waits for what is written."""
        self._hurried.set()

    def rest(self) -> None:
        """Nobody does."""
        self._hurried.clear()


_lull = _Lull()


class FileTrace:
    """See `codex_lsp.agent.trace.Trace`. `keys` are secrets that are known, such as the endpoint's key."""

    def __init__(
        self,
        run_id: str,
        *,
        keys: Iterable[str] = (),
        place: Path | None = None,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        self._run = run_id
        self._keys = tuple(keys)
        self._place = place
        self._max_bytes = max_bytes
        self._began = time.monotonic()
        self._overlay: Overlay | None = None
        self._changes: tuple[FileChange, ...] = ()
        # The writer's thread alone uses these.
        self._writer: Writer | None = None
        self._is_off = False

    def started(self, ask: Ask, overlay: Overlay, limits: Limits, *, road: Road = "auto") -> None:
        """See `Trace`."""
        try:
            text = overlay.read(ask.focus.path)
        except EditError:
            text = ""
        self._overlay, self._changes = overlay, overlay.changes()
        how = limits, road, tuple(overlay.open.values())
        self._put("started", ask, text, self._changes, how)

    def described(self, info: ModelInfo) -> None:
        """See `Trace`."""
        self._put("described", info)

    def read(self, path: str, text: str) -> None:
        """See `Trace`."""
        # Before the beginning, it is the beginning's own look at what the ask is about.
        if self._overlay is not None:
            self._put("read", path, text)

    def refused(self, path: str, why: str) -> None:
        """See `Trace`."""
        if self._overlay is not None:
            self._put("refused", path, why)

    def guarded(self, path: str, why: str) -> None:
        """See `Trace`."""
        self._put("guarded", path, why)

    def step(self, text: str) -> None:
        """See `Trace`."""
        self._put("step", text)

    def asked(self, request: Request) -> None:
        """See `Trace`."""
        self._look()
        self._put("asked", request)

    def replied(self, reply: Reply) -> None:
        """See `Trace`."""
        self._put("replied", reply)

    def failed(self, error: Exception) -> None:
        """See `Trace`."""
        # Whoever says so: it is what makes a run go on without tools.
        kind = NoTools if isinstance(error, NoTools) else type(error)
        self._put("failed", kind.__name__, str(getattr(error, "code", "")), str(error))

    def calling(self, call: ToolCall) -> None:
        """See `Trace`."""
        self._put("calling", call)

    def called(self, call: ToolCall, text: str, problem: str) -> None:
        """See `Trace`."""
        self._put("called", call, text, problem)
        self._look()

    def verified(self, verification: Verification) -> None:
        """See `Trace`."""
        self._look()
        self._put("verified", verification)

    def ended(
        self, reason: str, message: str, usage: Usage, *, model: str = "", proposal: Proposal | None = None
    ) -> None:
        """See `Trace`."""
        self._look()
        if proposal is not None:
            self._put("proposed", proposal)
        paths = [change.move_to or change.path for change in proposal.changes] if proposal else []
        told = {"reason": reason, "message": message, "usage": asdict(usage), "model": model, "files": paths}
        self._put("ended", told)
        self._overlay = None

    def _look(self) -> None:
        """See what the run has changed by now, and tell what is new."""
        if self._overlay is None:
            return
        changes = self._overlay.changes()
        new = [change for change in changes if change not in self._changes]
        paths = {change.path for change in changes}
        back = [change.path for change in self._changes if change.path not in paths]
        self._changes = changes
        if new or back:
            self._put("changed", new, back)

    def _put(self, event: str, *what: Any) -> None:
        _lull.tell()
        _thread().submit(self._write, event, time.monotonic(), *what)

    def _write(self, event: str, told: float, *what: Any) -> None:
        _lull.wait(told)
        if self._is_off:
            return
        try:
            if self._writer is None:
                # On this thread: loading it takes longer than all that the run's own does.
                from codex_lsp.traces.writing import Writer

                self._writer = Writer(self._run, self._keys, self._place, self._max_bytes)
            getattr(self._writer, event)(round(told - self._began, 4), *what)
        except Exception as error:
            # An OSError says what is wrong with the disk; of others only the kind may be told.
            why = error.strerror if isinstance(error, OSError) else type(error).__name__
            _log.warning("The run %s is no longer traced: %s.", self._run, why)
            self._end()
        if event == "ended":
            self._end()

    def _end(self) -> None:
        self._is_off = True
        if self._writer is not None:
            self._writer.close()
            self._writer = None
