"""What becomes of a run of the real Codex that is slow, is left by its client, or loses its sidecar."""

from __future__ import annotations

import asyncio
import http.client
import json
import signal
from contextlib import aclosing, suppress
from pathlib import Path

import httpx
import pytest

from codex_lsp import state
from codex_lsp.services.chat import Step
from codex_lsp.services.requests import ChatRequest
from codex_lsp.services.sidecar import run
from codex_lsp.services.sidecar.options import Options, find
from tests.e2e.codex.responses import Hold, ScriptedResponses, command
from tests.e2e.codex.sidecar import PATIENCE, asking, body, left_behind, running, sidecar, until
from tests.services.asking import CHAT
from tests.support.processes import Agent

pytestmark = pytest.mark.timeout(600)

FILES = {"a.py": "one = 1\ntwo = 2\n"}


@pytest.mark.parametrize("busy", ["thinking", "a command"])
def test_a_client_that_hangs_up_ends_all(agent: Agent, model: ScriptedResponses, busy: str) -> None:
    word = f"hang up while {busy}"
    nap = "sleep 4321"
    model.scripts[word] = [Hold()] if busy == "thinking" else [[command(f"(setsid {nap} &) ; {nap}")]]
    model.left.clear()
    awaited = "Well" if busy == "thinking" else "runs "
    with (
        asking(agent) as client,
        client.stream("POST", CHAT, json={**body(word, FILES), "stream": True}) as answer,
    ):
        for line in answer.iter_lines():
            if awaited in line:
                break
        else:
            raise AssertionError(f"the stream ended before {awaited!r}")
        (folder,) = left_behind()
        if busy != "thinking":
            until(lambda: running(nap), "the command does not run")
    until(lambda: not left_behind(), "its folder is still there")
    until(lambda: not running(folder), "Codex still runs")
    until(lambda: not running(nap), "its command still runs")
    if busy == "thinking":
        assert model.left.wait(PATIENCE)


def test_a_hang_up_before_the_first_word(agent: Agent, model: ScriptedResponses) -> None:
    model.scripts["not even a word"] = [Hold("")]
    model.asked.clear()
    model.left.clear()
    connection = http.client.HTTPConnection(agent.url.removeprefix("http://"), timeout=PATIENCE)
    asked = json.dumps(body("Say not even a word.", FILES))
    told = {"Authorization": f"Bearer {agent.token}", "Content-Type": "application/json"}
    connection.request("POST", CHAT, asked, told)
    assert model.asked.wait(PATIENCE)
    connection.close()
    until(lambda: not left_behind(), "its folder is still there")
    assert model.left.wait(PATIENCE)


async def test_a_silence_is_filled(
    codex: Path, model: ScriptedResponses, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Clients take for dead what says nothing for minutes, and slow models think that long."""
    monkeypatch.setattr(run, "QUIET_SECONDS", 0.1)
    model.scripts["think for ever"] = [Hold("")]
    options = Options(codex=str(codex), model="scripted", upstream=model.url)
    asked = ChatRequest("codex", ({"role": "user", "content": "Now think for ever."},))
    async with asyncio.timeout(PATIENCE), aclosing(run.answer(options, find(options), asked)) as pieces:
        first = await anext(pieces)
        assert isinstance(first, Step)
        assert first.text.startswith("Codex is at work: ")
    assert list(state.folder("sidecar").iterdir()) == []


def test_words_come_as_the_model_says_them(agent: Agent, model: ScriptedResponses) -> None:
    model.scripts["never to end"] = [Hold("Well")]
    asked = {**body("A story never to end.", FILES), "stream": True}
    with asking(agent) as client, client.stream("POST", CHAT, json=asked) as answer:
        # Its end never comes.
        assert any('"content":"Well"' in line for line in answer.iter_lines())


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_the_sidecar_ends_in_the_middle_of_work(
    codex: Path, model: ScriptedResponses, how: signal.Signals
) -> None:
    nap = "sleep 5432"
    model.scripts["never be done"] = [[command(f"(setsid {nap} &) ; {nap}")]]
    options = ("--codex", str(codex), "--model", "scripted", "--upstream-base", model.url)
    with sidecar(*options) as agent, asking(agent) as client:
        asked = {**body("never be done", FILES), "stream": True}
        with suppress(httpx.HTTPError), client.stream("POST", CHAT, json=asked) as answer:
            next(line for line in answer.iter_lines() if "runs " in line)
            until(lambda: running(nap), "the command does not run")
            (folder,) = left_behind()
            agent.process.send_signal(how)
        agent.process.wait(PATIENCE)
        until(lambda: not running(folder), "Codex still runs")
        until(lambda: not running(nap), "its command still runs")
    with sidecar(*options) as agent:
        # What a killed one could not tidy up, the next one does.
        assert left_behind() == []
