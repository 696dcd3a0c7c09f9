"""The editors of the field, as the fake editor plays them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tests.support.editor_clients import NAMES, client, load
from tests.support.editor_peer import SERVER, TEXT, URI, session, span, versioned, workspace_edit

EDIT = versioned(1, (0, 0, 3, "uno"), (1, 0, 3, "due"))


def test_all_are_there_and_say_where_they_come_from() -> None:
    assert NAMES == ("eglot", "helix", "kate", "neovim-0.11", "neovim-0.12", "sublime", "vscode")
    for name in NAMES:
        found = load(name)
        assert found.source.startswith(("captured from", "read from", "capabilities printed"))
        assert "processId" in found.sends


@pytest.mark.parametrize("name", NAMES)
async def test_it_sends_what_the_client_sends_and_nothing_else(name: str) -> None:
    found = load(name)
    offered = found.capabilities.get("general", {}).get("positionEncodings", ["utf-16"])
    server = {"capabilities": {**SERVER, "positionEncoding": offered[0]}}
    async with session(answers={"initialize": server}, root=Path("/code"), **client(name)) as (_, peer):
        params = (await peer.hears(lambda m: m.get("method") == "initialize"))["params"]
    assert params["capabilities"] == found.capabilities
    assert params.get("clientInfo") == found.info
    assert set(params) - {"clientInfo", "capabilities"} == set(found.sends)
    assert params["processId"] == os.getpid()


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("vscode", {"result": {"applied": False}}),
        ("helix", {"result": {"applied": False, "failureReason": "document has changed"}}),
        ("neovim-0.12", {"result": {"applied": True}}),
        ("sublime", {"result": {"applied": True}}),
        ("eglot", {"error": {"code": -32603, "message": f"{URI} is at version 2, the edit is for 1"}}),
    ],
)
async def test_a_stale_edit_gets_what_the_client_gives(name: str, answer: Any) -> None:
    async with session(**client(name, check_violations=False)) as (editor, peer):
        buffer = await editor.open(URI, TEXT)
        await editor.type(URI, len(TEXT), "#")
        got = await peer.ask("workspace/applyEdit", workspace_edit(EDIT))
        assert {k: got[k] for k in got if k in ("result", "error")} == answer
        assert buffer.text == TEXT + "#"


async def test_one_change_says_all_edits() -> None:
    async with session(**client("neovim-0.11", check_violations=False)) as (editor, peer):
        await editor.open(URI, TEXT)
        await peer.ask("workspace/applyEdit", workspace_edit(EDIT))
        told = await peer.hears(lambda m: m.get("method") == "textDocument/didChange")
        assert editor.buffer(URI).text == "uno = 1\ndue = 2\n"
    whole = {"start": {"line": 0, "character": 0}, "end": {"line": 1, "character": 3}}
    assert told["params"]["contentChanges"] == [{"range": whole, "text": "uno = 1\ndue"}]


async def test_edits_only_for_a_while_after_a_command() -> None:
    now = 100.0
    options = client("kate", clock=lambda: now, capabilities={"workspace": {"applyEdit": True}})
    async with session(answers={"workspace/executeCommand": None}, **options) as (editor, peer):
        await editor.open(URI, TEXT)
        edit = {"edit": {"changes": {URI: EDIT["edits"]}}}
        assert (await peer.ask("workspace/applyEdit", edit))["result"] == {"applied": False}
        await editor.execute("do.it")
        now += 2.5
        assert (await peer.ask("workspace/applyEdit", edit))["result"] == {"applied": False}
        await editor.execute("do.it")
        now += 1.5
        assert (await peer.ask("workspace/applyEdit", edit))["result"] == {"applied": True}


@pytest.mark.parametrize("says", [True, False])
async def test_by_hand_is_later(says: bool) -> None:
    options = client("eglot", apply_behaviour="by_hand", by_hand_answer=says)
    async with session(**options, check_violations=False) as (editor, peer):
        await editor.open(URI, TEXT)
        answer = await peer.ask("workspace/applyEdit", workspace_edit(EDIT))
        assert answer["result"] == {"applied": says}
        assert editor.buffer(URI).text == TEXT
        await editor.apply_by_hand()
        assert editor.buffer(URI).text == "uno = 1\ndue = 2\n"


async def test_a_command_that_takes_too_long_is_a_breach() -> None:
    now = 0.0

    def pass_time() -> None:
        nonlocal now
        now += 21

    options = client("helix", clock=lambda: now, check_violations=False)
    async with session(answers={"workspace/executeCommand": None}, **options) as (editor, peer):
        peer.before_answer = pass_time
        editor.violations.clear()
        await editor.execute("do.it")
        assert editor.violations == ["do.it took longer than the 20 s that this client waits"]


async def test_an_empty_object_becomes_null() -> None:
    options = client("eglot", check_violations=False)
    async with session(answers={"workspace/executeCommand": None}, **options) as (editor, peer):
        await editor.execute("do.it", {}, {"a": {}, "b": []})
        ran = await peer.hears(lambda m: m.get("method") == "workspace/executeCommand")
    assert ran["params"]["arguments"] == [None, {"a": None, "b": []}]


OWN = {"range": span(0, 0, 3), "message": "own", "severity": 2}
ELSEWHERE = {"range": span(1, 0, 3), "message": "elsewhere", "severity": 2}
OTHER = {"range": span(0, 0, 3), "message": "another server's", "severity": 2}


@pytest.mark.parametrize(
    ("name", "diagnostics", "trigger"),
    [
        ("vscode", [OWN, OTHER], {"triggerKind": 1}),
        ("helix", [OWN], {"triggerKind": 1}),
        ("eglot", [OWN], {}),
        ("kate", [], {}),
    ],
)
async def test_the_context_is_the_clients(name: str, diagnostics: Any, trigger: Any) -> None:
    answers: dict[str, Any] = {"textDocument/codeAction": []}
    async with session(answers=answers, **client(name, check_violations=False)) as (editor, peer):
        await editor.open(URI, TEXT)
        params = {"uri": URI, "diagnostics": [OWN, ELSEWHERE]}
        peer.send({"method": "textDocument/publishDiagnostics", "params": params})
        await editor.wait(lambda: URI in editor.diagnostics)
        await editor.code_actions(URI, 0, 2, diagnostics=[OTHER])
        asked = await peer.hears(lambda m: m.get("method") == "textDocument/codeAction")
    assert asked["params"]["context"] == {"diagnostics": diagnostics, **trigger}


async def test_one_kind_of_line_end() -> None:
    async with session(**client("vscode", check_violations=False)) as (editor, _):
        buffer = await editor.open(URI, "a\r\nb\nc\rd\f")
        assert buffer.text == "a\r\nb\r\nc\r\nd\f"
        await editor.type(URI, 0, "x\ny")
        assert buffer.text.startswith("x\r\nya")


async def test_open_files_are_moved_and_deleted(tmp_path: Path) -> None:
    uris = {name: (tmp_path / name).as_uri() for name in ("a.py", "b.py", "c.py")}
    for name in ("a.py", "c.py"):
        (tmp_path / name).write_text("x")
    options = client("neovim-0.12", check_violations=False)
    async with session(root=tmp_path, **options) as (editor, peer):
        await editor.open("a.py")
        await editor.open("c.py")
        await editor.type(uris["a.py"], 1, "y")
        rename = {"kind": "rename", "oldUri": uris["a.py"], "newUri": uris["b.py"]}
        delete = {"kind": "delete", "uri": uris["c.py"]}
        assert (await peer.ask("workspace/applyEdit", workspace_edit(rename, delete)))["result"]["applied"]
        assert [*editor.documents.buffers] == [uris["b.py"]]
        assert editor.buffer("b.py").text == "xy"
        assert [path.name for path in tmp_path.iterdir()] == ["b.py"]
        closed = [m["params"] for m in peer.heard if m.get("method") == "textDocument/didClose"]
        assert [each["textDocument"]["uri"] for each in closed] == [uris["a.py"], uris["c.py"]]
