"""A run on record, run again: the recorded replies through today's loop, tools and edit engine.

Nothing is asked and nothing is read but the trace: files have the texts on record, the folder around them is
empty, what was refused is refused again, and checks say what they said. Limits do not hold, since the record
tells where the run ended. So it comes to the same proposal on any machine, or the code has changed.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import fields
from pathlib import Path
from typing import Any

from codex_lsp.agent.asks.ask import Ask, Marked
from codex_lsp.agent.limits import Limits
from codex_lsp.agent.model import (
    ModelError,
    ModelInfo,
    NoTools,
    Prices,
    Reply,
    Request,
    ScriptedModel,
    ToolCall,
    Usage,
)
from codex_lsp.agent.overlay import Diagnostic, Overlay, Related, Snapshot
from codex_lsp.agent.run import Job, Plan
from codex_lsp.agent.trace import NullTrace
from codex_lsp.edits import EditError, Focus
from codex_lsp.edits.errors import PathRejected
from codex_lsp.edits.paths import normalise
from codex_lsp.records import record
from codex_lsp.review.proposal import FileChange, Proposal, Verification
from codex_lsp.traces.record import Event, Record
from codex_lsp.workspace.policy import Root

_ENDLESS = 1_000_000_000
# How a run ends by what its last reply says.
_BY_ITSELF = ("finished", "answered", "bad_edits", "unfinished", "repeated", "bad_arguments")
_UNLIMITED = Limits(
    steps=_ENDLESS, seconds=_ENDLESS, repairs=_ENDLESS, tool_calls=_ENDLESS, bytes=_ENDLESS * 1000,
    repeats=_ENDLESS, bad_arguments=_ENDLESS, failed_edits=_ENDLESS,
)  # fmt: skip


class NotReplayable(Exception):
    """The trace does not hold all that is needed; the message says what is missing."""


@record(frozen=True, slots=True)
class Replayed:
    """What came out. `problems` are the tool calls that went otherwise than on record, a sentence each."""

    recorded: tuple[FileChange, ...]
    changes: tuple[FileChange, ...]
    problems: tuple[str, ...] = ()

    @property
    def is_same(self) -> bool:
        """Whether the proposal is the same, byte for byte."""
        return self.recorded == self.changes


async def replay(record: Record) -> Replayed:
    """Run it again. Raises `NotReplayable`."""
    if record.is_cut:
        raise NotReplayable("Some of the run was too long to be recorded, so it cannot be played again.")
    if record.start.get("cuts_secret"):
        raise NotReplayable("The selection begins or ends within a secret, which is not on record.")
    try:
        recorded = record.proposal()
        script, info = _script(record), _info(record)
        follow = _Follow(record)
        with tempfile.TemporaryDirectory(prefix="codex-lsp-") as folder:
            overlay = _overlay(record, Path(folder))
            plan = Plan(record.start["road"], _UNLIMITED, verify=follow.verify)
            job = Job(_ask(record.start), overlay, record.run, plan, trace=follow)
            with suppress(ModelError, EditError, asyncio.CancelledError):
                await job.run(ScriptedModel(script, info))
    except (KeyError, TypeError, ValueError) as error:
        raise NotReplayable(f"The trace is damaged: {error}.") from error
    return Replayed(recorded, follow.proposed, tuple(follow.problems))


class RecordedRoot(Root):
    """A root whose files are those that a run has read."""

    def __init__(self, folder: Path, texts: Mapping[str, str], refused: Mapping[str, str]) -> None:
        """`folder` is empty; `refused` are the reasons why paths were refused, by path."""
        super().__init__(folder)
        self._texts = texts
        self._refused = refused

    def target(self, path: str) -> str:
        """The path; raises `PathRejected` for one that was refused."""
        clean = normalise(path)
        if clean in self._refused and clean not in self._texts:
            raise PathRejected(self._refused[clean], path=path)
        return clean

    def read(self, path: str, why_not: Callable[[str], str] | None = None) -> str:
        """The text on record; raises `PathRejected` or `FileNotFoundError`. What was hidden is none."""
        clean = self.target(path)
        if clean not in self._texts:
            raise FileNotFoundError(path)
        return self._texts[clean]


class _Follow(NullTrace):
    """Goes along with the replay, and ends it where the record ends."""

    def __init__(self, record: Record) -> None:
        self.proposed: tuple[FileChange, ...] = ()
        self.problems: list[str] = []
        self._answers = sum(event["event"] in ("reply", "error") for event in record.events)
        self._results = list(record.of("result"))
        self._calls = 0
        self._verifications = record.of("verification")
        self._unused = _is_last_reply_unused(record)

    def asked(self, request: Request) -> None:
        """See `Trace`."""
        if not self._answers:
            raise asyncio.CancelledError
        self._answers -= 1

    def replied(self, reply: Reply) -> None:
        """See `Trace`."""
        if not self._answers and self._unused:
            raise asyncio.CancelledError

    def calling(self, call: ToolCall) -> None:
        """See `Trace`."""
        if self._calls == len(self._results):
            raise asyncio.CancelledError

    def called(self, call: ToolCall, text: str, problem: str) -> None:
        """See `Trace`."""
        recorded = self._results[self._calls]
        self._calls += 1
        if recorded["name"] != call.name or recorded["problem"] != problem:
            was, now = (each or "done" for each in (recorded["problem"], problem))
            self.problems.append(f"{recorded['name']} was {was}, and is {now}.")

    async def verify(self, changes: tuple[FileChange, ...]) -> Verification:
        """What the check said; it is not done again."""
        event = next(self._verifications, None)
        if event is None:
            raise asyncio.CancelledError
        return _verification(event)

    def ended(
        self, reason: str, message: str, usage: Usage, *, model: str = "", proposal: Proposal | None = None
    ) -> None:
        """See `Trace`."""
        self.proposed = proposal.changes if proposal else ()


def _is_last_reply_unused(record: Record) -> bool:
    """Whether the run was stopped with the last reply, before anything was done of what it says."""
    kinds = [event["event"] for event in record.events]
    if record.end is None or "reply" not in kinds or record.end["reason"] in _BY_ITSELF:
        return False
    return kinds[len(kinds) - kinds[::-1].index("reply")] in ("proposal", "end")


class _Recorded(ModelError):
    """An error that the model had."""


def _script(record: Record) -> list[Reply | Exception]:
    script: list[Reply | Exception] = []
    for event in record.events:
        if event["event"] == "reply":
            script.append(_reply(event))
        elif event["event"] == "error":
            error = NoTools if event["kind"] == NoTools.__name__ else _Recorded
            script.append(error(event["message"]))
    return script


def _reply(event: Event) -> Reply:
    return Reply(
        content=event["content"],
        tool_calls=tuple(ToolCall(**call) for call in event["tool_calls"]),
        finish_reason=event["finish_reason"],
        usage=Usage(**event["usage"]),
        reasoning=event["reasoning"],
        model=event["model"],
    )


def _info(record: Record) -> ModelInfo:
    told = next(record.of("info"), None)
    if told is None:
        raise NotReplayable("The run ended before anything was asked.")
    prices = Prices(**told["prices"]) if told["prices"] else None
    return ModelInfo(told["kind"], told["mode"], told["name"], prices)


def _ask(start: Event) -> Ask:
    return Ask(
        instruction=start["instruction"],
        focus=Focus(**start["focus"]),
        kind=start["kind"],
        diagnostics=tuple(
            Diagnostic(**{**each, "related": tuple(Related(**place) for place in each.get("related", ()))})
            for each in start["diagnostics"]
        ),
        comments=tuple(Marked(**each) for each in start.get("comments", ())),
    )


def _overlay(record: Record, folder: Path) -> Overlay:
    refused = {normalise(event["path"]): str(event["why"]) for event in record.of("refused")}
    snapshots = {
        each["path"]: Snapshot(
            each["path"], record.bases.get(each["path"], ""), each["version"], each["language"]
        )
        for each in record.start["open"]
    }
    overlay = Overlay(snapshots, RecordedRoot(folder, record.bases, refused))
    for pending in record.of("pending"):
        overlay.pend(record.changes(pending))
    overlay.allow(record.start["focus"]["path"])
    return overlay


def _verification(event: Event) -> Verification:
    known: dict[str, Any] = {}
    for each in fields(Verification):
        if each.name in event:
            value = event[each.name]
            known[each.name] = tuple(value) if isinstance(value, list) else value
    return Verification(**known)
