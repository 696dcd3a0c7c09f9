"""The trace of a run as a file: JSON, a line an event, written while the run goes on.

Every line has `event` and `t`, seconds since the run began. The events are `start`, `pending` (the changes of
another run from which this one goes on), `info`, `read`, `refused`, `step`, `request`, `reply`, `error`,
`call`, `result`, `change` (what the run has changed by then, where that is new), `verification`, `proposal`
and `end`. A request has the messages that the one before it had not; `keep` tells how many it shares with it.
Offsets are code points of the texts on record, and those have no secrets. Where an event would make the file
longer than `MAX_BYTES`, its size stands for it (`cut`).

The run's thread only puts events into a queue; one thread for all traces of a program takes out secrets,
compares and writes, each line at once: what a program that dies has written can be read. Where a trace
cannot be written, the log says so once, and the run goes on without.
"""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from codex_lsp import __version__, state
from codex_lsp.edits import EditError
from codex_lsp.traces.coding import Encoder, digest
from codex_lsp.traces.place import folder, new_file, rotate
from codex_lsp.workspace.secrets import Redactor

if TYPE_CHECKING:
    from codex_lsp.agent.context import Ask
    from codex_lsp.agent.limits import Limits
    from codex_lsp.agent.model import ModelInfo, Reply, Request, ToolCall, Usage
    from codex_lsp.agent.overlay import Overlay
    from codex_lsp.review.proposal import FileChange, Proposal, Verification

FORMAT = 1
MAX_BYTES = 8 * 1024 * 1024

_log = logging.getLogger(__name__)


@cache
def _writer() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(1, thread_name_prefix="traces")


