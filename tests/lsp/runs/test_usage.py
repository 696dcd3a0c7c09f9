"""What a run used: told at its end, whichever end that is, and limited by the settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from codex_lsp.agent.model import ModelInfo, Prices, Reply, ScriptedModel, Usage
from codex_lsp.endpoint.ledger import spent_today
from tests.lsp.asking import ask, end_of
from tests.support.serving import serving

USED = Usage(1000, 200, 1200, 0.0123)
INFO = ModelInfo(kind="agent", name="team", prices=Prices(1e-6, 1e-5))


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return tmp_path / "state"


async def test_the_end_of_a_run_tells_what_it_used(tmp_path: Path, state: Path) -> None:
    model = ScriptedModel([Reply("Nothing to do.", usage=USED)], INFO)
    async with serving(model, tmp_path, initialization_options={"events": True}) as (editor, _):
        run = (await ask(editor))["run"]
        values = await editor.wait_for_progress_end()
        event = await end_of(editor, run)
    assert event["usage"] == {"prompt": 1000, "completion": 200, "total": 1200, "cost": 0.0123}
    assert values[-1]["message"].endswith("(1,200 tokens, $0.0123)")
    assert not (state / "codex-lsp" / "spent").exists()


async def test_a_run_that_is_stopped_by_a_budget_says_so_and_tells_it_too(
    tmp_path: Path, state: Path
) -> None:
    model = ScriptedModel([Reply("Nothing to do.", usage=USED)], INFO)
    options = {"events": True, "maxCostPerDay": 0.015}
    async with serving(model, tmp_path, initialization_options=options) as (editor, _):
        run = (await ask(editor))["run"]
        assert (await end_of(editor, run))["state"] == "answered"
        assert spent_today(state / "codex-lsp" / "spent") == pytest.approx(0.0123)
        run = (await ask(editor))["run"]
        event = await end_of(editor, run)
    assert (event["state"], event["code"]) == ("failed", "budget")
    assert "for a day (maxCostPerDay)" in event["text"]
    assert len(model.requests) == 1
