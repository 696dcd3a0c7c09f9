"""The probe against real servers on loopback, well-behaved and not."""

from __future__ import annotations

import asyncio
import json
import select
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from codex_lsp.endpoint import config as configuration
from codex_lsp.endpoint.config import API_BASE, API_KEY, GATE, MODEL, ROUTER_CONFIG
from codex_lsp.endpoint.probe import Check, examine, litellm_trouble, state
from tests.support.endpoint import Raw, ScriptedEndpoint

KEY = "sk-open-sesame"


async def probe(given: dict[str, str], *, seconds: float = 5.0, ask: bool = False) -> dict[str, Check]:
    """The checks by name, with the gate open and a key set unless `given` says otherwise."""
    environ = {GATE: "1", API_KEY: KEY} | given
    config = configuration.load(environ, Path("/no/such/config.toml"))
    return {check.name: check async for check in examine(config, environ, seconds=seconds, ask=ask)}


async def probe_models(
    models: Mapping[str, Any] | Raw, given: Mapping[str, str] | None = None
) -> dict[str, Check]:
    async with ScriptedEndpoint(models=models) as endpoint:
        return await probe({API_BASE: endpoint.base_url} | dict(given or {}))


def listing(*ids: str, **more: Any) -> dict[str, Any]:
    return {"object": "list", "data": [{"id": name, "object": "model"} for name in ids], **more}


async def test_all_is_well() -> None:
    agent = {"workspace": True, "mode": "llm"}
    async with ScriptedEndpoint(models=listing("mini", "maxi", codex_agent=agent)) as endpoint:
        base = endpoint.base_url
        checks = await probe({API_BASE: base + "/v1/"})
        (request,) = endpoint.requests
    assert list(checks) == [
        *("flag", "config", "base", "key", "model"),
        *("reachable", "auth", "models", "mode", "checks", "versions"),
    ]
    assert {check.status for check in checks.values()} == {"ok"}
    assert not any(check.next for check in checks.values())
    assert checks["base"].finding == f"{base}/v1/chat/completions"
    assert checks["reachable"].finding.startswith(f"{base} answered in ")
    assert checks["models"].finding == "'mini' is there, of 2: mini, maxi"
    assert "(llm)" in checks["mode"].finding
    assert (request.method, request.path) == ("GET", "/v1/models")
    assert request.headers["authorization"] == f"Bearer {KEY}"


async def test_a_closed_gate_skips_the_endpoint() -> None:
    async with ScriptedEndpoint() as endpoint:
        checks = await probe({GATE: "", API_BASE: endpoint.base_url}, ask=True)
        assert endpoint.requests == []
    assert checks["flag"] == Check("flag", "fail", f"{GATE} is not set: codex-agent is off", f"set {GATE}=1")
    for name in ("reachable", "auth", "models", "mode", "worker", "ask", "tools", "streaming"):
        assert checks[name].status == "skipped"
        assert "no connection was opened" in checks[name].finding
    assert checks["base"].status == checks["key"].status == checks["versions"].status == "ok"


@pytest.mark.parametrize("value", ["true", "0", "yes", "11"])
async def test_a_gate_that_is_set_to_something_else_is_told(value: str) -> None:
    checks = await probe({GATE: value})
    assert checks["flag"].status == "fail"
    assert f"is {value!r}, which is not 1" in checks["flag"].finding


@pytest.mark.parametrize(
    ("environ", "name", "status", "finding"),
    [
        ({}, "base", "fail", f"{API_BASE} is not set"),
        ({API_BASE: "localhost:8010"}, "base", "fail", "is not an address"),
        ({API_BASE: "http://user:pass@localhost"}, "base", "fail", "must hold no user name"),
        ({MODEL: "codex-agent/replicate-x"}, "model", "fail", "another provider"),
        ({MODEL: "codex-agent/"}, "model", "fail", "must be codex-agent/<id>"),
        ({API_KEY: "two words"}, "key", "fail", "HTTP cannot carry"),
        ({API_KEY: "schlüssel"}, "key", "fail", "HTTP cannot carry"),
        ({ROUTER_CONFIG: "router.yaml"}, "router", "fail", "must be an absolute path"),
        ({ROUTER_CONFIG: "/no/such/router.yaml"}, "router", "fail", "cannot be read"),
    ],
)
async def test_what_cannot_work_is_found_without_a_connection(
    environ: dict[str, str], name: str, status: str, finding: str
) -> None:
    async with ScriptedEndpoint() as endpoint:
        base = {} if name == "base" else {API_BASE: endpoint.base_url}
        checks = await probe(base | environ)
        assert endpoint.requests == []
    assert (checks[name].status, finding in checks[name].finding) == (status, True)
    assert checks[name].next
    assert checks["reachable"].finding == f"not tried, because of {name}"


