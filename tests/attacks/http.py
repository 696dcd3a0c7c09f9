"""Requests to an endpoint of ours that nobody may make, or that would hurt it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from tests.attacks.case import Case
from tests.attacks.service import CHAT, Http, Play, filled, request, spoken
from tests.support.processes import Agent

# Each endpoint, and how it is started without a model.
SERVICES = {"agent": ("agent", "--model", "offline"), "sidecar": ("sidecar", "--echo")}
TOKEN = "Authorization: Bearer @TOKEN@"
TYPE = "Content-Type: application/json"
ASK: dict[str, Any] = {"model": "offline", "messages": [{"role": "user", "content": "Plan steps."}]}
ASKED = json.dumps(ASK).encode()
LARGE = 100 * 1024 * 1024


def cases() -> Iterator[Case]:
    """All of this family, for each of our endpoints."""
    strangers = [*_strangers(), *_ways_round(), *_at_figures(), *_names(), *_pages()]
    rows = [*strangers, *_requests(), *_workspaces(), *_connections(), *_harmless()]
    for service in SERVICES:
        for row in rows:
            # Only the one of them that has rules of its own has a patch to give.
            if service == "agent" or not getattr(row, "holds", "").startswith("***"):
                yield replace(row, name=f"{service}: {row.name}", stage=service)


def _attack(name: str, sends: bytes, *wants: int, **more: Any) -> Http:
    return Http(name, "http", "http", sends=sends, wants=wants, **more)


def _strangers() -> Iterator[Case]:
    heads = {
        "no token": (),
        "no word": ("Authorization:",),
        "a wrong token": ("Authorization: Bearer wrong",),
        "a word too many": (f"{TOKEN} x",),
        "another way": ("Authorization: Basic @TOKEN@",),
        "the bare token": ("Authorization: @TOKEN@",),
        "a longer token": (f"{TOKEN}x",),
        "two tokens": (TOKEN, "Authorization: Bearer wrong"),
        "a token of bytes": ("Authorization: Bearer \xff\xfe",),
        "a token in a cookie": ("Cookie: token=@TOKEN@",),
        "a token of another header": ("X-Api-Key: @TOKEN@",),
    }
    for name, lines in heads.items():
        yield _attack(f"asks with {name}", request(CHAT, TYPE, *lines, body=ASKED), 401)
    for path in (
        "/v1/models",
        "/metrics",
        "/readyz",
        "/readyz?x=1",
        "/metrics/",
        f"{CHAT}?token=@TOKEN@",
        "/nowhere",
        "/",
        "/v1/models?key=@TOKEN@",
    ):
        yield _attack(f"gets {path} with no token", request(path, method="GET"), 401, 404)


def _ways_round() -> Iterator[Case]:
    for path in (
        "//healthz/../v1/models",
        "/healthz/../v1/models",
        "/healthz%2f..%2fv1/models",
        "/HEALTHZ",
        "/healthz;/v1/models",
        "/healthz/v1/models",
        "/v1/models/healthz",
        "/healthz/../metrics",
        "/healthz/../readyz",
        "/healthz%2f..%2fmetrics",
        "/healthz#/metrics",
        "/healthz/%2e%2e/metrics",
        "/./metrics",
        "//metrics",
    ):
        yield _attack(f"goes round by {path}", request(path, method="GET"), 401, 404, lacks=("offline",))
    yield _attack("asks by the open path", request("/healthz", TYPE, body=ASKED), 405, 401, 404)


def _at_figures() -> Iterator[Case]:
    for path in ("/metrics", "/readyz", "/v1/models"):
        yield _attack(f"posts to {path}", request(path, TYPE, TOKEN, body=ASKED), 404, 405)
        page = request(path, TOKEN, "Origin: https://evil.invalid", method="GET")
        yield _attack(f"looks at {path} from a page", page, 403)
        lines = ("Host: evil.invalid", TOKEN)
        yield _attack(f"rebinds {path}", request(path, *lines, method="GET", host=False), 400, 403)
    yield _attack(
        "looks whether it lives from a page", request("/healthz", "Origin: null", method="GET"), 403
    )
    foreign = request("/healthz", "Host: evil.invalid", method="GET", host=False)
    yield _attack("looks whether it lives by a foreign name", foreign, 400, 403)


def _names() -> Iterator[Case]:
    for host in (
        "evil.invalid",
        "127.0.0.1.evil.invalid",
        "localhost",
        "127.0.0.1:1",
        "[::1",
        "@HOST@.evil.invalid",
        "evil.invalid@@HOST@",
        "",
        "0x7f.1",
        "2130706433",
        "127.1",
    ):
        lines = (f"Host: {host}", TOKEN)
        yield _attack(
            f"rebinds a name: {host!r}", request("/v1/models", *lines, method="GET", host=False), 400, 403
        )
    yield _attack("has two hosts", request("/v1/models", "Host: evil.invalid", TOKEN, method="GET"), 400, 403)
    yield _attack("has no host", request("/v1/models", TOKEN, method="GET", host=False), 400, 403)


def _pages() -> Iterator[Case]:
    for origin in (
        "https://evil.invalid",
        "null",
        "http://@HOST@",
        "http://localhost:3000",
        "vscode-webview://x",
        "",
    ):
        sent = request(CHAT, TYPE, TOKEN, f"Origin: {origin}", body=ASKED)
        yield _attack(f"comes from the page {origin!r}", sent, 403)
    asks = (
        "Origin: https://evil.invalid",
        "Access-Control-Request-Method: POST",
        "Access-Control-Request-Headers: authorization",
    )
    yield _attack("asks whether a page may", request(CHAT, *asks, method="OPTIONS"), 401, 403, 405)
    for method in ("GET", "PUT", "DELETE", "PATCH", "TRACE", "HEAD", "OPTIONS", "PROPFIND"):
        yield _attack(f"asks by {method}", request(CHAT, TOKEN, method=method), 401, 403, 404, 405, 501)
    for path in ("http://evil.invalid/x", "//evil.invalid/v1/models"):
        yield _attack(f"uses it as a proxy to {path}", request(path, TOKEN, method="GET"), 400, 403, 404)
    yield _attack("tunnels", request("evil.invalid:443", TOKEN, method="CONNECT"), 0, 400, 403, 404, 405, 501)


def _requests() -> Iterator[Case]:
    bodies = {
        "no JSON": b"{",
        "an array": b"[]",
        "deep JSON": b"[" * 200_000,
        "broken characters": b"\xff\xfe{}",
        "a null": b"null",
        "no messages": b"{}",
        "a message that is none": b'{"messages": ["x"]}',
        "a role that is none": b'{"messages": [{"role": {}}]}',
        "a number for messages": b'{"messages": 7}',
        "a huge number": b'{"messages": 1' + b"0" * 10_000 + b"}",
        "two answers": json.dumps({**ASK, "n": 2}).encode(),
        "tools that are none": json.dumps({**ASK, "tools": 3}).encode(),
    }
    for name, body in bodies.items():
        yield _attack(f"sends {name}", request(CHAT, TYPE, TOKEN, body=body), 400, 422)
    huge = f"Content-Length: {LARGE}"
    yield _attack("says that 100 MB come", request(CHAT, TYPE, TOKEN, huge), 413)
    yield _attack(
        "says that less than nothing comes", request(CHAT, TYPE, TOKEN, "Content-Length: -5"), 0, 400, 413
    )
    yield _attack(
        "says two lengths", request(CHAT, TYPE, TOKEN, "Content-Length: 5", body=ASKED), 0, 400, 413
    )
    both = (
        request(CHAT, TYPE, TOKEN, "Transfer-Encoding: chunked", "Content-Length: 5")
        + b"0\r\n\r\nGET /v1/models"
    )
    yield _attack("hides a request behind another", both, 0, 400, 401, 403, lacks=('"data"',))
    yield _attack("sends a header without end", request(CHAT, TOKEN, "X: " + "y" * 200_000), 0, 400, 431)
    yield _attack("breaks a header", request(CHAT, TOKEN, "X: y\r\n\tz\nHost: evil.invalid"), 0, 400, 403)
    yield _attack("speaks TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 400, 0, 400)
    yield _attack("speaks HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 0, 400, 403)


def _workspaces() -> Iterator[Case]:
    paths = (
        "../a.py",
        "/etc/passwd",
        "a\n*** Delete File: b",
        "a\x00.py",
        "C:\\a.py",
        "~/a.py",
        "a/../../b.py",
        "",
        ".",
        "CON",
        "a.py:x",
        "file:///etc/passwd",
        "\\\\host\\share\\a.py",
    )
    for path in paths:
        workspace = {"files": [{"path": path, "text": "x = 1\n"}], "focus": {"path": path}}
        body = json.dumps({**ASK, "codex_agent": {"workspace": workspace}}).encode()
        yield _attack(
            f"has a file named {path!r}", request(CHAT, TYPE, TOKEN, body=body), 400, 422, lacks=("root:",)
        )
    for name, files in {"a file without text": [{"path": "a.py"}]}.items():
        body = json.dumps({**ASK, "codex_agent": {"workspace": {"files": files}}}).encode()
        yield _attack(f"has {name}", request(CHAT, TYPE, TOKEN, body=body), 400, 422)


async def _labels(agent: Agent) -> str:
    """Whatever strangers and askers call things must not become figures of their own, nor stand in any."""
    for number in range(30):
        body = json.dumps({**ASK, "model": f"evil{number}\n# HELP x", "user": "evil"}).encode()
        await spoken(agent, filled(request(CHAT, TYPE, TOKEN, f"User-Agent: evil{number}", body=body), agent))
        await spoken(agent, filled(request(f"/evil{number}", TOKEN, method="GET"), agent))
        await spoken(agent, filled(request("/v1/models", TOKEN, method=f"EVIL{number}"), agent))
    answer = await spoken(agent, filled(request("/metrics", TOKEN, method="GET"), agent))
    return "its figures hold what was sent" if "evil" in answer.body.lower() else await _well(agent)


def _connections() -> Iterator[Case]:
    plays = {
        "names of its figures": _labels,
        "a hundred megabytes": _pours,
        "200 that say nothing": _sits,
        "many that leave": _leaves,
        "drops": _drips,
        "a piece that never ends": _never_ends,
    }
    for name, does in plays.items():
        yield Play(f"holds it up by {name}", "http", "http", does=does)


async def _well(agent: Agent) -> str:
    answer = await spoken(agent, filled(request("/v1/models", TOKEN, method="GET"), agent))
    return "" if answer.status == 200 else f"then it answers with {answer.status}"


async def _open(agent: Agent) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    address = urlsplit(agent.url)
    return await asyncio.open_connection(address.hostname, address.port)


async def _pours(agent: Agent) -> str:
    reader, writer = await _open(agent)
    writer.write(filled(request(CHAT, TYPE, TOKEN, "Transfer-Encoding: chunked"), agent))
    sent, piece = 0, b"100000\r\n" + b" " * 0x100000 + b"\r\n"
    try:
        async with asyncio.timeout(30):
            while sent < LARGE:
                writer.write(piece)
                await writer.drain()
                sent += 0x100000
            said = await reader.read(100)
    except (ConnectionError, BrokenPipeError):
        said = b""
    writer.close()
    return "it took 100 MB" if b" 200 " in said else await _well(agent)


async def _sits(agent: Agent) -> str:
    held = [await _open(agent) for _ in range(200)]
    try:
        return await _well(agent)
    finally:
        for _, writer in held:
            writer.close()


async def _leaves(agent: Agent) -> str:
    for _ in range(50):
        _, writer = await _open(agent)
        writer.write(filled(request(CHAT, TYPE, TOKEN, body=ASKED), agent))
        writer.transport.abort()
    return await _well(agent)


async def _never_ends(agent: Agent) -> str:
    _, writer = await _open(agent)
    writer.write(
        filled(request(CHAT, TYPE, TOKEN, "Transfer-Encoding: chunked"), agent) + b"fffffffffffff\r\nx"
    )
    await writer.drain()
    why = await _well(agent)
    writer.close()
    return why


async def _drips(agent: Agent) -> str:
    held = [await _open(agent) for _ in range(50)]
    for letter in b"POST /v1/chat":
        for _, writer in held:
            writer.write(bytes([letter]))
    why = await _well(agent)
    for _, writer in held:
        writer.close()
    return why


def _harmless() -> Iterator[Case]:
    def fine(name: str, sends: bytes, holds: str = "") -> Http:
        return Http(name, "http", "http", True, sends=sends, wants=(200,), holds=holds)

    yield fine("asks whether it lives", request("/healthz", method="GET"), "ok")
    yield fine("asks whether it is ready", request("/readyz", TOKEN, method="GET"))
    yield fine("reads the figures", request("/metrics", TOKEN, method="GET"), "# HELP")
    yield fine("lists the models", request("/v1/models", TOKEN, method="GET"), "codex_agent")
    yield fine("asks", request(CHAT, TYPE, TOKEN, body=ASKED), "chat.completion")
    yield fine(
        "asks for pieces",
        request(CHAT, TYPE, TOKEN, body=json.dumps({**ASK, "stream": True}).encode()),
        "[DONE]",
    )
    yield fine(
        "writes the token's word small", request(CHAT, TYPE, "authorization: bearer @TOKEN@", body=ASKED)
    )
    for path in ("a.py", "src/deep/b.py", "with space.py", "ünï.py"):
        place = {"start": {"line": 0, "character": 0}, "end": {"line": 2, "character": 0}}
        files = [{"path": path, "text": "import os, sys\nx = (1)\n"}]
        body = {**ASK, "codex_agent": {"workspace": {"files": files, "focus": {"path": path, **place}}}}
        body["messages"] = [{"role": "user", "content": f"Path: {path}\nLines: 1-2\nInstruction: tidy up"}]
        yield fine(
            f"tidies {path}", request(CHAT, TYPE, TOKEN, body=json.dumps(body).encode()), "*** Begin Patch"
        )
    big = {**ASK, "messages": [{"role": "user", "content": "x" * 5_000_000}]}
    yield fine("asks at length", request(CHAT, TYPE, TOKEN, body=json.dumps(big).encode()))
    chunked = request(CHAT, TYPE, TOKEN, "Transfer-Encoding: chunked")
    whole = chunked + b"%x\r\n%b\r\n0\r\n\r\n" % (len(ASKED), ASKED)
    yield fine("asks in pieces", whole)
