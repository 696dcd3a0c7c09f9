"""Stories in the real Helix 25.01, set up as docs/EDITORS.md tells."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.helix.driver import editing
from tests.e2e.stories import ASK, BOTH, MEND, MENDED, TEXT, TWO, UNDONE, reviewed
from tests.support.endpoint import Answer, ScriptedEndpoint
from tests.support.processes import Agent

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.seen("comments", "hunks", "own undo")
async def test_a_comment_asks_and_each_change_is_accepted_or_not(
    tmp_path: Path, scripted: ScriptedEndpoint, env: dict[str, str]
) -> None:
    scripted.play(Answer(BOTH))
    async with editing(tmp_path, env, TEXT) as helix:
        await reviewed(helix)
        helix.screen.type("u")
        await helix.has(UNDONE)


@pytest.mark.seen("comments", "undo")
async def test_a_comment_is_done_at_once_and_taken_back(
    tmp_path: Path, scripted: ScriptedEndpoint, env: dict[str, str]
) -> None:
    scripted.play(Answer(BOTH))
    async with editing(tmp_path, env, TEXT, apply="auto") as helix:
        await helix.act(1, f"do “{ASK}”")
        await helix.has(TWO)
        await helix.command("lsp-workspace-command codexLsp.undo")
        await helix.has(TEXT)


@pytest.mark.seen("comments")
async def test_a_problem_is_mended_by_asking_in_words(tmp_path: Path, offline: Agent) -> None:
    async with editing(tmp_path, offline.environ(), MEND, apply="auto") as helix:
        await helix.act(1, "do “")
        await helix.has(MENDED)
