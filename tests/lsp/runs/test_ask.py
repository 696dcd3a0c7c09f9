from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from codex_lsp.agent.model import Reply, ScriptedModel, ToolCall
from codex_lsp.endpoint.errors import Unreachable
from tests.lsp.asking import RETURN_10, TEXT, agent, ask, patch
from tests.support.buffers import Encoding
from tests.support.editor import ResponseError
from tests.support.serving import OFF, UNCONFIGURED, serving
from tests.support.shown import shown_text


async def test_an_ask_becomes_one_minimal_versioned_edit_and_one_undo_step(tmp_path: Path) -> None:
    async with serving(agent(RETURN_10), tmp_path) as (editor, _):
        answer = await ask(editor)
        applied = await editor.wait_for_apply()
        values = await editor.wait_for_progress_end()
        buffer = editor.buffer("m.py")
        assert answer["run"]
        assert buffer.text == TEXT.replace("return 1\n", "return 10\n")
        (document_edit,) = applied.params["edit"]["documentChanges"]
        assert document_edit["textDocument"]["version"] == 1
        assert document_edit["edits"] == [
            {
                "range": {"start": {"line": 1, "character": 12}, "end": {"line": 1, "character": 12}},
                "newText": "0",
            }
        ]
        assert values[0]["cancellable"]
        assert "m.py: 1 change" in values[-1]["message"]
        assert "[echo]" in values[-1]["message"]
        await editor.undo(buffer.uri)
        assert buffer.text == TEXT


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
async def test_edits_land_in_every_encoding(tmp_path: Path, encoding: Encoding, end: str) -> None:
    text = f"é = '😀' + x{end}z = 1"
    reply = patch("-é = '😀' + x", "+é = '😀😀' + y", " z = 1")
    async with serving(agent(reply), tmp_path, position_encodings=[encoding]) as (editor, _):
        await editor.open("m.py", text)
        place = {"line": 0, "character": 0}
        arguments = {"uri": editor.uri("m.py"), "range": {"start": place, "end": place}, "instruction": "x"}
        await editor.execute("codexLsp.ask", arguments)
        await editor.wait_for_progress_end()
        assert editor.buffer("m.py").text == f"é = '😀😀' + y{end}z = 1"


async def test_a_fenced_reply_replaces_the_selection_only(tmp_path: Path) -> None:
    model = ScriptedModel([Reply("```python\ndef f():\n    return 3\n```")])
    async with serving(model, tmp_path) as (editor, _):
        await ask(editor)
        await editor.wait_for_progress_end()
        assert editor.buffer("m.py").text == TEXT.replace("return 1", "return 3")


async def test_a_model_works_with_tools_and_may_mend_a_failed_edit(tmp_path: Path) -> None:
    bad = (
        '{"patch": "*** Begin Patch\\n*** Update File: m.py\\n-    return 7\\n+    return 8\\n*** End Patch"}'
    )
    good = bad.replace("7", "1")
    model = ScriptedModel(
        [
            Reply(tool_calls=(ToolCall("1", "read_file", '{"path": "m.py"}'),), finish_reason="tool_calls"),
            Reply(tool_calls=(ToolCall("2", "edit", bad),), finish_reason="tool_calls"),
            Reply(
                tool_calls=(ToolCall("3", "edit", good), ToolCall("4", "shell", "{}")),
                finish_reason="tool_calls",
            ),
            Reply(tool_calls=(ToolCall("5", "finish", '{"summary": "Now 8."}'),), finish_reason="tool_calls"),
        ]
    )
    async with serving(model, tmp_path) as (editor, _):
        await ask(editor)
        values = await editor.wait_for_progress_end()
        assert editor.buffer("m.py").text == TEXT.replace("return 1\n", "return 8\n")
        steps = [value["message"] for value in values if value["kind"] == "report"]
        assert any("read m.py" in step for step in steps)
        assert any("edit failed" in step for step in steps)
    results = [message["content"] for message in model.requests[-1].messages if message["role"] == "tool"]
    assert "1\tdef f():" in results[0]
    assert "not in the file" in results[1]
    assert "no tool 'shell'" in results[3]


