"""Runs by a script, on record, for tests of what becomes of a trace."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from codex_lsp.agent.asks.ask import Ask
from codex_lsp.agent.limits import Limits
from codex_lsp.agent.model import Delta, ModelError, ModelInfo, Reply, Request, ScriptedModel, ToolCall, Usage
from codex_lsp.agent.overlay import Overlay, Snapshot
from codex_lsp.agent.run import Outcome, execute
from codex_lsp.edits import EditError, Focus
from codex_lsp.review.proposal import FileChange
from codex_lsp.traces.place import find
from codex_lsp.traces.record import Record, load
from codex_lsp.traces.telling import MAX_BYTES, FileTrace, settle
from codex_lsp.workspace.policy import Root

TEXT = "a = 1\nb = 2\n"


def tool(name: str, **arguments: Any) -> Reply:
    call = ToolCall(f"call-{name}", name, json.dumps(arguments))
    return Reply(tool_calls=(call,), finish_reason="tool_calls", usage=Usage(100, 20, 120, 0.001), model="m1")


class Unhurried(ScriptedModel):
    """A script that lets others run before and after each answer, as a real model does."""

    async def describe(self) -> ModelInfo:
        await asyncio.sleep(0)
        return await super().describe()

    async def complete(self, request: Request, on_delta: Callable[[Delta], None]) -> Reply:
        await asyncio.sleep(0)
        try:
            return await super().complete(request, on_delta)
        finally:
            await asyncio.sleep(0)


@dataclass
class Scene:
    """An ask over open documents and a folder. `keys` are known secrets."""

    place: Path
    texts: Mapping[str, str] = field(default_factory=lambda: {"m.py": TEXT})
    root: Path | None = None
    info: ModelInfo | None = None
    ask: Ask = field(default_factory=lambda: Ask("tidy up", Focus("m.py", 0, 6)))
    limits: Limits = field(default_factory=Limits)
    keys: tuple[str, ...] = ()
    max_bytes: int = MAX_BYTES
    pending: tuple[FileChange, ...] = ()
    wrap: Callable[[FileTrace], Any] = lambda trace: trace
    outcome: Outcome | None = None
    overlay: Overlay | None = None

    async def play(
        self,
        *script: Reply | Exception | asyncio.Event,
        run_id: str = "r1",
        cancel: asyncio.Event | None = None,
    ) -> Record:
        """Run the script to its end, or until `cancel` is set; the trace."""
        snapshots = {path: Snapshot(path, text, 1, "python") for path, text in self.texts.items()}
        self.overlay = Overlay(snapshots, Root(self.root) if self.root else None)
        self.overlay.pend(self.pending)
        trace = FileTrace(run_id, keys=self.keys, place=self.place, max_bytes=self.max_bytes)
        task = asyncio.create_task(
            execute(
                *(self.ask, self.overlay, Unhurried(script, self.info)),
                run_id=run_id,
                limits=self.limits,
                trace=self.wrap(trace),
            )
        )
        if cancel:
            await cancel.wait()
            task.cancel()
        with suppress(ModelError, EditError, asyncio.CancelledError):
            self.outcome = await task
        await asyncio.to_thread(settle)
        return load(find(run_id, self.place))

    def changes(self) -> tuple[FileChange, ...]:
        """What the run has changed."""
        assert self.overlay is not None
        return self.overlay.changes()
