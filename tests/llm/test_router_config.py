"""Our own Router: the gate, the YAML file, and what it refuses."""

from __future__ import annotations

import re
import sys
from contextlib import aclosing
from pathlib import Path
from typing import Any

import litellm
import pytest

from codex_lsp.agent.model import Delta, Reply, Request
from codex_lsp.endpoint.config import GATE, EndpointConfig
from codex_lsp.endpoint.errors import Off, Unconfigured
from codex_lsp.llm.assemble import Assembler
from codex_lsp.llm.failures import from_litellm
from codex_lsp.llm.router import AgentRouter
from tests.support.endpoint import Answer, Raw, ScriptedEndpoint

REQUEST = Request([{"role": "user", "content": "Hello."}])


def config(file: Path, content: str, **more: Any) -> EndpointConfig:
    file.write_text(content, encoding="utf-8")
    return EndpointConfig(enabled=True, router_config=str(file), **more)


async def complete(router: AgentRouter, deltas: list[Delta] | None = None) -> Reply:
    assembler = Assembler((deltas if deltas is not None else []).append)
    async with aclosing(await router.stream(REQUEST)) as stream:
        async for chunk in stream:
            assembler.add(chunk)
    return assembler.reply()


async def test_several_deployments(
    endpoint: ScriptedEndpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEAM_KEY", "sk-team")
    endpoint.play(Answer("ok"), Answer("ok"))
    content = f"""
model_list:
  - model_name: other
    litellm_params: {{model: codex-agent/large, api_base: "http://127.0.0.1:9"}}
  - model_name: team
    litellm_params:
      model: codex-agent/small
      api_base: {endpoint.base_url}
      api_key: os.environ/TEAM_KEY
router_settings:
  num_retries: 0
"""
    router = AgentRouter(config(tmp_path / "router.yaml", content, model="team"))
    assert (router.api_base, router.api_key, router.model) == (endpoint.base_url, "sk-team", "small")
    assert (await complete(router)).content == "ok"
    assert endpoint.requests[0].headers["authorization"] == "Bearer sk-team"
    assert endpoint.requests[0].json["model"] == "small"


async def test_the_first_group_is_asked_where_the_model_names_none(
    endpoint: ScriptedEndpoint, tmp_path: Path
) -> None:
    endpoint.play(Answer("ok"))
    content = "model_list: [{model_name: team, litellm_params: {model: codex-agent/small}}]"
    router = AgentRouter(config(tmp_path / "router.yaml", content, api_base=endpoint.base_url))
    await complete(router)
    assert endpoint.requests[0].json["model"] == "small"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("model_list: [", "is no YAML"),
        ("[1]", "needs a model_list"),
        ("model_list: []", "needs a model_list"),
        ("router_settings: {}", "needs a model_list"),
        ("model_list: [7]", "needs a model_name and litellm_params"),
        ("model_list: [{model_name: a, litellm_params: {model: gpt-4o}}]", "only codex-agent/<id> is asked"),
        ("model_list: [{model_name: a, litellm_params: {model: codex-agent/x}}]", "has no api_base"),
        (
            "model_list: [{model_name: a, litellm_params: {model: codex-agent/x, api_base: nowhere}}]",
            "is not an address",
        ),
        (
            "model_list: [{model_name: a, litellm_params: {model: codex-agent/x, api_base: 'http://h'}}]\n"
            "router_settings: {no_such_setting: 1}",
            "router_settings has no 'no_such_setting'",
        ),
        (
            "model_list: [{model_name: a, litellm_params: {model: codex-agent/x, api_base: 'http://h'}}]\n"
            "router_settings: {routing_stratgy: least-busy}",
            "'routing_stratgy'; did you mean routing_strategy",
        ),
    ],
)
def test_files_that_cannot_be_used(tmp_path: Path, content: str, sentence: str) -> None:
    with pytest.raises(Unconfigured, match=sentence):
        AgentRouter(config(tmp_path / "router.yaml", content))


def test_the_fleet_of_the_documents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("TEAM_KEY", "RESERVE_KEY", "TEAM_REDIS_PASSWORD"):
        monkeypatch.setenv(name, f"sk-{name}")
    text = (Path(__file__).parents[2] / "docs" / "OPERATIONS.md").read_text(encoding="utf-8")
    _, content, _ = re.split(r"```yaml\n(.*?)```", text, maxsplit=1, flags=re.DOTALL)
    # The Router would look for the Redis at once.
    content = "".join(line for line in content.splitlines(True) if "redis_" not in line)
    router = AgentRouter(config(tmp_path / "router.yaml", content, model="codex-agent/team"))
    assert (router.api_base, router.model) == ("https://gpu-1.example.org", "coder")
    assert set(router.keys) == {"sk-TEAM_KEY", "sk-RESERVE_KEY"}


def test_a_redis_without_its_client_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "redis", None)
    content = (
        "model_list: [{model_name: a, litellm_params: {model: codex-agent/x, api_base: 'http://h'}}]\n"
        "router_settings: {redis_url: 'redis://127.0.0.1:9'}"
    )
    with pytest.raises(Unconfigured, match=r"pip install 'codex-lsp\[fleet\]'"):
        AgentRouter(config(tmp_path / "router.yaml", content))


def test_a_file_that_is_not_there_or_not_absolute(tmp_path: Path) -> None:
    with pytest.raises(Unconfigured, match="cannot be read"):
        AgentRouter(EndpointConfig(enabled=True, router_config=str(tmp_path / "none.yaml")))
    with pytest.raises(Unconfigured, match="must be an absolute path"):
        AgentRouter(EndpointConfig(enabled=True, router_config="router.yaml"))


async def test_a_gate_that_closes_sends_nothing_to_any_fallback(
    endpoint: ScriptedEndpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deployment = f'{{model: codex-agent/x, api_base: "{endpoint.base_url}"}}'
    content = f"""
model_list:
  - {{model_name: first, litellm_params: {deployment}}}
  - {{model_name: second, litellm_params: {deployment}}}
router_settings: {{fallbacks: [first: [second]]}}
"""
    router = AgentRouter(config(tmp_path / "router.yaml", content))
    monkeypatch.setenv(GATE, "0")
    with pytest.raises(Off):
        await router.stream(REQUEST)
    assert endpoint.requests == []


async def test_one_401_does_not_close_a_lone_deployment(endpoint: ScriptedEndpoint) -> None:
    endpoint.play(Raw(401), Raw(401), Answer("ok"))
    router = AgentRouter(EndpointConfig(enabled=True, api_base=endpoint.base_url, api_key="sk-1"))
    for _ in range(2):
        with pytest.raises(litellm.AuthenticationError) as caught:
            await complete(router)
        assert from_litellm(caught.value).code == "unauthorized"
    assert (await complete(router)).content == "ok"


def test_what_litellm_says_on_its_own_has_no_key() -> None:
    error = from_litellm(litellm.BadRequestError("no such parameter, sk-1", "mini", "x"), ["", "sk-1"])
    assert error.code == "refused"
    assert "sk-1" not in str(error)
    assert "LiteLLM did not send the request" in str(error)
