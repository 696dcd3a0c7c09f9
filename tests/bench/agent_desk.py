"""A server with its model in this process, an editor with open documents, runs whose turns are timed."""

from __future__ import annotations

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from codex_lsp.agent.model import Delta, Reply, Request, ScriptedModel, ToolCall
from tests.bench import crowd
from tests.bench.figures import Wrong
from tests.support.editor import FakeEditor
from tests.support.serving import serving

REVIEW = {"apply": "review"}
EVENT_SECONDS = 60


class Stamped(ScriptedModel):
    """A script that takes no time, and notes when it was asked and when it had answered."""

    def __init__(self, script: Sequence[Reply]) -> None:
        super().__init__(script)
        self.asked: list[float] = []
        self.answered: list[float] = []

    async def complete(self, request: Request, on_delta: Callable[[Delta], None]) -> Reply:
        """Play the next reply."""
        self.asked.append(time.perf_counter())
        # As a real one does, it lets everybody else run before the answer is there.
        await asyncio.sleep(0.02)
        reply = await super().complete(request, on_delta)
        self.answered.append(time.perf_counter())
        return reply


class Desk:
    """An editor that asks."""

    def __init__(self, editor: FakeEditor, model: Stamped) -> None:
        self.editor = editor
        self.model = model
        self._runs = 0

    async def open(self, documents: int) -> None:
        """Open so many of the crowd's documents."""
        for number in range(documents):
            await self.editor.open(crowd.name(number), "".join(crowd.lines(number)))

    async def run(self, name: str, first: int = 0, last: int = 9) -> float:
        """One run about these lines of an open document, to its end; returns when it was asked for."""
        editor, buffer = self.editor, self.editor.buffer(name)
        place = {"start": {"line": first, "character": 0}, "end": {"line": last, "character": 0}}
        began = time.perf_counter()
        said = await editor.execute(
            "codexLsp.ask",
            {"uri": buffer.uri, "range": place, "version": buffer.version, "instruction": "Tidy it up."},
        )
        if not said["run"]:
            raise Wrong(f"an ask was refused: {said}")
        self._runs += 1
        async with asyncio.timeout(EVENT_SECONDS):
            while len(_ends(editor)) < self._runs:
                await asyncio.sleep(0.002)
        return began


def _ends(editor: FakeEditor) -> list[Any]:
    return [values for values in editor.progress.values() if values and values[-1]["kind"] == "end"]


@asynccontextmanager
async def desk(folder: Path, script: Sequence[Reply], documents: int = 0) -> AsyncIterator[Desk]:
    """The server, its editor and so many open documents."""
    model = Stamped(script)
    async with serving(model, folder, initialization_options=REVIEW) as (editor, _):
        made = Desk(editor, model)
        await made.open(documents)
        yield made


@contextmanager
def state_folder(folder: Path) -> Iterator[None]:
    """Runs are on record, as they are for everybody, but not among the person's own."""
    before = os.environ.get("XDG_STATE_HOME")
    os.environ["XDG_STATE_HOME"] = str(folder / "state")
    try:
        yield
    finally:
        if before is None:
            del os.environ["XDG_STATE_HOME"]
        else:
            os.environ["XDG_STATE_HOME"] = before


def call(name: str, **given: Any) -> Reply:
    """A reply that calls one tool."""
    return Reply("", (ToolCall("c1", name, json.dumps(given)),), "tool_calls")
