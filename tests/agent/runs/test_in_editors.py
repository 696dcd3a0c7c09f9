"""The same in an editor: cancelled before each of its replies; what was made until then, if it is wanted."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from codex_lsp.agent.model import Reply, ScriptedModel
from tests.agent.runs import saying
from tests.agent.runs.saying import call, finish
from tests.agent.runs.tasks import TASKS, Task
from tests.agent.runs.wishes import fulfilled
from tests.support.serving import serving

NAME = "rename, uvicorn"


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
    for path, source in task.files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(source.text.encode())
    replies = script(task)
    steps: list[Reply | asyncio.Event] = [*replies[:before], asyncio.Event(), *replies[before:]]
    model = ScriptedModel(steps)
    async with serving(model, tmp_path, initialization_options={"apply": "review"}) as (editor, _):
        paths = list(fulfilled(task.texts, task.wishes))
        for path in paths:
            await editor.open(path, task.texts[path].text)
        buffer = editor.buffer(task.path)
        asked = {
            "uri": buffer.uri,
            "range": {
                "start": {"line": task.first, "character": 0},
                "end": {"line": task.last, "character": 0},
            },
            "instruction": task.instruction,
        }
        run = (await editor.execute("codexLsp.ask", asked))["run"]
        async with asyncio.timeout(20):
            while len(model.requests) <= before:
                await asyncio.sleep(0.005)
        assert (await editor.execute("codexLsp.cancel", {"run": run}))["cancelled"] == [run]
        await editor.wait_for_progress_end()
        assert all(editor.buffer(path).text == task.texts[path].text for path in paths)
        assert editor.applied == []
        made = [each for each in task.changes if before > 2 or (before == 2 and each.path == task.path)]
        status = await editor.execute("codexLsp.status")
        assert (status["offers"], status["proposals"]) == ([run] if made else [], [])
        assert (await editor.execute("codexLsp.offer", {}))["offered"] == (run if made else None)
        if not made:
            return
        async with asyncio.timeout(20):
            while not (await editor.execute("codexLsp.status"))["proposals"]:
                await asyncio.sleep(0.005)
        await editor.execute("codexLsp.accept", {"proposal": run})
        after = {path: task.texts[path].text for path in paths} | fulfilled(task.texts, made)
        async with asyncio.timeout(20):
            while {path: editor.buffer(path).text for path in paths} != after:
                await asyncio.sleep(0.005)
