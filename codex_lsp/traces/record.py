"""A trace, read: what `writing` wrote, as far as it was written."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field
from pathlib import Path
from typing import Any

from codex_lsp.records import record
from codex_lsp.review.proposal import FileChange
from codex_lsp.traces.coding import Decoder, change_of
from codex_lsp.traces.place import NoTrace, files
from codex_lsp.traces.writing import FORMAT

_TAIL = 64 * 1024
Event = dict[str, Any]


@record(frozen=True, slots=True)
class Summary:
    """One run in a line. `at` is UTC. `seconds`, `tokens` and `cost` are None where no end is on record."""

    run: str
    at: str
    instruction: str
    kind: str
    path: str
    reason: str
    seconds: float | None = None
    tokens: int | None = None
    cost: float | None = None
    model: str = ""
    files: tuple[str, ...] = ()


@record(frozen=True, slots=True)
class Record:
    """A whole trace. `events` begin with `start`; their texts are whole again."""

    run: str
    events: tuple[Event, ...]
    bases: Mapping[str, str] = field(default_factory=dict)

    @property
    def start(self) -> Event:
        """The event with which it begins."""
        return self.events[0]

    @property
    def end(self) -> Event | None:
        """The event with which it ends; None for a run that goes on, or whose program died."""
        return self.events[-1] if self.events[-1]["event"] == "end" else None

    @property
    def is_cut(self) -> bool:
        """Whether something was too long to be recorded."""
        return any("cut" in event for event in self.events)

    @property
    def summary(self) -> Summary:
        """It in a line."""
        return _summary(self.start, self.end)

    def of(self, kind: str) -> Iterator[Event]:
        """The events of a kind that are whole, in order."""
        return (event for event in self.events if event["event"] == kind and "cut" not in event)

    def proposal(self) -> tuple[FileChange, ...]:
        """The changes that were proposed, or that a stopped run had made; raises `ValueError`."""
        found = list(self.of("proposal"))
        return self.changes(found[-1]) if found else ()

    def changes(self, event: Event) -> tuple[FileChange, ...]:
        """The changes that a `change` or `proposal` has; raises `ValueError`."""
        return tuple(change_of(each, self.bases) for each in event["changes"])


def load(file: Path) -> Record:
    """Read a trace; a line that was not written whole ends it. Raises `NoTrace`."""
    try:
        lines = file.read_bytes().split(b"\n")
    except OSError as error:
        raise NoTrace(f"{file.name} cannot be read: {error.strerror}.") from None
    decoder = Decoder()
    events: list[Event] = []
    bases: dict[str, str] = {}
    for line in lines:
        try:
            event = decoder.value(json.loads(line))
        except (ValueError, RecursionError):
            break
        if not isinstance(event, dict) or not isinstance(event.get("event"), str):
            break
        events.append(event)
        if event["event"] == "read" and "cut" not in event:
            bases[event["path"]] = event["text"]
    if not events or events[0]["event"] != "start" or "cut" in events[0]:
        raise NoTrace(f"{file.name} is no trace of a run.")
    if events[0].get("format") != FORMAT:
        raise NoTrace(f"{file.name} was written by another version of codex-lsp, in a form not known here.")
    return Record(str(events[0]["run"]), tuple(events), bases)


def summaries(place: Path | None = None, limit: int = 20) -> list[Summary]:
    """The last runs, the newest first. Of each file only the beginning and the end are read."""
    return [summary for file in files(place)[:limit] if (summary := _summarised(file))]


def _summarised(file: Path) -> Summary | None:
    try:
        with file.open("rb") as stream:
            start = json.loads(stream.readline())
            stream.seek(max(0, file.stat().st_size - _TAIL), os.SEEK_SET)
            lines: Iterable[bytes] = stream.read().splitlines()
        return _summary(start, _last(lines)) if start["run"] else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _last(lines: Iterable[bytes]) -> Event | None:
    *_, line = lines
    try:
        event = json.loads(line)
    except ValueError:
        return None
    return event if isinstance(event, dict) and event.get("event") == "end" else None


def _summary(start: Event, end: Event | None) -> Summary:
    instruction = start.get("instruction")
    head = Summary(
        run=str(start["run"]),
        at=str(start["at"]),
        instruction=instruction if isinstance(instruction, str) else "",
        kind=str(start["kind"]),
        path=str(start["focus"]["path"]),
        reason="no end",
    )
    if end is None:
        return head
    return Summary(
        *(head.run, head.at, head.instruction, head.kind, head.path, str(end["reason"])),
        seconds=float(end["t"]),
        tokens=int(end["usage"]["total_tokens"]),
        cost=end["usage"]["cost"],
        model=str(end["model"]),
        files=tuple(map(str, end["files"])),
    )
