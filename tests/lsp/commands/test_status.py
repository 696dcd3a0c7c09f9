"""`codexLsp.status`: what runs, what waits, what was used, what failed; and all of it in a line."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from codex_lsp.agent.model import Reply, ScriptedModel, Usage
from codex_lsp.endpoint.errors import Unreachable
from codex_lsp.lsp.commands.status import LINE_CHARS, line
from tests.lsp.asking import AGENT, RETURN_10, agent, ask
from tests.support.editor import FakeEditor
from tests.support.serving import OFF, UNCONFIGURED, serving

NOTHING = {"prompt": 0, "completion": 0, "total": 0, "cost": 0.0, "runs": 0}


async def status(editor: FakeEditor) -> Any:
    return await editor.execute("codexLsp.status")


@pytest.mark.parametrize("config", [OFF, UNCONFIGURED])
async def test_of_a_session_that_has_not_asked(tmp_path: Path, config: Any) -> None:
    async with serving(agent(), tmp_path, config=config) as (editor, _):
        found = await status(editor)
    assert (found["state"], found["line"]) == (config.state, f"Codex: {config.state}")
    assert (found["runs"], found["proposals"], found["lastError"]) == ([], [], None)
    assert found["usage"] == NOTHING


async def test_of_a_run_with_its_step_its_time_and_what_waits_after_it(tmp_path: Path) -> None:
    speak = asyncio.Event()
    async with serving(agent(speak, RETURN_10), tmp_path) as (editor, _):
        run = (await ask(editor, apply="review"))["run"]
        await editor.wait_for_progress_begin()
        told = await status(editor)
        (found,) = told["runs"]
        assert (found["run"], found["kind"], found["uri"]) == (run, "edit", editor.uri("m.py"))
        assert found["title"] == "Return ten times as much."
        assert found["step"]
        assert 0 <= found["seconds"] < 20
        assert found["usage"]["total"] == 0
        assert told["line"].startswith(f"Codex · {found['step']} (")
        speak.set()
        await editor.wait_for_progress_end()
        found = await status(editor)
        assert (found["runs"], found["proposals"]) == ([], [run])
        assert (found["mode"], found["line"]) == ("echo", "Codex [echo] · 1 to review")
        assert found["review"][0]["state"] == "pending"


async def test_what_all_runs_have_used(tmp_path: Path) -> None:
    replies = [
        Reply("No.", usage=each) for each in (Usage(10, 2, 12, 0.5), Usage(1, 1, 2, 0.25), Usage(1, 0, 1))
    ]
    async with serving(ScriptedModel(replies, AGENT), tmp_path) as (editor, _):
        for number, used in enumerate(((12, 0.5), (14, 0.75), (15, None)), 1):
            await ask(editor)
            await editor.wait_for_progress_end(count=number)
            usage = (await status(editor))["usage"]
            assert (usage["runs"], usage["total"], usage["cost"]) == (number, *used)


async def test_the_last_failure_until_a_run_ends_well(tmp_path: Path) -> None:
    gone = Unreachable("Nobody listens at http://127.0.0.1:9: start the agent.")
    async with serving(agent(gone, "Fine."), tmp_path) as (editor, _):
        run = (await ask(editor))["run"]
        await editor.wait_for_progress_end()
        found = await status(editor)
        assert found["lastError"] == {"code": "unreachable", "message": str(gone), "run": run}
        assert found["line"] == "Codex · failed"
        assert (await ask(editor, version=0))["run"] is None
        assert (await status(editor))["lastError"]["code"] == "stale"
        await ask(editor)
        await editor.wait_for_progress_end(count=2)
        assert (await status(editor))["lastError"] is None


def test_the_line_is_short_and_says_what_matters_now() -> None:
    run = {"step": "x" * 200, "title": "t", "seconds": 75.0}
    said = line("ready", "", [run], 2, failed=True)
    assert said == f"Codex · {'x' * (LINE_CHARS - 1)}… (1 min 15 s) · 2 to review"
    assert line("ready", "llm", [run, run], 0) == "Codex [llm] · 2 runs"
    assert line("ready", "", [], 0) == "Codex"
