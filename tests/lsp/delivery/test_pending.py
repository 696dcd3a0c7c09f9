"""Proposals that wait: what becomes of them while the person types, closes, renames and deletes."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from codex_lsp.lsp.delivery.hunks import MAX_ASLEEP
from tests.lsp.asking import TEXT
from tests.lsp.reviewing import BODY, NEW, agent, ask, marks, proposals, review_actions, reviewed
from tests.support.buffers import Buffer
from tests.support.editor import FakeEditor
from tests.support.serving import serving


async def test_a_conflict_is_marked_with_what_was_proposed_and_can_be_taken(tmp_path: Path) -> None:
    async with serving(agent(), tmp_path) as (editor, _):
        await reviewed(editor)
        await editor.type(editor.uri("m.py"), TEXT.index("1"), "4")
        first, second = await marks(editor)
        assert (first["severity"], second["severity"]) == (4, 3)
        assert "conflicts with what was typed" in second["message"]
        assert "return 10\n" in second["message"]
        await editor.type(editor.uri("m.py"), 0, "# mine\n")
        actions = await review_actions(editor, "return 41")
        await editor.run_action(actions["Codex: put the proposed lines in place of mine"])
        assert editor.buffer("m.py").text == "# mine\n" + TEXT.replace("1", "10")
        assert len(await marks(editor)) == 1
        await editor.run_action((await review_actions(editor, "return 2"))["Codex: accept all"])
        assert editor.buffer("m.py").text == "# mine\n" + NEW
        assert await proposals(editor) == []


async def test_a_conflict_can_be_dropped(tmp_path: Path) -> None:
    async with serving(agent(*BODY[:3]), tmp_path) as (editor, _):
        await reviewed(editor)
        await editor.type(editor.uri("m.py"), TEXT.index("1"), "4")
        actions = await review_actions(editor, "return 41")
        assert "Codex: accept all" not in actions
        await editor.run_action(actions["Codex: keep my lines, drop the proposed ones"])
        assert await marks(editor) == []
        assert await proposals(editor) == []
        assert editor.buffer("m.py").text == TEXT.replace("1", "41")


async def test_a_conflict_with_a_run_leaves_both_the_text_and_the_proposal(tmp_path: Path) -> None:
    wait = asyncio.Event()
    async with serving(agent(wait=wait), tmp_path) as (editor, _):
        await ask(editor)
        await editor.type(editor.uri("m.py"), TEXT.index("1"), "4")
        await editor.execute("codexLsp.status")
        wait.set()
        message = await editor.wait_for_message("line 2, was changed meanwhile at the same place")
        assert "Lines that conflict are marked" in message["message"]
        assert [mark["severity"] for mark in await marks(editor)] == [4, 3]
        (proposal,) = await proposals(editor)
        await editor.execute("codexLsp.accept", {"proposal": proposal})
        await editor.wait_for_apply()
        await editor.wait(lambda: len(editor.diagnostics[editor.uri("m.py")]) == 1)
        assert editor.buffer("m.py").text == TEXT.replace("1", "41").replace("2", "20")
        assert await proposals(editor) == [proposal]


async def test_a_closed_document_takes_its_proposal_to_sleep(tmp_path: Path) -> None:
    async with serving(agent(), tmp_path) as (editor, _):
        run = await reviewed(editor)
        uri = editor.uri("m.py")
        await editor.close(uri)
        assert await marks(editor) == []
        assert await proposals(editor) == [run]
        await editor.open("m.py", "import os\n" + TEXT)
        assert [mark["range"]["start"]["line"] for mark in await marks(editor)] == [2, 6]
        await editor.run_action((await review_actions(editor, "return 1"))["Codex: accept all"])
        assert editor.buffer("m.py").text == "import os\n" + NEW


async def test_a_proposal_for_a_closed_document_is_accepted_against_the_disk(tmp_path: Path) -> None:
    async with serving(agent(), tmp_path) as (editor, _):
        run = await reviewed(editor)
        await editor.close(editor.uri("m.py"))
        (tmp_path / "m.py").write_text("# saved\n" + TEXT)
        assert (await editor.execute("codexLsp.accept", {"proposal": run})) == {"accepted": True}
        await editor.wait_for_apply()
        assert editor.buffer("m.py").text == "# saved\n" + NEW
        await editor.wait(lambda: not editor.diagnostics.get(editor.uri("m.py")))
        assert await proposals(editor) == []


async def test_a_run_for_a_document_closed_meanwhile_waits_until_it_is_open_again(tmp_path: Path) -> None:
    (tmp_path / "m.py").write_text(TEXT)
    wait = asyncio.Event()
    async with serving(agent(wait=wait), tmp_path) as (editor, _):
        await ask(editor)
        await editor.close(editor.uri("m.py"))
        await editor.execute("codexLsp.status")
        wait.set()
        await editor.wait_for_message("closed or deleted meanwhile.*Nothing was applied")
        assert not editor.applied
        await editor.open("m.py", TEXT)
        assert len(await marks(editor)) == 2


async def test_a_deleted_file_is_told_and_the_proposal_kept(tmp_path: Path) -> None:
    (tmp_path / "m.py").write_text(TEXT)
    async with serving(agent(), tmp_path) as (editor, _):
        run = await reviewed(editor)
        await editor.close(editor.uri("m.py"))
        (tmp_path / "m.py").unlink()
        await editor.notify("workspace/didDeleteFiles", {"files": [{"uri": tmp_path.as_uri()}]})
        await editor.wait_for_message("m.py was deleted meanwhile")
        await editor.execute("codexLsp.accept", {"proposal": run})
        await editor.wait_for_message("m.py was deleted meanwhile. Nothing was applied")
        assert await proposals(editor) == [run]
        await editor.open("m.py", TEXT)
        assert len(await marks(editor)) == 2


@pytest.mark.parametrize("order", ["close open rename", "rename close open", "close rename open"])
@pytest.mark.parametrize("folder", [False, True])
@pytest.mark.parametrize("running", [False, True])
async def test_proposals_and_runs_follow_a_file_to_its_new_name(
    tmp_path: Path, order: str, folder: bool, running: bool
) -> None:
    wait = asyncio.Event()
    (tmp_path / "old dir").mkdir()
    (tmp_path / "old dir" / "m.py").write_text(TEXT)
    before, after = "old dir/m.py", "new/m.py" if folder else "new/n.py"
    body = [line.replace("m.py", "old dir/m.py") for line in BODY]
    async with serving(agent(*body, wait=wait), tmp_path) as (editor, _):
        uri = (await editor.open(before)).uri
        whole = editor.buffer(uri).range(0, len(TEXT), editor.documents.encoding)
        apply = "direct" if running else "review"
        asked = {"uri": uri, "range": whole, "instruction": "x", "apply": apply}
        await editor.execute("codexLsp.ask", asked)
        if not running:
            wait.set()
            await editor.wait(lambda: editor.diagnostics.get(uri))
        await moved(editor, tmp_path, order, before, after)
        if running:
            wait.set()
            await editor.wait_for_progress_end()
            assert editor.buffer(after).text == "# moved\n" + NEW
        else:
            assert [mark["range"]["start"]["line"] for mark in await marks(editor, after)] == [2, 6]
            assert await marks(editor, before) == []


async def moved(editor: FakeEditor, root: Path, order: str, before: str, after: str) -> None:
    """Move a file, or only the folder that it is in, and tell the server step by step, in this order."""
    (root / before).parent.rename((root / after).parent)
    (root / after).with_name(Path(before).name).rename(root / after)
    only_folder = Path(before).name == Path(after).name
    old, new = (str(Path(path).parent) if only_folder else path for path in (before, after))
    for step in order.split():
        if step == "close":
            await editor.close(editor.uri(before))
        elif step == "open":
            await editor.open(after, "# moved\n" + TEXT)
        else:
            files = [{"oldUri": editor.uri(old).replace(" ", "%20"), "newUri": editor.uri(new)}]
            await editor.notify("workspace/didRenameFiles", {"files": files})
        await editor.execute("codexLsp.status")


async def test_a_burst_of_changes_is_followed_at_once(tmp_path: Path) -> None:
    async with serving(agent(), tmp_path) as (editor, _):
        await reviewed(editor)
        uri, published = editor.uri("m.py"), "textDocument/publishDiagnostics"
        before = sum(method == published for method, _ in editor.notifications)
        buffer = editor.buffer(uri)
        changes = [buffer.splice(0, 0, "#\n", editor.documents.encoding) for _ in range(200)]
        writes = []
        for number, change in enumerate(changes):
            identifier = {"uri": uri, "version": buffer.version - len(changes) + number + 1}
            params = {"textDocument": identifier, "contentChanges": [change]}
            message = {"jsonrpc": "2.0", "method": "textDocument/didChange", "params": params}
            body = json.dumps(message).encode()
            writes.append(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        assert editor._writer is not None
        editor._writer.write(b"".join(writes))
        assert [mark["range"]["start"]["line"] for mark in await marks(editor)] == [201, 205]
        after = sum(method == published for method, _ in editor.notifications)
        assert after - before <= 100


async def test_what_no_open_document_shows_is_marked_where_it_was_asked_for(tmp_path: Path) -> None:
    (tmp_path / "other.py").write_text("a = 1\n")
    model = agent(
        "*** Add File: pkg/new.py", "+x = 1", "*** Update File: other.py", "-a = 1", "+a = 2", *BODY[:3]
    )
    async with serving(model, tmp_path) as (editor, _):
        await reviewed(editor)
        first, second = await marks(editor)
        assert "pkg/new.py (new)" in first["message"]
        assert "other.py (changed)" in first["message"]
        assert first["range"]["start"]["line"] == 0
        assert second["range"]["start"]["line"] == 1
        await editor.run_action((await review_actions(editor, "def f"))["Codex: accept all"])
        assert editor.buffer("m.py").text == TEXT.replace("1", "10")
        assert editor.buffer("pkg/new.py").text == "x = 1\n"
        assert editor.buffer("other.py").text == "a = 2\n"
        assert await proposals(editor) == []


async def test_a_person_may_make_the_file_that_the_editor_cannot_create(tmp_path: Path) -> None:
    capabilities = {"workspace": {"workspaceEdit": {"resourceOperations": None}}}
    model = agent("*** Add File: new.py", "+x = 1")
    async with serving(model, tmp_path, capabilities=capabilities) as (editor, _):
        await ask(editor)
        await editor.wait_for_message(
            r"cannot create files for a server \(new.py\). Make it and open it empty"
        )
        await editor.open("new.py", "")
        (mark,) = await marks(editor, "new.py")
        assert "Proposed change" in mark["message"]
        actions = await editor.code_actions(editor.uri("new.py"), 0, 0)
        await editor.run_action(next(a for a in actions if a["title"] == "Codex: accept this change"))
        assert editor.buffer("new.py").text == "x = 1\n"
        assert await proposals(editor) == []


async def test_of_those_asleep_the_oldest_goes_and_that_is_told(tmp_path: Path) -> None:
    async with serving(agent(), tmp_path) as (editor, server):
        run = await reviewed(editor)
        found = server.pending.get(run)
        assert found is not None
        _, places = server.pending.take(run) or (None, None)
        assert places is not None
        await editor.close(editor.uri("m.py"))
        await editor.execute("codexLsp.status")
        for number in range(MAX_ASLEEP + 1):
            server.pending.add(type(found)(f"p{number}", found.summary, found.changes), places)
        assert (await proposals(editor))[0] == "p1"
        assert len(await proposals(editor)) == MAX_ASLEEP
        await editor.wait_for_message("m.py is not open; its oldest proposal was dropped")


CELL = "vscode-notebook-cell://here/book/n.ipynb#W0sZmlsZQ%3D%3D"


async def opened_cell(editor: FakeEditor, text: str) -> Buffer:
    """Open a notebook of one cell the way a notebook's editor does."""
    assert editor.server["capabilities"]["notebookDocumentSync"]["notebookSelector"] == [{"notebook": "*"}]
    buffer = editor.documents.buffers[CELL] = Buffer(CELL, text)
    book = {
        "uri": "file:///book/n.ipynb",
        "notebookType": "jupyter-notebook",
        "version": 1,
        "cells": [{"kind": 2, "document": CELL}],
    }
    item = {"uri": CELL, "languageId": "python", "version": 1, "text": text}
    await editor.notify("notebookDocument/didOpen", {"notebookDocument": book, "cellTextDocuments": [item]})
    return buffer


