"""Attacks on an endpoint by HTTP itself, on the real process, byte by byte: each is refused, none sticks."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from codex_lsp.services.connections import HEAD_SECONDS
from codex_lsp.services.http import BODY_SECONDS
from tests.support.processes import Agent

ASK = json.dumps({"messages": [{"role": "user", "content": "Hello."}]}).encode()
MEGABYTE = 1 << 20


@asynccontextmanager
async def connected(agent: Agent) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    place = urlsplit(agent.url)
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    try:
        yield reader, writer
    finally:
        writer.close()


def head(agent: Agent, path: str = "/v1/chat/completions", *more: str, method: str = "POST") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", f"Host: {urlsplit(agent.url).netloc}", *more, "", ""]
    return "\r\n".join(lines).encode("latin-1")


def bearer(agent: Agent) -> tuple[str, str]:
    return f"Authorization: Bearer {agent.token}", "Content-Type: application/json"


async def status(agent: Agent, *pieces: bytes) -> int:
    """The status that these bytes are answered with; 0 for a connection that ends without a word."""
    async with asyncio.timeout(60), connected(agent) as (reader, writer):
        writer.write(b"".join(pieces))
        line = await reader.readline()
        return int(line.split()[1]) if line else 0


@pytest.mark.parametrize(
    "path",
    [
        *("/healthz/../v1/models", "//v1/models", "/v1//models", "/v1/models/", "/v1/./models"),
        *("/healthz/..%2fv1/models", "/healthz;/v1/models", "/healthz%00/v1/models", "/HEALTHZ"),
        *(
            "/v1/models?path=/healthz",
            "/v1/models#/healthz",
            "/%2e%2e/%2e%2e/etc/passwd",
            "/healthz%0d%0aX: 1",
        ),
        *("http://evil.example/healthz/x", "*", "/readyz", "/metrics"),
    ],
)
async def test_no_spelling_of_a_path_goes_around_the_token(agent: Agent, path: str) -> None:
    found = await status(agent, head(agent, path, method="GET"))
    assert found in {400, 401}, found


@pytest.mark.parametrize(
    "headers",
    [
        (),
        ("Authorization: Bearer",),
        ("Authorization: Bearer {token}", "Authorization: Bearer {token}"),
        ("Authorization: Bearer {token}\0",),
        ("Authorization: Bearer {token} {token}",),
        ("Authorization: Basic {token}",),
        ("X-Authorization: Bearer {token}",),
        ("Cookie: Authorization=Bearer {token}",),
        ("Authorization : Bearer {token}",),
    ],
)
async def test_only_the_one_token_in_its_one_place_counts(agent: Agent, headers: Sequence[str]) -> None:
    given = [each.format(token=agent.token) for each in headers]
    assert await status(agent, head(agent, "/v1/models", *given, method="GET")) in {400, 401}


@pytest.mark.parametrize(
    "types",
    [
        (),
        ("text/plain",),
        ("text/plain; application/json",),
        ("multipart/form-data; boundary=x",),
        ("application/x-www-form-urlencoded",),
        ("application/jsonx",),
        ("application/json", "text/plain"),
    ],
)
async def test_what_a_form_can_send_is_no_request(agent: Agent, types: Sequence[str]) -> None:
    given = [f"Authorization: Bearer {agent.token}", *(f"Content-Type: {each}" for each in types)]
    sent = head(agent, "/v1/chat/completions", *given, f"Content-Length: {len(ASK)}")
    assert await status(agent, sent, ASK) == 415


@pytest.mark.parametrize("given", ["application/json", "Application/JSON; charset=utf-8"])
async def test_json_is(agent: Agent, given: str) -> None:
    more = (f"Authorization: Bearer {agent.token}", f"Content-Type: {given}", f"Content-Length: {len(ASK)}")
    assert await status(agent, head(agent, "/v1/chat/completions", *more), ASK) == 200


@pytest.mark.parametrize(
    "more",
    [
        ("Host: 127.0.0.1:1",),
        ("Content-Length: 5", "Content-Length: 6"),
        ("Content-Length: -1",),
        ("Content-Length: 1e9",),
        ("Content-Length: 99999999999999999999999",),
        ("Transfer-Encoding: gzip, chunked",),
        ("Origin: http://127.0.0.1",),
        ("X: " + "y" * 100_000,),
    ],
    ids=lambda more: more[-1][:30],
)
async def test_heads_that_are_made_to_confuse(agent: Agent, more: Sequence[str]) -> None:
    found = await status(agent, head(agent, "/v1/chat/completions", *bearer(agent), *more), ASK)
    assert found in {400, 403, 413, 431, 501}, found


async def test_a_rebound_name_is_refused_before_anything_else(agent: Agent) -> None:
    sent = head(agent, "/healthz", method="GET").replace(b"Host: 127.0.0.1", b"Host: rebound.example")
    assert await status(agent, sent) == 403


def memory(agent: Agent) -> int:
    lines = Path(f"/proc/{agent.process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_hundred_megabytes_are_not_taken(agent: Agent, chunked: bool) -> None:
    before = memory(agent)
    length = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {100 * MEGABYTE}"
    async with asyncio.timeout(60), connected(agent) as (reader, writer):
        writer.write(head(agent, "/v1/chat/completions", *bearer(agent), length))
        try:
            for _ in range(100):
                piece = b" " * MEGABYTE
                writer.write(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)
                await writer.drain()
        except ConnectionError:
            pass  # it need not wait for the rest
        assert (await reader.readline()).split()[1] == b"413"
    assert memory(agent) - before < 64 * MEGABYTE


async def test_an_answer_for_each_of_a_pipeline(agent: Agent) -> None:
    one = head(agent, "/v1/models", *bearer(agent), method="GET")
    async with asyncio.timeout(60), connected(agent) as (reader, writer):
        writer.write(one * 3)
        found = b""
        while found.count(b"HTTP/1.1 200") < 3:
            found += await reader.readuntil(b"}")


async def ended(agent: Agent, sent: bytes, drip: bytes, forever: float) -> float:
    """How long a connection lives on which bytes only drip."""
    began = time.monotonic()
    async with connected(agent) as (reader, writer):
        writer.write(sent)

        async def dripping() -> None:
            while True:
                writer.write(drip)
                await asyncio.sleep(0.5)

        task = asyncio.create_task(dripping())
        try:
            async with asyncio.timeout(forever):
                while await reader.read(1 << 16):
                    pass
        except ConnectionError:
            pass
        finally:
            task.cancel()
    return time.monotonic() - began


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_whoever_is_slow_to_ask_is_not_waited_for(agent: Agent) -> None:
    """All at once: nothing at all, a head, a body, and a second request that never comes, byte by byte."""
    body = head(agent, "/v1/chat/completions", *bearer(agent), "Content-Length: 1000000")
    whole = head(agent, "/healthz", method="GET")
    patience = BODY_SECONDS + HEAD_SECONDS + 60
    lives = await asyncio.gather(
        *(ended(agent, b"", b"", patience) for _ in range(50)),
        ended(agent, b"GET / HTTP/1.1\r\nX: ", b"y", patience),
        ended(agent, body, b" ", patience),
        ended(agent, whole, b"G", patience),
        answered_meanwhile(agent),
    )
    assert min(lives[:51]) >= HEAD_SECONDS - 1


async def answered_meanwhile(agent: Agent) -> float:
    """Others are served while some are slow."""
    headers = {"Authorization": f"Bearer {agent.token}"}
    async with httpx.AsyncClient(base_url=agent.url, headers=headers, trust_env=False, timeout=30) as client:
        for _ in range(20):
            assert (await client.get("/v1/models")).status_code == 200
    return 0.0
