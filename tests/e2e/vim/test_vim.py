"""Stories in real Vim 9 with ALE, set up as docs/EDITORS.md tells: it takes no edits, so changes wait."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.stories import BOTH, MENDED, TEXT, UNDONE, UNUSED, reviewed
from tests.e2e.vim.driver import editing
from tests.support.endpoint import Answer, ScriptedEndpoint
from tests.support.processes import Agent

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.seen("comments", "hunks", "own undo")
async def test_a_comment_asks_and_each_change_is_accepted_or_not(
    tmp_path: Path, scripted: ScriptedEndpoint, env: dict[str, str]
) -> None:
    scripted.play(Answer(BOTH))
    async with editing(tmp_path, env, TEXT) as vim:
        await reviewed(vim)
        await vim.command("undo")
        await vim.has(UNDONE)


@pytest.mark.seen("diagnostics")
async def test_what_another_linter_found_is_fixed(tmp_path: Path, offline: Agent) -> None:
    async with editing(tmp_path, offline.environ(), UNUSED) as vim:
        await vim.until("ruff's finding", "match(ale#engine#GetLoclist(bufnr('')), 'F401') >= 0")
        await vim.act(1, "fix “`os` imported but unused”")
        await vim.waiting(1)
        await vim.act(1, "accept this change")
        await vim.has(MENDED)
