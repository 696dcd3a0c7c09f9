"""The profile `cpu`, with llama.cpp's server in Ollama's place: fetched first, then served, then asked.

Its model is made of random numbers: what is seen are the order, the networks and the wire, and no edit.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.e2e import debian, tiny_model
from tests.e2e.services import llama_backend, llama_options
from tests.e2e.stack.conftest import Stack, up
from tests.e2e.stack.engine import Engine
from tests.support.processes import codex_lsp

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1800)]

SECONDS = 240
# Replies end soon: the end has a few times the chance of any other token.
ENDS = ("--jinja", "--logit-bias", "2+1")


@pytest.fixture(scope="module")
def stack(images: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    folder = tmp_path_factory.mktemp("ollama")
    tiny_model.write(folder / "tiny.gguf")
    file = folder / "llama.json"
    file.write_text(json.dumps({"services": llama(folder / "tiny.gguf")}), encoding="utf-8")
    model = {"CODEX_STACK_MODEL": "tiny", "CODEX_STACK_MINI_MODEL": "mini=openai/tiny"}
    place = {"CODEX_STACK_UPSTREAM": "http://ollama:11434/v1"}
    with up(images, folder, "cpu", more=("-f", str(file)), **model, **place) as running:
        yield running


def llama(model: Path) -> dict[str, object]:
    """What the services are, instead: what is fetched is a file, and what serves it llama.cpp."""
    folder = debian.unpack(debian.LLAMA)
    command = debian.LLAMA.command() + llama_options("/models/tiny.gguf", "0.0.0.0", 11434) + list(ENDS)
    inside = [word.replace(str(folder), "/llama") for word in command]
    backend = str(llama_backend()).replace(str(folder), "/llama")
    asked = "import urllib.request as r; r.urlopen('http://127.0.0.1:11434/health')"
    return {
        "ollama-pull": {
            "command": ["cp /from/tiny.gguf /models"],
            "volumes": [f"{model}:/from/tiny.gguf:ro"],
        },
        "ollama": {
            "command": inside,
            "volumes": [f"{folder}:/llama:ro"],
            "environment": {"GGML_BACKEND_PATH": backend},
            "healthcheck": {"test": ["CMD", "python3", "-c", asked], "interval": "1s"},
        },
    }


def test_the_model_is_fetched_before_it_is_served_and_served_before_it_is_asked(stack: Stack) -> None:
    lines = stack.compose("ps", "--all", "--format", "json").splitlines()
    states = {each["Service"]: each for each in map(json.loads, lines)}
    assert (states["ollama-pull"]["State"], states["ollama-pull"]["ExitCode"]) == ("exited", 0)
    times = {name: times_of(stack, each["Name"]) for name, each in states.items()}
    assert times["ollama-pull"][1] <= times["ollama"][0] <= times["mini-agent"][0] <= times["door"][0]
    assert times["ollama"][0] <= times["codex-sidecar"][0] <= times["door"][0]


def times_of(stack: Stack, container: str) -> tuple[str, str]:
    """When it was started and when it ended, as texts that sort."""
    shown = json.loads(stack.engine.docker("inspect", container))[0]["State"]
    return shown["StartedAt"], shown["FinishedAt"]


def test_only_what_fetches_the_model_is_in_a_network_that_leads_out(stack: Stack) -> None:
    leads_out = {}
    for line in stack.compose("ps", "--all", "--format", "json").splitlines():
        each = json.loads(line)
        shown = json.loads(stack.engine.docker("inspect", each["Name"]))[0]
        networks = json.loads(
            stack.engine.docker("network", "inspect", *shown["NetworkSettings"]["Networks"])
        )
        leads_out[each["Service"]] = {
            net["Name"].rpartition("_")[2] for net in networks if not net["Internal"]
        }
        assert shown["Config"]["User"] == "10001:10001"
    assert leads_out == {
        "ollama": set(),
        "mini-agent": set(),
        "codex-sidecar": set(),
        "ollama-pull": {"outside"},
        "door": {"edge"},
    }
    edge = json.loads(stack.engine.docker("network", "inspect", "codex-lsp_edge"))[0]
    assert edge["Options"]["com.docker.network.bridge.enable_ip_masquerade"] == "false"


def test_words_come_from_the_model_through_the_door(stack: Stack) -> None:
    headers = {"Authorization": f"Bearer {stack.token}"}
    body = {"model": "mini", "messages": [{"role": "user", "content": "Hello."}]}
    with httpx.Client(trust_env=False, timeout=SECONDS, headers=headers) as http:
        answer = http.post(f"{stack.base('mini-agent')}/v1/chat/completions", json=body)
    assert answer.status_code == 200, answer.text
    assert answer.json()["usage"]["prompt_tokens"] > 0
    assert answer.json()["usage"]["completion_tokens"] > 0


def test_doctor_finds_all_of_it_ready(stack: Stack, tmp_path: Path) -> None:
    done = codex_lsp(
        "doctor",
        "--stack",
        "--no-ask",
        "--json",
        "--timeout",
        "60",
        env=stack.environ(),
        cwd=tmp_path,
        timeout=SECONDS,
    )
    statuses = {check["name"]: check["status"] for check in json.loads(done.stdout)["checks"]}
    asks = {name for name in statuses if name.endswith(" ask")}
    assert done.returncode == 0, done.stdout
    assert {statuses[name] for name in asks} == {"skipped"}
    assert {status for name, status in statuses.items() if name not in asks} == {"ok"}
