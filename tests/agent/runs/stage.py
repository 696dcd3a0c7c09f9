"""Plays a run in a folder of real files, looks at everything it did, and plays it again from its trace.

What holds for every run is held here: nothing is written, what the person was told and what was proposed are
on record, and the record alone, on another machine, comes to the same proposal.
"""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest

from codex_lsp.agent.asks.ask import Ask
from codex_lsp.agent.limits import reason_of
from codex_lsp.agent.model import Model, ModelInfo, Reply, Request, ScriptedModel
from codex_lsp.agent.overlay import Overlay, Snapshot
from codex_lsp.agent.run import Job, Outcome, Plan
from codex_lsp.agent.talk import Listener
from codex_lsp.agent.trace import Trace
from codex_lsp.edits import Focus
from codex_lsp.review.proposal import FileChange
from codex_lsp.traces.place import find
from codex_lsp.traces.record import Record, load
from codex_lsp.traces.replay import NotReplayable, replay
from codex_lsp.traces.telling import FileTrace, settle
from codex_lsp.workspace.policy import Root
from codex_lsp.workspace.secrets import find as find_secrets
from tests.agent.runs.material import Source
from tests.agent.runs.tasks import Task

Script = Sequence[Reply | Exception | asyncio.Event]
AGENT = ModelInfo("agent", "llm", "an agent")
RULES = ModelInfo("agent", "offline", "rules")
CONTEXT = re.compile(r"context: [\d,]+ of [\d,]+ tokens: .*")
RUN = "run1"


@dataclass
class Played:
    """A run that is over. `error` ended it, if something did; `steps` are what the person was told."""

    job: Job
    overlay: Overlay
    requests: list[Request]
    steps: list[str]
    outcome: Outcome | None = None
    error: BaseException | None = None
    record: Record = field(init=False)

    @property
    def changes(self) -> tuple[FileChange, ...]:
        """What it proposed, or had made until it was stopped."""
        if self.job.stopped:
            return self.job.stopped.changes
        return self.outcome.proposal.changes if self.outcome and self.outcome.proposal else ()

    @property
    def reason(self) -> str:
        """Why it ended."""
        if self.job.stopped:
            assert self.error is not None
            assert self.job.stopped.reason == reason_of(self.error)
            return self.job.stopped.reason
        assert self.outcome is not None
        return self.outcome.reason

    @property
    def texts(self) -> dict[str, str | None]:
        """The texts of all files that the changes touch, with the changes; None for one that is gone."""
        after: dict[str, str | None] = {}
        for each in self.changes:
            after |= {each.path: None, each.move_to: each.proposed} if each.move_to else {}
            after |= {} if each.move_to else {each.path: each.proposed}
        return after

    @property
    def told(self) -> list[str]:
        """The steps, with `context` for what was chosen to go with the ask."""
        return ["context" if CONTEXT.fullmatch(step) else step for step in self.steps]

    def answer(self, request: int, call: int = -1) -> str:
        """What a tool said: in the messages of a request, one of those at its end."""
        return str(self.requests[request].messages[call]["content"])


