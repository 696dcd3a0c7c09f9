"""What was accepted is taken back after further typing, and brought back, by `codexLsp.undo`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from codex_lsp.agent.model import ModelInfo, Reply, ScriptedModel
from tests.lsp.asking import TEXT
from tests.lsp.reviewing import BODY, NEW, agent, ask, marks, proposals, reply, review_actions, reviewed
from tests.support.editor import FakeEditor
from tests.support.serving import serving


async def undo(editor: FakeEditor, **arguments: Any) -> Any:
    """Run the command, and wait until the editor has what came of it."""
    before = len(editor.applied)
    answer = await editor.execute("codexLsp.undo", arguments)
    if answer["proposal"]:
        await editor.wait(lambda: len(editor.applied) > before or editor.messages)
        await editor.execute("codexLsp.status")
    return answer


async def states(editor: FakeEditor) -> dict[str, str]:
    review = (await editor.execute("codexLsp.status"))["review"]
    return {each["proposal"]: each["state"] for each in review}


async def state(editor: FakeEditor, run: str, wanted: str) -> None:
    """Wait until a proposal stands as it must: confirming takes its time."""
    for _ in range(200):
        if (await states(editor)).get(run) == wanted:
            return
    assert await states(editor) == {run: wanted}


@pytest.mark.parametrize("name", ["proposal", "run", None])
async def test_what_was_applied_is_taken_back_and_what_was_typed_stays(
    tmp_path: Path, name: str | None
) -> None:
    async with serving(agent(), tmp_path) as (editor, _):
        run = await ask(editor)
        await editor.wait_for_progress_end()
        await state(editor, run, "applied")
        uri = editor.uri("m.py")
        await editor.type(uri, 0, "import os\n")
        end = len(editor.buffer(uri).text)
        await editor.type(uri, end, "# mine\n")
        typed = "import os\n{}# mine\n"
        arguments = {name: run} if name else {}
        assert await undo(editor, **arguments) == {"undone": True, "redone": False, "proposal": run}
        assert editor.buffer(uri).text == typed.format(TEXT)
        await state(editor, run, "undone")
        assert await undo(editor, **arguments) == {"undone": False, "redone": True, "proposal": run}
        assert editor.buffer(uri).text == typed.format(NEW)
        await state(editor, run, "applied")
        await undo(editor, **arguments)
        assert editor.buffer(uri).text == typed.format(TEXT)


async def test_hunks_accepted_one_by_one_with_typing_between_are_taken_back_together(
    tmp_path: Path,
) -> None:
    async with serving(agent(), tmp_path) as (editor, _):
        run = await reviewed(editor)
        uri = editor.uri("m.py")
        assert await states(editor) == {run: "pending"}
        await editor.run_action((await review_actions(editor, "return 2"))["Codex: accept this change"])
        assert await states(editor) == {run: "partly accepted"}
        await editor.type(uri, 0, "import os\n")
        await editor.run_action((await review_actions(editor, "return 1"))["Codex: accept this change"])
        assert await states(editor) == {run: "applied"}
        await editor.type(uri, 0, "# mine\n")
        await undo(editor, proposal=run)
        assert editor.buffer(uri).text == "# mine\nimport os\n" + TEXT
        await undo(editor, proposal=run)
        assert editor.buffer(uri).text == "# mine\nimport os\n" + NEW


async def test_what_waits_goes_on_waiting_when_the_rest_is_taken_back(tmp_path: Path) -> None:
    async with serving(agent(), tmp_path) as (editor, _):
        run = await reviewed(editor)
        await editor.run_action((await review_actions(editor, "return 2"))["Codex: accept this change"])
        await undo(editor, proposal=run)
        assert editor.buffer("m.py").text == TEXT
        await state(editor, run, "pending")
        (mark,) = await marks(editor)
        assert mark["range"]["start"]["line"] == 1
        await editor.run_action((await review_actions(editor, "return 1"))["Codex: accept all"])
        assert editor.buffer("m.py").text == TEXT.replace("1", "10")


async def test_lines_that_were_changed_since_are_marked_and_the_rest_is_taken_back(tmp_path: Path) -> None:
    async with serving(agent(), tmp_path) as (editor, _):
        run = await ask(editor)
        await editor.wait_for_progress_end()
        uri = editor.uri("m.py")
        await editor.type(uri, editor.buffer(uri).text.index("10") + 2, "0")
        await undo(editor, proposal=run)
        await editor.wait_for_message("conflicts with your text .1. is still marked there")
        assert editor.buffer(uri).text == TEXT.replace("1", "100")
        (mark,) = await marks(editor)
        assert "return 1\n" in mark["message"]
        actions = await review_actions(editor, "return 100")
        await editor.run_action(actions["Codex: put the proposed lines in place of mine"])
        assert editor.buffer(uri).text == TEXT
        assert await proposals(editor) == []
        await state(editor, run, "undone")
        await undo(editor, proposal=run)
        assert editor.buffer(uri).text == NEW.replace("10", "100")


async def test_what_could_not_be_taken_back_is_no_longer_marked_once_the_rest_is_brought_back(
    tmp_path: Path,
) -> None:
    async with serving(agent(), tmp_path) as (editor, _):
        run = await ask(editor)
        await editor.wait_for_progress_end()
        uri = editor.uri("m.py")
        applied = editor.buffer(uri).text
        await editor.type(uri, applied.index("10") + 2, "0")
        await undo(editor)
        await editor.wait_for_message("conflicts with your text .1. is still marked there")
        assert await marks(editor)
        assert (await undo(editor))["redone"]
        assert editor.buffer(uri).text == applied.replace("10", "100")
        await editor.wait(lambda: not editor.diagnostics[uri])
        assert await proposals(editor) == []
        await state(editor, run, "applied")


async def test_what_the_editor_took_back_itself_is_in_nobodys_way(tmp_path: Path) -> None:
    tens = [reply("*** Update File: m.py", f"-    return {n}", f"+    return {n}0") for n in (1, 2)]
    model = ScriptedModel(map(Reply, tens), ModelInfo("agent", "echo"))
    async with serving(model, tmp_path) as (editor, _):
        runs = []
        for count in (1, 2):
            runs.append(await ask(editor))
            await editor.wait_for_progress_end(count=count)
        uri = editor.uri("m.py")
        assert editor.buffer(uri).text == NEW
        await editor.undo(uri)
        assert (await undo(editor))["proposal"] == runs[0]
        assert editor.buffer(uri).text == TEXT
        assert (await undo(editor, proposal=runs[1]))["proposal"] is None


async def test_the_editors_own_undo_takes_one_step_per_file(tmp_path: Path) -> None:
    (tmp_path / "other.py").write_text("a = 1\nb = 1\nc = 1\n")
    body = [*BODY, "*** Update File: other.py", "-a = 1", "+a = 2", " b = 1", "-c = 1", "+c = 2"]
    async with serving(agent(*body), tmp_path) as (editor, _):
        await editor.open("other.py")
        run = await ask(editor)
        await editor.wait_for_progress_end()
        for name, text in (("m.py", TEXT), ("other.py", "a = 1\nb = 1\nc = 1\n")):
            assert editor.buffer(name).text != text
            await editor.undo(editor.uri(name))
            assert editor.buffer(name).text == text
        assert (await undo(editor, proposal=run))["proposal"] is None
        assert editor.messages[-1]["message"] == "There is nothing to take back."


async def test_files_that_came_went_and_moved_come_back(tmp_path: Path) -> None:
    (tmp_path / "gone.py").write_text("g = 1\n")
    (tmp_path / "old.py").write_text("o = 1\np = 1\n")
    model = agent(
        "*** Add File: new.py",
        "+x = 1",
        "*** Delete File: gone.py",
        "*** Update File: old.py",
        "*** Move to: moved.py",
        " o = 1",
        "-p = 1",
        "+p = 2",
    )
    async with serving(model, tmp_path) as (editor, _):
        run = await ask(editor, apply="review")
        await editor.wait_for_progress_end()
        await editor.execute("codexLsp.accept", {"proposal": run})
        await editor.wait_for_apply()
        await state(editor, run, "applied")
        after = {"new.py": "x = 1\n", "gone.py": None, "old.py": None, "moved.py": "o = 1\np = 2\n"}
        assert {name: content(editor, tmp_path, name) for name in after} == after
        await put_away(editor, tmp_path)
        before = {"new.py": None, "gone.py": "g = 1\n", "old.py": "o = 1\np = 1\n", "moved.py": None}
        await undo(editor, proposal=run)
        await state(editor, run, "undone")
        assert {name: content(editor, tmp_path, name) for name in after} == before
        await put_away(editor, tmp_path)
        await undo(editor, proposal=run)
        await state(editor, run, "applied")
        assert {name: content(editor, tmp_path, name) for name in after} == after


def content(editor: FakeEditor, root: Path, name: str) -> str | None:
    """What the person sees of a file: the buffer, or else the disk."""
    buffer = editor.documents.buffers.get(editor.uri(name))
    if buffer is not None:
        return buffer.text
    file = root / name
    return file.read_text() if file.exists() else None


async def put_away(editor: FakeEditor, root: Path) -> None:
    """Save and close all but the file that was asked about."""
    for uri, buffer in list(editor.documents.buffers.items()):
        if not uri.endswith("/m.py"):
            (root / uri.rsplit("/", 1)[-1]).write_text(buffer.text)
            await editor.close(uri)


async def test_a_new_file_that_was_edited_is_not_deleted(tmp_path: Path) -> None:
    async with serving(agent("*** Add File: new.py", "+x = 1"), tmp_path) as (editor, _):
        run = await ask(editor)
        await editor.wait_for_progress_end()
        await editor.type(editor.uri("new.py"), 0, "# mine\n")
        await undo(editor, proposal=run)
        await editor.wait_for_message("new.py was changed meanwhile. Nothing was applied")
        assert editor.buffer("new.py").text == "# mine\nx = 1\n"


async def test_without_apply_edit_the_way_back_waits_as_code_actions(tmp_path: Path) -> None:
    capabilities = {"workspace": {"applyEdit": None}}
    async with serving(agent(), tmp_path, capabilities=capabilities) as (editor, _):
        run = await reviewed(editor)
        await editor.run_action((await review_actions(editor, "return 2"))["Codex: accept all"])
        assert editor.buffer("m.py").text == NEW
        await editor.execute("codexLsp.undo", {"proposal": run})
        await editor.wait_for_message("wait as code actions")
        assert len(await marks(editor)) == 2
        await editor.run_action((await review_actions(editor, "return 20"))["Codex: accept all"])
        assert editor.buffer("m.py").text == TEXT
        assert await states(editor) == {run: "undone"}


async def test_there_may_be_nothing_to_take_back(tmp_path: Path) -> None:
    async with serving(agent(), tmp_path) as (editor, _):
        assert (await editor.execute("codexLsp.undo", {}))["undone"] is False
        await editor.wait_for_message("There is nothing to take back")
        run = await reviewed(editor)
        assert (await editor.execute("codexLsp.undo", {"proposal": run}))["proposal"] is None
        await editor.execute("codexLsp.reject", {"proposal": run})
        assert await states(editor) == {run: "rejected"}


@pytest.mark.parametrize("named", [True, False])
async def test_what_the_editor_shows_is_taken_back_before_it_has_said_so(tmp_path: Path, named: bool) -> None:
    """A person sees the change, and takes it back, in the moment before the editor has answered."""
    async with serving(agent(), tmp_path) as (editor, _):
        calls, runs = list[Any](), list[str]()
        take = editor._take_edit

        def hasty(request_id: Any, params: dict[str, Any]) -> dict[str, Any]:
            answer = take(request_id, params)
            if len(calls) < 2:
                undo = {"command": "codexLsp.undo", "arguments": [{"run": runs[0]} if named else {}]}
                calls.append(editor.send_request("workspace/executeCommand", undo))
            return answer

        editor._take_edit = hasty  # type: ignore[method-assign]
        runs.append(await ask(editor))
        await editor.wait_for_apply(3)
        answers = [await editor.result(call) for call in calls]
        assert answers == [
            {"undone": True, "redone": False, "proposal": runs[0]},
            {"undone": False, "redone": True, "proposal": runs[0]},
        ]
        assert editor.buffer("m.py").text == NEW
        await state(editor, runs[0], "applied")
        assert editor.messages == []


async def test_what_the_editor_then_refuses_is_not_taken_back(tmp_path: Path) -> None:
    async with serving(agent(), tmp_path, apply_behaviour="reject") as (editor, _):
        take = editor._take_edit
        calls: list[Any] = []

        def hasty(request_id: Any, params: dict[str, Any]) -> dict[str, Any]:
            calls.append(
                editor.send_request(
                    "workspace/executeCommand", {"command": "codexLsp.undo", "arguments": [{}]}
                )
            )
            return take(request_id, params)

        editor._take_edit = hasty  # type: ignore[method-assign]
        await ask(editor)
        await editor.wait_for_message("nothing to take back")
        assert len(calls) == 1
        await editor.result(calls[0])
        assert editor.buffer("m.py").text == TEXT