def settle(seconds: float = 10.0) -> None:
    """Wait until all that any trace was told so far is written; raises `TimeoutError`."""
    _writer().submit(lambda: None).result(seconds)


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
        self._began = time.monotonic()
        self._lines = _Lines(run_id, place, max_bytes)
        self._encoder = Encoder(Redactor(keys))
        self._overlay: Overlay | None = None
        self._changes: tuple[FileChange, ...] = ()
        self._bases: dict[str, str] = {}
        self._messages: list[Mapping[str, Any]] = []

    def started(
        self, ask: Ask, overlay: Overlay, limits: Limits, *, road: Literal["auto", "model", "agent"] = "auto"
    ) -> None:
        """See `Trace`."""
        try:
            text = overlay.read(ask.focus.path)
        except EditError:
            text = ""
        self._overlay, self._changes = overlay, overlay.changes()
        self._put(self._start, ask, text, _started(overlay, limits, road), self._changes)

    def described(self, info: ModelInfo) -> None:
        """See `Trace`."""
        self._put(self._event, "info", asdict(info))

    def read(self, path: str, text: str) -> None:
        """See `Trace`."""
        # Before the beginning, it is the beginning's own look at what the ask is about.
        if self._overlay is not None:
            self._put(self._read, path, text)

    def refused(self, path: str, why: str) -> None:
        """See `Trace`."""
        if self._overlay is not None:
            self._put(self._event, "refused", {"path": path, "why": why})

    def step(self, text: str) -> None:
        """See `Trace`."""
        self._put(self._event, "step", {"text": text})

    def asked(self, request: Request) -> None:
        """See `Trace`."""
        self._look()
        self._put(self._request, request)

    def replied(self, reply: Reply) -> None:
        """See `Trace`."""
        self._put(self._event, "reply", asdict(reply))

    def failed(self, error: Exception) -> None:
        """See `Trace`."""
        told = {"kind": type(error).__name__, "code": getattr(error, "code", ""), "message": str(error)}
        self._put(self._event, "error", told)

    def calling(self, call: ToolCall) -> None:
        """See `Trace`."""
        self._put(self._event, "call", asdict(call))

    def called(self, call: ToolCall, text: str, problem: str) -> None:
        """See `Trace`."""
        self._put(self._event, "result", {"id": call.id, "name": call.name, "text": text, "problem": problem})
        self._look()

    def verified(self, verification: Verification) -> None:
        """See `Trace`."""
        self._look()
        self._put(self._event, "verification", asdict(verification))

    def ended(
        self, reason: str, message: str, usage: Usage, *, model: str = "", proposal: Proposal | None = None
    ) -> None:
        """See `Trace`."""
        self._look()
        if proposal is not None:
            self._put(self._proposal, proposal)
        paths = [change.move_to or change.path for change in proposal.changes] if proposal else []
        told = {"reason": reason, "message": message, "usage": asdict(usage), "model": model, "files": paths}
        self._put(self._end, told)
        self._overlay = None

    def _look(self) -> None:
        if self._overlay is None:
            return
        changes = self._overlay.changes()
        new = [change for change in changes if change not in self._changes]
        paths = {change.path for change in changes}
        back = [change.path for change in self._changes if change.path not in paths]
        self._changes = changes
        if new or back:
            self._put(self._change, new, back)

    def _put(self, write: Callable[..., None], *what: Any) -> None:
        seconds = round(time.monotonic() - self._began, 4)
        _writer().submit(self._safely, write, seconds, *what)

    # What follows runs on the writer's thread.

    def _safely(self, write: Callable[..., None], seconds: float, *what: Any) -> None:
        if self._lines.is_off:
            return
        try:
            write(seconds, *what)
        except Exception as error:
            # An OSError says what is wrong with the disk; of others only the kind may be told.
            why = error.strerror if isinstance(error, OSError) else type(error).__name__
            _log.warning("The run %s is no longer traced: %s.", self._run, why)
            self._lines.close()

    def _event(self, seconds: float, event: str, fields: Mapping[str, Any]) -> None:
        self._write(seconds, event, self._encoder.clean_value(fields))

    def _write(self, seconds: float, event: str, clean: Mapping[str, Any]) -> None:
        mark = self._encoder.mark()
        if not self._lines.write(event, seconds, self._encoder.shorten(clean)):
            self._encoder.forget(mark)

    def _start(
        self, seconds: float, ask: Ask, text: str, told: dict[str, Any], pending: tuple[FileChange, ...]
    ) -> None:
        _, (start, end) = self._encoder.clean(text, ask.focus.start, ask.focus.end)
        asked = {
            "run": self._run,
            "instruction": ask.instruction,
            "kind": ask.kind,
            "focus": {"path": ask.focus.path, "start": start, "end": end},
            "diagnostics": [asdict(each) for each in ask.diagnostics],
            "comments": [asdict(each) for each in ask.comments],
        }
        self._event(seconds, "start", asked | told)
        if ask.focus.path not in {change.path for change in pending}:
            self._read(seconds, ask.focus.path, text)
        if pending:
            values = self._changed(seconds, pending)
            self._write(seconds, "pending", {"changes": values})

    def _read(self, seconds: float, path: str, text: str) -> None:
        clean, _ = self._encoder.clean(text)
        if self._bases.get(path) != (key := digest(clean)):
            self._bases[path] = key
            self._write(seconds, "read", {"path": path, "text": clean})

    def _request(self, seconds: float, request: Request) -> None:
        messages = list(request.messages)
        kept = 0
        for old, new in zip(self._messages, messages, strict=False):
            if old != new:
                break
            kept += 1
        self._messages = messages
        told = {
            "keep": kept,
            "messages": [dict(each) for each in messages[kept:]],
            "tools": [each.get("function", {}).get("name", "") for each in request.tools],
        }
        if request.workspace is not None:
            told["workspace"] = request.workspace
        self._event(seconds, "request", told)

    def _change(self, seconds: float, changes: list[FileChange], back: list[str]) -> None:
        values = self._changed(seconds, changes)
        self._write(seconds, "change", {"changes": values, "back": back})

    def _changed(self, seconds: float, changes: Iterable[FileChange]) -> list[dict[str, Any]]:
        values = []
        for change in changes:
            if change.base is not None:
                self._read(seconds, change.path, change.base)
            values.append(self._encoder.change(change))
        return values

    def _proposal(self, seconds: float, proposal: Proposal) -> None:
        told = {
            "summary": proposal.summary,
            "verification": asdict(proposal.verification),
            "leniencies": list(proposal.leniencies),
            "mode": proposal.mode,
        }
        changes = self._changed(seconds, proposal.changes)
        self._write(seconds, "proposal", self._encoder.clean_value(told) | {"changes": changes})

    def _end(self, seconds: float, told: Mapping[str, Any]) -> None:
        self._event(seconds, "end", told)
        self._lines.close()


def _started(overlay: Overlay, limits: Limits, road: str) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": __version__,
        "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "road": road,
        "limits": asdict(limits),
        "open": [
            {"path": each.path, "version": each.version, "language": each.language}
            for each in overlay.open.values()
        ],
    }


class _Lines:
    """The file itself: begun with the first line, never longer than it may be."""

    def __init__(self, run_id: str, place: Path | None, max_bytes: int) -> None:
        self._run = run_id
        self._place = place
        self._left = max_bytes
        self._descriptor: int | None = None
        self.is_off = False

    def write(self, event: str, seconds: float, fields: Mapping[str, Any]) -> bool:
        """Write one event, or how long it would be; whether it was written. Raises `OSError`."""
        if self._descriptor is None:
            self._descriptor = self._open()
        line = _line({"event": event, "t": seconds, **fields})
        whole = len(line) <= self._left or event == "end"
        if not whole:
            line = _line({"event": event, "t": seconds, "cut": len(line)})
        self._left -= len(line)
        while line:
            line = line[os.write(self._descriptor, line) :]
        return whole

    def close(self) -> None:
        """No more is written."""
        self.is_off = True
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _open(self) -> int:
        place = state.private(folder() if self._place is None else self._place)
        rotate(place)
        return state.create(new_file(place, self._run))


def _line(value: Mapping[str, Any]) -> bytes:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    # Half a surrogate pair may stand in a document; JSON can say it, UTF-8 cannot.
    try:
        return text.encode() + b"\n"
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":")).encode("ascii") + b"\n"
