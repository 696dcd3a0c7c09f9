"""What a reply costs, by LiteLLM's table and by what stands with a deployment."""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from codex_lsp.agent.model import Prices, Reply, Request, Usage
from codex_lsp.endpoint.config import EndpointConfig
from codex_lsp.llm import prices
from codex_lsp.llm.assemble import Assembler
from codex_lsp.llm.router import AgentRouter
from tests.support.endpoint import Answer, ScriptedEndpoint

REQUEST = Request([{"role": "user", "content": "Hello."}])


def entry(model: str, *, info: dict[str, float] | None = None, **params: float) -> dict[str, Any]:
    return {"litellm_params": {"model": f"codex-agent/{model}", **params}, "model_info": info or {}}


def reply(model: str, prompt: int, completion: int) -> Reply:
    return Reply("yes", usage=Usage(prompt, completion, prompt + completion), model=model)


def test_by_the_served_model_before_the_one_asked_for() -> None:
    assert prices.cost(entry("mini"), reply("gpt-4o", 1000, 100)) == pytest.approx(0.0025 + 0.001)
    assert prices.cost(entry("gpt-4o"), reply("served-mini", 1000, 100)) == pytest.approx(0.0025 + 0.001)
    assert prices.cost(entry("gpt-4o"), reply("gpt-4o-mini", 1000, 100)) == pytest.approx(0.00015 + 0.00006)


def test_long_prompts_cost_what_they_cost() -> None:
    assert prices.cost(entry("gemini-2.5-pro"), reply("", 300_000, 100)) == pytest.approx(0.75 + 0.0015)
    assert prices.highest([entry("gemini-2.5-pro")]) == Prices(2.5e-06, 1.5e-05)


def test_what_the_person_set_counts_before_any_table() -> None:
    own = entry("gpt-4o", info={"input_cost_per_token": 0.5})
    assert prices.cost(own, reply("gpt-4o", 3, 100)) == 1.5
    both = entry("gpt-4o", input_cost_per_token=1.0, output_cost_per_token=2.0)
    assert prices.cost(both, reply("gpt-4o", 3, 4)) == 11
    assert prices.highest([both, own]) == Prices(1.0, 2.0)


def test_an_unknown_model_has_no_price() -> None:
    assert prices.cost(entry("mini"), reply("served-mini", 1000, 100)) is None
    assert prices.highest([entry("mini")]) is None
    assert prices.highest([entry("mini"), entry("gpt-4o")]) is None


async def test_the_deployment_that_answered_sets_the_price(
    endpoint: ScriptedEndpoint, tmp_path: Path
) -> None:
    endpoint.play(Answer("ok"))
    file = tmp_path / "router.yaml"
    file.write_text(
        f"""
model_list:
  - model_name: team
    litellm_params:
      model: codex-agent/mini
      api_base: {endpoint.base_url}
      input_cost_per_token: 0.001
    model_info: {{output_cost_per_token: 0.01}}
""",
        encoding="utf-8",
    )
    router = AgentRouter(EndpointConfig(enabled=True, router_config=str(file)))
    assert (await router.describe()).prices == Prices(0.001, 0.01)
    assembler = Assembler(lambda delta: None)
    async with aclosing(await router.stream(REQUEST)) as stream:
        async for chunk in stream:
            assembler.add(chunk)
    priced = router.priced(assembler.reply(), assembler.deployment)
    assert replace(priced.usage, cost=None) == Usage(11, 7, 18)
    assert priced.usage.cost == pytest.approx(0.081)
    assert set(endpoint.requests[-1].json) == {"model", "messages", "stream", "stream_options"}
