"""What an endpoint says of itself in its list of models."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest

from codex_lsp.agent.model import ModelInfo
from codex_lsp.endpoint.errors import EndpointError, RateLimited, ServerFault, Unauthorized, Unreachable
from codex_lsp.llm.chat import Patience
from codex_lsp.llm.describe import describe
from codex_lsp.llm.tries import Stamina
from tests.llm.routing import free_port
from tests.support.endpoint import Raw, ScriptedEndpoint

AGENT = {"workspace": True, "mode": "offline"}
PLAIN = ModelInfo("model", "", "mini")


QUICK = Stamina(backoff=0.01, patience=Patience(total=30.0))


async def ask(models: Any, times: int = 1) -> ModelInfo:
    async with ScriptedEndpoint(models=models) as endpoint:
        try:
            return await describe(f"{endpoint.base_url}/v1/", "sk-1", "mini")
        finally:
            assert len(endpoint.requests) == times
            request = endpoint.requests[-1]
            assert (request.method, request.path) == ("GET", "/v1/models")
            assert request.headers["authorization"] == "Bearer sk-1"


@pytest.mark.parametrize(
    "models",
    [
        {"object": "list", "data": [], "codex_agent": AGENT},
        {"data": [{"id": "mini", "codex_agent": AGENT}]},
        {
            "data": [
                {"id": "other", "codex_agent": AGENT | {"mode": "echo"}},
                {"id": "mini", "codex_agent": AGENT},
            ]
        },
        {"data": [7, {"id": "other", "codex_agent": AGENT}]},
    ],
)
async def test_agents(models: dict[str, Any]) -> None:
    assert await ask(models) == ModelInfo("agent", "offline", "mini")


async def test_an_odd_mode_is_no_mode() -> None:
    assert await ask({"codex_agent": AGENT | {"mode": 7}}) == ModelInfo("agent", "", "mini")


@pytest.mark.parametrize(
    "models",
    [
        {"object": "list", "data": [{"id": "mini"}]},
        {"data": [{"id": "mini", "codex_agent": {"workspace": False, "mode": "llm"}}]},
        {"data": "x", "codex_agent": [AGENT]},
        Raw(404),
        Raw(405),
        Raw(200, {"Content-Type": "text/html"}, b"<html>"),
        Raw(200, {}, json.dumps([AGENT]).encode()),
    ],
)
async def test_plain_models(models: Any) -> None:
    assert await ask(models) == PLAIN


@pytest.mark.slow
@pytest.mark.parametrize(
    ("status", "kind", "times"),
    [
        (401, Unauthorized, 1),
        (403, Unauthorized, 1),
        (500, ServerFault, 3),
        (429, RateLimited, 3),
        (307, EndpointError, 1),
    ],
)
async def test_failures(status: int, kind: type[EndpointError], times: int) -> None:
    with pytest.raises(kind) as caught:
        await ask(Raw(status, {"Location": "http://127.0.0.1:9"}, b"no sk-1"), times)
    assert "sk-1" not in str(caught.value)


async def test_a_long_wait_of_which_nobody_is_told_is_not_waited() -> None:
    with pytest.raises(RateLimited, match="Try again in 3 s"):
        await ask(Raw(429, {"Retry-After": "3"}))


async def test_a_list_without_end_is_no_list() -> None:
    bomb = gzip.compress(b" " * 50_000_000)
    assert await ask(Raw(200, {"Content-Encoding": "gzip"}, bomb)) == PLAIN
    assert await ask(Raw(200, {"Content-Encoding": "br"}, b"x")) == PLAIN
    assert await ask(Raw(200, {}, b" " * 2_000_000)) == PLAIN


async def test_nobody_listens() -> None:
    with pytest.raises(Unreachable, match="nobody listens there"):
        await describe(f"http://127.0.0.1:{free_port()}", "", "mini", QUICK)
