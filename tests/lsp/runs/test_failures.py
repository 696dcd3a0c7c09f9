"""Every failure is visible once, with what to do; what a stopped run had made can be had in every editor."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from codex_lsp.agent.model import ModelError, Reply, ScriptedModel
from codex_lsp.endpoint.errors import Unreachable
from codex_lsp.lsp.actions.stopped import ACTION, MAX_OFFERED
from codex_lsp.lsp.wire.faults import INTERNAL
from tests.lsp.asking import EDIT_TEN, TEXT, agent, ask, patch
from tests.support.editor import FakeEditor
from tests.support.editor_clients import NAMES, client
from tests.support.serving import serving


async def offers(editor: FakeEditor, **more: Any) -> list[dict[str, Any]]:
    actions = await editor.code_actions(editor.uri("m.py"), 0, 0, **more)
    return [action for action in actions if ACTION in action["title"]]


@pytest.mark.parametrize("name", NAMES)
async def test_what_a_stopped_run_had_made_is_there_for_who_asks(name: str, tmp_path: Path) -> None:
    model = ScriptedModel([EDIT_TEN, Unreachable("The endpoint is gone.")])
    async with serving(model, tmp_path, **client(name)) as (editor, _):
        await ask(editor)
        await editor.wait_for_message("The endpoint is gone. What was made of m.py until then is kept")
        assert len(editor.messages) == 1
        (action,) = await offers(editor)
        assert action["title"] == f"Codex: {ACTION}"
        await editor.run_action(action)
        await editor.wait_for_message("wait as code actions")
        assert await offers(editor) == []
        accept = [
            each
            for each in await editor.code_actions(editor.uri("m.py"), 0, len(TEXT))
            if each["title"] == "Codex: accept all"
        ]
        await editor.run_action(accept[0])
        assert editor.buffer("m.py").text == TEXT.replace("return 1\n", "return 10\n")


async def test_nobody_who_did_not_ask_is_offered_it(tmp_path: Path) -> None:
    model = ScriptedModel([EDIT_TEN, ModelError("gone")])
    async with serving(model, tmp_path) as (editor, _):
        await editor.open("other.py", TEXT)
        await ask(editor)
        await editor.wait_for_message("gone")
        assert await offers(editor, trigger_kind=2) == []
        assert await offers(editor, only=["refactor"]) == []
        assert len(await offers(editor, only=["quickfix"], trigger_kind=1)) == 1
        other = await editor.code_actions(editor.uri("other.py"), 0, 0, trigger_kind=1)
        assert not [action for action in other if ACTION in action["title"]]


async def test_of_several_each_is_known_by_its_ask(tmp_path: Path) -> None:
    asks = [f"Ask {number}" for number in range(MAX_OFFERED + 1)]
    model = ScriptedModel([step for _ in asks for step in (EDIT_TEN, ModelError("gone"))])
    async with serving(model, tmp_path) as (editor, _):
        for number, instruction in enumerate(asks, 1):
            await ask(editor, instruction=instruction)
            await editor.wait_for_progress_end(count=number)
        titles = [action["title"] for action in await offers(editor)]
        assert titles == [f"Codex: {ACTION} ({each})" for each in reversed(asks[1:])]


@pytest.mark.parametrize(
    ("failure", "todo"),
    [
        (Unreachable("Nobody listens at http://127.0.0.1:9: start the agent."), "start the agent"),
        (Reply(patch("-nowhere", "+x")), "Ask again, or in other words"),
        (RuntimeError("not foreseen"), "report it with the log"),
        (Reply(""), "ask again, or in other words"),
    ],
)
async def test_a_failed_run_is_told_once_with_what_to_do(
    tmp_path: Path, failure: Reply | Exception, todo: str
) -> None:
    async with serving(agent(*[failure] * 3), tmp_path) as (editor, _):
        await ask(editor)
        await editor.wait_for_message(todo)
        await editor.wait_for_progress_end()
        await editor.execute("codexLsp.status")
        assert [each["type"] for each in editor.messages] == [1]
        assert "not foreseen" not in str(editor.messages)


async def test_a_fault_in_the_background_is_told(tmp_path: Path) -> None:
    async with serving(ScriptedModel([]), tmp_path) as (editor, server):

        async def fail() -> None:
            raise RuntimeError("a secret of the text")

        server.spawn(fail())
        await editor.wait_for_message("an internal error")
        assert [each["message"] for each in editor.messages] == [INTERNAL]


async def test_a_wrong_check_is_told_with_the_first_run_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    file = tmp_path / "config" / "codex-lsp" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text('[[checks]]\nname = "mine"\n')
    async with serving(agent("One.", "Two."), tmp_path) as (editor, _):
        await ask(editor)
        await editor.wait_for_message("No change. One")
        await ask(editor)
        await editor.wait_for_message("No change. Two")
        told = [each["message"] for each in editor.messages if "check" in each["message"]]
    assert told == [
        'Your checks: config.toml: check 1 is left out: it has no command, a list such as ["ruff", "check", '
        '"{files}"].'
    ]


async def test_a_cancel_is_no_failure(tmp_path: Path) -> None:
    async with serving(agent(asyncio.Event()), tmp_path) as (editor, _):
        await ask(editor)
        await editor.wait_for_progress_begin()
        await editor.execute("codexLsp.cancel", {})
        await editor.wait_for_progress_end()
        assert editor.messages == []
        assert (await editor.execute("codexLsp.status"))["lastError"] is None
