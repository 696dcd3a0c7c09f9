"""Deliveries where something is in the way, only half done, or done unseen; and deliveries that meet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from codex_lsp.lsp.delivery import confirm
from codex_lsp.lsp.delivery import deliver as delivery
from tests.lsp.asking import TEXT
from tests.lsp.reviewing import BODY, NEW, agent, ask, marks, proposals, review_actions
from tests.support.editor import Applied, FakeEditor
from tests.support.editor_rpc import NoReply
from tests.support.serving import serving

SECOND = ["*** Update File: m.py", " def g():", "-    return 2", "+    return 20"]


class Person:
    """Answers a `workspace/applyEdit` in the editor's stead, when and how the test says."""

    def __init__(self, editor: FakeEditor, monkeypatch: pytest.MonkeyPatch) -> None:
        self.editor = editor
        self.asked: list[tuple[Any, dict[str, Any]]] = []
        monkeypatch.setattr(editor, "_take_edit", self._take)

    def _take(self, request_id: Any, params: dict[str, Any]) -> dict[str, Any]:
        self.asked.append((request_id, params))
        self.editor.applied.append(Applied(params, None, False))
        raise NoReply

    def apply(self, at: int = 0) -> None:
        self.editor._tell(self.editor.documents.commit(self.editor._plan(self.asked[at][1]["edit"]).steps))

    def answer(self, at: int = 0, **result: Any) -> None:
        self.editor._reply(self.asked[at][0], {"result": result})


def order(applied: Applied) -> list[str]:
    return [each.get("kind", "edit") for each in applied.params["edit"]["documentChanges"]]


# Turns


async def test_a_second_proposal_is_put_onto_the_text_that_the_first_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(agent(*BODY[:3]), tmp_path) as (editor, server):
        person = Person(editor, monkeypatch)
        await ask(editor)
        await editor.wait_for_apply()
        server.model = agent(*SECOND)
        await ask(editor)
        await editor.wait(lambda: editor.progress and len(editor.progress) == 2)
        await editor.execute("codexLsp.status")
        assert len(person.asked) == 1
        person.apply()
        person.answer(applied=True)
        await editor.wait_for_apply(2)
        person.apply(1)
        person.answer(1, applied=True)
        await editor.wait_for_progress_end(count=2)
        assert editor.buffer("m.py").text == NEW
        assert await proposals(editor) == []


async def test_who_waits_too_long_for_a_turn_goes_to_review(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "TURN_SECONDS", 0.1)
    async with serving(agent(*BODY[:3]), tmp_path) as (editor, server):
        person = Person(editor, monkeypatch)
        await ask(editor, apply="annotated")
        await editor.wait_for_apply()
        server.model = agent(*SECOND)
        await ask(editor)
        await editor.wait_for_message("waits to be confirmed. The changes wait as code actions")
        assert len(await marks(editor)) == 1
        person.apply()
        person.answer(applied=True)
        await editor.wait_for_progress_end(count=2)
        await editor.run_action((await review_actions(editor, "return 2"))["Codex: accept all"])
        assert editor.buffer("m.py").text == NEW


async def test_a_cancel_while_waiting_for_the_turn_still_wins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(agent(*BODY[:3]), tmp_path) as (editor, server):
        person = Person(editor, monkeypatch)
        first = await ask(editor)
        await editor.wait_for_apply()
        model = server.model = agent(*SECOND)
        second = await ask(editor)
        await editor.wait(lambda: model.requests)
        answer = await editor.execute("codexLsp.cancel")
        assert answer == {"cancelled": [second]}
        person.apply()
        person.answer(applied=True)
        await editor.wait_for_progress_end(count=2)
        assert first not in await proposals(editor)
        assert editor.buffer("m.py").text == TEXT.replace("1", "10")
        assert len(person.asked) == 1
        assert await proposals(editor) == []


# What is in the way


@pytest.mark.parametrize("there", ["file", "folder", "link to nowhere", "open document"])
async def test_nothing_is_sent_if_a_new_file_is_there_already(tmp_path: Path, there: str) -> None:
    async with serving(agent("*** Add File: new.py", "+x = 1", *BODY), tmp_path) as (editor, _):
        run = await ask(editor, apply="review")
        await editor.wait_for_progress_end()
        if there == "file":
            (tmp_path / "new.py").write_text("mine\n")
        elif there == "folder":
            (tmp_path / "new.py").mkdir()
        elif there == "link to nowhere":
            (tmp_path / "new.py").symlink_to(tmp_path / "nowhere")
        else:
            await editor.open("new.py", "mine\n")
        await editor.execute("codexLsp.accept", {"proposal": run})
        await editor.wait_for_message("new.py (exists already|came into being meanwhile)")
        assert not editor.applied
        assert editor.buffer("m.py").text == TEXT
        assert len(await marks(editor)) == 3
        assert await proposals(editor) == [run]


