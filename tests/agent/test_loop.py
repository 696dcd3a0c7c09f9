"""What the loop does beyond calling tools: what fails goes back, and a finish that is none is held back."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import pytest

from codex_lsp.agent.asks.ask import Ask
from codex_lsp.agent.checking.checks import Check
from codex_lsp.agent.memory import MAX_BYTES, Memory, complete, follow_up
from codex_lsp.agent.model import Message, ModelError, ModelInfo, NoTools, Reply, ScriptedModel, ToolCall
from codex_lsp.agent.overlay import Overlay, Snapshot
from codex_lsp.agent.run import Job, Outcome, Plan
from codex_lsp.agent.talk import Listener
from codex_lsp.edits import Focus
from codex_lsp.edits.focus import carried
from codex_lsp.review.proposal import FileChange
from codex_lsp.workspace.policy import Root
from tests.support.bubblewrap import put_on_path

TEXT = "a = 1\nb = 2\n"
ASK = Ask("Set a.", Focus("m.py", 0, 6))


def patch(old: str, new: str) -> str:
    return f"*** Begin Patch\n*** Update File: m.py\n-{old}\n+{new}\n*** End Patch"


def tools(*wanted: tuple[str, Any]) -> Reply:
    made = tuple(ToolCall(str(n), name, json.dumps(given)) for n, (name, given) in enumerate(wanted))
    return Reply(tool_calls=made, finish_reason="tool_calls")


def edit(old: str, new: str) -> tuple[str, Any]:
    return "edit", {"patch": patch(old, new)}


FINISH = ("finish", {"summary": "a is set."})
BROKEN = edit("a = 1", "a = (")
MENDED = edit("a = (", "a = 3")


async def run(
    *script: Reply | Exception, info: ModelInfo | None = None, steps: list[str] | None = None
) -> tuple[Outcome, ScriptedModel]:
    model = ScriptedModel(script, info)
    listener = Listener(on_step=([] if steps is None else steps).append)
    job = Job(ASK, Overlay({"m.py": Snapshot("m.py", TEXT)}), "r", listener=listener)
    return await job.run(model), model


def proposed(outcome: Outcome) -> str | None:
    assert outcome.proposal is not None
    return outcome.proposal.changes[0].proposed


def last(model: ScriptedModel) -> str:
    return str(model.requests[-1].messages[-1]["content"])


async def test_what_no_longer_parses_goes_back_once_and_may_be_mended() -> None:
    steps: list[str] = []
    outcome, model = await run(tools(BROKEN), tools(FINISH), tools(MENDED), tools(FINISH), steps=steps)
    assert proposed(outcome) == "a = 3\nb = 2\n"
    assert outcome.proposal is not None
    assert outcome.proposal.verification.status == "passed"
    (refusal,) = [m["content"] for m in model.requests[2].messages if "Not finished" in str(m["content"])]
    assert "would no longer parse" in refusal
    assert any(step.startswith("sent back: m.py would no longer parse") for step in steps)


async def test_a_second_failure_is_the_persons_to_judge() -> None:
    outcome, _ = await run(tools(BROKEN), tools(FINISH), tools(FINISH))
    assert outcome.proposal is not None
    assert outcome.proposal.verification.status == "failed"
    assert outcome.proposal.cautions()


async def test_the_same_for_edits_in_words() -> None:
    steps: list[str] = []
    broken, mended = Reply(patch("a = 1", "a = (")), Reply(patch("a = (", "a = 3"))
    outcome, model = await run(NoTools("no tools"), broken, mended, steps=steps)
    assert proposed(outcome) == "a = 3\nb = 2\n"
    assert "Your change is in place, but not finished: m.py would no longer parse" in last(model)


async def test_a_fence_that_mends_replaces_what_stands_in_the_selections_place() -> None:
    broken, mended = Reply("```\nx = (\ny = 1\n```"), Reply("```\nx = 3\n```")
    outcome, _ = await run(NoTools("no tools"), broken, mended)
    assert proposed(outcome) == "x = 3\nb = 2\n"


async def test_mending_that_fails_keeps_what_there_was() -> None:
    broken, worse = Reply(patch("a = 1", "a = (")), Reply(patch("q", "r"))
    outcome, _ = await run(NoTools("no tools"), broken, worse, worse, worse)
    assert proposed(outcome) == "a = (\nb = 2\n"


async def test_so_does_an_endpoint_that_is_gone_by_then() -> None:
    steps: list[str] = []
    outcome, _ = await run(tools(BROKEN), tools(FINISH), ModelError("no memory"), steps=steps)
    assert proposed(outcome) == "a = (\nb = 2\n"
    assert outcome.text == "a is set."
    assert "it was not mended: no memory" in steps
    with pytest.raises(ModelError, match="no memory"):
        await run(tools(BROKEN), tools(FINISH), tools(edit("b = 2", "b = (")), ModelError("no memory"))


@pytest.mark.parametrize(("mode", "requests"), [("llm", 2), ("offline", 1)])
async def test_an_agent_that_has_a_model_mends_too(mode: str, requests: int) -> None:
    broken, mended = Reply(patch("a = 1", "a = (")), Reply(patch("a = (", "a = 3"))
    outcome, model = await run(broken, mended, info=ModelInfo("agent", mode, "x"))
    assert proposed(outcome) == ("a = 3\nb = 2\n" if requests == 2 else "a = (\nb = 2\n")
    assert len(model.requests) == requests
    if requests == 2:
        assert model.requests[1].workspace is not None
        assert model.requests[1].workspace["files"][0]["text"] == "a = (\nb = 2\n"
        assert "Your change was refused: m.py would no longer parse" in last(model)


async def test_a_finish_over_a_failed_edit_is_held_back_once() -> None:
    failed = edit("q", "r")
    outcome, model = await run(tools(failed, FINISH), tools(FINISH))
    assert outcome.reason == "answered"
    held = [m["content"] for m in model.requests[1].messages if m["role"] == "tool"]
    assert "your last edit failed" in held[1]
    outcome, _ = await run(tools(failed, FINISH), tools(edit("a = 1", "a = 3"), FINISH))
    assert proposed(outcome) == "a = 3\nb = 2\n"


async def test_every_call_of_a_reply_is_answered_under_its_own_id() -> None:
    _, model = await run(tools(("diagnostics", {"path": "m.py"}), ("rm", {})), Reply("No."))
    answers = [m["tool_call_id"] for m in model.requests[1].messages if m["role"] == "tool"]
    assert answers == ["0", "1"]


async def test_several_runs_at_once_do_not_mix() -> None:
    async def one(value: int) -> str | None:
        outcome, _ = await run(tools(edit("a = 1", f"a = {value}")), tools(FINISH))
        return proposed(outcome)

    values = range(2, 7)
    assert await asyncio.gather(*map(one, values)) == [f"a = {value}\nb = 2\n" for value in values]


async def gone_on(memory: Memory | None, changes: Sequence[FileChange], *script: Any) -> tuple[Any, Any]:
    overlay = Overlay({"m.py": Snapshot("m.py", TEXT)})
    overlay.pend(changes)
    assert memory is not None
    job = Job(Ask("Now b.", Focus("m.py", 6, 12)), overlay, "s", Plan(memory=memory, note="Yours wait."))
    model = ScriptedModel(script)
    return await job.run(model), model


async def first(*script: Any) -> tuple[Job, Outcome]:
    job = Job(ASK, Overlay({"m.py": Snapshot("m.py", TEXT)}), "r")
    return job, await job.run(ScriptedModel(script))


async def test_a_follow_up_has_the_conversation_and_the_pending_changes() -> None:
    job, outcome = await first(tools(edit("a = 1", "a = 3")), tools(FINISH))
    assert outcome.proposal is not None
    found, model = await gone_on(
        job.memory(), outcome.proposal.changes, tools(edit("b = 2", "b = a")), tools(FINISH)
    )
    messages = model.requests[0].messages
    assert [m["role"] for m in messages] == [
        "system",
        "user",
        "assistant",
        "tool",
        "assistant",
        "tool",
        "user",
    ]
    assert "Set a." in messages[1]["content"]
    assert "Now b." in messages[-1]["content"]
    assert "a = 3" in messages[-1]["content"]
    assert messages[-1]["content"].endswith("Yours wait.")
    (change,) = found.proposal.changes
    assert (change.base, change.proposed) == (TEXT, "a = 3\nb = a\n")


async def test_a_follow_up_without_an_edit_proposes_nothing_new() -> None:
    job, outcome = await first(tools(edit("a = 1", "a = 3")), tools(FINISH))
    assert outcome.proposal is not None
    found, _ = await gone_on(job.memory(), outcome.proposal.changes, Reply("It is fine."))
    assert (found.proposal, found.reason, found.withdrawn) == (None, "answered", False)
    found, _ = await gone_on(
        job.memory(), outcome.proposal.changes, tools(edit("a = 3", "a = 1")), Reply("Taken back.")
    )
    assert (found.proposal, found.withdrawn) == (None, True)


async def test_another_road_begins_anew_and_tells_what_was_asked() -> None:
    job, _ = await first(tools(edit("a = 1", "a = 3")), tools(FINISH))
    _, model = await gone_on(job.memory(), (), NoTools("no tools"), Reply("No."))
    messages = model.requests[1].messages
    assert [m["role"] for m in messages] == ["system", "user"]
    assert "The person asked before: Set a." in messages[1]["content"]


def test_a_turn_that_was_not_answered_is_left_out() -> None:
    asked: Message = {"role": "assistant", "tool_calls": [{"id": "1"}, {"id": "2"}]}
    answer: Message = {"role": "tool", "tool_call_id": "1", "content": ""}
    user: Message = {"role": "user", "content": "x"}
    assert complete([user, asked, answer]) == [user]
    whole = [user, asked, answer, {**answer, "tool_call_id": "2"}]
    assert complete(whole) == whole
    assert complete([*whole, asked]) == whole


def test_a_memory_is_small_however_long_the_talk_was() -> None:
    noise = "".join(Random(7).choices([chr(number) for number in range(33, 1000)], k=300_000))
    talk = [{"role": "user", "content": noise[at : at + 30_000]} for at in range(0, 300_000, 30_000)]
    memory = Memory.of(ASK, "tools", talk, TEXT)
    assert len(memory.packed) <= MAX_BYTES
    assert "were cut here" in memory.messages[0]["content"]
    many = [{"role": "user", "content": noise[at : at + 1000]} for at in range(0, 300_000, 1000)]
    memory = Memory.of(ASK, "tools", many, TEXT, [FileChange("m.py", TEXT, "x", None)])
    assert len(memory.packed) <= MAX_BYTES
    assert memory.messages == []
    assert (memory.text, memory.changes) == (TEXT, (FileChange("m.py", TEXT, "x"),))
    fresh = [{"role": "system", "content": "s"}, {"role": "user", "content": "u"}]
    assert [m["role"] for m in follow_up(memory, "tools", fresh, "note")] == ["system", "user"]


@pytest.mark.parametrize(
    ("before", "after", "selected"),
    [
        ("a\nb\nc\n", "x\na\nb\nc\n", "b\n"),
        ("a\nb\nc\n", "a\nB1\nB2\nc\n", "B1\nB2\n"),
        ("a\nb\nc\n", "a\nnew\nb\nc\n", "new\nb\n"),
        ("a\nb\nc\n", "a\nc\n", ""),
        ("a\nb\nc\n", "", ""),
        ("a\nb\nc\n", "a\nb\nc\nd\n", "b\n"),
    ],
)
def test_a_selection_follows_the_text(before: str, after: str, selected: str) -> None:
    found = carried(Focus("m", 2, 4), before, after)
    assert after[found.start : found.end] == selected
    theirs = carried(Focus("m", 2, 4), before, after, own=False)
    assert after[theirs.start : theirs.end] == selected.removeprefix("new\n")


async def test_the_persons_checks_are_run_and_what_they_say_goes_back(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_on_path(tmp_path_factory.mktemp("bin"), monkeypatch)
    (tmp_path / "m.py").write_text(TEXT)
    script = "import sys; sys.exit('a is 9' if 'a = 9' in open(sys.argv[1]).read() else 0)"
    check = Check("nine", (sys.executable, "-c", script, "{files}"))
    model = ScriptedModel([tools(edit("a = 1", "a = 9"), FINISH), tools(edit("a = 9", "a = 3"), FINISH)])
    overlay = Overlay({"m.py": Snapshot("m.py", TEXT)}, Root(tmp_path))
    outcome = await Job(ASK, overlay, "r", Plan(checks=(check,))).run(model)
    assert proposed(outcome) == "a = 3\nb = 2\n"
    assert outcome.proposal is not None
    assert outcome.proposal.verification.checked == ("parses", "nine")
    told = str(model.requests[1].messages[-1]["content"])
    assert "nine failed on a copy with the change" in told
    assert "a is 9" in told
