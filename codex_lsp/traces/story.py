"""A trace as what happened, turn by turn: for people, in a terminal and on a page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from codex_lsp.review.proposal import FileChange
from codex_lsp.traces.record import Event, Record


@dataclass(slots=True)
class Call:
    """One tool call. `done` is None for one that did not end; `changes` are what it changed by itself."""

    name: str
    arguments: str
    begun: float
    done: float | None = None
    text: str = ""
    problem: str = ""
    changes: tuple[FileChange, ...] = ()

    @property
    def values(self) -> Mapping[str, Any]:
        """The arguments by name; empty if they are no JSON object."""
        try:
            found = json.loads(self.arguments or "{}")
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def title(self) -> str:
        """The arguments in a line: the path and the like, or how long they are."""
        values = self.values
        short = [str(values[key]) for key in ("path", "pattern", "query", "glob", "summary") if key in values]
        lines = [str(values[key]) for key in ("start_line", "end_line") if key in values]
        if lines:
            short.append(f"lines {'–'.join(lines)}")
        if not short and "patch" in values:
            short.append(", ".join(_named(str(values["patch"]))))
        return " ".join(" ".join(short).split())[:160]


@dataclass(slots=True)
class Turn:
    """One request and what came of it. Times are seconds since the run began."""

    number: int
    asked: float
    request: Event
    replied: float | None = None
    reply: Event | None = None
    error: Event | None = None
    calls: list[Call] = field(default_factory=list)
    changes: tuple[FileChange, ...] = ()

    @property
    def usage(self) -> Mapping[str, Any]:
        """The tokens of the reply: `prompt_tokens`, `completion_tokens`, `total_tokens`."""
        return self.reply["usage"] if self.reply else {}


@dataclass(slots=True)
class Story:
    """A whole run. `notes` are what the person was told, and what checks found, with their times."""

    record: Record
    turns: list[Turn] = field(default_factory=list)
    notes: list[tuple[float, str]] = field(default_factory=list)
    verifications: list[tuple[float, Event]] = field(default_factory=list)
    proposal: tuple[FileChange, ...] = ()
    is_damaged: bool = False

    @property
    def seconds(self) -> float:
        """How long it took, as far as it is on record."""
        return float(self.record.events[-1]["t"])

    @property
    def calls(self) -> list[Call]:
        """All tool calls."""
        return [call for turn in self.turns for call in turn.calls]

    @property
    def model(self) -> str:
        """The served model, or what the endpoint calls it."""
        end, info = self.record.end, next(self.record.of("info"), None)
        return (end["model"] if end else "") or (info["name"] if info else "")


def tell(record: Record) -> Story:
    """The story of a trace. What is damaged or cut is left out."""
    story = Story(record)
    teller = _Teller(story)
    for event in record.events:
        if "cut" not in event:
            teller.take(event)
    try:
        story.proposal = record.proposal()
    except (ValueError, KeyError, TypeError):
        story.is_damaged = True
    return story


_TOLD = frozenset(
    (
        "step",
        "refused",
        "guarded",
        "verification",
        "request",
        "reply",
        "error",
        "call",
        "result",
        "pending",
        "change",
    )
)


class _Teller:
    """Takes event after event."""

    def __init__(self, story: Story) -> None:
        self._story = story
        self._texts: dict[str, str | None] = {}

    def take(self, event: Event) -> None:
        """One event in its order; kinds that are not known say nothing."""
        if event["event"] in _TOLD:
            getattr(self, f"_{event['event']}")(event, float(event["t"]))

    @property
    def _turn(self) -> Turn | None:
        return self._story.turns[-1] if self._story.turns else None

    def _step(self, event: Event, at: float) -> None:
        self._story.notes.append((at, str(event["text"])))

    def _refused(self, event: Event, at: float) -> None:
        self._story.notes.append((at, f"refused {event['path']}: {event['why']}"))

    def _guarded(self, event: Event, at: float) -> None:
        self._story.notes.append((at, f"{event['path']} {event['why']}: a person must confirm its change"))

    def _verification(self, event: Event, at: float) -> None:
        self._story.verifications.append((at, event))

    def _request(self, event: Event, at: float) -> None:
        self._story.turns.append(Turn(len(self._story.turns) + 1, at, event))

    def _reply(self, event: Event, at: float) -> None:
        if self._turn:
            self._turn.reply, self._turn.replied = event, at

    def _error(self, event: Event, at: float) -> None:
        if self._turn:
            self._turn.error, self._turn.replied = event, at

    def _call(self, event: Event, at: float) -> None:
        if self._turn:
            self._turn.calls.append(Call(str(event["name"]), str(event["arguments"]), at))

    def _result(self, event: Event, at: float) -> None:
        if self._turn and self._turn.calls:
            call = self._turn.calls[-1]
            call.done, call.text, call.problem = at, str(event["text"]), str(event["problem"])

    def _pending(self, event: Event, at: float) -> None:
        self._changed(event)

    def _change(self, event: Event, at: float) -> None:
        changes = self._changed(event)
        if self._turn and self._turn.calls:
            self._turn.calls[-1].changes += changes
        elif self._turn:
            self._turn.changes += changes

    def _changed(self, event: Event) -> tuple[FileChange, ...]:
        """What the files became, against what they were before this event."""
        bases, found = self._story.record.bases, []
        try:
            changes = self._story.record.changes(event)
        except (ValueError, KeyError, TypeError):
            self._story.is_damaged = True
            return ()
        for each in changes:
            before = self._texts.get(each.path, each.base)
            self._texts[each.path] = each.proposed
            found.append(FileChange(each.path, before, each.proposed, move_to=each.move_to))
        for path in event.get("back", ()):
            found.append(FileChange(path, self._texts.pop(path, None), bases.get(path)))
        return tuple(found)


def _named(patch: str) -> list[str]:
    heads = ("*** Update File: ", "*** Add File: ", "*** Delete File: ")
    return [
        line.removeprefix(head).strip()
        for line in patch.split("\n")
        for head in heads
        if line.startswith(head)
    ]