async def test_the_agent_gets_the_live_text_the_place_and_the_diagnostics(tmp_path: Path) -> None:
    (tmp_path / "m.py").write_text("stale on disk\n")
    model = agent("Nothing to do.")
    async with serving(model, tmp_path) as (editor, _):
        await editor.open("m.py", TEXT)
        start = TEXT.index("return 2")
        diagnostic = {
            "range": editor.buffer("m.py").range(start, start + 8, editor.documents.encoding),
            "message": "two is wrong", "code": "E1", "source": "lint",
        }  # fmt: skip
        actions = await editor.code_actions(editor.uri("m.py"), start, start + 8, diagnostics=[diagnostic])
        fix = next(action for action in actions if action["kind"] == "quickfix.codex")
        assert "two is wrong" in fix["title"]
        await editor.run_action(fix)
        await editor.wait_for_message("No change. Nothing to do")
    workspace = model.requests[0].workspace
    assert workspace is not None
    assert workspace["files"] == [{"path": "m.py", "text": TEXT}]
    assert workspace["focus"]["start"] == {"line": 5, "character": 0}
    assert workspace["focus"]["diagnostics"] == [
        {"line": 5, "end_line": 5, "code": "E1", "source": "lint", "message": "two is wrong"}
    ]


async def test_what_the_person_types_meanwhile_survives(tmp_path: Path) -> None:
    speak = asyncio.Event()
    async with serving(agent(speak, RETURN_10), tmp_path) as (editor, _):
        await ask(editor)
        await editor.type(editor.uri("m.py"), len(TEXT), "x = 'mine'\n")
        await editor.execute("codexLsp.status")  # answered in order, so the server has seen the change
        speak.set()
        await editor.wait_for_progress_end()
        assert editor.buffer("m.py").text == TEXT.replace("return 1\n", "return 10\n") + "x = 'mine'\n"


async def test_a_change_at_the_same_place_is_a_conflict_and_nothing_is_applied(tmp_path: Path) -> None:
    speak = asyncio.Event()
    async with serving(agent(speak, RETURN_10), tmp_path) as (editor, _):
        await ask(editor)
        await editor.type(editor.uri("m.py"), TEXT.index("1\n"), "4")
        mine = editor.buffer("m.py").text
        await editor.execute("codexLsp.status")  # answered in order, so the server has seen the change
        speak.set()
        await editor.wait_for_message(r"m\.py, line 2, was changed meanwhile at the same place. Nothing was")
        await editor.wait_for_progress_end()
        assert editor.buffer("m.py").text == mine
        assert not editor.applied


async def test_a_document_closed_meanwhile_is_a_conflict(tmp_path: Path) -> None:
    speak = asyncio.Event()
    async with serving(agent(speak, RETURN_10), tmp_path) as (editor, _):
        await ask(editor)
        await editor.close(editor.uri("m.py"))
        await editor.execute("codexLsp.status")  # answered in order, so the server has seen the change
        speak.set()
        await editor.wait_for_message("closed or deleted meanwhile")
        assert not editor.applied


@pytest.mark.parametrize("by", ["progress", "command", "command by id"])
async def test_cancel_ends_the_run_and_applies_nothing(tmp_path: Path, by: str) -> None:
    model = agent(asyncio.Event(), RETURN_10)
    async with serving(model, tmp_path) as (editor, _):
        run = (await ask(editor))["run"]
        token = await editor.wait_for_progress_begin()
        if by == "progress":
            await editor.cancel_progress(token)
        else:
            answer = await editor.execute("codexLsp.cancel", {"run": run} if "id" in by else {})
            assert answer == {"cancelled": [run]}
        values = await editor.wait_for_progress_end(token)
        assert values[-1]["message"] == "cancelled"
        assert (await editor.execute("codexLsp.status"))["runs"] == []
        assert not editor.applied
        assert editor.buffer("m.py").text == TEXT


@pytest.mark.parametrize(
    ("replies", "message"),
    [
        ([Unreachable("Nobody listens at http://127.0.0.1:9: start the agent.")], "start the agent"),
        ([Reply("```\nx\n```", finish_reason="length")], "cut off"),
        ([Reply("")], "answered with nothing"),
        ([Reply(patch("-nowhere", "+x"))], "not in the file"),
        ([Reply(patch("-x", "+y", path="../../etc/passwd"))], "leaves the workspace"),
        ([Reply("*** Begin Patch\n*** Update File: m.py\n-    return 1\n+  ")], "not whole"),
    ],
)
async def test_a_failed_run_says_why_and_changes_nothing(
    tmp_path: Path, replies: list[Reply | Exception], message: str
) -> None:
    async with serving(agent(*replies), tmp_path) as (editor, _):
        await ask(editor)
        await editor.wait_for_message(message)
        await editor.wait_for_progress_end()
        assert editor.buffer("m.py").text == TEXT
        assert not editor.applied


