"""What an endpoint says of itself in its list of models."""

from __future__ import annotations

import json
from typing import Any

import pytest

from codex_lsp.agent.model import ModelInfo
from codex_lsp.endpoint.errors import EndpointError, ServerFault, Unauthorized, Unreachable
from codex_lsp.llm.describe import describe
from tests.llm.routing import free_port
from tests.support.endpoint import Raw, ScriptedEndpoint

AGENT = {"workspace": True, "mode": "offline"}
PLAIN = ModelInfo("model", "", "mini")


async def ask(models: Any) -> ModelInfo:
    async with ScriptedEndpoint(models=models) as endpoint:
        try:
            return await describe(f"{endpoint.base_url}/v1/", "sk-1", "mini")
        finally:
            [request] = endpoint.requests
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


@pytest.mark.parametrize(
    ("status", "kind"), [(401, Unauthorized), (403, Unauthorized), (500, ServerFault), (307, EndpointError)]
)
async def test_failures(status: int, kind: type[EndpointError]) -> None:
    with pytest.raises(kind) as caught:
        await ask(Raw(status, {"Location": "http://127.0.0.1:9"}, b"no sk-1"))
    assert "sk-1" not in str(caught.value)


async def test_nobody_listens() -> None:
    with pytest.raises(Unreachable, match="nobody listens there"):
        await describe(f"http://127.0.0.1:{free_port()}", "", "mini")
