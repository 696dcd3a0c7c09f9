"""Stories in the real Emacs 30 with Eglot, set up as docs/EDITORS.md tells."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.emacs.driver import editing
from tests.e2e.stories import ASK, BOTH, MENDED, TEXT, TWO, UNDONE, UNUSED, reviewed
from tests.support.endpoint import Answer, ScriptedEndpoint
from tests.support.processes import Agent

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.seen("comments", "hunks", "own undo")
async def test_a_comment_asks_and_each_change_is_accepted_or_not(
    tmp_path: Path, scripted: ScriptedEndpoint, env: dict[str, str]
) -> None:
    scripted.play(Answer(BOTH))
    async with editing(tmp_path, env, TEXT) as emacs:
        await reviewed(emacs)
        emacs.command("undo")
        await emacs.has(UNDONE)


@pytest.mark.seen("comments", "undo")
async def test_a_comment_is_done_at_once_and_taken_back(
    tmp_path: Path, scripted: ScriptedEndpoint, env: dict[str, str]
) -> None:
    scripted.play(Answer(BOTH))
    async with editing(tmp_path, env, TEXT, apply="auto") as emacs:
        await emacs.act(1, f"do “{ASK}”")
        await emacs.has(TWO)
        emacs.command("codex-undo")
        await emacs.has(TEXT)


@pytest.mark.seen("comments")
async def test_a_problem_is_mended_by_asking_in_words(tmp_path: Path, offline: Agent) -> None:
    async with editing(tmp_path, offline.environ(), UNUSED, apply="auto") as emacs:
        await emacs.goto(1)
        emacs.command("codex-ask")
        await emacs.screen.shows("Codex:")
        emacs.screen.type("-l", "remove the unused import")
        emacs.screen.type("Enter")
        await emacs.has(MENDED)