async def test_while_off_nothing_is_offered_and_nothing_started(tmp_path: Path) -> None:
    model = agent()
    async with serving(model, tmp_path, config=OFF) as (editor, _):
        answer = await ask(editor)
        assert answer["error"]["code"] == "off"
        assert "LITELLM_ENABLE_CODEX_AGENT=1" in answer["error"]["message"]
        uri = editor.uri("m.py")
        assert await editor.code_actions(uri, 0, 5) == []
        assert await editor.code_actions(uri, 0, 5, trigger_kind=2) == []
        hints = await editor.code_actions(uri, 0, 5, trigger_kind=1)
        assert all("disabled" in hint for hint in hints)
        assert len(hints) == 1
        assert (await editor.execute("codexLsp.status"))["state"] == "off"
    assert model.requests == []


async def test_while_unconfigured_an_ask_says_what_to_set(tmp_path: Path) -> None:
    async with serving(agent(), tmp_path, config=UNCONFIGURED) as (editor, _):
        answer = await ask(editor)
        assert answer["error"]["code"] == "unconfigured"
        assert "CODEX_AGENT_API_BASE" in answer["error"]["message"]


async def test_a_stale_action_is_refused(tmp_path: Path) -> None:
    async with serving(agent(RETURN_10), tmp_path) as (editor, _):
        await editor.open("m.py", TEXT)
        answer = await ask(editor, version=0)
        assert answer["error"]["code"] == "stale"


async def test_a_document_that_is_not_open_is_refused(tmp_path: Path) -> None:
    async with serving(agent(RETURN_10), tmp_path) as (editor, _):
        await editor.open("m.py", TEXT)
        answer = await ask(editor, uri=editor.uri("other.py"))
        assert answer["error"]["code"] == "not_open"


@pytest.mark.parametrize(
    "wrong",
    [
        {"instruction": "  "},
        {"instruction": 1},
        {"range": {"start": 1}},
        {"apply": "yes"},
        {"uri": None},
        {"diagnostics": [1]},
    ],
)
async def test_arguments_that_do_not_fit_are_an_error(tmp_path: Path, wrong: dict[str, Any]) -> None:
    async with serving(agent(RETURN_10), tmp_path) as (editor, _):
        with pytest.raises(ResponseError, match=next(iter(wrong))) as raised:
            await ask(editor, **wrong)
        assert raised.value.code == -32602


async def test_explain_answers_in_words_and_never_edits(tmp_path: Path) -> None:
    async with serving(agent("It returns one.\n```\nx\n```"), tmp_path) as (editor, _):
        await editor.open("m.py", TEXT)
        actions = await editor.code_actions(editor.uri("m.py"), 0, 0, only=["source"])
        explain, _ = sorted(actions, key=lambda action: str(action["title"]))
        assert explain["title"] == "Codex: explain `f`"
        await editor.run_action(explain)
        assert "It returns one.\n```\nx\n``` [echo]" in await shown_text(editor)
        assert not editor.applied


async def test_two_runs_at_once_do_not_mix(tmp_path: Path) -> None:
    first, second = asyncio.Event(), asyncio.Event()
    model = agent(first, RETURN_10, second, patch(" def g():", "-    return 2", "+    return 20"))
    async with serving(model, tmp_path) as (editor, _):
        await ask(editor)
        await ask(editor)
        assert len((await editor.execute("codexLsp.status"))["runs"]) == 2
        second.set()
        first.set()
        await editor.wait_for_progress_end(count=2)
        assert editor.buffer("m.py").text == TEXT.replace("1\n", "10\n").replace("2\n", "20\n")


async def test_an_untitled_document_is_edited_too(tmp_path: Path) -> None:
    reply = patch("-    return 1", "+    return 10", path="Untitled-1")
    async with serving(agent(reply), tmp_path) as (editor, _):
        await ask(editor, path="untitled:Untitled-1")
        await editor.wait_for_progress_end()
        assert "return 10" in editor.buffer("untitled:Untitled-1").text


async def test_events_are_sent_to_who_wants_them(tmp_path: Path) -> None:
    async with serving(agent(RETURN_10), tmp_path, initialization_options={"events": True}) as (editor, _):
        run = (await ask(editor))["run"]
        end = await editor.wait_for_notification("codexLsp/run", lambda params: params.get("ended"))
        assert (end["run"], end["state"]) == (run, "applied")


async def test_a_wrong_setting_is_told_once_with_its_default(tmp_path: Path) -> None:
    options = {"apply": "yolo", "aply": "direct"}
    async with serving(agent(), tmp_path, initialization_options=options) as (editor, _):
        message = await editor.wait_for_message(
            'codexLsp.apply must be one of "auto", "review", "annotated", "direct", but is "yolo"; "auto"'
        )
        assert "no setting codexLsp.aply" in message["message"]
