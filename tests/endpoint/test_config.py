"""The address in all its forms, and what is read from where."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_lsp.endpoint.config import (
    API_BASE,
    API_KEY,
    GATE,
    MODEL,
    EndpointConfig,
    chat_url,
    health_url,
    is_enabled,
    load,
    models_url,
    origin,
    upstream_id,
)
from codex_lsp.endpoint.errors import Off, Unconfigured

hosts = st.sampled_from(
    ["http://127.0.0.1:8010", "https://example.org", "http://[::1]:80", "https://h/prefix"]
)
suffixes = st.sampled_from(
    ["", "/", "/v1", "/v1/", "/v1/chat/completions", "/v1/models", "/chat/completions/"]
)
segments = st.text(st.characters(codec="ascii", categories=["L", "N"], include_characters="-._~"), min_size=1)


@given(hosts, suffixes)
def test_every_form_of_a_base_is_the_same_address(host: str, suffix: str) -> None:
    assert chat_url(host + suffix) == f"{host}/v1/chat/completions"
    assert models_url(host + suffix) == f"{host}/v1/models"
    assert health_url(host + suffix) == f"{host}/healthz"


@given(hosts, st.lists(segments, max_size=4), st.sampled_from(["", "/", "//"]))
def test_an_address_made_of_an_address_is_itself(host: str, path: list[str], end: str) -> None:
    base = "/".join([host, *path]) + end
    once = chat_url(base)
    assert chat_url(once) == once
    assert chat_url(models_url(base)) == once
    assert origin(once) == origin(base)


@pytest.mark.parametrize(
    "base",
    ["", "h:1", "//h", "ftp://h", "http://", "http://h:x", "http://h:99999", "http://h:0", "http://[::1"],
)
def test_what_is_no_address(base: str) -> None:
    with pytest.raises(Unconfigured, match="CODEX_AGENT_API_BASE is not an address"):
        chat_url(base)


@pytest.mark.parametrize("base", ["http://u@h", "http://u:sk-1@h", "http://h?key=sk-1", "http://h#x"])
def test_an_address_that_holds_more(base: str) -> None:
    with pytest.raises(Unconfigured, match="CODEX_AGENT_API_KEY") as caught:
        chat_url(base)
    assert "sk-1" not in str(caught.value)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("HTTP://Example.ORG", "http://example.org:80"),
        ("https://h:8443/v1?x=1", "https://h:8443"),
        ("http://[::1]:1/", "http://[::1]:1"),
        ("nowhere", ""),
        ("http://h:x", ""),
    ],
)
def test_origin(address: str, expected: str) -> None:
    assert origin(address) == expected


@pytest.mark.parametrize(("value", "enabled"), [("1", True), (" 1 ", True), ("", False), ("true", False)])
def test_the_gate(value: str, enabled: bool) -> None:
    assert is_enabled({GATE: value}) is enabled
    assert not is_enabled({})


@pytest.mark.parametrize(
    ("model", "expected"),
    [("codex-agent/mini", "mini"), ("codex_cli_agent/org/x", "org/x"), ("mini", "mini"), ("org/x", "org/x")],
)
def test_what_goes_upstream(model: str, expected: str) -> None:
    assert upstream_id(model) == expected


@pytest.mark.parametrize("model", ["", "codex-agent/", "codex-agent/a b", "codex-agent/a\n", "x/replicate"])
def test_ids_that_are_none(model: str) -> None:
    with pytest.raises(Unconfigured):
        upstream_id(model)


def test_states() -> None:
    assert EndpointConfig().state == "off"
    assert EndpointConfig(enabled=True).state == "unconfigured"
    assert EndpointConfig(enabled=True, api_base="http://h").state == "ready"
    with pytest.raises(Off):
        EndpointConfig(api_base="http://h").require_ready()
    with pytest.raises(Unconfigured):
        EndpointConfig(enabled=True).require_ready()


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(
        f'{GATE} = "1"\n{API_BASE} = "http://file"\n{MODEL} = "codex-agent/file"\n', encoding="utf-8"
    )
    config = load({API_BASE: "http://env"}, file)
    assert (config.enabled, config.api_base, config.model) == (True, "http://env", "codex-agent/file")
    assert load(config.as_environ(), tmp_path / "none") == config


@pytest.mark.parametrize(
    ("base", "key"), [("http://file:80/v1", "sk-file"), ("http://other", ""), ("https://file", "")]
)
def test_the_files_key_is_for_the_files_server(tmp_path: Path, base: str, key: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f'{API_BASE} = "http://file"\n{API_KEY} = "sk-file"\n', encoding="utf-8")
    assert load({API_BASE: base}, file).api_key == key
    assert load({API_BASE: base, API_KEY: "sk-env"}, file).api_key == "sk-env"
    assert load({}, file).api_key == "sk-file"


@pytest.mark.parametrize(
    ("content", "problem"), [("a = [", "was not read"), (f"{API_KEY} = 7", "must be a string"), ("x = 7", "")]
)
def test_problems_with_the_file_are_told(tmp_path: Path, content: str, problem: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(content, encoding="utf-8")
    config = load({}, file)
    assert config.api_key == ""
    assert bool(config.problems) == bool(problem)
    assert all(problem in told for told in config.problems)


def test_a_configuration_folder_that_cannot_be_is_no_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert load({}, tmp_path / "file" / "config.toml").problems == ()
