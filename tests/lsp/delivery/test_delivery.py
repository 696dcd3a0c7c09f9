"""What becomes of a proposal with clients that cannot, will not, or only say that they did."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.lsp.asking import TEXT
from tests.lsp.reviewing import BODY, NEW, agent, ask, review_actions
from tests.support.editor import FakeEditor
from tests.support.serving import serving


@pytest.mark.parametrize("early", [True, False])
async def test_no_text_is_kept_for_what_was_delivered(tmp_path: Path, early: bool) -> None:
    async with serving(agent(), tmp_path, change_before_reply=early) as (editor, server):
        await ask(editor)
        await editor.wait_for_progress_end()
        document = server.documents.find(editor.uri("m.py"))
        assert document is not None
        assert (document.source, document.hand_over()) == (NEW, [])


async def test_without_document_changes_the_edit_is_plain_changes(tmp_path: Path) -> None:
    capabilities = {"workspace": {"workspaceEdit": None}}
    async with serving(agent(), tmp_path, capabilities=capabilities) as (editor, _):
        await ask(editor)
        applied = await editor.wait_for_apply()
        await editor.wait_for_progress_end()
        assert list(applied.params["edit"]) == ["changes"]
        assert editor.buffer("m.py").text == NEW


async def test_annotated_edits_ask_for_confirmation(tmp_path: Path) -> None:
    async with serving(agent(), tmp_path) as (editor, _):
        await ask(editor, apply="annotated")
        applied = await editor.wait_for_apply()
        await editor.wait_for_progress_end()
        (annotation,) = applied.params["edit"]["changeAnnotations"].values()
        assert annotation["needsConfirmation"]
        (document,) = applied.params["edit"]["documentChanges"]
        # Each box that a person ticks is a change of whole lines, and makes sense without the others.
        assert [each["newText"] for each in document["edits"]] == ["    return 10\n", "    return 20\n"]
        assert editor.buffer("m.py").text == NEW


async def test_what_the_person_does_not_confirm_waits_for_review(tmp_path: Path) -> None:
    async with serving(agent(), tmp_path, confirm=lambda annotation: False) as (editor, _):
        await ask(editor, apply="annotated")
        await editor.wait_for_message("did not apply the change: every change was declined")
        assert editor.buffer("m.py").text == TEXT
        assert len(editor.diagnostics[editor.uri("m.py")]) == 2


@pytest.mark.parametrize("lacking", ["applyEdit", "apply setting", "progress too"])
async def test_review_needs_nothing_but_literal_edits(tmp_path: Path, lacking: str) -> None:
    capabilities: dict[str, Any] = {"workspace": {"applyEdit": None}}
    if lacking == "progress too":
        capabilities["window"] = {"workDoneProgress": None}
    options = {"apply": "review"} if lacking == "apply setting" else {}
    async with serving(
        agent(), tmp_path, capabilities=capabilities if not options else {}, initialization_options=options
    ) as (editor, _):
        await ask(editor)
        await editor.wait_for_notification("textDocument/publishDiagnostics")
        marks = editor.diagnostics[editor.uri("m.py")]
        assert [mark["severity"] for mark in marks] == [4, 4]
        assert [mark["range"]["start"]["line"] for mark in marks] == [1, 5]
        await editor.run_action((await review_actions(editor, "return 2"))["Codex: accept this change"])
        assert editor.buffer("m.py").text == TEXT.replace("2", "20")
        await editor.run_action((await review_actions(editor, "return 1"))["Codex: accept all"])
        assert editor.buffer("m.py").text == NEW
        assert "Codex: accept all" not in await review_actions(editor, "return 10")
        assert editor.diagnostics[editor.uri("m.py")] == []
        assert not editor.applied


async def test_pending_changes_follow_the_typing_and_can_be_rejected(tmp_path: Path) -> None:
    async with serving(agent(), tmp_path) as (editor, _):
        proposal = await ask(editor, apply="review")
        await editor.wait_for_notification("textDocument/publishDiagnostics")
        await editor.type(editor.uri("m.py"), 0, "import os\n\n\n")
        await editor.wait(lambda: editor.diagnostics[editor.uri("m.py")][0]["range"]["start"]["line"] == 4)
        await editor.run_action((await review_actions(editor, "return 1"))["Codex: reject this change"])
        await editor.wait(lambda: len(editor.diagnostics[editor.uri("m.py")]) == 1)
        assert (await editor.execute("codexLsp.status"))["proposals"] == [proposal]
        assert (await editor.execute("codexLsp.accept", {"proposal": proposal})) == {"accepted": True}
        await editor.wait_for_apply()
        assert editor.buffer("m.py").text == "import os\n\n\n" + TEXT.replace("2", "20")


async def test_rejecting_all_forgets_the_proposal(tmp_path: Path) -> None:
    async with serving(agent(), tmp_path) as (editor, _):
        await ask(editor, apply="review")
        await editor.wait_for_notification("textDocument/publishDiagnostics")
        await editor.run_action((await review_actions(editor, "return 1"))["Codex: reject all"])
        await editor.wait(lambda: editor.diagnostics[editor.uri("m.py")] == [])
        assert (await editor.execute("codexLsp.status"))["proposals"] == []
        assert editor.buffer("m.py").text == TEXT


async def test_a_rejected_apply_is_told_and_the_proposal_kept(tmp_path: Path) -> None:
    async with serving(agent(), tmp_path, apply_behaviour="reject") as (editor, _):
        await ask(editor)
        await editor.wait_for_message("did not apply the change: the person said no.")
        editor.options.apply_behaviour = "apply"
        await editor.run_action((await review_actions(editor, "return 1"))["Codex: accept all"])
        assert editor.buffer("m.py").text == NEW


async def type_untold(editor: FakeEditor, n: int) -> None:
    """Type a line before the n-th edit comes, and tell after it: Neovim waits 150 ms before it tells."""
    buffer = editor.buffer("m.py")
    typed = buffer.splice(0, 0, "#\n", editor.documents.encoding)
    assert not (await editor.wait_for_apply(n)).changed
    identifier = {"uri": buffer.uri, "version": buffer.version}
    await editor.notify("textDocument/didChange", {"textDocument": identifier, "contentChanges": [typed]})


async def test_an_edit_that_is_skipped_silently_is_carried_over_and_sent_again(tmp_path: Path) -> None:
    wait = asyncio.Event()
    async with serving(agent(wait=wait), tmp_path, apply_behaviour="silent_skip") as (editor, _):
        await ask(editor)
        wait.set()
        await type_untold(editor, 1)
        await editor.wait_for_progress_end()
        assert editor.buffer("m.py").text == "#\n" + NEW
        assert len(editor.applied) == 2
        assert not editor.messages
        assert (await editor.execute("codexLsp.status"))["proposals"] == []


@pytest.mark.slow
async def test_an_edit_that_is_skipped_silently_each_time_is_noticed(tmp_path: Path) -> None:
    wait = asyncio.Event()
    async with serving(agent(wait=wait), tmp_path, apply_behaviour="silent_skip") as (editor, _):
        await ask(editor)
        wait.set()
        for n in (1, 2):
            await type_untold(editor, n)
        await editor.wait_for_message("said that it applied the change, but the text is another")
        buffer = editor.buffer("m.py")
        assert buffer.text == "#\n#\n" + TEXT
        await editor.run_action((await review_actions(editor, "return 1"))["Codex: accept all"])
        assert buffer.text == "#\n#\n" + NEW


async def test_a_late_did_change_still_counts(tmp_path: Path) -> None:
    async with serving(agent(), tmp_path, change_before_reply=False) as (editor, _):
        await ask(editor)
        values = await editor.wait_for_progress_end()
        assert "2 changes" in values[-1]["message"]
        assert (await editor.execute("codexLsp.status"))["proposals"] == []


async def test_typing_right_behind_the_edit_does_not_hide_it(tmp_path: Path) -> None:
    async with serving(agent(), tmp_path) as (editor, _):
        await ask(editor)
        await editor.wait_for_apply()
        await editor.type(editor.uri("m.py"), 0, "#")
        values = await editor.wait_for_progress_end()
        assert "2 changes" in values[-1]["message"]
        assert editor.buffer("m.py").text == "#" + NEW


async def test_a_new_file_is_created_where_the_client_can(tmp_path: Path) -> None:
    async with serving(agent("*** Add File: pkg/new.py", "+x = 1"), tmp_path) as (editor, _):
        await ask(editor)
        await editor.wait_for_progress_end()
        assert editor.applied[0].applied
        assert editor.buffer("pkg/new.py").text == "x = 1\n"


async def test_a_client_without_file_operations_is_told_and_the_proposal_kept(tmp_path: Path) -> None:
    capabilities = {"workspace": {"workspaceEdit": {"resourceOperations": None}}}
    model = agent("*** Add File: pkg/new.py", "+x = 1", *BODY)
    async with serving(model, tmp_path, capabilities=capabilities) as (editor, _):
        await ask(editor)
        await editor.wait_for_message(r"cannot create files for a server \(pkg/new.py\)")
        assert editor.buffer("m.py").text == TEXT
        assert (await editor.execute("codexLsp.status"))["proposals"]


async def test_a_file_that_is_not_open_is_changed_as_it_is_on_disk(tmp_path: Path) -> None:
    (tmp_path / "other.py").write_bytes(b"a = 1\r\nb = 2")
    model = agent("*** Update File: other.py", "-b = 2", "+b = 3")
    async with serving(model, tmp_path) as (editor, _):
        await ask(editor)
        await editor.wait_for_progress_end()
        assert editor.buffer("other.py").text == "a = 1\r\nb = 3"


@pytest.mark.parametrize(
    "path", [".env", ".git/hooks/pre-commit", "x/.GIT/config", ".hg/hgrc", "link/x.py", "GIT~1/../x.py"]
)
async def test_what_is_never_changed_is_refused(tmp_path: Path, path: str) -> None:
    (tmp_path / "out").mkdir()
    root = tmp_path / "root"
    root.mkdir()
    (root / "link").symlink_to(tmp_path / "out")
    async with serving(agent(f"*** Add File: {path}", "+x = 1"), root) as (editor, _):
        await ask(editor)
        await editor.wait_for_message("Nothing was applied")
        assert not editor.applied


async def test_a_reply_that_breaks_the_syntax_waits_for_a_look(tmp_path: Path) -> None:
    model = agent("*** Update File: m.py", "-    return 1", "+    return (")
    async with serving(model, tmp_path) as (editor, _):
        await ask(editor)
        await editor.wait_for_message(r"look first: m\.py would no longer parse")
        assert not editor.applied
        assert editor.diagnostics[editor.uri("m.py")]


async def test_a_reply_that_removes_most_of_a_file_waits_for_a_look(tmp_path: Path) -> None:
    text = "".join(f"x{number} = {number}\n" for number in range(40))
    model = agent("*** Update File: m.py", *(f"-x{number} = {number}" for number in range(30)))
    async with serving(model, tmp_path) as (editor, _):
        await ask(editor, text)
        await editor.wait_for_message("more than half")
        assert not editor.applied
        (proposal,) = (await editor.execute("codexLsp.status"))["proposals"]
        await editor.execute("codexLsp.accept", {"proposal": proposal})
        await editor.wait_for_apply()
        assert len(editor.buffer("m.py").text.splitlines()) == 10
