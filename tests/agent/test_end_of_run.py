"""When a run is over, nothing of it goes on."""

from __future__ import annotations

import asyncio

import pytest

from codex_lsp.agent.asks.ask import Ask
from codex_lsp.agent.model import ModelError, ModelInfo, ScriptedModel
from codex_lsp.agent.overlay import Overlay, Snapshot
from codex_lsp.agent.run import execute
from codex_lsp.edits import Focus
from codex_lsp.syntax.blocks import MOST

LINE = "value = [1, 2, 3]\n"
LONG = LINE * (MOST // len(LINE) + 2)


async def _after(turns: int, event: asyncio.Event) -> None:
    for _ in range(turns):
        await asyncio.sleep(0)
    event.set()


@pytest.mark.parametrize("turns", range(1, 25, 4))
async def test_the_parse_of_a_long_file_ends_with_its_run(turns: int) -> None:
    """The model fails at once, or while the parser's process is started, or while it works."""
    spoken = asyncio.Event()
    model = ScriptedModel([spoken, ModelError("gone")], ModelInfo("agent", "llm"))
    overlay = Overlay({"m.py": Snapshot("m.py", LONG, 1, "python")})
    speaking = asyncio.create_task(_after(turns, spoken))
    with pytest.raises(ModelError):
        await execute(Ask("x", Focus("m.py", 0, 5)), overlay, model, run_id="r")
    await speaking
    assert asyncio.all_tasks() == {asyncio.current_task()}
