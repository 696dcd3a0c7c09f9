"""Attacks on the HTTP of an endpoint of ours, as a process."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from tests.attacks.case import Case, Outcome
from tests.attacks.watch import memory_mb
from tests.support.processes import Agent, clean_environ, codex_lsp

CHAT = "/v1/chat/completions"
SECONDS = 30.0
MEMORY_MB = 500


@dataclass(frozen=True)
class Answer:
    """A status (0 where the connection ended without one), the headers in lower case, and the rest."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: str = ""


@dataclass(frozen=True)
class Http(Case):
    """A request, byte for byte (`@HOST@`, `@TOKEN@` and `@FOLDER@` stand in it), and which statuses may come.

    0 among `wants` allows that nothing comes. `holds` must be in the body, `lacks` nowhere in the answer.
    """

    sends: bytes = b""
    wants: tuple[int, ...] = (400, 401, 403, 404, 405, 413, 415, 422)
    holds: str = ""
    lacks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Play(Case):
    """Something that takes more than one request; says what is wrong, or ""."""

    does: Callable[[Agent], Awaitable[str]] = field(default=lambda agent: _nothing(), compare=False)


async def _nothing() -> str:
    return ""


def request(
    path: str = CHAT, *heads: str, body: bytes = b"", method: str = "POST", host: bool = True
) -> bytes:
    """A request with these header lines, and a right `Host`; a body has its length."""
    lines = [f"{method} {path} HTTP/1.1", *(["Host: @HOST@"] if host else []), *heads]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1") + body


def filled(sent: bytes, agent: Agent) -> bytes:
    """The bytes with the endpoint's own address and token in them."""
    host = urlsplit(agent.url).netloc
    return sent.replace(b"@HOST@", host.encode()).replace(b"@TOKEN@", agent.token.encode())


async def spoken(agent: Agent, sent: bytes, seconds: float = SECONDS) -> Answer:
    """Send bytes, and read until the end."""
    address = urlsplit(agent.url)
    reader, writer = await asyncio.open_connection(address.hostname, address.port)
    try:
        async with asyncio.timeout(seconds):
            writer.write(sent)
            data = await reader.read()
    except (ConnectionError, BrokenPipeError):
        return Answer(0)
    finally:
        writer.close()
    return _answer(data)


def _answer(data: bytes) -> Answer:
    head, _, rest = data.decode("latin-1").partition("\r\n\r\n")
    first, *lines = head.split("\r\n")
    if not first.startswith("HTTP/1.1 "):
        return Answer(0)
    pairs = (line.partition(":") for line in lines)
    return Answer(int(first.split()[1]), {name.lower(): value.strip() for name, _, value in pairs}, rest)


async def play(case: Http | Play, agent: Agent) -> Outcome:
    """Play one at a running endpoint."""
    begun = time.monotonic()
    try:
        why = await (case.does(agent) if isinstance(case, Play) else _single(case, agent))
    except TimeoutError:
        why = "no answer in time"
    return Outcome(case, why, time.monotonic() - begun)


async def _single(case: Http, agent: Agent) -> str:
    answer = await spoken(agent, filled(case.sends, agent))
    said = json.dumps(dict(answer.headers)) + answer.body
    if answer.status not in case.wants:
        return f"answered with {answer.status}: {said[:300]}"
    if any(name.startswith("access-control") for name in answer.headers):
        return f"lets web pages read it: {answer.headers}"
    if agent.token in said or any(each in said for each in (*case.lacks, "Traceback", 'File "/')):
        return f"tells too much: {said[:300]}"
    return "" if case.holds in answer.body else f"lacks {case.holds!r}: {said[:300]}"


async def all_of(cases: list[Http | Play], agent: Agent) -> tuple[list[Outcome], list[str]]:
    """Play them, eight at once; then whether the endpoint is well."""
    turns = asyncio.Semaphore(8)

    async def turn(case: Http | Play) -> Outcome:
        async with turns:
            return await play(case, agent)

    outcomes = await asyncio.gather(*map(turn, cases))
    health = await spoken(agent, filled(request("/healthz", method="GET"), agent))
    seen = [] if health.status == 200 else [f"after all of it /healthz answers with {health.status}"]
    if (peak := memory_mb(agent.process.pid)) > MEMORY_MB:
        seen.append(f"the endpoint took {peak:.0f} MB")
    return list(outcomes), seen


def refuses_to_start(name: str, folder: Path) -> Iterator[Outcome]:
    """An endpoint that would listen to others without a token of its owner's does not start."""
    for host in ("0.0.0.0", "::", "192.0.2.1"):
        case = Http(f"{name}: starts on {host} without a token", "http", name)
        done = codex_lsp(
            *(name, "--port", "0", "--host", host, "--json", "--until-eof"),
            env=clean_environ(),
            cwd=folder,
        )
        fine = done.returncode == 1 and not done.stdout
        yield Outcome(case, "" if fine else f"{done.returncode}: {done.stdout}{done.stderr}"[:300])