async def test_keys_that_are_missing_or_padded_are_warned_about() -> None:
    missing = await probe_models(listing("mini"), {API_KEY: ""})
    assert (missing["key"].status, missing["auth"].finding) == ("warn", "no key was asked for")
    padded = await probe_models(listing("mini"), {API_KEY: f" {KEY}\n"})
    assert padded["key"].status == "warn"
    assert "white space" in padded["key"].finding
    assert padded["auth"].status == "ok"


async def test_without_a_key_no_authorization_is_sent() -> None:
    async with ScriptedEndpoint() as endpoint:
        await probe({API_BASE: endpoint.base_url, API_KEY: ""})
        assert "authorization" not in endpoint.requests[0].headers


async def test_another_machine_without_tls_is_warned_about() -> None:
    checks = await probe({GATE: "0", API_BASE: "http://192.0.2.1:8010"})
    assert checks["base"].status == "warn"
    for base in ("https://192.0.2.1", "http://localhost:8010", "http://[::1]:8010", "http://127.9.9.9"):
        assert (await probe({GATE: "0", API_BASE: base}))["base"].status == "ok"


async def test_problems_of_the_configuration_file_are_told(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f"{GATE} = 1\n", encoding="utf-8")
    config = configuration.load({GATE: "1"}, file)
    checks = {check.name: check async for check in examine(config, {GATE: "1"})}
    assert checks["config"].status == "fail"
    assert f"{GATE} must be a string" in checks["config"].finding
    assert checks["reachable"].finding == "not tried, because of base"


# Connections that come to nothing, each told apart.


@asynccontextmanager
async def listener(answer: bytes | None) -> AsyncIterator[str]:
    """A server that says `answer` at once and hangs up, or, given None, never says anything."""
    done = asyncio.Event()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if answer is None:
            await done.wait()
        else:
            await reader.read(1)
            writer.write(answer)
        writer.close()

    server = await asyncio.start_server(connected, "127.0.0.1", 0)
    try:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        done.set()
        server.close()
        await server.wait_closed()


async def unreached(base: str, **options: Any) -> Check:
    checks = await probe({API_BASE: base}, **options)
    assert checks["reachable"].status == "fail"
    assert checks["reachable"].next
    assert checks["auth"].finding == "not tried, because of reachable"
    return checks["reachable"]


async def test_nobody_listens() -> None:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        check = await unreached(f"http://127.0.0.1:{bound.getsockname()[1]}")
    assert "nobody listens there" in check.finding
    assert "codex-lsp agent --model offline" in check.next


