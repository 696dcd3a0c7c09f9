"""A run's progress: steps as they come, the time and what was used, at a pace that an editor bears."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from codex_lsp.agent.model import Reply, ScriptedModel, ToolCall, Usage
from codex_lsp.lsp.runs import progress
from codex_lsp.lsp.runs.progress import BURST, PER_SECOND, STEP_CHARS, RunProgress, spell
from tests.lsp.asking import TEXT, agent, ask
from tests.support.editor import FakeEditor
from tests.support.serving import serving

USED = Usage(1000, 200, 1200, 0.0123)


@pytest.fixture
def ticking(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time is told from the beginning, and soon."""
    monkeypatch.setattr(progress, "TICK_SECONDS", 0.02)
    monkeypatch.setattr(progress, "TOLD_FROM_SECONDS", 0.0)


def messages(editor: FakeEditor) -> list[str]:
    return [
        value["message"]
        for values in editor.progress.values()
        for value in values
        if value["kind"] == "report"
    ]


def call(name: str, arguments: str, number: str = "1") -> Reply:
    return Reply(tool_calls=(ToolCall(number, name, arguments),), finish_reason="tool_calls", usage=USED)


async def test_steps_come_with_what_is_used_by_then(tmp_path: Path) -> None:
    edit = '{"path": "%s", "old": "    return 1\\n", "new": "    return 10\\n"}'
    model = ScriptedModel(
        [
            call("read_file", '{"path": "m.py"}'),
            call("edit", edit % "m.py"),
            call("edit", edit % "n.py"),
            call("finish", '{"summary": "Done."}'),
        ]
    )
    async with serving(model, tmp_path) as (editor, _):
        (await editor.open("n.py", TEXT))
        await ask(editor)
        values = await editor.wait_for_progress_end()
        steps = messages(editor)
        assert steps[:2] == ["reaching the endpoint", "asking scripted"]
        told = ["read m.py", "edited m.py", "edited n.py", "applying: m.py, n.py"]
        assert any(step.startswith("edited n.py (2 files so far)") for step in steps)
        found = [step.partition(" (")[0] for step in steps]
        assert [step for step in found if step in told] == told
        assert values[-1]["message"].endswith("(4,800 tokens, $0.0492)")


async def test_while_nothing_happens_the_time_goes_on(tmp_path: Path, ticking: None) -> None:
    def ticks(token: int | str) -> int:
        values = editor.progress[token]
        return len([each for each in values if each["kind"] == "report" and each["message"][-5:] == "(0 s)"])

    first, second = asyncio.Event(), asyncio.Event()
    async with serving(agent(first, "Nothing.", second, "Nothing."), tmp_path) as (editor, _):
        await ask(editor)
        one = await editor.wait_for_progress_begin()
        await editor.wait(lambda: ticks(one) >= 3)
        first.set()
        await editor.wait_for_progress_end(one)
        await ask(editor)
        other = await editor.wait_for_progress_begin(2)
        # Reports after its end, while the other one's come, would be a breach of the protocol.
        await editor.wait(lambda: ticks(other) >= 5)
        second.set()
        await editor.wait_for_progress_end(other)


async def test_how_much_of_a_reply_has_come(tmp_path: Path, ticking: None) -> None:
    async with serving(ScriptedModel([]), tmp_path) as (editor, server):
        shown = RunProgress(server.wire, "t", can_create=True, token=None)
        shown.report("asking")
        shown.received = 1234
        await editor.wait(lambda: "asking (0 s, 1,234 characters have come)" in messages(editor))
        shown.usage, shown.received = USED, 0
        await editor.wait(lambda: "asking (0 s, 1,200 tokens, $0.0123)" in messages(editor))
        shown.received = 7
        shown.end("done")
        values = await editor.wait_for_progress_end()
        assert values[-1]["message"] == "done (0 s, 1,200 tokens, $0.0123)"


async def test_of_many_steps_at_once_the_last_one_counts(tmp_path: Path) -> None:
    async with serving(ScriptedModel([]), tmp_path) as (editor, server):
        shown = RunProgress(server.wire, "t", can_create=True, token=None)
        await editor.wait_for_progress_begin()
        for number in range(500):
            shown.report(f"step {number}")
        await editor.wait(lambda: "step 499" in messages(editor))
        assert messages(editor) == [*(f"step {number}" for number in range(BURST)), "step 499"]
        shown.report("soon after")
        shown.end("done")
        values = await editor.wait_for_progress_end()
        assert [value["kind"] for value in values[-2:]] == ["report", "end"]


async def test_a_step_is_a_line(tmp_path: Path) -> None:
    async with serving(ScriptedModel([]), tmp_path) as (editor, server):
        shown = RunProgress(server.wire, "t", can_create=True, token=None)
        shown.report(f"thinking\n{'x' * 1000}")
        await editor.wait(lambda: messages(editor))
        assert messages(editor) == [f"thinking {'x' * (STEP_CHARS - 10)}…"]
        shown.end("done")


async def test_the_pace_is_bounded_over_time() -> None:
    pace, sent = progress._Pace(0.0), []
    for tick in range(10_000):
        now = tick / 1000
        if pace.wait(now) == 0:
            pace.took(now)
            sent.append(now)
    assert len(sent) == pytest.approx(BURST + 10 * PER_SECOND, abs=1)


async def test_what_happened_before_the_client_answered_is_told_then(tmp_path: Path) -> None:
    async with serving(ScriptedModel([]), tmp_path) as (editor, server):
        shown = RunProgress(server.wire, "t", can_create=True, token=None)
        for number in range(100):
            shown.report(f"step {number}")
        shown.end("done")
        values = await editor.wait_for_progress_end()
        assert [value.get("message") for value in values[1:]] == [
            *(f"step {number}" for number in range(100 - BURST, 100)),
            "done",
        ]


async def test_a_client_that_wants_none_gets_none(tmp_path: Path, ticking: None) -> None:
    options: dict[str, Any] = {"initialization_options": {"events": True}, "accept_progress": False}
    speak = asyncio.Event()
    async with serving(agent(speak, "Nothing."), tmp_path, **options) as (editor, _):
        await ask(editor)
        await editor.wait_for_notification("codexLsp/run", lambda params: params["state"] == "step")
        speak.set()
        await editor.wait_for_notification("codexLsp/run", lambda params: params.get("ended"))
        assert messages(editor) == []


def test_times_in_words() -> None:
    assert [spell(each) for each in (0.9, 12.3, 59.99, 60, 185.2)] == [
        "0 s", "12 s", "59 s", "1 min 00 s", "3 min 05 s",
    ]  # fmt: skip
