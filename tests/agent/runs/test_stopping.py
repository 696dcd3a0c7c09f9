"""Runs that do not end by themselves: each limit, on each road; what was made by then is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from codex_lsp.agent.limits import Limits
from codex_lsp.agent.model import ModelError, ModelInfo, NoTools, Prices, Reply, Usage
from codex_lsp.agent.run import Plan
from tests.agent.runs import saying
from tests.agent.runs.saying import call, finish, words
from tests.agent.runs.stage import AGENT, Script, Stage
from tests.agent.runs.tasks import TASKS, Task
from tests.agent.runs.wishes import Change, fulfilled

REFUSAL = NoTools("The endpoint takes no tools.")
PRICED = ModelInfo(name="scripted", prices=Prices(0.00001, 0.00003))


def edit(task: Task) -> Reply:
    return call("edit", patch=saying.patch(task.texts, task.wishes))


def read(path: str, line: int) -> Reply:
    return call("read_file", path=path, start_line=line, end_line=line + 1)


def reads(path: str, count: int) -> list[Reply]:
    return [read(path, line) for line in range(1, count + 1)]


def dear(reply: Reply, tokens: int = 900_000) -> Reply:
    return replace(reply, usage=Usage(tokens, 10, tokens + 10, 50.0))


NAME = "rename, httpx"
PATH = "httpx/_utils.py"
LOOPS: dict[str, tuple[Sequence[Reply | Exception], Limits, str]] = {
    "turns": (reads(PATH, 30), Limits(steps=10), "within 10 steps (maxSteps)"),
    "tool_calls": (reads(PATH, 9), Limits(tool_calls=5), "more than 5 tools (maxToolCalls)"),
    "repeated": ([read(PATH, 1)] * 9, Limits(), "read_file 3 times alike"),
    "bytes": ([call("read_file", path=f"httpx/{each}.py") for each in ("_client", "_models", "_urls")] * 3,
              Limits(bytes=100_000), "100,000 bytes (maxBytes)"),
    "tokens": ([dear(read(PATH, 1)), *reads(PATH, 9)], Limits(tokens=500_000), "500,000 tokens for a run"),
    "cost": ([dear(read(PATH, 1)), *reads(PATH, 9)], Limits(cost=20.0), "$20 for a run"),
    "bad_edits": ([call("edit", path=PATH, old=f"no {n}", new="x") for n in range(9)],
                  Limits(failed_edits=4), "did not fit the text 4 times"),
    "failed": ([read(PATH, 1), ModelError("The endpoint is on fire.")], Limits(), "The endpoint is on fire."),
    "unfinished": ([read(PATH, 1), words("half", finish_reason="length")], Limits(), "token limit"),
}  # fmt: skip


@pytest.mark.parametrize("reason", LOOPS)
@pytest.mark.parametrize("changed", [True, False])
async def test_an_endless_loop_is_stopped(stage: Stage, reason: str, changed: bool) -> None:
    script, limits, said = LOOPS[reason]
    task = TASKS[NAME]()
    begin = [edit(task)] if changed else []
    played = await stage.play(task, [*begin, *script], info=PRICED, plan=Plan(limits=limits))
    assert played.reason == reason
    assert said in str(played.error)
    assert played.texts == (fulfilled(task.texts, task.wishes) if changed else {})
    assert played.outcome is None
    assert played.record.end is not None
    assert said in played.record.end["message"]


async def test_the_same_call_is_the_same_however_it_is_written(stage: Stage) -> None:
    task = TASKS["a line, httpx"]()
    asked = ['{"path": "httpx/_api.py", "end_line": 1}', '{"end_line":1,"path":"httpx/_api.py"}',
             '{ "path" : "httpx/_api.py", "end_line": 1 }']  # fmt: skip
    played = await stage.play(task, [saying.raw_call("read_file", each) for each in asked])
    assert (played.reason, len(played.requests)) == ("repeated", 3)


async def test_the_same_call_with_another_result_is_no_loop(stage: Stage) -> None:
    task = TASKS["a line, httpx"]()
    source = task.files[task.path]
    edits = [
        call("edit", path=task.path, old=source.lines[0] + "x" * n, new=source.lines[0] + "x" * (n + 1))
        for n in range(4)
    ]
    look = read(task.path, 1)
    script = [step for each in edits for step in (look, each)]
    played = await stage.play(task, [*script, finish()])
    assert played.reason == "finished"
    assert played.texts == fulfilled(task.texts, [Change(task.path, 0, 1, (source.lines[0] + "xxxx",))])


@pytest.mark.parametrize("road", ["tools", "words", "agent"])
@pytest.mark.parametrize("reason", ["time", "tokens", "failed", "bytes"])
async def test_every_road_has_its_limits(stage: Stage, road: str, reason: str) -> None:
    task = TASKS["a line, starlette"]()
    patch = saying.patch(task.texts, task.wishes)
    scripts: dict[str, Script] = {
        "time": [asyncio.Event(), words(patch)],
        "tokens": [words(patch)],
        "failed": [ModelError("It is down.")],
        "bytes": [words(patch + "\n" + "x" * 9_000)],
    }
    limits = {
        "time": Limits(seconds=0.3),
        "tokens": Limits(tokens=100),
        "failed": Limits(),
        "bytes": Limits(bytes=5_000),
    }
    script: Script = [REFUSAL, *scripts[reason]] if road == "words" else scripts[reason]
    info = AGENT if road == "agent" else None
    played = await stage.play(task, script, info=info, plan=Plan(limits=limits[reason]))
    assert (played.reason, played.changes) == (reason, ())


async def test_a_call_that_could_cost_too_much_is_not_sent(stage: Stage) -> None:
    task = TASKS["a line, in 10,000"]()
    plan = Plan(limits=Limits(tokens=200))
    for road in (None, AGENT):
        played = await stage.play(task, [words("never")], info=road, plan=plan)
        assert (played.reason, played.requests) == ("tokens", [])