async def test_a_name_without_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_such_name(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", no_such_name)
    assert "its name has no address" in (await unreached("https://agent.invalid")).finding


async def test_a_name_that_is_none() -> None:
    assert "not one that can be looked up" in (await unreached("https://xn--/")).finding


async def test_tls_where_there_is_none() -> None:
    async with listener(b"HTTP/1.1 400 Bad Request\r\n\r\n") as place:
        check = await unreached(f"https://{place}")
    assert "TLS failed" in check.finding
    assert "whether it wants http" in check.next


async def test_a_server_that_speaks_something_else() -> None:
    async with listener(b"SSH-2.0-OpenSSH_9.9\r\n") as place:
        check = await unreached(f"http://{place}")
    assert "no answer in HTTP" in check.finding


async def test_a_server_that_hangs_up() -> None:
    async with listener(b"") as place:
        assert "no answer in HTTP" in (await unreached(f"http://{place}")).finding


async def test_a_server_that_never_answers() -> None:
    async with listener(None) as place:
        check = await unreached(f"http://{place}", seconds=0.2)
    assert "did not answer within 0.2 s" in check.finding


@pytest.mark.slow
async def test_a_server_that_takes_no_connection() -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        try:
            for client in waiting:
                client.setblocking(False)
                client.connect_ex(full.getsockname())
            # One that is waiting to be taken is all that there is room for.
            assert select.select([], waiting, [], 60)[1]
            check = await unreached(f"http://127.0.0.1:{full.getsockname()[1]}", seconds=1.0)
        finally:
            for client in waiting:
                client.close()
    assert "no connection within 1 s" in check.finding


# What an endpoint may say.


@pytest.mark.parametrize(
    ("raw", "name", "finding", "next_step"),
    [
        (Raw(401), "auth", "refused the key (401)", "a key that this endpoint knows"),
        (Raw(403, body=b'{"error": {"message": "not you"}}'), "auth", "It said: not you", "a key that"),
        (Raw(302, {"Location": "http://127.0.0.1:1/"}), "reachable", "redirects (302)", API_BASE),
        (Raw(418), "reachable", "refused the request (418)", API_BASE),
        (Raw(503, body=b"<html>down</html>"), "reachable", "It said: an HTML page", "own log"),
        (Raw(200, body=b"<html>a web page</html>"), "models", "no model list", "OpenAI-compatible"),
        (Raw(200, body=b"[" * 100_000), "models", "no model list", "OpenAI-compatible"),
    ],
)
async def test_each_refusal_has_its_next_step(raw: Raw, name: str, finding: str, next_step: str) -> None:
    checks = await probe_models(raw)
    assert checks[name].status == "fail"
    assert finding in checks[name].finding
    assert next_step in checks[name].next
    assert checks["mode"].finding == f"not tried, because of {name}"


async def test_a_refusal_without_a_key_says_that_one_is_wanted() -> None:
    checks = await probe_models(Raw(401), {API_KEY: ""})
    assert checks["auth"].next.startswith("it wants a key")


async def test_a_redirect_is_not_followed() -> None:
    async with ScriptedEndpoint() as elsewhere:
        location = Raw(307, {"Location": elsewhere.base_url + "/v1/models"})
        checks = await probe_models(location)
        assert elsewhere.requests == []
    assert checks["reachable"].status == "fail"


async def test_too_many_requests_is_no_failure() -> None:
    checks = await probe_models(Raw(429))
    assert (checks["reachable"].status, checks["auth"].status) == ("warn", "skipped")


async def test_an_endpoint_without_a_model_list_is_a_plain_model() -> None:
    checks = await probe_models(Raw(404))
    assert [checks[name].status for name in ("reachable", "auth", "models", "mode")] == [
        *("ok", "warn", "warn", "ok")
    ]


async def test_a_model_that_is_not_listed_is_warned_about() -> None:
    checks = await probe_models(listing(*(f"m{n}" for n in range(20))))
    assert checks["models"].status == "warn"
    assert checks["models"].finding.startswith("'mini' is not among its 20 models: m0, m1")
    assert checks["models"].finding.endswith("m11, and 8 more")
    assert "codex-agent/" in checks["models"].next


@pytest.mark.parametrize(
    ("models", "status", "finding"),
    [
        (listing("mini"), "ok", "a plain chat model"),
        (listing("mini", codex_agent={"workspace": True, "mode": "offline"}), "ok", "(offline)"),
        (listing("mini", codex_agent={"workspace": True, "mode": "echo"}), "warn", "(echo)"),
        (listing("mini", codex_agent={"workspace": True, "mode": 7}), "warn", "its mode is ''"),
        (listing("mini", codex_agent={"workspace": False, "mode": "llm"}), "ok", "a plain chat model"),
        (listing("mini", codex_agent="yes"), "ok", "a plain chat model"),
        (
            {
                "data": [
                    {"id": "other", "codex_agent": {"workspace": True, "mode": "echo"}},
                    {"id": "mini", "codex_agent": {"workspace": True, "mode": "llm"}},
                ]
            },
            "ok",
            "(llm)",
        ),
        ({"data": ["odd", {"id": 5}, {"id": "mini"}]}, "ok", "a plain chat model"),
    ],
)
async def test_kind_and_mode(models: dict[str, Any], status: str, finding: str) -> None:
    checks = await probe_models(models)
    assert checks["models"].status == "ok"
    assert (checks["mode"].status, finding in checks["mode"].finding) == (status, True)


async def test_the_key_is_never_shown_and_nothing_steers_the_terminal() -> None:
    nasty = f"\x1b[31mred\u202e {KEY} " + "x" * 1000
    body = json.dumps({"error": {"message": nasty}}).encode()
    for models in (
        Raw(401, body=body),
        Raw(500, body=body),
        Raw(401, body=nasty.encode()),
        listing(nasty, codex_agent={"workspace": True, "mode": nasty}),
    ):
        checks = await probe_models(models)
        shown = "".join(check.finding + check.next for check in checks.values())
        assert KEY not in shown
        assert KEY[:8] not in shown
        assert "red" in shown or "failed (500)" in shown
        assert shown.isprintable()
        assert max(len(check.finding) for check in checks.values()) < 700


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        ({}, "off"),
        ({GATE: "1"}, "unconfigured"),
        ({GATE: "1", API_BASE: "nonsense"}, "unconfigured"),
        ({GATE: "1", API_BASE: "http://127.0.0.1", MODEL: "codex-agent/replicate-x"}, "unconfigured"),
        ({GATE: "1", API_BASE: "http://127.0.0.1"}, "ready"),
    ],
)
def test_the_state(environ: dict[str, str], expected: str) -> None:
    assert state(configuration.load(environ, Path("/no/such/config.toml"))) == expected


@pytest.mark.parametrize(
    ("version", "trouble"),
    [
        *(("1.102.4", ""), ("1.95.1", "range"), ("1.105.3", ""), ("1.107.0", ""), ("1.82.7", "compromised")),
        *(("1.82.8", "compromised"), ("1.106.0", "fails on every call with tools"), ("1.82.6", "range")),
        *(("2.0.0", "range"), ("1.106.2rc1", "fails")),
    ],
)
def test_releases_of_litellm_with_known_trouble(version: str, trouble: str) -> None:
    found = litellm_trouble(version)
    assert trouble in found
    assert bool(trouble) == bool(found)
