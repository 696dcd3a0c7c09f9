"""Calls of tools that a model writes into its reply."""

from __future__ import annotations

import json

import pytest

from codex_lsp.agent.asks.ask import Ask
from codex_lsp.agent.model import Reply, ScriptedModel, ToolCall
from codex_lsp.agent.overlay import Overlay, Snapshot
from codex_lsp.agent.replies.spoken import heard
from codex_lsp.agent.run import Job, Outcome
from codex_lsp.edits import Focus

TEXT = "a = 1\nb = 2\n"
LOOK = '{"name": "read_file", "arguments": {"path": "m.py"}}'
FINISH = '{"name": "finish", "parameters": {"summary": "Done."}}'
EDIT = '{"name": "edit", "arguments": {"path": "m.py", "old": "a = 1", "new": "a = 3"}}'


async def run(*script: str, text: str = TEXT) -> tuple[Outcome, ScriptedModel]:
    model = ScriptedModel([Reply(content=each, finish_reason="stop") for each in script])
    overlay = Overlay({"m.py": Snapshot("m.py", text)})
    return await Job(Ask("Set a.", Focus("m.py", 0, 6)), overlay, "r").run(model), model


@pytest.mark.parametrize(
    "said",
    [
        LOOK,
        f"```json\n{LOOK}\n```",
        f"I look first.\n\n```json\n{LOOK}\n```\n",
        f"<tool_call>\n{LOOK}\n</tool_call>",
        f'{{"type": "function", "function": {LOOK}}}',
        f"[{LOOK}]",
        '{"name": "read_file", "arguments": "{\\"path\\": \\"m.py\\"}"}',
    ],
)
async def test_a_call_in_words_is_one_and_never_takes_the_selections_place(said: str) -> None:
    outcome, model = await run(said, "Nothing needs to change.")
    assert outcome.proposal is None
    call, result = model.requests[1].messages[-2:]
    assert [each["function"]["name"] for each in call["tool_calls"]] == ["read_file"]
    assert result["tool_call_id"] == call["tool_calls"][0]["id"]
    assert result["content"].startswith("m.py, lines 1-2 of 2:")


async def test_a_whole_run_in_words() -> None:
    outcome, model = await run(LOOK, f"<tool_call>{EDIT}</tool_call>\n<tool_call>{FINISH}</tool_call>")
    assert outcome.proposal is not None
    assert [each.proposed for each in outcome.proposal.changes] == ["a = 3\nb = 2\n"]
    assert (outcome.text, len(model.requests)) == ("Done.", 2)


async def test_a_tool_that_there_is_not_is_told_to_the_model() -> None:
    outcome, model = await run('```json\n{"name": "run_shell", "arguments": {"cmd": "rm"}}\n```', "Nothing.")
    assert outcome.proposal is None
    assert "run_shell" in model.requests[1].messages[-1]["content"]


async def test_in_a_file_that_holds_such_objects_it_is_text() -> None:
    outcome, _ = await run(f"```json\n{LOOK}\n```", text='call("x", {"arguments": {}})\n')
    assert outcome.proposal is not None
    assert (outcome.proposal.changes[0].proposed or "").startswith(LOOK)


@pytest.mark.parametrize(
    "said",
    [
        EDIT,
        '{"name": "app", "version": "1"}',
        '{"name": "app", "parameters": {}, "version": "1"}',
        f"```\n{LOOK}\n```\n```\n{LOOK}\n```",
        f'[{LOOK}, {{"name": "x"}}]',
        f"```json\n{LOOK}",
        '{"name": 5, "arguments": {}}',
        '{"name": "read_file", "arguments": 5}',
    ],
)
def test_what_is_no_call_or_an_edit_stays_as_it_is(said: str) -> None:
    reply = Reply(content=said)
    assert heard(reply, 1) is reply


def test_ids_are_such_as_every_endpoint_takes_and_differ() -> None:
    said = json.dumps([json.loads(LOOK)] * 3)
    ids = [each.id for turn in (1, 12) for each in heard(Reply(content=said), turn).tool_calls]
    assert len(set(ids)) == 6
    assert all(len(id) == 9 and id.isalnum() for id in ids)


def test_a_reply_with_calls_of_its_own_keeps_its_words() -> None:
    reply = Reply(content=LOOK, tool_calls=(ToolCall("1", "finish", "{}"),))
    assert heard(reply, 1) is reply
