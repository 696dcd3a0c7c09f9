"""`codexLsp.showDiff`: of a proposal, of a file, of one change; as documents that `git apply` takes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from codex_lsp.agent.model import ScriptedModel
from tests.lsp.asking import BOTH, TEXT, ask
from tests.support.editor import FakeEditor, ResponseError
from tests.support.serving import serving
from tests.support.shown import shown_text

FIRST = " def f():\n-    return 1\n+    return 10\n"
SECOND = " def g():\n-    return 2\n+    return 20\n"


async def proposed(editor: FakeEditor) -> str:
    run = (await ask(editor, apply="review"))["run"]
    await editor.wait(lambda: editor.diagnostics.get(editor.uri("m.py")))
    return str(run)


async def diff(editor: FakeEditor, proposal: str, **more: Any) -> Any:
    return (await editor.execute("codexLsp.showDiff", {"proposal": proposal} | more))["diff"]


async def test_of_all_of_one_file_and_of_one_change(tmp_path: Path) -> None:
    async with serving(ScriptedModel([BOTH]), tmp_path) as (editor, _):
        proposal = await proposed(editor)
        whole = await diff(editor, proposal)
        assert FIRST in whole
        assert SECOND in whole
        assert await diff(editor, proposal, path="m.py") == whole
        first = await diff(editor, proposal, path="m.py", hunk=0)
        # Each is written by a thread of its own.
        await shown_text(editor, 3)
        second = await diff(editor, proposal, path="m.py", hunk=1)
        assert (FIRST in first, SECOND in first) == (True, False)
        assert (FIRST in second, SECOND in second) == (False, True)
        shown = await shown_text(editor, 4)
        assert editor.shown_documents[3]["uri"].endswith(".diff")
        head, _, body = shown.partition("\n\n")
        assert body == second
        assert head == "# Changes to m.py.\n# m.py parsed."
        assert editor.messages == []


async def test_what_is_not_there_is_told_and_what_does_not_fit_refused(tmp_path: Path) -> None:
    async with serving(ScriptedModel([BOTH]), tmp_path) as (editor, _):
        proposal = await proposed(editor)
        assert await diff(editor, "none") is None
        for gone in ({"path": "m.py", "hunk": 7}, {"path": "x.py"}):
            assert await diff(editor, proposal, **gone) is None
        for wrong in ({"hunk": 1}, {"path": 1}, {"path": "m.py", "hunk": "1"}):
            with pytest.raises(ResponseError):
                await diff(editor, proposal, **wrong)
        await editor.wait(lambda: len(editor.messages) == 3)
        assert editor.shown_documents == []


async def test_a_conflict_is_told_above_the_diff_and_shown_by_its_number(tmp_path: Path) -> None:
    async with serving(ScriptedModel([BOTH]), tmp_path) as (editor, _):
        proposal = await proposed(editor)
        await editor.type(editor.uri("m.py"), TEXT.index("1\n"), "4")
        whole = await diff(editor, proposal)
        assert SECOND in whole
        assert "return 10" not in whole
        assert "# m.py, line 2: conflicts with what was typed, and is not in this diff." in await shown_text(
            editor
        )
        held = await diff(editor, proposal, path="m.py", hunk=1)
        assert "-    return 41\n+    return 10\n" in held


async def test_an_action_shows_one_change_of_several(tmp_path: Path) -> None:
    async with serving(ScriptedModel([BOTH]), tmp_path) as (editor, _):
        await proposed(editor)
        at = TEXT.index("return 2")
        actions = {
            each["title"].removeprefix("Codex: "): each
            for each in await editor.code_actions(editor.uri("m.py"), at, at, trigger_kind=1)
        }
        await editor.run_action(actions["show diff of this change"])
        text = await shown_text(editor)
        assert (FIRST in text, SECOND in text) == (False, True)
        await editor.run_action(actions["show diff"])
        assert FIRST in await shown_text(editor, 2)
        unasked = await editor.code_actions(editor.uri("m.py"), at, at, trigger_kind=2)
        assert "Codex: show diff of this change" not in [each["title"] for each in unasked]
