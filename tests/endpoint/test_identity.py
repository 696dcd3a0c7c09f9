"""Who shares a worker with whom."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from codex_lsp.endpoint.config import EndpointConfig
from codex_lsp.endpoint.identity import identity

CONFIG = EndpointConfig(True, "http://127.0.0.1:9", "sk-secret", "codex-agent/mini")
ENVIRON = {"HOME": "/home/me", "TERM": "xterm", "PWD": "/one"}


def of(config: EndpointConfig = CONFIG, python: str = sys.executable, **environ: str) -> bytes:
    return identity(config, python, ENVIRON | environ)


def test_the_same_is_the_same_wherever_it_is_started() -> None:
    assert of() == of(TERM="dumb", PWD="/two", WINDOWID="7", VIM="/usr/share/vim")
    assert of() == of(CODEX_AGENT_API_KEY="from the environment, as the configuration says already")
    assert of() == of(replace(CONFIG, problems=("a sentence",)))


@pytest.mark.parametrize(
    "config",
    [
        replace(CONFIG, api_base="http://127.0.0.1:8"),
        replace(CONFIG, api_key="sk-other"),
        replace(CONFIG, api_key=""),
        replace(CONFIG, model="codex-agent/other"),
        replace(CONFIG, router_config="/nowhere.yaml"),
    ],
)
def test_another_configuration_is_another_worker(config: EndpointConfig) -> None:
    assert of(config) != of()


@pytest.mark.parametrize(
    "name",
    [
        *("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "HTTPS_PROXY", "no_proxy", "ALL_PROXY"),
        *("PYTHONPATH", "LITELLM_LOG", "REDIS_URL", "OPENAI_API_KEY", "HOME", "LD_PRELOAD"),
    ],
)
def test_what_a_worker_takes_from_the_environment_counts(name: str) -> None:
    assert identity(CONFIG, sys.executable, ENVIRON | {name: "/some/where"}) != of()


def test_another_interpreter_is_another_worker() -> None:
    assert of(python="/usr/bin/python9") != of()


def test_a_router_configuration_counts_with_its_content_and_its_variables(tmp_path: Path) -> None:
    file = tmp_path / "router.yaml"
    file.write_text("model_list: []")
    config = replace(CONFIG, router_config=str(file))
    first = of(config)
    assert of(config, TEAM_KEY="1") == first
    file.write_text("model_list: [] # api_key: os.environ/TEAM_KEY")
    assert of(config) != first
    assert of(config, TEAM_KEY="1") != of(config, TEAM_KEY="2")


def test_a_file_that_cannot_be_read_is_no_error_here(tmp_path: Path) -> None:
    assert of(replace(CONFIG, router_config=str(tmp_path))) != of()
    assert of(replace(CONFIG, router_config="~nobody-of-this-name/router.yaml")) != of()


def test_litellm_is_not_imported_for_it() -> None:
    done = os.spawnv(
        os.P_WAIT,
        sys.executable,
        [
            sys.executable,
            "-c",
            "import os, sys; from codex_lsp.endpoint.config import EndpointConfig;"
            "from codex_lsp.endpoint.identity import identity;"
            "identity(EndpointConfig(True, 'http://x'), sys.executable, os.environ);"
            "sys.exit('litellm' in sys.modules)",
        ],
    )
    assert done == 0
