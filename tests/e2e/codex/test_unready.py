"""Where Codex cannot be asked, that is what is said: by `/readyz`, and to whoever asks all the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.e2e.codex.responses import Refuse, ScriptedResponses
from tests.e2e.codex.sidecar import answered, asking, body, left_behind, ready, sidecar, until
from tests.services.asking import CHAT, stream

pytestmark = pytest.mark.timeout(600)

BASE = "http://127.0.0.1:9"


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        (("--codex", "/nowhere/codex", "--model", "m", "--upstream-base", BASE), "The Codex CLI is not here"),
        (("--upstream-base", BASE), "No model is named"),
        (("--model", "m"), "Codex has no way to sign in"),
        (("--model", "m", "--auth-file", "/dev/null"), "The sign-in of Codex is empty"),
        (("--model", "m", "--auth-file", "/nowhere/auth.json"), "The sign-in of Codex cannot be read"),
    ],
)
def test_what_is_missing_is_told(codex: Path, options: tuple[str, ...], problem: str) -> None:
    if "--codex" not in options:
        options = (*options, "--codex", str(codex))
    with sidecar(*options) as agent:
        status, said = ready(agent)
        assert (status, said[: len(problem)]) == (503, problem)
        answer = answered(agent, "Hello?", {"a.py": "1\n"})
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "codex_unready")
        with asking(agent) as client:
            assert client.get("/healthz").status_code == 200


def test_a_program_that_is_not_codex(model: ScriptedResponses, tmp_path: Path) -> None:
    program = tmp_path / "codex"
    program.write_text("#!/bin/sh\necho I am something else >&2\nexit 3\n", encoding="utf-8")
    program.chmod(0o755)
    with sidecar("--codex", str(program), "--model", "m", "--upstream-base", model.url) as agent:
        status, said = ready(agent)
        assert (status, said.startswith("Codex does not start: ")) == (503, True)
        answer = answered(agent, "Hello?")
        assert (answer.status_code, answer.json()["error"]["code"]) == (503, "codex_failed")
        assert "I am something else" in answer.json()["error"]["message"]
    assert left_behind() == []


def test_a_model_that_its_server_does_not_have(codex: Path, model: ScriptedResponses) -> None:
    """Its list of models is there all the same, and would tell nothing."""
    model.scripts["Answer with OK."] = [Refuse(404)]
    options = ("--codex", str(codex), "--model", "no-such-model", "--upstream-base", model.url)
    with sidecar(*options) as agent:
        status, said = ready(agent)
        assert status == 503
        assert "has no model 'no-such-model', or no /responses: pull the model" in said
    del model.scripts["Answer with OK."]


def test_a_model_that_is_well_no_longer_and_well_again(codex: Path) -> None:
    with (
        ScriptedResponses({}) as model,
        sidecar("--codex", str(codex), "--model", "m", "--upstream-base", model.url) as agent,
    ):
        assert ready(agent) == (200, "")
        model.keys = frozenset({"sk-right"})
        until(lambda: "does not take the key" in ready(agent)[1], "it is still said to be well")
        model.keys = frozenset()
        until(lambda: ready(agent)[0] == 200, "it is not seen that it is well")


def test_a_key_that_is_not_taken(codex: Path, model: ScriptedResponses, tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("sk-wrong\n", encoding="utf-8")
    options = ("--codex", str(codex), "--model", "m", "--upstream-base", model.url)
    model.keys = frozenset({"sk-right"})
    try:
        with sidecar(*options, "--upstream-key-file", str(key)) as agent:
            status, said = ready(agent)
            assert (status, "does not take the key" in said, "sk-wrong" in said) == (503, True, False)
        with sidecar(*options, CODEX_SIDECAR_UPSTREAM_KEY="sk-right") as agent:
            assert ready(agent) == (200, "")
    finally:
        model.keys = frozenset()


def test_a_sign_in_of_codex_is_only_read(codex: Path, tmp_path: Path) -> None:
    held = json.dumps({"OPENAI_API_KEY": "sk-from-a-file"})
    auth = tmp_path / "auth.json"
    auth.write_text(held, encoding="utf-8")
    auth.chmod(0o400)
    with sidecar("--codex", str(codex), "--auth-file", str(auth)) as agent:
        assert ready(agent) == (200, "")
    assert auth.read_text(encoding="utf-8") == held
    assert left_behind() == []


def test_an_echo_says_so_everywhere() -> None:
    with sidecar("--echo") as agent, asking(agent) as client:
        assert client.get("/healthz").json()["mode"] == "echo"
        assert client.get("/readyz").json()["mode"] == "echo"
        assert client.get("/v1/models").json()["codex_agent"]["mode"] == "echo"
        answer = client.post(CHAT, json=body("one two", {"a.py": "1\n"})).json()
        assert (answer["codex_agent"]["mode"], answer["codex_agent"]["stop_reason"]) == ("echo", "echo")
        assert answer["choices"][0]["message"]["content"].strip() == "one two"
        told = stream(client, body("one two"))
        assert {event["codex_agent"]["mode"] for event in told.events} == {"echo"}
