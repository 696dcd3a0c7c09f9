"""Several mini-agents behind the Router: one of them is killed in the middle of runs, and nothing is lost."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from codex_lsp.agent.asks.ask import Ask
from codex_lsp.agent.overlay import Overlay, Snapshot
from codex_lsp.agent.run import execute
from codex_lsp.edits import Focus
from codex_lsp.endpoint import config as configuration
from codex_lsp.endpoint.config import GATE, ROUTER_CONFIG
from codex_lsp.endpoint.remote import RemoteModel
from tests.services.mini.desk import FILES, PATCH, Desk, serving
from tests.support.endpoint import Answer

pytestmark = [pytest.mark.asyncio(loop_scope="package"), pytest.mark.timeout(300), pytest.mark.slow]
TEXT = FILES["pkg/a.py"]
# None of them goes to one of two by chance once in sixteen million times.
MANY, SECONDS = 24, 200


@asynccontextmanager
async def behind_a_router(folder: Path, *desks: Desk) -> AsyncIterator[RemoteModel]:
    """What a server has of them; their tokens are in its environment."""
    deployments, tokens = "", {}
    for number, desk in enumerate(desks):
        tokens[f"TOKEN_{number}"] = desk.token
        deployments += f"""
  - model_name: team
    litellm_params:
      {{model: codex-agent/mini, api_base: "{desk.url}", api_key: os.environ/TOKEN_{number}}}"""
    (folder / "router.yaml").write_text(
        f"model_list:{deployments}\nrouter_settings: {{allowed_fails: 0, cooldown_time: 300}}\n",
        encoding="utf-8",
    )
    environ = {GATE: "1", ROUTER_CONFIG: str(folder / "router.yaml"), "CODEX_AGENT_SHARE_WORKER": "0"}
    with pytest.MonkeyPatch.context() as patch:
        for name, token in tokens.items():
            patch.setenv(name, token)
        model = RemoteModel(configuration.load(environ, folder / "no.toml"))
        try:
            await model.ready()
            yield model
        finally:
            await model.close()


async def edited(model: RemoteModel) -> str | None:
    """What becomes of the text."""
    ask = Ask("Set x to 3.", Focus("pkg/a.py", 0, len(TEXT)))
    overlay = Overlay({"pkg/a.py": Snapshot("pkg/a.py", TEXT)}, None)
    outcome = await execute(ask, overlay, model, run_id="r")
    return outcome.proposal.changes[0].proposed if outcome.proposal else None


async def test_one_of_two_is_killed_in_mid_run(desk: Desk, tmp_path: Path) -> None:
    async with serving() as dying, behind_a_router(tmp_path, desk, dying) as model, asyncio.timeout(SECONDS):
        desk.endpoint.play(*[Answer(PATCH)] * 2 * MANY)
        dying.endpoint.play(*[Answer(PATCH, begin=asyncio.Event())] * MANY)
        asking = asyncio.gather(*(edited(model) for _ in range(MANY)))
        await dying.endpoint.arrived.wait()
        os.kill(dying.pid, signal.SIGKILL)
        assert await asking == [TEXT.replace("x = 1", "x = 3")] * MANY
        asked = len(dying.endpoint.requests)
        assert (
            await asyncio.gather(*(edited(model) for _ in range(3))) == [TEXT.replace("x = 1", "x = 3")] * 3
        )
        assert 0 < asked == len(dying.endpoint.requests) < MANY
