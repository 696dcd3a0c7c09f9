"""The fleet's file: what is read from it, and what is said of one that cannot be used."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from codex_lsp.endpoint.config import EndpointConfig
from codex_lsp.endpoint.errors import Unconfigured
from codex_lsp.endpoint.fleet import Fleet, read

ONE = "model_list: [{model_name: team, litellm_params: {model: codex-agent/mini, api_base: 'http://a:1'}}]\n"

TEAM = """
model_list:
  - model_name: team
    litellm_params: {model: codex-agent/mini, api_base: "http://a:1", api_key: os.environ/TEAM_KEY, rpm: 9}
    model_info: {input_cost_per_token: 0.001}
  - model_name: reserve
    litellm_params: {model: codex-agent/maxi}
router_settings:
  routing_strategy: least-busy
  redis_host: os.environ/TEAM_REDIS
  cache_kwargs: {namespace: os.environ/TEAM_KEY}
  fallbacks: [team: [reserve]]
general_settings: {master_key: sk-proxy}
"""


def fleet(folder: Path, content: str, **more: Any) -> Fleet:
    file = folder / "router.yaml"
    file.write_text(content, encoding="utf-8")
    return read(EndpointConfig(enabled=True, router_config=str(file), **more))


@pytest.fixture
def team(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fleet:
    monkeypatch.setenv("TEAM_KEY", "sk-team")
    monkeypatch.setenv("TEAM_REDIS", "redis-1")
    return fleet(tmp_path, TEAM, api_base="http://b:2")


def test_deployments(team: Fleet) -> None:
    first, second = team.deployments
    known = (first.group, first.model, first.api_base, first.api_key)
    assert known == ("team", "mini", "http://a:1", "sk-team")
    assert first.entry["litellm_params"]["rpm"] == 9
    assert first.entry["model_info"] == {"input_cost_per_token": 0.001}
    assert (second.api_base, second.api_key) == ("http://b:2", "")


@pytest.mark.parametrize(
    ("model", "meant"),
    [
        ("reserve", "maxi"),
        ("codex-agent/reserve", "maxi"),
        ("other/reserve", "mini"),
        ("codex-agent/none", "mini"),
    ],
)
def test_the_group_that_a_model_means(team: Fleet, model: str, meant: str) -> None:
    assert [each.model for each in team.of_group(model)] == [meant]


def test_settings(team: Fleet) -> None:
    assert team.settings == {
        "routing_strategy": "least-busy",
        "redis_host": "redis-1",
        "redis_port": 6379,
        "cache_kwargs": {"namespace": "sk-team"},
        "fallbacks": [{"team": ["reserve"]}],
    }
    assert team.shared == "redis-1:6379"
    assert team.passed_over == ("general_settings",)


def test_no_key_is_shown(team: Fleet) -> None:
    assert "sk-team" not in repr(team)
    assert "sk-proxy" not in repr(team)


def test_the_password_of_a_redis_address_is_not_shown(tmp_path: Path) -> None:
    found = fleet(tmp_path, ONE + "router_settings: {redis_url: 'redis://:secret@cache:6380/1'}")
    assert found.shared == "cache:6380"
    assert fleet(tmp_path, ONE).shared == ""


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("model_list: [", "is no YAML"),
        ("[1]", "needs a model_list"),
        ("", "needs a model_list"),
        ("model_list: []", "needs a model_list"),
        (ONE + "router_settings: [1]", "needs a model_list"),
        (ONE + "router_setings: {}", "'router_setings' is not known"),
        (
            ONE + "router_settings: {redis_password: os.environ/NO_SUCH}",
            "router_settings.redis_password names",
        ),
        ("model_list: [7]", "needs a model_name and litellm_params"),
        ("model_list: [{model_name: a, litellm_params: {model: gpt-4o}}]", "only codex-agent/<id> is asked"),
        ("model_list: [{model_name: a, litellm_params: {model: codex-agent/x}}]", "has no api_base"),
        (
            "model_list: [{model_name: a, litellm_params: {model: codex-agent/x, api_base: b}}]",
            "no address|not an",
        ),
        (ONE.replace("'http://a:1'", "'http://a:1', api_key: os.environ/NO_SUCH"), "team: api_key names"),
        (ONE.replace("mini", "replicate-x"), "another provider"),
    ],
)
def test_files_that_cannot_be_used(tmp_path: Path, content: str, sentence: str) -> None:
    with pytest.raises(Unconfigured, match=sentence):
        fleet(tmp_path, content)


@pytest.mark.parametrize("name", ["router.yaml", "./router.yaml", "~nobody-here/router.yaml"])
def test_only_an_absolute_path_is_read(name: str) -> None:
    with pytest.raises(Unconfigured, match="absolute path"):
        read(EndpointConfig(enabled=True, router_config=name))