async def test_one_file_that_changed_on_disk_holds_all_of_them_back(tmp_path: Path) -> None:
    (tmp_path / "other.py").write_text("a = 1\n")
    model = agent("*** Update File: other.py", "-a = 1", "+a = 2", *BODY)
    async with serving(model, tmp_path) as (editor, _):
        proposal = await ask(editor, apply="review")
        await editor.wait_for_progress_end()
        (tmp_path / "other.py").write_text("a = 3\n")
        await editor.execute("codexLsp.accept", {"proposal": proposal})
        await editor.wait_for_message("other.py, line 1, was changed meanwhile.*Nothing was applied")
        assert not editor.applied
        assert await proposals(editor) == [proposal]


async def test_a_new_file_that_has_no_place_is_told_and_the_rest_is_not_lost(tmp_path: Path) -> None:
    async with serving(agent("*** Add File: new.py", "+x = 1", *BODY)) as (editor, _):
        uri = (await editor.open(tmp_path / "m.py", TEXT)).uri
        whole = editor.buffer(uri).range(0, len(TEXT), editor.documents.encoding)
        run = await editor.execute("codexLsp.ask", {"uri": uri, "range": whole, "instruction": "x"})
        await editor.wait_for_message("new.py: there is no workspace folder that it could be in")
        assert await proposals(editor) == [run["run"]]
        assert len(editor.diagnostics[uri]) == 3
        await editor.type(uri, 0, "#\n")
        actions = await editor.code_actions(uri, 0, len(TEXT))
        for title in ("Codex: accept this change",) * 2:
            await editor.run_action(next(each for each in actions if each["title"] == title))
            actions = await editor.code_actions(uri, 0, len(TEXT))
        assert editor.buffer(uri).text == "#\n" + NEW


@pytest.mark.parametrize("line", [1, 2])
async def test_the_first_line_behind_a_byte_order_mark_is_not_changed_unseen(
    tmp_path: Path, line: int
) -> None:
    (tmp_path / "other.py").write_text("\ufeffa = 1\nb = 2\n")
    change = ("-a = 1", "+a = 3") if line == 1 else ("-b = 2", "+b = 3")
    async with serving(agent("*** Update File: other.py", *change), tmp_path) as (editor, _):
        await ask(editor)
        await editor.wait_for_progress_end()
        if line == 1:
            await editor.wait_for_message("other.py begins with a byte order mark: open it first")
            assert not editor.applied
        else:
            assert editor.buffer("other.py").text == "\ufeffa = 1\nb = 3\n"


async def test_files_are_edited_made_moved_and_deleted_in_that_order(tmp_path: Path) -> None:
    for name in ("gone.py", "old.py"):
        (tmp_path / name).write_text("a = 1\n")
    model = agent(
        *("*** Delete File: gone.py", "*** Update File: old.py", "*** Move to: moved.py", "-a = 1", "+a = 2"),
        *("*** Add File: new.py", "+x = 1"),
        *BODY,
    )
    async with serving(model, tmp_path) as (editor, _):
        await ask(editor)
        await editor.wait_for_message("gone.py would be deleted")
        (proposal,) = await proposals(editor)
        await editor.execute("codexLsp.accept", {"proposal": proposal})
        applied = await editor.wait_for_apply()
        assert applied.applied
        assert order(applied) == ["edit", "create", "edit", "rename", "edit", "delete"]
        assert editor.buffer("m.py").text == NEW
        assert editor.buffer("new.py").text == "x = 1\n"
        assert editor.buffer("moved.py").text == "a = 2\n"
        assert not (tmp_path / "gone.py").exists()
        await editor.wait(lambda: not editor.diagnostics[editor.uri("m.py")])
        assert await proposals(editor) == []


@pytest.mark.parametrize("yes", [True, False])
async def test_file_operations_are_confirmed_like_edits(tmp_path: Path, yes: bool) -> None:
    (tmp_path / "old.py").write_text("a = 1\n")
    model = agent(
        *("*** Add File: new.py", "+x = 1"),
        *("*** Update File: old.py", "*** Move to: moved.py", "-a = 1", "+a = 2"),
    )
    async with serving(model, tmp_path, confirm=lambda annotation: yes) as (editor, _):
        run = await ask(editor, apply="annotated")
        applied = await editor.wait_for_apply()
        await editor.wait_for_progress_end()
        operations = [each for each in applied.params["edit"]["documentChanges"] if "kind" in each]
        assert [each["annotationId"] for each in operations] == ["codex-lsp", "codex-lsp"]
        assert (tmp_path / "new.py").exists() == yes
        assert (tmp_path / "old.py").exists() == (not yes)
        assert await proposals(editor) == ([] if yes else [run])


# What is done half, unseen, or although it was said not to be


async def test_a_part_that_was_applied_is_done_and_the_rest_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(confirm, "CONFIRM_SECONDS", 0.1)
    async with serving(agent(), tmp_path) as (editor, _):
        person = Person(editor, monkeypatch)
        await ask(editor)
        await editor.wait_for_apply()
        await editor.type(editor.uri("m.py"), TEXT.index("1") + 1, "0")
        for at in (0, 1):
            await editor.wait_for_apply(at + 1)
            person.answer(at, applied=True)
        await editor.wait_for_message("said that it applied the change, but the text is another")
        (mark,) = await marks(editor)
        assert mark["range"]["start"]["line"] == 5
        await editor.run_action((await review_actions(editor, "return 2"))["Codex: accept all"])
        assert editor.buffer("m.py").text == NEW
        assert await proposals(editor) == []


