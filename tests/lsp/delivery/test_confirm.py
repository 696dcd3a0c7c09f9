"""Protected files: proposed, and confirmed one by one in every mode, in every editor."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.lsp.asking import TEXT
from tests.lsp.reviewing import BODY, NEW, actions_at, agent, ask
from tests.support.editor import FakeEditor
from tests.support.editor_clients import client
from tests.support.serving import serving

CI = ".github/workflows/ci.yml"
CHANGED = [*BODY, f"*** Update File: {CI}", "-on: push", "+on: pull_request"]
CONFIRM = f"Codex: confirm the change to {CI} (runs in CI)"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / CI).parent.mkdir(parents=True)
    (tmp_path / CI).write_text("on: push\n")
    return tmp_path


async def holds(editor: FakeEditor, uri: str, text: str) -> None:
    await editor.wait(lambda: editor.buffer(uri).text == text)


async def status(editor: FakeEditor) -> list[str]:
    found = await editor.execute("codexLsp.status")
    return [each["path"] for report in found["review"] for each in report["files"]]


@pytest.mark.parametrize("apply", ["direct", "auto"])
@pytest.mark.parametrize("name", ["helix", "neovim-0.11"])
async def test_the_rest_is_applied_and_it_waits(root: Path, name: str, apply: str) -> None:
    async with serving(agent(*CHANGED), root, **client(name)) as (editor, _):
        run = await ask(editor, apply=apply)
        await editor.wait_for_message(r"To be confirmed by itself: \.github/workflows/ci\.yml \(runs in CI\)")
        assert editor.buffer("m.py").text == NEW
        assert (root / CI).read_text() == "on: push\n"
        assert await status(editor) == [CI]
        uri = (await editor.open(CI)).uri
        offered = await actions_at(editor, CI)
        assert CONFIRM in offered
        assert all("edit" not in action for action in offered.values())
        assert (await editor.execute("codexLsp.accept", {"proposal": run}))["accepted"]
        await editor.wait_for_message("To be confirmed by itself")
        assert editor.buffer(uri).text == "on: push\n"
        await editor.run_action(offered[CONFIRM])
        await holds(editor, uri, "on: pull_request\n")
        assert await status(editor) == []


async def test_where_the_editor_asks_it_asks_for_that_file(root: Path) -> None:
    asked: list[Any] = []

    def confirm(annotation: Any) -> bool:
        asked.append(annotation)
        return False

    async with serving(agent(*CHANGED), root, confirm=confirm) as (editor, _):
        uri = (await editor.open(CI)).uri
        await ask(editor, apply="direct")
        await editor.wait_for_message("not .github/workflows/ci.yml")
        assert [each["label"] for each in asked] == [f"{CI} (runs in CI)"]
        assert (editor.buffer("m.py").text, editor.buffer(uri).text) == (NEW, "on: push\n")
        assert await status(editor) == [CI]


async def test_accept_all_and_literal_edits_leave_it_out(root: Path) -> None:
    async with serving(agent(*CHANGED), root, **client("helix")) as (editor, _):
        await editor.open(CI)
        await ask(editor, apply="review")
        await editor.wait_for_progress_end()
        offered = await actions_at(editor, "m.py", TEXT.index("return 1"))
        assert "Codex: accept all" not in offered
        await editor.run_action(offered["Codex: accept all but what is to be confirmed"])
        assert (editor.buffer("m.py").text, editor.buffer(CI).text) == (NEW, "on: push\n")
        offered = await actions_at(editor, CI)
        assert not {"Codex: accept this change", "Codex: accept all"} & set(offered)
        assert {CONFIRM, "Codex: reject this change"} <= set(offered)


@pytest.mark.parametrize(
    "body",
    [
        ["*** Add File: .vscode/tasks.json", "+{}"],
        ["*** Add File: sub/.VSCode/Tasks.json", "+{}"],
        ["*** Delete File: AGENTS.md"],
        ["*** Update File: n.py", "*** Move to: conftest.py", "-n = 1", "+n = 2"],
        ["*** Update File: link.txt", "-on: push", "+on: pull_request"],
        ["*** Update File: data.json", "-{}", '+{"$schema": "https://evil.example/x"}'],
        ["*** Update File: n.py", "-n = 1", "+n = 1  # vim: set foldexpr=system('x') :"],
    ],
    ids=["created", "case", "deleted", "renamed onto", "through a link", "schema", "modeline"],
)
async def test_every_way_to_one_is_kept(root: Path, body: list[str]) -> None:
    (root / "AGENTS.md").write_text("Be kind.\n")
    (root / "n.py").write_text("n = 1\n")
    (root / "data.json").write_text("{}\n")
    (root / "link.txt").symlink_to(root / CI)
    before = {path: path.read_text() for path in root.rglob("*") if path.is_file()}
    async with serving(agent(*body), root, **client("helix")) as (editor, _):
        run = await ask(editor, apply="direct")
        await editor.wait_for_message("To be confirmed by itself|Please look first")
        await editor.execute("codexLsp.accept", {"proposal": run})
        await editor.wait_for_message("To be confirmed by itself")
        assert not editor.applied
        (path,) = await status(editor)
        offered = await actions_at(editor, "m.py")
        (title,) = [each for each in offered if each.startswith(f"Codex: confirm the change to {path}")]
        await editor.run_action(offered[title])
        await editor.wait_for_apply()
    after = {path: path.read_text() for path in root.rglob("*") if path.is_file()}
    assert after != before or editor.buffer(path).text != "n = 1\n"


async def test_what_was_confirmed_is_taken_back_with_the_rest(root: Path) -> None:
    async with serving(agent(*CHANGED), root, **client("helix")) as (editor, _):
        run = await ask(editor, apply="direct")
        await editor.wait_for_message("To be confirmed by itself")
        uri = (await editor.open(CI)).uri
        assert (await editor.execute("codexLsp.confirm", {"proposal": run, "path": CI}))["confirmed"]
        await holds(editor, uri, "on: pull_request\n")
        await editor.execute("codexLsp.undo", {"proposal": run})
        await holds(editor, uri, "on: push\n")
        await holds(editor, editor.uri("m.py"), TEXT)


async def test_a_confirmation_of_what_does_not_wait_is_none(root: Path) -> None:
    async with serving(agent(*CHANGED), root, **client("helix")) as (editor, _):
        run = await ask(editor, apply="direct")
        await editor.wait_for_message("To be confirmed by itself")
        for wrong in ({"proposal": run, "path": "m.py"}, {"proposal": "x", "path": CI}):
            assert not (await editor.execute("codexLsp.confirm", wrong))["confirmed"]
        assert await status(editor) == [CI]


async def test_marks_progress_and_status_say_what_is_to_be_confirmed(root: Path) -> None:
    async with serving(agent(*CHANGED), root, **client("helix")) as (editor, _):
        uri = (await editor.open(CI)).uri
        await ask(editor, apply="review")
        end = (await editor.wait_for_progress_end())[-1]
        assert f"To be confirmed by itself: {CI} (runs in CI)" in end["message"]
        await editor.wait(lambda: editor.diagnostics.get(uri))
        (mark,) = editor.diagnostics[uri]
        assert "to be confirmed by itself: it runs in CI" in mark["message"]
        assert all(
            "confirmed" not in each["message"] for each in editor.diagnostics.get(editor.uri("m.py"), ())
        )
        found = await editor.execute("codexLsp.status")
        (report,) = found["review"]
        assert {each["path"]: each["confirm"] for each in report["files"]} == {"m.py": "", CI: "runs in CI"}


async def test_a_mark_tells_of_files_to_be_confirmed_that_are_not_open(root: Path) -> None:
    async with serving(agent(*CHANGED), root, **client("helix")) as (editor, _):
        uri = editor.uri("m.py")
        await ask(editor, apply="review")
        await editor.wait(
            lambda: any(
                f"{CI} (changed, to be confirmed by itself: it runs in CI)" in each["message"]
                for each in editor.diagnostics.get(uri, [])
            )
        )


async def test_a_confirmation_right_after_accept_waits_for_what_is_under_way(root: Path) -> None:
    async with serving(agent(*CHANGED), root, **client("helix")) as (editor, _):
        uri = (await editor.open(CI)).uri
        run = await ask(editor, apply="review")
        await editor.wait_for_progress_end()
        accepted, confirmed, wrong = await asyncio.gather(
            editor.execute("codexLsp.accept", {"proposal": run}),
            editor.execute("codexLsp.confirm", {"proposal": run, "path": CI}),
            editor.execute("codexLsp.confirm", {"proposal": run, "path": "none.py"}),
        )
        assert (accepted["accepted"], confirmed["confirmed"], wrong["confirmed"]) == (True, True, False)
        await holds(editor, uri, "on: pull_request\n")
        await holds(editor, editor.uri("m.py"), NEW)
        assert await status(editor) == []
