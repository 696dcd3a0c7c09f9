"""The same in an editor: cancelled before each of its replies; what was made until then, if it is wanted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from codex_lsp.agent.model import Reply, ScriptedModel
from tests.agent.runs import saying
from tests.agent.runs.saying import call, finish
from tests.agent.runs.tasks import TASKS, Task
from tests.agent.runs.wishes import fulfilled
from tests.support.editor import FakeEditor
from tests.support.serving import serving

NAME = "rename, uvicorn"
SECONDS = 60


def script(task: Task) -> list[Reply]:
    """Reads, changes one file, changes the others, finishes."""
    own = [each for each in task.changes if each.path == task.path]
    rest = [each for each in task.changes if each.path != task.path]
    return [
        call("read_file", path=task.path),
        call("edit", patch=saying.patch(task.texts, own)),
        call("edit", patch=saying.patch(task.texts, rest)),
        finish("Renamed."),
    ]


@pytest.mark.parametrize("before", range(4))
async def test_cancelled_before_each_reply(tmp_path: Path, before: int) -> None:
    task = TASKS[NAME]()
    write(task, tmp_path)
    replies = script(task)
    steps: list[Reply | asyncio.Event] = [*replies[:before], asyncio.Event(), *replies[before:]]
    model = ScriptedModel(steps)
    made = [each for each in task.changes if before > 2 or (before == 2 and each.path == task.path)]
    async with serving(model, tmp_path, initialization_options={"apply": "review"}) as (editor, _):
        paths = list(fulfilled(task.texts, task.wishes))
        for path in paths:
            await editor.open(path, task.texts[path].text)
        run = (await editor.execute("codexLsp.ask", asked(editor, task)))["run"]
        await until(lambda: len(model.requests) > before)
        assert (await editor.execute("codexLsp.cancel", {"run": run}))["cancelled"] == [run]
        await editor.wait_for_progress_end()
        assert all(editor.buffer(path).text == task.texts[path].text for path in paths)
        assert editor.applied == []
        status = await editor.execute("codexLsp.status")
        assert (status["offers"], status["proposals"]) == ([run] if made else [], [])
        assert (await editor.execute("codexLsp.offer", {}))["offered"] == (run if made else None)
        if made:
            await accepted(editor, run)
            after = {path: task.texts[path].text for path in paths} | fulfilled(task.texts, made)
            await until(lambda: {path: editor.buffer(path).text for path in paths} == after)


def write(task: Task, folder: Path) -> None:
    for path, source in task.files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(source.text.encode())


def asked(editor: FakeEditor, task: Task) -> dict[str, Any]:
    start, end = ({"line": line, "character": 0} for line in (task.first, task.last))
    place = {"uri": editor.buffer(task.path).uri, "range": {"start": start, "end": end}}
    return {**place, "instruction": task.instruction}


async def accepted(editor: FakeEditor, run: str) -> None:
    async with asyncio.timeout(SECONDS):
        while not (await editor.execute("codexLsp.status"))["proposals"]:
            await asyncio.sleep(0.005)
    await editor.execute("codexLsp.accept", {"proposal": run})


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(SECONDS):
        while not holds():
            await asyncio.sleep(0.005)
