"""Whole runs over HTTP, through the worker and LiteLLM; a trace of them replayed by the command line."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from codex_lsp.agent.model import Delta, Model, ModelInfo, Reply, Request
from codex_lsp.endpoint.config import EndpointConfig
from codex_lsp.endpoint.remote import RemoteModel
from codex_lsp.traces.place import find
from tests.agent.runs import saying
from tests.agent.runs.stage import RUN, Played, Stage
from tests.agent.runs.tasks import TASKS, Task
from tests.agent.runs.test_tasks import by_many_patches, by_patch, by_texts
from tests.agent.runs.wishes import fulfilled
from tests.support.endpoint import Answer, Raw, ScriptedEndpoint, Step, call
from tests.support.processes import clean_environ, codex_lsp

ROOT = Path(__file__).parents[2]
NAMES = (
    *(
        "a line, httpx",
        "a line, in 10,000",
        "anew, starlette",
        "rename, uvicorn",
        "comes, two",
        "moves, changed",
    ),
    *("goes, a file that is known", "form, BOM and CRLF", "alphabets", "unsaved, pygls", "fix, all", "JSON"),
)
AGENT = {"object": "list", "data": [{"id": "mini"}], "codex_agent": {"workspace": True, "mode": "llm"}}
REFUSED = b'{"error": {"message": "mini does not support tools"}}'
NO_TOOLS = Raw(400, {"Content-Type": "application/json"}, REFUSED)


class Noted:
    """A model that keeps the requests it is given."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self.requests: list[Request] = []

    async def start(self) -> None:
        await self._model.start()

    async def close(self) -> None:
        await self._model.close()

    async def describe(self) -> ModelInfo:
        return await self._model.describe()

    async def complete(self, request: Request, on_delta: Callable[[Delta], None]) -> Reply:
        self.requests.append(request)
        return await self._model.complete(request, on_delta)


def answer(reply: Reply) -> Answer:
    """A reply of a script as the endpoint says it."""
    calls = tuple(call(each.id, each.name, each.arguments) for each in reply.tool_calls)
    return Answer(reply.content, reply.reasoning, calls, reply.finish_reason, piece=400)


def with_tools(task: Task) -> Sequence[Step]:
    way = by_patch if task.unsaved else by_texts if task.changes else by_many_patches
    return [answer(reply) for reply in way(task)]


def in_words(task: Task) -> Sequence[Step]:
    return [NO_TOOLS, Answer(f"All is done.\n\n{saying.patch(task.texts, task.wishes)}", piece=400)]


def by_an_agent(task: Task) -> Sequence[Step]:
    patch = saying.patch(task.texts, task.wishes)
    return [Answer(f"All is done.\n\n{patch}", "looked around\nwrote it\n", piece=400)]


ROADS: Mapping[str, tuple[Callable[[Task], Sequence[Step]], Any]] = {
    "tools": (with_tools, None),
    "words": (in_words, None),
    "agent": (by_an_agent, AGENT),
}


@pytest.mark.parametrize("road", ROADS)
async def test_runs_over_http(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, runtime: Path, road: str
) -> None:
    steps, models = ROADS[road]
    async with ScriptedEndpoint(models=models) as endpoint:
        model = RemoteModel(EndpointConfig(True, endpoint.base_url, "sk-of-nobody-at-all-1"))
        try:
            for number, name in enumerate(NAMES):
                task = TASKS[name]()
                stage = Stage(tmp_path / str(number), monkeypatch)
                # That it takes no tools an endpoint has to say once.
                script = [each for each in steps(task) if each is not NO_TOOLS or not number]
                endpoint.play(*script)
                played = await stage.play(task, Noted(model))
                assert (played.error, played.reason) == (None, "finished"), name
                assert played.texts == fulfilled(task.texts, task.wishes), name
                asked = [each for each in endpoint.requests if each.method == "POST"]
                assert len(asked) == len(script), name
                if name == NAMES[0]:
                    by_command_line(tmp_path, played)
        finally:
            await model.close()


def by_command_line(tmp_path: Path, played: Played) -> None:
    """The record alone, given to `codex-lsp runs replay` in another home."""
    trace = find(RUN)
    home = tmp_path / "another"
    there = home / "codex-lsp" / "runs"
    there.mkdir(parents=True)
    shutil.copy(trace, there)
    assert b"sk-of-nobody" not in trace.read_bytes()
    env = clean_environ(XDG_STATE_HOME=str(home), HOME=str(home), PYTHONPATH=str(ROOT))
    done = codex_lsp("runs", "replay", "last", "--json", env=env, cwd=home)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    shown = json.dumps(said)
    assert said["same"] is True
    assert all(change.path in shown for change in played.changes)
