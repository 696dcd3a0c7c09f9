"""Read-only texts: as a document of our own scheme, as a private file, or as a message."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import pytest

from codex_lsp import state as state_folder
from codex_lsp.agent.model import ScriptedModel
from codex_lsp.lsp import shown
from codex_lsp.lsp.shown import MAX_KEPT, MAX_MESSAGE, file_name
from tests.support.editor import FakeEditor, ResponseError
from tests.support.serving import serving
from tests.support.shown import shown_text

LONG = "a line of it\n" * 200
NO_DOCUMENTS: dict[str, Any] = {"window": {"showDocument": None}}
CONTENT: dict[str, Any] = {"workspace": {"textDocumentContent": {"dynamicRegistration": True}}}


@pytest.fixture(autouse=True)
def place(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path_factory.mktemp("state")
    monkeypatch.setenv("XDG_STATE_HOME", str(folder))
    return folder / "codex-lsp" / "shown"


async def content(editor: FakeEditor, uri: str) -> Any:
    return await editor.request("workspace/textDocumentContent", {"uri": uri})


async def test_an_editor_that_shows_documents_gets_a_private_file(place: Path) -> None:
    async with serving(ScriptedModel([])) as (editor, server):
        assert await server.shown.show("prompt for ../../é b.py", LONG)
        (params,) = editor.shown_documents
        (file,) = place.iterdir()
        assert params["uri"] == file.as_uri()
        assert file.name.startswith("prompt-for-b-py-")
        assert file.suffix == ".txt"
        assert file.read_text() == LONG
        assert (file.stat().st_mode & 0o777, place.stat().st_mode & 0o777) == (0o400, 0o700)
        assert editor.messages == []


async def test_the_oldest_files_go(place: Path) -> None:
    async with serving(ScriptedModel([])) as (_, server):
        for number in range(MAX_KEPT + 3):
            assert await server.shown.show(f"n{number}", "x")
            newest = max(place.iterdir(), key=lambda each: each.stat().st_mtime_ns)
            os.utime(newest, ns=(number, number))
        names = {each.name.partition("-")[0] for each in place.iterdir()}
        assert names == {f"n{number}" for number in range(3, MAX_KEPT + 3)}


async def test_it_leaves_the_focus_where_it_is_and_its_head_is_no_part_of_a_message() -> None:
    async with serving(ScriptedModel([])) as (editor, server):
        assert await server.shown.show("answer", "It adds.", head="Why?\n\n")
        assert editor.shown_documents[0]["takeFocus"] is False
        assert await shown_text(editor) == "Why?\n\nIt adds."
    async with serving(ScriptedModel([]), capabilities=NO_DOCUMENTS) as (editor, server):
        assert not await server.shown.show("answer", "It adds.", head="Why?\n\n")
        await editor.wait_for_message("^It adds.$")


@pytest.mark.parametrize("answer", [False, None])
async def test_who_does_not_show_it_gets_the_message(
    answer: bool | None, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shown, "OPEN_SECONDS", 0.2)
    async with serving(ScriptedModel([]), shows_documents=answer) as (editor, server):
        assert not await server.shown.show("explanation", "It adds.")
        (file,) = place.iterdir()
        await editor.wait_for_message(f"the explanation is in {file}")


async def test_many_at_once_are_all_shown_while_old_ones_go(place: Path) -> None:
    async with serving(ScriptedModel([])) as (editor, server):
        for turn in range(1, 11):
            for number in range(10 * MAX_KEPT):
                state_folder.write(place / f"old{number}.txt", b"x")
                os.utime(place / f"old{number}.txt", ns=(number, number))
            assert all(await asyncio.gather(*(server.shown.show(f"n{each}", "x") for each in range(8))))
            assert len(editor.shown_documents) == turn * 8
            assert len(list(place.iterdir())) <= MAX_KEPT
        assert editor.messages == []


async def test_another_editor_gets_a_message(place: Path) -> None:
    async with serving(ScriptedModel([]), capabilities=NO_DOCUMENTS) as (editor, server):
        assert not await server.shown.show("explanation", "It adds.")
        assert not place.exists()
        assert not await server.shown.show("explanation", LONG)
        await editor.wait(lambda: len(editor.messages) == 2)
        (file,) = place.iterdir()
        assert [each["message"] for each in editor.messages] == [
            "It adds.",
            f"Codex: the explanation is in {file}",
        ]
        assert file.read_text() == LONG


async def test_where_nothing_can_be_written_the_message_has_what_fits(place: Path) -> None:
    place.parent.mkdir()
    place.write_text("in the way")
    async with serving(ScriptedModel([])) as (editor, server):
        assert not await server.shown.show("explanation", LONG)
        await editor.wait(lambda: editor.messages)
        assert editor.shown_documents == []
        assert editor.messages[0]["message"] == f"{LONG[:MAX_MESSAGE]}… (2,600 characters in all)"


async def test_our_own_documents_where_the_editor_takes_them(place: Path) -> None:
    async with serving(ScriptedModel([]), capabilities=CONTENT) as (editor, server):
        assert editor.server["capabilities"]["workspace"]["textDocumentContent"] == {"schemes": ["codex-lsp"]}
        assert await server.shown.show("diff of a.py", LONG, suffix="diff")
        uri = editor.shown_documents[0]["uri"]
        assert uri.startswith("codex-lsp:/diff-of-a-py-")
        assert uri.endswith(".diff")
        assert await content(editor, uri) == {"text": LONG}
        assert not place.exists()
        with pytest.raises(ResponseError, match="not kept any more"):
            await content(editor, "codex-lsp:/diff-of-b-py.diff")
        for _ in range(MAX_KEPT):
            await server.shown.show("another", "x")
        with pytest.raises(ResponseError, match="not kept any more"):
            await content(editor, uri)


async def test_an_editor_without_them_is_not_told_of_them() -> None:
    async with serving(ScriptedModel([])) as (editor, _):
        assert "textDocumentContent" not in editor.server["capabilities"]["workspace"]


def test_names_of_files() -> None:
    assert file_name("../a b/é.py") == "a-b-py"
    assert file_name("…") == "text"
    assert len(file_name("x" * 300)) == 60


def test_the_folder_is_the_state_folders(place: Path) -> None:
    assert state_folder.folder("shown") == place
