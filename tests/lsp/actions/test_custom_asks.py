"""The person's own asks, from Markdown files beside their configuration."""

from __future__ import annotations

import os
from pathlib import Path

from tests.lsp.actions.own_asks import TEXT, model, titles
from tests.support.serving import serving
from tests.support.shown import shown_text


async def test_one_that_edits(asks: Path, tmp_path: Path) -> None:
    (asks / "async.md").write_text("---\ntitle: make {} async\n---\n\nMake it async.\nAll of it.\n")
    patch = "*** Begin Patch\n*** Update File: m.py\n-def f():\n+async def f():\n*** End Patch"
    script = model(patch)
    async with serving(script, tmp_path) as (editor, _):
        uri = (await editor.open("m.py", TEXT)).uri
        at = TEXT.index("return")
        (action,) = [
            each for each in await editor.code_actions(uri, at, at) if each["title"].endswith("`f` async")
        ]
        assert action["kind"] == "refactor.rewrite.codex"
        await editor.run_action(action)
        await editor.wait_for_progress_end()
        assert "async def f()" in editor.buffer(uri).text
    assert "Instruction: Make it async.\nAll of it." in script.requests[0].messages[-1]["content"]


async def test_one_that_answers(asks: Path, tmp_path: Path) -> None:
    (asks / "risk.md").write_text("---\ntitle: risks\nkind: answer\ncontext: file\n---\nWhat can go wrong?\n")
    script = model("Nothing.\n```\nx\n```")
    async with serving(script, tmp_path) as (editor, _):
        uri = (await editor.open("m.py", TEXT)).uri
        (action,) = [
            each
            for each in await editor.code_actions(uri, 0, 0, only=["source.codex"])
            if "risks" in each["title"]
        ]
        await editor.run_action(action)
        assert "Nothing." in await shown_text(editor)
        assert not editor.applied
    assert "Lines: 1-5\nInstruction: What can go wrong?" in script.requests[0].messages[-1]["content"]


async def test_each_where_it_makes_sense(asks: Path, tmp_path: Path) -> None:
    (asks / "rust.md").write_text("---\ntitle: rusty\nlanguages: rust, go\n---\nx\n")
    (asks / "chosen.md").write_text("---\ntitle: chosen\nlanguages: [python]\ncontext: selection\n---\nx\n")
    (asks / "whole.md").write_text("---\ntitle: 'all of {} {x}'\ncontext: file\n---\nx\n")
    async with serving(model(), tmp_path) as (editor, _):
        await editor.open("m.py", TEXT)
        assert await titles(editor, 0, 0) == ["all of m.py {x}"]
        assert await titles(editor, 0, 3) == ["chosen", "all of m.py {x}"]
        assert await titles(editor, 0, 3, "source") == []
        uri = editor.uri("m.py")
        assert await editor.code_actions(uri, 0, 3, trigger_kind=2) == []


async def test_they_can_be_switched_off_by_name(asks: Path, tmp_path: Path) -> None:
    (asks / "mine.md").write_text("---\ntitle: mine\ncontext: file\n---\nx\n")
    hidden = {"codexLsp": {"hiddenActions": ["mine"]}}
    async with serving(model(), tmp_path, initialization_options=hidden) as (editor, _):
        await editor.open("m.py", TEXT)
        assert await titles(editor, 0, 0) == []


async def test_changes_of_the_files_count_at_once(asks: Path, tmp_path: Path) -> None:
    file = asks / "mine.md"
    async with serving(model(), tmp_path) as (editor, _):
        uri = (await editor.open("m.py", TEXT)).uri
        assert await titles(editor, 0, 0) == []
        file.write_text("---\ntitle: mine\ncontext: file\n---\nx\n")
        assert await titles(editor, 0, 0) == ["mine"]
        file.write_text("---\ntitle: still mine\ncontext: file\n---\nx\n")
        assert await titles(editor, 0, 0) == ["still mine"]
        file.unlink()
        assert await titles(editor, 0, 0) == []
        arguments = {"uri": uri, "range": editor.buffer(uri).range(0, 0, "utf-16"), "name": "mine"}
        answer = await editor.execute("codexLsp.askReady", arguments)
        assert answer["error"]["code"] == "unknown"


async def test_what_is_wrong_with_a_file_is_told_once(asks: Path, tmp_path: Path) -> None:
    (asks / "bad.md").write_text("Just words\n")
    (asks / "good.md").write_text("---\ntitle: good\ncontext: file\n---\nx\n")
    (asks / "README.md").write_text("How I ask\n")
    (asks / "folder.md").mkdir()
    os.mkfifo(asks / "fifo.md")
    async with serving(model(), tmp_path) as (editor, _):
        await editor.open("m.py", TEXT)
        for _ in range(3):
            assert await titles(editor, 0, 0) == ["good"]
        await editor.wait_for_message("asks/bad.md is not offered: begin it with a line `---`")
        told = [each for each in editor.messages if "Your own asks" in str(each)]
        assert len(told) == 1


async def test_none_is_read_from_the_workspace(asks: Path, tmp_path: Path) -> None:
    for place in ("asks", ".codex-lsp/asks", "codex-lsp/asks"):
        (tmp_path / place).mkdir(parents=True)
        (tmp_path / place / "evil.md").write_text("---\ntitle: evil\ncontext: file\n---\nx\n")
    async with serving(model(), tmp_path) as (editor, _):
        await editor.open("m.py", TEXT)
        assert await titles(editor, 0, 0) == []
