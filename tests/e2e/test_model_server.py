"""A real model server, llama.cpp's: its wire, not its wisdom, since its model is made of random numbers."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from codex_lsp.agent.asks.ask import Ask
from codex_lsp.agent.limits import Unfinished
from codex_lsp.agent.model import Delta, Request
from codex_lsp.agent.overlay import Overlay, Snapshot
from codex_lsp.agent.run import execute
from codex_lsp.agent.talk import Listener
from codex_lsp.agent.tools import Toolbox
from codex_lsp.edits import EditError, Focus
from codex_lsp.endpoint.config import EndpointConfig
from codex_lsp.endpoint.errors import ToolsRefused, Unauthorized
from codex_lsp.endpoint.remote import RemoteModel
from tests.e2e.services import Service, model_server
from tests.support.processes import clean_environ, codex_lsp

KEY = "sk-tiny"
TEXT = "def add( a,b ):\n    return a+b\n"
ASK = Ask("Tidy up.", Focus("m.py", 0, len(TEXT)))
HELLO = Request(({"role": "user", "content": "Hello."},))
# Without a template engine it knows some templates by their names, and no tools.
NO_TOOLS = ("--no-jinja", "--chat-template", "chatml")
# All tokens have a like chance; the end has a few times that of another, so that replies are short.
ENDS = ("--logit-bias", "2+1")
REFUSAL = re.compile("tools param requires")
REPLIES = 8


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with model_server(tmp_path_factory.mktemp("server"), "--jinja", "--api-key", KEY, *ENDS) as service:
        yield service


@pytest.fixture(scope="module")
def toolless(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with model_server(tmp_path_factory.mktemp("toolless"), *NO_TOOLS, *ENDS) as service:
        yield service


@pytest.fixture(scope="module")
def endless(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with model_server(tmp_path_factory.mktemp("endless"), "--ignore-eos") as service:
        yield service


def config(service: Service, key: str = KEY, **more: Any) -> EndpointConfig:
    return EndpointConfig(True, f"http://127.0.0.1:{service.port}", key, "codex-agent/tiny", **more)


@asynccontextmanager
async def model(configuration: EndpointConfig) -> AsyncIterator[RemoteModel]:
    reached = RemoteModel(configuration)
    try:
        yield reached
    finally:
        await reached.close()


def overlay() -> Overlay:
    return Overlay({"m.py": Snapshot("m.py", TEXT)}, None)


def tools() -> tuple[Any, ...]:
    return tuple(Toolbox(overlay(), ASK).schemas)


async def test_streams_counts_and_ends(server: Service) -> None:
    deltas: list[Delta] = []
    async with model(config(server)) as reached:
        info = await reached.describe()
        assert (info.kind, info.name, info.prices) == ("model", "tiny", None)
        async with asyncio.timeout(60):
            replies = [await reached.complete(HELLO, deltas.append) for _ in range(REPLIES)]
            with_tools = await reached.complete(Request(HELLO.messages, tools()), deltas.append)
    for reply in [*replies, with_tools]:
        assert reply.finish_reason == "stop"
        assert reply.model == "tiny"
        assert reply.usage.prompt_tokens > 0
        assert reply.usage.completion_tokens > 0
        assert reply.usage.total_tokens == reply.usage.prompt_tokens + reply.usage.completion_tokens
        assert reply.usage.cost is None
    # It was told of the tools, which is a longer prompt.
    assert with_tools.usage.prompt_tokens > 2 * replies[0].usage.prompt_tokens
    assert "".join(each.text for each in deltas) == "".join(each.content for each in [*replies, with_tools])
    assert len(deltas) > REPLIES


async def test_a_key_that_it_does_not_know(server: Service) -> None:
    async with model(config(server, "sk-wrong")) as reached:
        with pytest.raises(Unauthorized):
            await reached.complete(HELLO, lambda delta: None)


async def test_without_tools_an_ask_goes_on_in_one_prompt_and_remembers(toolless: Service) -> None:
    steps: list[str] = []
    async with model(config(toolless)) as reached:
        with pytest.raises(ToolsRefused):
            await reached.complete(Request(HELLO.messages, tools()), lambda delta: None)
        for _ in range(2):
            # Noise is no edit, or one that fits nowhere; it is no fault of the wire.
            try:
                outcome = await execute(
                    *(ASK, overlay(), reached), run_id="r", listener=Listener(on_step=steps.append)
                )
                assert outcome.usage.total_tokens > 0
            except (EditError, Unfinished):
                pass
    assert steps.count("the endpoint takes no tools; asking for the edit in one reply") == 2
    # Refused once; then that is known, and what it would refuse is not sent.
    assert len(REFUSAL.findall(toolless.log.read_text(encoding="utf-8"))) == 1


async def test_a_limit_of_tokens_is_seen(server: Service, tmp_path: Path) -> None:
    file = tmp_path / "router.yaml"
    params = {
        "model": "codex-agent/tiny",
        "api_base": f"http://127.0.0.1:{server.port}",
        "api_key": KEY,
        "max_tokens": 2,
    }
    file.write_text(json.dumps({"model_list": [{"model_name": "t", "litellm_params": params}]}))
    async with model(EndpointConfig(enabled=True, router_config=str(file))) as reached:
        replies = [await reached.complete(HELLO, lambda delta: None) for _ in range(REPLIES)]
    assert "length" in {reply.finish_reason for reply in replies}
    for reply in replies:
        assert reply.usage.completion_tokens <= 2
        assert reply.finish_reason == "stop" or reply.usage.completion_tokens == 2


async def test_cancel_ends_the_work_there(endless: Service) -> None:
    begun = asyncio.Event()
    async with model(config(endless)) as reached, httpx.AsyncClient(trust_env=False) as http:
        task = asyncio.create_task(reached.complete(HELLO, lambda delta: begun.set()))
        async with asyncio.timeout(60):
            await begun.wait()
            assert await working(http, endless)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        # It looks once for each token whether somebody listens.
        async with asyncio.timeout(1):
            while await working(http, endless):
                await asyncio.sleep(0.01)


async def working(http: httpx.AsyncClient, service: Service) -> bool:
    slots = (await http.get(f"http://127.0.0.1:{service.port}/slots")).json()
    return any(slot["is_processing"] for slot in slots)


def test_doctor_tells_all_of_it(server: Service, tmp_path: Path) -> None:
    environ = clean_environ(**config(server).as_environ())
    done = codex_lsp("doctor", "--json", env=environ, cwd=tmp_path, timeout=120)
    checks = {check["name"]: check for check in json.loads(done.stdout)["checks"]}
    for name in ("reachable", "auth", "models", "mode", "worker"):
        assert checks[name]["status"] == "ok", checks[name]
    assert checks["models"]["finding"] == "'tiny' is there, of 1: tiny"
    # Noise is no edit, and doctor says so.
    assert (done.returncode, checks["ask"]["status"]) == (1, "fail")
    assert checks["ask"]["next"]
    assert KEY not in done.stdout
