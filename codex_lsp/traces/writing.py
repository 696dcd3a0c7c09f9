"""The trace of a run as a file: JSON, a line an event, written while the run goes on.

Every line has `event` and `t`, seconds since the run began. The events are `start`, `pending` (the changes of
another run from which this one goes on), `info`, `read`, `refused`, `guarded`, `step`, `request`, `reply`,
`error`, `call`, `result`, `change` (what the run has changed by then, where that is new), `verification`,
`proposal` and `end`. A request has the messages that the one before it had not; `keep` tells how many it
shares with it. Offsets are code points of the texts on record, and those have no secrets. Where an event
would make the file longer than `MAX_BYTES`, its size stands for it (`cut`).

What a program that dies has written can be read.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from codex_lsp import __version__, state
from codex_lsp.traces.coding import Encoder, digest
from codex_lsp.traces.place import folder, new_file, rotate
from codex_lsp.workspace.secrets import Redactor

if TYPE_CHECKING:
    from codex_lsp.agent.asks.ask import Ask
    from codex_lsp.agent.limits import Limits
    from codex_lsp.agent.model import ModelInfo, Reply, Request, ToolCall
    from codex_lsp.agent.overlay import Snapshot
    from codex_lsp.review.proposal import FileChange, Proposal, Verification

FORMAT = 1
How = tuple["Limits", str, tuple["Snapshot", ...]]


class Writer:
    """Writes one trace. Each method takes an event, `seconds` after the beginning, and may raise `OSError`.

    For one thread. `place` is the folder, by default the one in the user's state folder.
    """

    def __init__(self, run_id: str, keys: Iterable[str], place: Path | None, max_bytes: int) -> None:
        self._run = run_id
        self._lines = _Lines(run_id, place, max_bytes)
        self._encoder = Encoder(Redactor(keys))
        self._bases: dict[str, str] = {}
        self._messages: list[Mapping[str, Any]] = []

    def started(self, seconds: float, ask: Ask, text: str, pending: tuple[FileChange, ...], how: How) -> None:
        """The ask, in the `text` of its file; what the run goes on from; its limits, road, open documents."""
        _, (start, end) = self._encoder.clean(text, ask.focus.start, ask.focus.end)
        told = {
            **{"run": self._run, "format": FORMAT, "version": __version__},
            "at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            **{"instruction": ask.instruction, "kind": ask.kind},
            "focus": {"path": ask.focus.path, "start": start, "end": end},
            "cuts_secret": self._encoder.cuts(text, ask.focus.start, ask.focus.end),
            "diagnostics": [asdict(each) for each in ask.diagnostics],
            "comments": [asdict(each) for each in ask.comments],
            **{"limits": asdict(how[0]), "road": how[1]},
            "open": [
                {"path": each.path, "version": each.version, "language": each.language} for each in how[2]
            ],
        }
        self._event("start", seconds, told)
        if ask.focus.path not in {change.path for change in pending}:
            self.read(seconds, ask.focus.path, text)
        if pending:
            self._write("pending", seconds, {"changes": self._encoded(seconds, pending)})

    def described(self, seconds: float, info: ModelInfo) -> None:
        """What the model is."""
        self._event("info", seconds, asdict(info))

    def read(self, seconds: float, path: str, text: str) -> None:
        """A file's text, unless it is on record already."""
        path, clean = self._encoder.clean_text(path), self._encoder.clean_text(text)
        if self._bases.get(path) != (key := digest(clean)):
            self._bases[path] = key
            self._write("read", seconds, {"path": path, "text": clean})

    def refused(self, seconds: float, path: str, why: str) -> None:
        """A path that was refused."""
        self._event("refused", seconds, {"path": path, "why": why})

    def guarded(self, seconds: float, path: str, why: str) -> None:
        """A path whose change a person must confirm."""
        self._event("guarded", seconds, {"path": path, "why": why})

    def step(self, seconds: float, text: str) -> None:
        """What the person was told."""
        self._event("step", seconds, {"text": text})

    def asked(self, seconds: float, request: Request) -> None:
        """A request: what of it is new."""
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
        self._event("request", seconds, told)

    def replied(self, seconds: float, reply: Reply) -> None:
        """A reply."""
        self._event("reply", seconds, asdict(reply))

    def failed(self, seconds: float, kind: str, code: str, message: str) -> None:
        """A request's error."""
        self._event("error", seconds, {"kind": kind, "code": code, "message": message})

    def calling(self, seconds: float, call: ToolCall) -> None:
        """A tool call."""
        self._event("call", seconds, asdict(call))

    def called(self, seconds: float, call: ToolCall, text: str, problem: str) -> None:
        """Its result."""
        self._event("result", seconds, {"id": call.id, "name": call.name, "text": text, "problem": problem})

    def changed(self, seconds: float, changes: Iterable[FileChange], back: Iterable[str]) -> None:
        """What has changed since the last time, and the files that are as they were."""
        told = {"changes": self._encoded(seconds, changes)}
        self._write("change", seconds, told | self._encoder.clean_value({"back": list(back)}))

    def verified(self, seconds: float, verification: Verification) -> None:
        """What a check found."""
        self._event("verification", seconds, asdict(verification))

    def proposed(self, seconds: float, proposal: Proposal) -> None:
        """What came of it."""
        told = {
            "summary": proposal.summary,
            "verification": asdict(proposal.verification),
            "leniencies": list(proposal.leniencies),
            "mode": proposal.mode,
        }
        changes = self._encoded(seconds, proposal.changes)
        self._write("proposal", seconds, self._encoder.clean_value(told) | {"changes": changes})

    def ended(self, seconds: float, told: Mapping[str, Any]) -> None:
        """The end."""
        self._event("end", seconds, told)

    def close(self) -> None:
        """Nothing more is written."""
        self._lines.close()

    def _encoded(self, seconds: float, changes: Iterable[FileChange]) -> list[dict[str, Any]]:
        values = []
        for change in changes:
            if change.base is not None:
                self.read(seconds, change.path, change.base)
            values.append(self._encoder.change(change))
        return values

    def _event(self, event: str, seconds: float, fields: Mapping[str, Any]) -> None:
        self._write(event, seconds, self._encoder.clean_value(fields))

    def _write(self, event: str, seconds: float, clean: Mapping[str, Any]) -> None:
        mark = self._encoder.mark()
        if not self._lines.write(event, seconds, self._encoder.shorten(clean)):
            self._encoder.forget(mark)


class _Lines:
    """The file itself: begun with the first line, never longer than it may be."""

    def __init__(self, run_id: str, place: Path | None, max_bytes: int) -> None:
        self._run = run_id
        self._place = place
        self._left = max_bytes
        self._descriptor: int | None = None

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
        """Nothing more is written."""
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