async def test_one_of_two_files_that_was_applied_is_done_and_the_other_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = agent("*** Update File: other.py", "-a = 1", "+a = 2", *BODY)
    async with serving(model, tmp_path) as (editor, _):
        person = Person(editor, monkeypatch)
        await editor.open("other.py", "a = 1\n")
        await ask(editor)
        await editor.wait_for_apply()
        await editor.replace(editor.uri("other.py"), 4, 5, "2")
        person.answer(applied=False, failureReason="m.py is locked")
        await editor.wait_for_message(r"did not apply all of the change \(missing: m.py\): m.py is locked.")
        assert len(await marks(editor)) == 2
        assert await marks(editor, "other.py") == []


async def test_an_editor_that_says_no_and_applies_by_hand_is_seen_to_have_applied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with serving(agent(), tmp_path) as (editor, _):
        person = Person(editor, monkeypatch)
        await ask(editor)
        await editor.wait_for_apply()
        person.answer(applied=False)
        await editor.wait_for_message("did not apply the change")
        assert len(await marks(editor)) == 2
        person.apply()
        assert await marks(editor) == []
        assert await proposals(editor) == []


@pytest.mark.parametrize("answer", ["none", "late"])
async def test_an_editor_that_gives_no_answer_or_a_late_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    monkeypatch.setattr(delivery, "APPLY_SECONDS", 0.1)
    async with serving(agent(), tmp_path) as (editor, _):
        person = Person(editor, monkeypatch)
        await ask(editor)
        await editor.wait_for_message("did not apply the change: it gave no answer")
        if answer == "late":
            person.answer(applied=True)
            person.answer(applied=True)
        assert len(await marks(editor)) == 2
        person.apply()
        assert await proposals(editor) == []
        assert editor.buffer("m.py").text == NEW


async def test_an_editor_that_applies_and_never_answers_has_applied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "APPLY_SECONDS", 0.3)
    async with serving(agent(), tmp_path) as (editor, _):
        person = Person(editor, monkeypatch)
        await ask(editor)
        await editor.wait_for_apply()
        person.apply()
        values = await editor.wait_for_progress_end()
        assert "2 changes" in values[-1]["message"]
        assert not editor.messages


async def test_what_an_editor_changes_unseen_is_not_called_applied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(confirm, "CONFIRM_SECONDS", 0.1)
    (tmp_path / "other.py").write_text("a = 1\n")
    model = agent("*** Update File: other.py", "-a = 1", "+a = 1", "+b = 2", *BODY)
    async with serving(model, tmp_path) as (editor, _):
        person = Person(editor, monkeypatch)
        await ask(editor)
        await editor.wait_for_apply()
        changes = person.asked[0][1]["edit"]["documentChanges"]
        changes[:] = [each for each in changes if each["textDocument"]["uri"].endswith("m.py")]
        person.apply()
        person.answer(applied=True)
        message = await editor.wait_for_message("m.py: applied. The editor says that it changed other.py")
        assert "could not be confirmed" in message["message"]
        (proposal,) = await proposals(editor)
        await editor.execute("codexLsp.accept", {"proposal": proposal})
        await editor.wait_for_message("other.py was changed by the editor unseen: open it first")
        assert len(person.asked) == 1
        await editor.open("other.py", "a = 1\nb = 2\n")
        assert await proposals(editor) == []


async def test_what_an_editor_writes_to_disk_is_confirmed_by_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "other.py").write_text("a = 1\n")
    model = agent("*** Update File: other.py", "-a = 1", "+a = 2")
    async with serving(model, tmp_path) as (editor, _):
        person = Person(editor, monkeypatch)
        await ask(editor)
        await editor.wait_for_apply()
        person.answer(applied=True)
        (tmp_path / "other.py").write_text("a = 2\n")
        values = await editor.wait_for_progress_end()
        assert "other.py: 1 change" in values[-1]["message"]
        assert await proposals(editor) == []


# Typing meanwhile


@pytest.mark.parametrize("strict", [True, False])
async def test_typing_between_the_edit_and_its_answer_survives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, strict: bool
) -> None:
    async with serving(agent(), tmp_path) as (editor, _):
        person = Person(editor, monkeypatch)
        await ask(editor)
        await editor.wait_for_apply()
        if strict:
            await editor.type(editor.uri("m.py"), 0, "# typed\n")
            person.answer(applied=False, failureReason="the document has changed")
            await editor.wait_for_apply(2)
            assert editor.buffer("m.py").text == "# typed\n" + TEXT
            person.apply(1)
            person.answer(1, applied=True)
            await editor.wait_for_progress_end()
        else:
            person.apply()
            await editor.type(editor.uri("m.py"), 0, "# typed\n")
            person.answer(applied=True)
            await editor.wait_for_progress_end()
        assert editor.buffer("m.py").text == "# typed\n" + NEW
        assert await proposals(editor) == []
