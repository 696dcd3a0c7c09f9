"""How the provider is made known to LiteLLM, and what of LiteLLM's it leaves alone."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import litellm
import pytest
from litellm import CustomLLM

import codex_lsp.llm
from codex_lsp.agent.model import Request
from codex_lsp.endpoint.config import EndpointConfig
from codex_lsp.endpoint.errors import Unconfigured
from codex_lsp.llm.names import require_safe_id
from codex_lsp.llm.router import AgentRouter
from tests.llm.routing import ask, router
from tests.support.endpoint import Answer, ScriptedEndpoint

REQUEST = Request([{"role": "user", "content": "Hello."}])


@pytest.fixture(autouse=True)
def provider_map() -> Iterator[None]:
    before = litellm.custom_provider_map
    yield
    litellm.custom_provider_map = before


def foreign() -> dict[str, object]:
    return {"provider": "my-llm", "custom_handler": CustomLLM()}


def test_registering_is_in_place_and_adds_each_name_once() -> None:
    mine = foreign()
    entries = [mine]
    litellm.custom_provider_map = entries
    for _ in range(3):
        codex_lsp.llm.register()
    assert litellm.custom_provider_map is entries
    assert entries[0] is mine
    assert [entry["provider"] for entry in entries] == ["my-llm", "codex-agent", "codex_cli_agent"]


def test_registering_from_many_threads() -> None:
    litellm.custom_provider_map = []
    barrier = threading.Barrier(8)

    def register() -> None:
        barrier.wait(5)
        codex_lsp.llm.register()

    threads = [threading.Thread(target=register) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(litellm.custom_provider_map) == 2


async def test_anyones_router_survives_an_assignment(endpoint: ScriptedEndpoint) -> None:
    endpoint.play(Answer("before"), Answer("after"))
    asked = router(endpoint.base_url)
    assert (await ask(asked, stream=False)).choices[0].message.content == "before"
    litellm.custom_provider_map = [foreign()]
    codex_lsp.llm.register()
    assert (await ask(asked, stream=False)).choices[0].message.content == "after"


async def test_our_own_router_registers_before_each_request(endpoint: ScriptedEndpoint) -> None:
    endpoint.play(Answer("before"), Answer("after"))
    asked = AgentRouter(EndpointConfig(enabled=True, api_base=endpoint.base_url))
    for _ in range(2):
        async for _chunk in await asked.stream(REQUEST):
            pass
        litellm.custom_provider_map = [foreign()]
    assert len(endpoint.requests) == 2


@pytest.mark.parametrize(
    "model",
    [
        "codex-agent/replicate-x",
        "codex-agent/my-Clarifai",
        "codex-agent/ft:gpt-3.5-turbo-x",
        "codex-agent/ft:babbage-002:x",
        "codex_cli_agent/ft:davinci-002",
        "codex-agent/responses/gpt-4o",
        *(f"codex-agent/{name}" for name in litellm.petals_models),
        *(f"codex-agent/{sorted(names)[0]}" for names in (litellm.snowflake_models, litellm.ovhcloud_models)),
    ],
)
def test_names_that_litellm_would_take_elsewhere(model: str) -> None:
    with pytest.raises(Unconfigured, match="give the model another name"):
        require_safe_id(model)
    with pytest.raises(Unconfigured, match="give the model another name"):
        AgentRouter(EndpointConfig(enabled=True, api_base="http://127.0.0.1:9", model=model))


@pytest.mark.parametrize(
    "name",
    [
        "gpt-4o",
        "gpt-5-codex",
        "o3",
        "claude-sonnet-4-5",
        "gemini/gemini-2.5-pro",
        "openai/gpt-oss-20b",
        "azure/x",
    ],
)
@pytest.mark.parametrize("stream", [False, True])
async def test_names_of_other_providers_models_reach_our_server(
    endpoint: ScriptedEndpoint, monkeypatch: pytest.MonkeyPatch, name: str, stream: bool
) -> None:
    for key in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY", "AZURE_API_KEY"):
        monkeypatch.setenv(key, "sk-other")
    endpoint.play(Answer("ok"))
    await ask(router(endpoint.base_url, model=f"codex-agent/{name}"), stream=stream)
    [request] = endpoint.requests
    assert request.json["model"] == name
    assert "authorization" not in request.headers
