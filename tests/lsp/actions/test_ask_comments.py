"""Comments in live buffers that ask for a change or an answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from codex_lsp.agent.model import ModelInfo, Reply, ScriptedModel, ToolCall
from tests.support.editor import FakeEditor
from tests.support.editor_clients import NAMES, client
from tests.support.patches import enveloped
from tests.support.serving import serving
from tests.support.shown import shown_text

AGENT = ModelInfo(kind="agent", mode="llm", name="agent")
TEXT = "import os\n\n\n# AI! return two\n# instead\ndef f():\n    return 1\n\n\nx = f()  # AI? what is x\n"
DONE = "import os\n\n\ndef f():\n    return 2\n\n\nx = f()  # AI? what is x\n"


def agent(*replies: str) -> ScriptedModel:
    return ScriptedModel([Reply(each) for each in replies], AGENT)


TWO = enveloped("*** Update File: m.py", "-    return 1", "+    return 2")


async def actions_at(editor: FakeEditor, uri: str, place: str, **more: Any) -> dict[str, dict[str, Any]]:
    at = editor.buffer(uri).text.index(place)
    actions = await editor.code_actions(uri, at, at, **more)
    return {action["title"].removeprefix("Codex: "): action for action in actions}


@pytest.mark.parametrize("place", ["# AI!", "return two", "instead"])
async def test_a_comment_asks_and_is_gone_with_the_change(tmp_path: Path, place: str) -> None:
    model = agent(TWO)
    async with serving(model, tmp_path) as (editor, _):
        uri = (await editor.open("m.py", TEXT)).uri
        await editor.run_action((await actions_at(editor, uri, place))["do “return two instead”"])
        await editor.wait_for_progress_end()
        assert editor.buffer(uri).text == DONE
        await editor.undo(uri)
        assert editor.buffer(uri).text == TEXT
    said = model.requests[0].messages[-1]["content"]
    assert "Lines: 4-7" in said
    assert "Instruction: return two\ninstead\nThe AI! comment at line 4 says so. Remove that comment." in said


@pytest.mark.parametrize("name", NAMES)
async def test_in_every_editor(name: str, tmp_path: Path) -> None:
    async with serving(agent(TWO), tmp_path, **client(name)) as (editor, _):
        uri = (await editor.open("m.py", TEXT)).uri
        action = (await actions_at(editor, uri, "instead"))["do “return two instead”"]
        await editor.run_action(action)
        await editor.wait_for_progress_end()
        if editor.buffer(uri).text == TEXT:
            accept = await actions_at(editor, uri, "# AI!")
            await editor.run_action(accept["accept all"])
        assert editor.buffer(uri).text == DONE


async def test_one_that_the_model_takes_out_itself(tmp_path: Path) -> None:
    reply = enveloped(
        *("*** Update File: m.py", "-# AI! return two", "-# instead", " def f():"),
        *("-    return 1", "+    return 2"),
    )
    async with serving(agent(reply), tmp_path) as (editor, _):
        uri = (await editor.open("m.py", TEXT)).uri
        await editor.execute("codexLsp.askComments", {"uri": uri})
        await editor.wait_for_progress_end()
        assert editor.buffer(uri).text == DONE


async def test_a_model_with_tools_does_it_too(tmp_path: Path) -> None:
    edit = (
        '{"patch": "*** Begin Patch\\n*** Update File: m.py\\n-    return 1\\n+    return 2\\n*** End Patch"}'
    )
    model = ScriptedModel(
        [
            Reply(tool_calls=(ToolCall("1", "edit", edit),), finish_reason="tool_calls"),
            Reply(tool_calls=(ToolCall("2", "finish", '{"summary": "Two."}'),), finish_reason="tool_calls"),
        ]
    )
    async with serving(model, tmp_path) as (editor, _):
        uri = (await editor.open("m.py", TEXT)).uri
        await editor.execute("codexLsp.askComments", {"uri": uri})
        await editor.wait_for_progress_end()
        assert editor.buffer(uri).text == DONE


async def test_a_comment_stays_while_nothing_was_changed(tmp_path: Path) -> None:
    async with serving(agent("I do not know how."), tmp_path) as (editor, _):
        uri = (await editor.open("m.py", TEXT)).uri
        await editor.execute("codexLsp.askComments", {"uri": uri})
        await editor.wait_for_message("No change. I do not know how")
        assert editor.buffer(uri).text == TEXT
        assert not editor.applied


async def test_a_question_is_answered_and_stays(tmp_path: Path) -> None:
    async with serving(agent("It is one.\n```\nx\n```"), tmp_path) as (editor, _):
        uri = (await editor.open("m.py", TEXT)).uri
        actions = await actions_at(editor, uri, "x = f()")
        await editor.run_action(actions["answer “what is x”"])
        assert "It is one.\n```" in await shown_text(editor)
        assert editor.buffer(uri).text == TEXT
        assert not editor.applied


BOTH = "# AI! one\na = 0\n\nb = 0  # AI! two\n"


async def test_all_of_a_file_are_one_ask_and_one_proposal(tmp_path: Path) -> None:
    reply = enveloped(
        "*** Update File: m.py", "-a = 0", "+a = 1", " ", "-b = 0  # AI! two", "+b = 2  # AI! two"
    )
    model = agent(reply)
    async with serving(model, tmp_path) as (editor, _):
        uri = (await editor.open("m.py", BOTH)).uri
        actions = await actions_at(editor, uri, "a = 0", only=["source"])
        await editor.run_action(actions["do all 2 AI! comments of this file"])
        await editor.wait_for_progress_end()
        assert editor.buffer(uri).text == "a = 1\n\nb = 2\n"
    said = model.requests[0].messages[-1]["content"]
    assert "- m.py, line 1: one\n- m.py, line 4: two" in said


async def test_those_of_all_open_files_only_where_the_person_says_so(tmp_path: Path) -> None:
    (tmp_path / ".aiignore").write_text("hidden.py\n")
    reply = enveloped(
        *("*** Update File: m.py", "-a = 0", "+a = 1", "*** Update File: pkg/n.py", "-c = 0", "+c = 3")
    )
    model = agent(reply)
    async with serving(model, tmp_path) as (editor, _):
        await editor.open("pkg/n.py", "# AI! three\nc = 0\n")
        await editor.open("hidden.py", "# AI! secret\n")
        await editor.open("untitled:Untitled-1", "# AI! elsewhere\n")
        uri = (await editor.open("m.py", "# AI! one\na = 0\n")).uri
        actions = await actions_at(editor, uri, "a = 0", only=["source"])
        assert "do the AI! comment in line 1" in actions
        (everywhere,) = [title for title in actions if "open files" in title]
        await editor.run_action(actions[everywhere])
        await editor.wait_for_progress_end()
        assert editor.buffer(uri).text == "a = 1\n"
        assert editor.buffer("pkg/n.py").text == "c = 3\n"
        assert editor.buffer("hidden.py").text == "# AI! secret\n"
    request = model.requests[0]
    assert request.workspace is not None
    assert [each["path"] for each in request.workspace["files"]] == ["m.py", "pkg/n.py"]
    assert "secret" not in str(request)


async def test_where_no_comment_asks_the_command_says_how_one_does(tmp_path: Path) -> None:
    async with serving(agent(), tmp_path) as (editor, _):
        uri = (await editor.open("m.py", "# AI\n")).uri
        assert await actions_at(editor, uri, "AI", only=["source"]) == {}
        answer = await editor.execute("codexLsp.askComments", {"uri": uri})
        assert answer["error"]["code"] == "no_comments"
        await editor.wait_for_message("begin or end one with AI!")


async def test_what_was_typed_since_the_action_was_offered_makes_it_stale(tmp_path: Path) -> None:
    async with serving(agent(), tmp_path) as (editor, _):
        uri = (await editor.open("m.py", TEXT)).uri
        action = (await actions_at(editor, uri, "instead"))["do “return two instead”"]
        await editor.type(uri, 0, "#\n")
        answer = await editor.run_action(action)
        assert answer["error"]["code"] == "stale"


async def test_comments_follow_what_is_typed(tmp_path: Path) -> None:
    async with serving(agent(), tmp_path) as (editor, _):
        uri = (await editor.open("m.py", "x = 1\n")).uri
        assert await actions_at(editor, uri, "x", only=["source"]) == {}
        await editor.type(uri, len("x = 1"), "  # AI! two")
        assert "do “two”" in await actions_at(editor, uri, "AI!")
        await editor.replace(uri, len("x = 1"), len("x = 1  # AI! two"), "")
        assert await actions_at(editor, uri, "x", only=["source"]) == {}