class Stage:
    """A folder for the files, and homes for the traces: one where runs are recorded, one where replayed."""

    def __init__(self, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = place / "work"
        self._place = place
        self._monkeypatch = monkeypatch
        self._runs = 0

    def set_up(self, files: Mapping[str, Source]) -> None:
        """Write the files, and nothing else is in the folder."""
        shutil.rmtree(self.folder, ignore_errors=True)
        for path, source in files.items():
            file = self.folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(source.text.encode())

    async def play(
        self,
        task: Task,
        script: Script | Model,
        *,
        info: ModelInfo | None = None,
        plan: Plan | None = None,
        trace: Callable[[Trace], Trace] = lambda trace: trace,
        again: bool = True,
    ) -> Played:
        """Run it to its end, whatever that is. `trace` may put something around the trace."""
        self._runs += 1
        self._home(f"home{self._runs}")
        if not self.folder.exists():
            self.set_up(task.files)
        before = self.contents()
        model = ScriptedModel(script, info) if isinstance(script, Sequence) else script
        overlay = Overlay(snapshots(task), Root(self.folder))
        steps: list[str] = []
        written = FileTrace(RUN)
        job = Job(
            *(asked(task), overlay, RUN, plan),
            listener=Listener(on_step=steps.append),
            trace=trace(written),
        )
        played = Played(job, overlay, getattr(model, "requests", []), steps)
        try:
            played.outcome = await asyncio.create_task(job.run(model))
        except (Exception, asyncio.CancelledError) as error:
            played.error = error
        await asyncio.to_thread(settle)
        played.record = load(find(RUN))
        assert self.contents() == before, "a run has written into the folder"
        self._on_record(played)
        if again:
            await self._again(played)
        return played

    def contents(self) -> dict[str, bytes]:
        """Every file in the folder."""
        files = (file for file in self.folder.rglob("*") if file.is_file())
        return {file.relative_to(self.folder).as_posix(): file.read_bytes() for file in files}

    def _on_record(self, played: Played) -> None:
        record = played.record
        assert record.end is not None
        assert record.end["reason"] == played.reason
        assert plain(record.proposal()) == plain(played.changes)
        assert [event["text"] for event in record.of("step")] == played.steps
        # On record, too, is what would have been sent, but for a budget or a cancel.
        unsent = [event for event in record.of("error") if event["code"] == "budget"]
        more = len(list(record.of("request"))) - len(played.requests) - len(unsent)
        assert more in ((0, 1) if played.reason == "cancelled" else (0,))

    async def _again(self, played: Played) -> None:
        """The trace alone, in somebody else's home, and the folder is gone."""
        trace = find(RUN)
        away = self._place / "away"
        self.folder.rename(away)
        try:
            self._home(f"other{self._runs}")
            there = self._place / f"other{self._runs}" / "codex-lsp" / "runs"
            there.mkdir(parents=True)
            shutil.copy(trace, there)
            record = load(find(RUN))
            if not list(record.of("info")):
                with pytest.raises(NotReplayable, match="before anything was asked"):
                    await replay(record)
                assert played.changes == ()
                return
            replayed = await replay(record)
        finally:
            away.rename(self.folder)
        assert replayed.problems == ()
        assert replayed.is_same
        assert plain(replayed.changes) == plain(played.changes)

    def _home(self, name: str) -> None:
        self._monkeypatch.setenv("HOME", str(self._place / f"{name}-user"))
        self._monkeypatch.setenv("XDG_STATE_HOME", str(self._place / name))


def plain(changes: Sequence[FileChange]) -> list[FileChange]:
    """Changes without their secrets, whether as they are or as placeholders stand for them on record."""

    def without(text: str | None) -> str | None:
        spans = sorted(find_secrets(text or ""), key=lambda each: -each.start)
        for each in spans:
            text = (text or "")[: each.start] + "SECRET" + (text or "")[each.end :]
        return text

    return [replace(each, base=without(each.base), proposed=without(each.proposed)) for each in changes]


def snapshots(task: Task) -> dict[str, Snapshot]:
    """The open documents of a task: what was asked about was touched last."""
    paths = [path for path in (*task.also_open, *task.unsaved) if path != task.path]
    texts = {path: task.texts[path].text for path in (*paths, task.path)}
    return {
        path: Snapshot(path, text, 1, "python", task.diagnostics if path == task.path else ())
        for path, text in texts.items()
    }


def asked(task: Task) -> Ask:
    """What the person asks."""
    source = task.texts[task.path]
    focus = Focus(task.path, source.offset(task.first), source.offset(task.last))
    return Ask(task.instruction, focus, task.kind, task.diagnostics)


class Cancelling:
    """A trace around another one that has the run cancelled when it is told its N-th event; 0 never."""

    def __init__(self, trace: Trace, at: int) -> None:
        self._trace = trace
        self._at = at
        self.events: list[str] = []

    def __getattr__(self, name: str) -> Callable[..., None]:
        def tell(*what: Any, **more: Any) -> None:
            getattr(self._trace, name)(*what, **more)
            self.events.append(name)
            task = asyncio.current_task()
            if len(self.events) == self._at and task is not None:
                task.cancel()

        return tell