@pytest.mark.parametrize("apply", ["direct", "review"])
async def test_a_notebooks_cell_is_served_like_any_document(tmp_path: Path, apply: str) -> None:
    capabilities = {"notebookDocument": {"synchronization": {"dynamicRegistration": False}}}
    body = [line.replace("m.py", "n.ipynb#W0sZmlsZQ%3D%3D.py") for line in BODY]
    async with serving(agent(*body), tmp_path, capabilities=capabilities) as (editor, _):
        buffer = await opened_cell(editor, TEXT)
        typed = buffer.splice(0, 0, "# typed\n", editor.documents.encoding)
        cells = {"textContent": [{"document": {"uri": CELL, "version": 2}, "changes": [typed]}]}
        book = {"uri": "file:///book/n.ipynb", "version": 2}
        await editor.notify(
            "notebookDocument/didChange", {"notebookDocument": book, "change": {"cells": cells}}
        )
        actions = await editor.code_actions(CELL, 8, len(buffer.text))
        tidy = next(action for action in actions if "tidy" in action["title"])
        tidy["command"]["arguments"][0]["apply"] = apply
        await editor.run_action(tidy)
        if apply == "review":
            await editor.wait(lambda: editor.diagnostics.get(CELL))
            actions = await editor.code_actions(CELL, buffer.text.index("return 1"), len(buffer.text))
            await editor.run_action(next(a for a in actions if a["title"] == "Codex: accept all"))
        else:
            await editor.wait_for_progress_end()
        assert buffer.text == "# typed\n" + NEW
        assert await proposals(editor) == []
        await editor.notify(
            "notebookDocument/didClose",
            {"notebookDocument": {"uri": "file:///book/n.ipynb"}, "cellTextDocuments": [{"uri": CELL}]},
        )
        place = {"start": {"line": 0, "character": 0}, "end": {"line": 0, "character": 0}}
        answer = await editor.execute("codexLsp.ask", {"uri": CELL, "range": place, "instruction": "x"})
        assert answer["error"]["code"] == "not_open"
