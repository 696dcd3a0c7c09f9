"""Every limit ends a run with its own reason, and what the run had made is kept, not applied."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest

from codex_lsp.agent.asks.ask import Ask
from codex_lsp.agent.limits import LimitReached, Limits, StopReason, Tally, canonical, reason_of
from codex_lsp.agent.model import ModelError, ModelInfo, Prices, Reply, ScriptedModel, ToolCall, Usage
from codex_lsp.agent.overlay import Overlay, Snapshot
from codex_lsp.agent.run import Job, Plan
from codex_lsp.edits import EditError, Focus

TEXT = "a = 1\nb = 2\n"
PATCH = "*** Begin Patch\n*** Update File: m.py\n-a = 1\n+a = 2\n*** End Patch"
EDIT = json.dumps({"patch": PATCH})


def calls(*wanted: tuple[str, str]) -> Reply:
    made = tuple(ToolCall(str(number), name, text) for number, (name, text) in enumerate(wanted))
    return Reply(tool_calls=made, finish_reason="tool_calls", usage=Usage(100, 10, 110, 0.1))


def read(first: int) -> tuple[str, str]:
    return "read_file", json.dumps({"path": "m.py", "start_line": first, "end_line": first})


def job(**limits: Any) -> Job:
    overlay = Overlay({"m.py": Snapshot("m.py", TEXT)})
    return Job(Ask("x", Focus("m.py", 0, 6)), overlay, "r", Plan(limits=Limits(**limits)))


EDITED = calls(("edit", EDIT))
DEAR = replace(EDITED, usage=Usage(1_000_000, 10, 1_000_010, 200.0))
BAD_EDIT = calls(("edit", EDIT.replace("a = 1", "q = 1")))


@pytest.mark.parametrize(
    ("reason", "script", "limits", "sentence"),
    [
        ("turns", [EDITED, calls(read(1)), calls(read(2))], {"steps": 3}, "within 3 steps (maxSteps)"),
        ("tool_calls", [EDITED, calls(read(1), read(2))], {"tool_calls": 2}, "more than 2 tools (maxToolC"),
        ("bytes", [EDITED, Reply("y" * 3000)], {"bytes": 2000}, "2,000 bytes (maxBytes)"),
        ("repeated", [EDITED, *[calls(read(1))] * 3], {}, "read_file 3 times alike"),
        ("bad_arguments", [EDITED, *[calls(("read_file", "{"))] * 4], {}, "4 times in a row"),
        ("bad_arguments", [EDITED, *[calls(("rm", "{}"))] * 4], {}, "do not fit"),
        ("bad_edits", [EDITED, *[BAD_EDIT] * 4], {"failed_edits": 2}, "2 times in a row"),
        ("tokens", [DEAR, calls(read(1))], {"tokens": 900_000}, "900,000 tokens for a run"),
        ("unfinished", [EDITED, Reply("half", finish_reason="length")], {}, "token limit"),
        ("failed", [EDITED, ModelError("no memory")], {}, "no memory"),
        ("time", [EDITED, asyncio.Event()], {"seconds": 0.2}, "longer than 0.2 s (maxSeconds)"),
    ],
)
async def test_a_limit_ends_the_run_with_its_reason_and_what_was_made_is_kept(
    reason: StopReason, script: list[Any], limits: dict[str, Any], sentence: str
) -> None:
    stopped = job(**limits)
    with pytest.raises(ModelError) as caught:
        await stopped.run(ScriptedModel(script))
    assert sentence in str(caught.value)
    assert reason_of(caught.value) == reason
    assert stopped.stopped is not None
    assert stopped.stopped.reason == reason
    (change,) = stopped.stopped.changes
    assert (change.base, change.proposed) == (TEXT, "a = 2\nb = 2\n")
    kept = stopped.memory()
    assert kept is not None
    assert kept.changes == stopped.stopped.changes


async def test_cost_is_a_reason_too() -> None:
    stopped = job(cost=100.0)
    model = ScriptedModel([DEAR, EDITED], ModelInfo(prices=Prices(0.001, 0.01)))
    with pytest.raises(ModelError, match="maxCost"):
        await stopped.run(model)
    assert stopped.stopped is not None
    assert stopped.stopped.reason == "cost"


async def test_edits_in_words_that_never_fit_are_a_reason() -> None:
    stopped = job()
    with pytest.raises(EditError):
        await stopped.run(ScriptedModel([Reply(PATCH.replace("a = 1", "q"))] * 3))
    assert stopped.stopped is not None
    assert (stopped.stopped.reason, stopped.stopped.changes) == ("bad_edits", ())


@pytest.mark.parametrize("after", [0, 1, 2])
async def test_a_run_may_be_cancelled_at_every_step(after: int) -> None:
    gate = asyncio.Event()
    script = [EDITED, calls(read(1)), calls(read(2))]
    model = ScriptedModel([*script[:after], gate, *script[after:]])
    stopped = job()
    task = asyncio.create_task(stopped.run(model))
    while len(model.requests) <= after:
        await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert stopped.stopped is not None
    assert stopped.stopped.reason == "cancelled"
    assert len(stopped.stopped.changes) == (1 if after else 0)


async def test_bad_arguments_are_counted_in_a_row_only() -> None:
    bad, good = calls(("edit", "{}")), [calls(read(line)) for line in (1, 2)]
    done = Reply("Done.")
    outcome = await job().run(ScriptedModel([*[bad] * 3, good[0], *[bad] * 3, good[1], *[bad] * 3, done]))
    assert outcome.reason == "answered"


async def test_three_bad_answers_go_back_with_what_to_do() -> None:
    model = ScriptedModel([*[calls(("read_file", "[]"))] * 3, Reply("Sorry.")])
    await job().run(model)
    answers = [each["content"] for each in model.requests[-1].messages if each["role"] == "tool"]
    assert len(answers) == 3
    assert all(answer.startswith("error: ") for answer in answers)


async def test_a_call_with_another_result_is_no_repetition() -> None:
    edits = [
        calls(("edit", EDIT.replace("a = 1", f"a = {number}").replace("+a = 2", f"+a = {number + 1}")))
        for number in (1, 2)
    ]
    look = calls(("read_file", '{"path": "m.py"}'))
    outcome = await job().run(ScriptedModel([look, edits[0], look, edits[1], look, Reply("Done.")]))
    assert outcome.reason == "finished"


def test_the_same_arguments_are_the_same_however_written() -> None:
    assert canonical('{"b": 1, "a": 2}') == canonical('{ "a":2,"b":1 }')
    assert canonical("") == canonical("{}")
    assert canonical("{") == "{"
    tally = Tally(Limits(repeats=2))
    tally.called(ToolCall("1", "t", '{"a": 1, "b": 2}'), "x", fitted=True)
    with pytest.raises(LimitReached):
        tally.called(ToolCall("2", "t", '{"b": 2, "a": 1}'), "x", fitted=True)


def test_each_limit_is_exact() -> None:
    tally = Tally(Limits(steps=2, tool_calls=1, bytes=4))
    tally.turn()
    tally.turn()
    with pytest.raises(LimitReached, match="within 2 steps"):
        tally.turn()
    tally.replied(Reply("éa", tool_calls=()))
    with pytest.raises(LimitReached, match="bytes"):
        tally.replied(Reply("é"))
