"""Who is let in, and how everybody else is told: against the real process."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest

from codex_lsp.services.guard import MAX_BODY, allowed_hosts
from tests.services.asking import CHAT
from tests.support.processes import Agent

ASK = {"messages": [{"role": "user", "content": "Plan steps and use tools as needed."}]}


def refusal(response: httpx.Response) -> tuple[int, str]:
    body = response.json()
    assert set(body) == {"error"}
    assert set(body["error"]) == {"message", "type", "code"}
    assert all(isinstance(value, str) and value for value in body["error"].values())
    return response.status_code, body["error"]["code"]


def test_health_needs_no_token_and_says_the_mode(agent: Agent) -> None:
    response = httpx.get(f"{agent.url}/healthz", trust_env=False)
    assert (response.status_code, response.json()) == (200, {"status": "ok", "mode": "offline"})


def test_models_says_that_it_is_an_agent_and_offline(client: httpx.Client) -> None:
    listing = client.get("/v1/models").json()
    assert listing["codex_agent"] == {"workspace": True, "mode": "offline"}
    (model,) = listing["data"]
    assert (model["id"], model["object"], model["owned_by"]) == ("offline", "model", "codex-lsp")
    assert model["codex_agent"] == listing["codex_agent"] | {"model": "offline"}


@pytest.mark.parametrize(
    "authorization",
    [None, "Bearer", "Bearer wrong", "Basic {token}", "{token}", "Bearer {token}x"],
)
@pytest.mark.parametrize("path", ["/v1/models", CHAT, "/nowhere"])
def test_without_the_token_nothing_is_told(agent: Agent, authorization: str | None, path: str) -> None:
    headers = {} if authorization is None else {"Authorization": authorization.format(token=agent.token)}
    response = httpx.post(agent.url + path, headers=headers, json=ASK, trust_env=False)
    assert refusal(response) == (401, "invalid_api_key")
    assert response.headers["WWW-Authenticate"] == "Bearer"
    assert agent.token not in response.text


@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "localhost", "127.0.0.1:1", ""])
@pytest.mark.parametrize("path", ["/healthz", "/v1/models"])
def test_a_host_that_is_not_ours_is_refused(agent: Agent, client: httpx.Client, host: str, path: str) -> None:
    port = urlsplit(agent.url).port
    response = client.get(path, headers={"Host": host.format(port=port)})
    assert refusal(response) == (403, "host_refused")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "LOCALHOST", "[::1]"])
def test_every_spelling_of_loopback_is_ours(agent: Agent, client: httpx.Client, host: str) -> None:
    port = urlsplit(agent.url).port
    assert client.get("/v1/models", headers={"Host": f"{host}:{port}"}).status_code == 200


@pytest.mark.parametrize("origin", ["null", "http://localhost", "{url}"])
def test_web_pages_are_refused_and_get_no_cors(agent: Agent, client: httpx.Client, origin: str) -> None:
    response = client.post(CHAT, json=ASK, headers={"Origin": origin.format(url=agent.url)})
    assert refusal(response) == (403, "origin_refused")
    preflight = client.options(CHAT, headers={"Origin": agent.url, "Access-Control-Request-Method": "POST"})
    assert preflight.status_code == 403
    for each in (response, preflight, client.get("/v1/models")):
        assert not any(name.startswith("access-control") for name in each.headers)


def test_a_body_that_declares_too_much_is_refused(client: httpx.Client) -> None:
    assert refusal(client.post(CHAT, content=b" " * (MAX_BODY + 1))) == (413, "request_too_large")


def test_a_body_that_grows_too_large_is_refused(client: httpx.Client) -> None:
    def body() -> Iterator[bytes]:
        for _ in range(MAX_BODY // 2**20 + 1):
            yield b" " * 2**20

    assert refusal(client.post(CHAT, content=body())) == (413, "request_too_large")


def test_a_body_of_exactly_the_cap_is_read(client: httpx.Client) -> None:
    body = json.dumps(ASK).encode()
    assert client.post(CHAT, content=body + b" " * (MAX_BODY - len(body))).status_code == 200


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"", 400, "invalid_json"),
        (b"{", 400, "invalid_json"),
        (b"\xff\xfe{}", 400, "invalid_json"),
        (b"[" * 100_000, 400, "invalid_json"),
        (b"[]", 400, "invalid_json"),
        (b"{}", 400, "missing_messages"),
        (b'{"messages": []}', 400, "missing_messages"),
        (b'{"messages": ["hi"]}', 400, "invalid_messages"),
        (b'{"messages": [{"content": "hi"}]}', 400, "invalid_messages"),
        (b'{"messages": [{"role": "user", "content": {"text": "hi"}}]}', 400, "invalid_messages"),
        (b'{"messages": [{"role": "user"}], "temperature": NaN}', 400, "invalid_json"),
        (b'{"messages": [{"role": "user"}], "temperature": 1e999}', 400, "invalid_json"),
        (b'{"messages": [{"role": "user"}], "n": 2}', 400, "unsupported_parameter"),
        (b'{"messages": [{"role": "user"}], "tools": {}}', 400, "invalid_tools"),
        (b'{"messages": [{"role": "user"}], "tools": [{"type": "function"}]}', 400, "invalid_tools"),
    ],
)
def test_what_is_no_chat_request_is_refused(
    client: httpx.Client, body: bytes, status: int, code: str
) -> None:
    assert refusal(client.post(CHAT, content=body)) == (status, code)


@pytest.mark.parametrize(
    "workspace",
    [
        [],
        {},
        {"files": []},
        {"files": ["a.py"]},
        {"files": [{"path": "a.py"}]},
        {"files": [{"path": "a\n*** Delete File: b", "text": ""}]},
        {"files": [{"path": "a.py", "text": ""}, {"path": "a.py", "text": "x"}]},
        {"files": [{"path": "a.py", "text": ""}], "focus": {"path": "b.py"}},
        {"files": [{"path": "a.py", "text": ""}], "focus": {"path": "a.py", "start": {}, "end": {}}},
        {
            "files": [{"path": "a.py", "text": "x"}],
            "focus": {
                "path": "a.py",
                "start": {"line": 1, "character": 0},
                "end": {"line": 0, "character": 0},
            },
        },
        {
            "files": [{"path": "a.py", "text": "x"}],
            "focus": {
                "path": "a.py",
                "start": {"line": -1, "character": 0},
                "end": {"line": True, "character": 0},
            },
        },
    ],
)
@pytest.mark.parametrize("stream", [False, True])
def test_a_workspace_that_makes_no_sense_is_refused(
    client: httpx.Client, workspace: object, stream: bool
) -> None:
    body = {**ASK, "stream": stream, "codex_agent": {"workspace": workspace}}
    assert refusal(client.post(CHAT, json=body)) == (422, "invalid_workspace")


def test_unknown_paths_and_methods(client: httpx.Client) -> None:
    assert refusal(client.get("/v1/nowhere")) == (404, "not_found")
    response = client.get(CHAT)
    assert refusal(response) == (405, "method_not_allowed")
    assert response.headers["Allow"] == "POST"


def test_the_connection_goes_on_after_a_refusal(client: httpx.Client) -> None:
    for _ in range(3):
        assert client.post(CHAT, content=b"{").status_code == 400
        assert client.get("/v1/models").status_code == 200


def test_the_hosts_of_an_address() -> None:
    assert allowed_hosts("127.0.0.1", 8000) == {"127.0.0.1:8000", "localhost:8000", "[::1]:8000"}
    assert allowed_hosts("10.1.2.3", 8000, ["Agent", "other:9"]) == {
        "10.1.2.3:8000",
        "agent:8000",
        "other:9",
    }
    assert "localhost" in allowed_hosts("::1", 80)
    assert "[fd00::1]:8000" in allowed_hosts("::", 8000, ["fd00::1"])
