"""Every captured editor against the real server: what is proposed ends up in its buffers, its own way."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.client_sessions import (
    ACCEPT,
    ACCEPT_ALL,
    APPLYING,
    BODY,
    MOVING,
    NEW,
    TEXT,
    accept,
    actions_at,
    agent,
    ask,
    proposals,
    session,
)
from tests.support.editor import FakeEditor
from tests.support.editor_clients import NAMES, client, load
from tests.support.processes import clean_environ

# The whole way of one ask


@pytest.mark.parametrize("name", NAMES)
async def test_from_the_selection_to_the_buffer(name: str, tmp_path: Path) -> None:
    async with session(name, agent(), tmp_path) as (editor, _):
        buffer = await editor.open("m.py", TEXT)
        actions = await actions_at(editor, buffer.uri, 0, len(TEXT))
        chosen = next(action for title, action in actions.items() if "simplify" in title)
        await editor.run_action(chosen)
        await editor.wait_for_progress_end()
        if name not in APPLYING:
            await accept(editor, buffer.uri, ACCEPT_ALL)
        assert buffer.text == NEW
        assert not editor.diagnostics.get(buffer.uri)
        assert await proposals(editor) == []


async def test_a_root_that_only_root_path_tells(tmp_path: Path) -> None:
    """Helix beside no marker of a project."""
    helix = replace(load("helix"), sends=("processId", "rootPath"))
    (tmp_path / "other.py").write_text("a = 1\n")
    model = agent("*** Update File: other.py", "-a = 1", "+a = 2")
    async with session("helix", model, tmp_path, client=helix) as (editor, _):
        await ask(editor, (await editor.open("m.py", TEXT)).uri)
        await editor.wait_for_progress_end()
        assert editor.buffer("other.py").text == "a = 2\n"


async def test_as_a_process(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "codex_lsp"]
    async with FakeEditor.spawn(
        command, env=clean_environ(), root=tmp_path, **client("neovim-0.12")
    ) as editor:
        assert editor.documents.encoding == "utf-8"
        await editor.open("m.py", TEXT)
        assert (await editor.execute("codexLsp.status", {}))["state"] == "off"


@pytest.mark.parametrize("name", NAMES)
async def test_a_file_is_one_step_to_undo(name: str, tmp_path: Path) -> None:
    other = "a = 1\nb = 2\nc = 3\n"
    (tmp_path / "other.py").write_text(other)
    model = agent(*BODY, "*** Update File: other.py", "-a = 1", "+a = 10", " b = 2", "-c = 3", "+c = 30")
    async with session(name, model, tmp_path) as (editor, _):
        buffer = await editor.open("m.py", TEXT)
        await ask(editor, buffer.uri)
        await editor.wait_for_progress_end()
        if name not in APPLYING:
            await accept(editor, buffer.uri, ACCEPT_ALL)
        second = editor.buffer("other.py")
        assert (buffer.text, second.text) == (NEW, "a = 10\nb = 2\nc = 30\n")
        for each, before in ((buffer, TEXT), (second, other)):
            await editor.undo(each.uri)
            assert (each.text, each.undo_steps) == (before, 0)


# Quirks


@pytest.mark.parametrize("name", APPLYING)
async def test_what_was_typed_and_not_told_yet_is_safe(name: str, tmp_path: Path) -> None:
    wait = asyncio.Event()
    async with session(name, agent(wait=wait), tmp_path) as (editor, _):
        buffer = await editor.open("m.py", TEXT)
        await ask(editor, buffer.uri)
        # Neovim waits 150 ms before it tells a change, Sublime and Eglot half a second.
        typed = buffer.splice(0, 0, "#\n", editor.documents.encoding)
        wait.set()
        assert not (await editor.wait_for_apply()).changed
        identifier = {"uri": buffer.uri, "version": buffer.version}
        await editor.notify("textDocument/didChange", {"textDocument": identifier, "contentChanges": [typed]})
        await editor.wait_for_progress_end()
        assert buffer.text == "#\n" + NEW
        assert await proposals(editor) == []


@pytest.mark.parametrize("name", NAMES)
async def test_what_is_typed_in_mid_run_is_kept(name: str, tmp_path: Path) -> None:
    wait = asyncio.Event()
    async with session(name, agent(wait=wait), tmp_path) as (editor, _):
        buffer = await editor.open("m.py", TEXT)
        await ask(editor, buffer.uri)
        await editor.type(buffer.uri, 0, "# 😀\n")
        await proposals(editor)  # The change was read when this is answered.
        wait.set()
        await editor.wait_for_progress_end()
        if name not in APPLYING:
            await accept(editor, buffer.uri, ACCEPT_ALL)
        assert buffer.text == "# 😀\n" + NEW


@pytest.mark.parametrize("says", [True, False])
async def test_an_edit_that_is_applied_by_hand_is_recognised(says: bool, tmp_path: Path) -> None:
    options = {"apply_behaviour": "by_hand", "by_hand_answer": says}
    async with session("eglot", agent(), tmp_path, **options) as (editor, _):
        buffer = await editor.open("m.py", TEXT)
        run = await ask(editor, buffer.uri)
        await editor.wait_for_message("did not apply the change|the text is another")
        assert await proposals(editor) == [run]
        await editor.apply_by_hand()
        await editor.wait(lambda: editor.diagnostics[buffer.uri] == [])
        assert buffer.text == NEW
        assert await proposals(editor) == []
        assert ACCEPT_ALL not in await actions_at(editor, buffer.uri, 0, len(NEW))


async def test_by_hand_before_anyone_looks_is_an_apply(tmp_path: Path) -> None:
    options = {"apply_behaviour": "by_hand", "by_hand_answer": True}
    async with session("eglot", agent(), tmp_path, **options) as (editor, _):
        buffer = await editor.open("m.py", TEXT)
        await ask(editor, buffer.uri)
        await editor.wait_for_apply()
        await editor.apply_by_hand()
        await editor.wait_for_progress_end()
        assert buffer.text == NEW
        assert not editor.messages
        assert await proposals(editor) == []


async def test_an_editor_that_takes_edits_only_after_a_command(tmp_path: Path) -> None:
    """Kate, were it to say that it applies edits: the run takes longer than the two seconds."""
    now, wait = 0.0, asyncio.Event()
    options: dict[str, Any] = {"clock": lambda: now, "capabilities": {"workspace": {"applyEdit": True}}}
    async with session("kate", agent(wait=wait), tmp_path, **options) as (editor, _):
        buffer = await editor.open("m.py", TEXT)
        await ask(editor, buffer.uri)
        now += 2.5
        wait.set()
        await editor.wait_for_message("did not apply the change")
        assert buffer.text == TEXT
        await accept(editor, buffer.uri, ACCEPT)
        await accept(editor, buffer.uri, ACCEPT)
        assert buffer.text == NEW


async def test_accepting_by_a_command_is_in_time(tmp_path: Path) -> None:
    now, wait = 0.0, asyncio.Event()
    options: dict[str, Any] = {"clock": lambda: now, "capabilities": {"workspace": {"applyEdit": True}}}
    async with session("kate", agent(wait=wait), tmp_path, **options) as (editor, _):
        buffer = await editor.open("m.py", TEXT)
        run = await ask(editor, buffer.uri)
        now += 2.5
        wait.set()
        await editor.wait_for_message("did not apply the change")
        assert await editor.execute("codexLsp.accept", {"proposal": run}) == {"accepted": True}
        await editor.wait_for_apply(2)
        assert buffer.text == NEW


@pytest.mark.parametrize("name", NAMES)
async def test_commands_without_arguments(name: str, tmp_path: Path) -> None:
    """Eglot makes null of an empty object."""
    async with session(name, agent(), tmp_path) as (editor, _):
        assert (await editor.execute("codexLsp.status", {}))["state"] == "ready"
        assert await editor.execute("codexLsp.cancel", {}) == {"cancelled": []}
        assert await editor.execute("codexLsp.cancel") == {"cancelled": []}


LACKING: dict[str, dict[str, Any]] = {
    "applyEdit": {"workspace": {"applyEdit": None}},
    "documentChanges": {"workspace": {"workspaceEdit": None}},
    "progress": {"window": {"workDoneProgress": None}},
}


@pytest.mark.parametrize("lacking", LACKING)
@pytest.mark.parametrize("name", APPLYING)
async def test_a_client_that_can_less_is_served_too(name: str, lacking: str, tmp_path: Path) -> None:
    options = {"capabilities": LACKING[lacking], "initialization_options": {"events": True}}
    async with session(name, agent(), tmp_path, **options) as (editor, _):
        buffer = await editor.open("m.py", TEXT)
        await ask(editor, buffer.uri)
        end = await editor.wait_for_notification("codexLsp/run", lambda params: params.get("ended"))
        assert end["state"] == ("review" if lacking == "applyEdit" else "applied")
        if lacking == "applyEdit":
            assert not editor.applied
            await accept(editor, buffer.uri, ACCEPT)
            await accept(editor, buffer.uri, ACCEPT)
        assert buffer.text == NEW
        assert bool(editor.progress) == (lacking != "progress")


# Files

OPERATIONS: dict[str, tuple[tuple[str, ...], Callable[[Path], bool]]] = {
    "create": (("*** Add File: pkg/new.py", "+x = 1"), lambda root: (root / "pkg/new.py").exists()),
    "delete": (("*** Delete File: old.py",), lambda root: not (root / "old.py").exists()),
    "rename": (
        ("*** Update File: old.py", "*** Move to: renamed.py", "-y = 1", "+y = 2"),
        lambda root: (root / "renamed.py").exists() and not (root / "old.py").exists(),
    ),
}


@pytest.mark.parametrize("opened", [True, False], ids=["open", "on disk"])
@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("name", MOVING)
async def test_file_operations(name: str, operation: str, opened: bool, tmp_path: Path) -> None:
    body, done = OPERATIONS[operation]
    (tmp_path / "old.py").write_text("y = 1\n")
    async with session(name, agent(*body, *BODY), tmp_path) as (editor, _):
        buffer = await editor.open("m.py", TEXT)
        if opened:
            await editor.open("old.py")
        await ask(editor, buffer.uri)
        await editor.wait_for_progress_end()
        if operation == "delete":
            assert (buffer.text, done(tmp_path)) == (TEXT, False)
            await accept(editor, buffer.uri, ACCEPT_ALL)
        assert (buffer.text, done(tmp_path)) == (NEW, True)
        assert await proposals(editor) == []


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize("name", sorted({*NAMES} - {*MOVING}))
async def test_without_file_operations_the_rest_is_offered(name: str, operation: str, tmp_path: Path) -> None:
    body, done = OPERATIONS[operation]
    (tmp_path / "old.py").write_text("y = 1\n")
    async with session(name, agent(*body, *BODY), tmp_path) as (editor, _):
        buffer = await editor.open("m.py", TEXT)
        run = await ask(editor, buffer.uri)
        if name in APPLYING:
            await editor.wait_for_message(f"cannot {operation} files|look first")
        await editor.wait_for_progress_end()
        assert (buffer.text, done(tmp_path), editor.applied) == (TEXT, False, [])
        for _ in range(2):
            await accept(editor, buffer.uri, ACCEPT, -1)
        assert (buffer.text, done(tmp_path)) == (NEW, False)
        assert await proposals(editor) == [run]


@pytest.mark.parametrize("name", sorted({*NAMES} - {*MOVING}))
async def test_a_new_file_that_the_person_makes_is_filled(name: str, tmp_path: Path) -> None:
    async with session(name, agent("*** Add File: new.py", "+x = 1"), tmp_path) as (editor, _):
        buffer = await editor.open("m.py", TEXT)
        await ask(editor, buffer.uri)
        await editor.wait_for_progress_end()
        (tmp_path / "new.py").touch()
        new = await editor.open("new.py")
        await editor.wait(lambda: editor.diagnostics.get(new.uri))
        await accept(editor, new.uri, ACCEPT)
        assert new.text == "x = 1\n"
        assert await proposals(editor) == []
