"""Faults that need more than one server or none, or more than one ask."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import tempfile
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from codex_lsp.endpoint.config import GATE
from tests.faults import endpoint_speech as say
from tests.faults.endpoint_modes import (
    BAD,
    GONE,
    OLLAMA,
    ONE_TRY,
    first,
    good,
    hang,
    head,
    send,
    status,
    then,
)
from tests.faults.endpoint_play import (
    KEY,
    PATIENCE,
    STAMINA,
    InProcess,
    Mode,
    Ready,
    Result,
    ask,
    cancel,
    closing,
    config_for,
    judged,
    play,
)
from tests.faults.endpoint_server import JSON, SSE, Conduct, Misbehaving, Turn

CANCEL_SECONDS = 0.1
HASTY = replace(STAMINA, patience=replace(PATIENCE, connect=0.2))
NAMELESS = "agent.invalid"


async def places() -> list[Result]:
    """Addresses where no endpoint is."""
    with _bound() as port, _full() as full, _without(NAMELESS):
        refused, silent = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{full}"
        modes = [
            Mode("refused", then(), GONE, 0, 0.5, base=refused, says="nobody listens", steps=("again",)),
            Mode("DNS", then(), GONE, 0, 0.5, base=f"http://{NAMELESS}", says="no address", steps=("again",)),
            Mode("a name that is none", then(), GONE, 0, base="http://xn--/", says="not one that can be"),
            Mode("no connection", then(), GONE, 0, 0.9, 0.6, base=silent, says="within", stamina=HASTY),
            Mode("TLS by nobody known", good, GONE, 0, says="TLS failed", tls=True),
        ]
        results = [await play(mode) for mode in modes]
    async with Misbehaving(then()) as plain:
        base = f"https://127.0.0.1:{plain.port}"
        results.append(
            await play(Mode("TLS where there is none", then(), GONE, 0, base=base, says="TLS failed"))
        )
        if plain.connections != 1:
            results[-1].violations.append(f"{plain.connections} connections for a fault that lasts")
    return results


@contextmanager
def _bound() -> Iterator[int]:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        yield bound.getsockname()[1]


@contextmanager
def _full() -> Iterator[int]:
    # The queue of a listener that accepts nothing fills up; the kernel then answers no more.
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen(0)
        waiting = [socket.socket() for _ in range(4)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(listening.getsockname())
        yield listening.getsockname()[1]
        for each in waiting:
            each.close()


@contextmanager
def _without(name: str) -> Iterator[None]:
    # As a resolver says it, without asking one.
    real: Callable[..., Any] = socket.getaddrinfo

    def lookup(host: Any, *more: Any, **options: Any) -> Any:
        if host in (name, name.encode()):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return real(host, *more, **options)

    socket.getaddrinfo = lookup
    try:
        yield
    finally:
        socket.getaddrinfo = real


async def redirects() -> list[Result]:
    """To another host, with each status: not followed, and the key goes nowhere."""
    results = []
    async with Misbehaving(good) as other:
        for code in (301, 302, 303, 307, 308):
            target = {"Location": f"{other.base_url}/v1/chat/completions"}
            result = await play(
                Mode(f"redirect {code}", status(code, target), "refused", 1, says="not followed")
            )
            if other.connections:
                result.violations.append("the other host was called")
            results.append(result)
    return results


async def cuts(step: int = 1) -> list[Result]:
    """A recorded stream, cut at every byte: by a connection that breaks, and by one that ends well.

    Behind its last byte it is whole; that the body's own end is missing then is no loss.
    """
    recorded = say.stream()
    results = []
    for kind, ends in (("breaks", GONE), ("ends", BAD)):
        conduct = _Cut(recorded, breaks=kind == "breaks")
        async with (
            Misbehaving(conduct) as server,
            closing(InProcess(config_for(server.base_url), ONE_TRY)) as model,
        ):
            for at in (*range(0, len(recorded), step), len(recorded)):
                conduct.at = at
                server.begin(conduct)
                result = await ask(f"{kind} at byte {at}", model, server)
                whole = at == len(recorded)
                wanted = "edited" if whole else ends
                results.append(judged(Mode(result.name, conduct, wanted, 1), result))
    return results


class _Cut:
    def __init__(self, data: bytes, *, breaks: bool) -> None:
        self.at = 0
        self._data = data
        self._breaks = breaks

    async def __call__(self, turn: Turn) -> None:
        data = self._data[: self.at]
        await turn.head(200, {**SSE, "Transfer-Encoding": "chunked"} if self._breaks else SSE)
        await turn.send((say.chunked(data) if data else b"") if self._breaks else data)


async def cancels() -> list[Result]:
    """The connection is closed within `CANCEL_SECONDS` of a cancel, wherever the ask is."""
    waiting = first(status(503, {"Retry-After": "1"}), good)
    scenes: list[tuple[str, Conduct, Ready, bool]] = [
        ("cancel while headers are waited for", hang, lambda server, _: server.arrived.wait(), True),
        ("cancel in mid-stream", then(head, send(say.text()), hang), lambda _, told: told.wait(), True),
        ("cancel during pings", then(head, hang), lambda server, _: server.arrived.wait(), True),
        ("cancel while a retry is waited for", waiting, lambda _, told: told.wait(), False),
    ]
    return [await _cancelled(*scene) for scene in scenes]


async def _cancelled(name: str, conduct: Conduct, ready: Ready, connected: bool) -> Result:
    async with Misbehaving(conduct) as server, closing(InProcess(config_for(server.base_url))) as model:
        result = await cancel(name, model, server, ready, connected=connected)
        if not connected:
            await asyncio.sleep(1.3)  # the moment at which it would have tried again is past
            result.calls = len(server.calls)
    if (result.ends, result.calls) != ("cancelled", 1):
        result.violations.append(f"{result.ends}, {result.calls} calls")
    if result.seconds > CANCEL_SECONDS:
        result.violations.append(f"took {result.seconds * 1000:.0f} ms")
    return result


async def deployments() -> list[Result]:
    """Several deployments: the next try is another's, and no more tries than a lone one would get."""
    results = []
    for name, conduct in [
        ("one of two is down", status(503)),
        ("one of two breaks off", then()),
        ("one of two asks for an hour", status(429, {"Retry-After": "3600"})),
    ]:
        for number in range(4):  # either may be asked first
            found = await _asked(f"{name}, {number}", {"team": [conduct, good]})
            results.append(found.judged("edited", 1 + found.calls["team"][0], at_most=(1, 1)))
    found = await _asked("both are down", {"team": [status(503), status(503)]}, num_retries=5)
    results.append(found.judged("server_fault", 3, at_most=(2, 2)))
    return results


async def fallbacks() -> list[Result]:
    """To another model only where one is named, and never with a prompt that was refused."""
    results = []
    for code, ends, calls in [
        (401, "unauthorized", (1, 0)),
        (403, "unauthorized", (1, 0)),
        (404, "not_found", (1, 0)),
        (422, "refused", (1, 0)),
        (429, "edited", (3, 1)),
        (503, "edited", (3, 1)),
    ]:
        groups = {"main": [status(code)], "spare": [good]}
        found = await _asked(f"{code} with a fallback", groups, fallbacks=[{"main": ["spare"]}])
        results.append(found.judged(ends, sum(calls), at_most=calls))
    crowded = {"main": [status(429), status(429)], "spare": [good]}
    found = await _asked("all are cooling down, with a fallback", crowded, fallbacks=[{"main": ["spare"]}])
    results.append(found.judged("edited", 1 + sum(found.calls["main"]), at_most=(2, 2, 1)))
    for code, ends, times in [(401, "unauthorized", 1), (503, "server_fault", 3)]:
        found = await _asked(f"{code} without a fallback", {"main": [status(code)], "spare": [good]})
        results.append(found.judged(ends, times, at_most=(times, 0)))
    return results


@dataclass
class _Found:
    """The result of one ask of several servers, and how often each was asked, by group."""

    result: Result
    calls: dict[str, list[int]]

    def judged(self, ends: str, calls: int, *, at_most: tuple[int, ...]) -> Result:
        """The result, judged; `at_most` so many calls went to each server, in order."""
        each = [count for group in self.calls.values() for count in group]
        self.result.calls = sum(each)
        judged(Mode(self.result.name, good, ends, calls, 0.6), self.result)
        if any(count > limit for count, limit in zip(each, at_most, strict=True)):
            self.result.violations.append(f"the servers were called {each} times, not at most {at_most}")
        return self.result


async def _asked(name: str, groups: dict[str, list[Conduct]], **settings: Any) -> _Found:
    async with AsyncExitStack() as stack:
        servers = {
            group: [await stack.enter_async_context(Misbehaving(conduct)) for conduct in conducts]
            for group, conducts in groups.items()
        }
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "router.yaml"
            file.write_text(json.dumps(_fleet(servers, settings)), encoding="utf-8")
            model = await stack.enter_async_context(closing(InProcess(config_for("", file), STAMINA)))
        first_asked = next(iter(servers.values()))[0]
        result = await ask(name, model, first_asked)
        return _Found(result, {group: [len(each.calls) for each in made] for group, made in servers.items()})


def _fleet(servers: dict[str, list[Misbehaving]], settings: dict[str, Any]) -> dict[str, Any]:
    deployment = {"model": "codex-agent/mini", "api_key": KEY}
    listed = [
        {"model_name": group, "litellm_params": deployment | {"api_base": each.base_url}}
        for group, made in servers.items()
        for each in made
    ]
    return {"model_list": listed, "router_settings": settings}


def _without_tools(refusal: bytes) -> Conduct:
    async def conduct(turn: Turn) -> object:
        return await (status(400, JSON, refusal) if turn.body.get("tools") else good)(turn)

    return conduct


async def remembered() -> list[Result]:
    """What refuses tools is asked with them once; a doubt counts only once the same was answered without."""
    results = []
    for name, conduct, ends, calls in [
        ("no tools, as it says", _without_tools(OLLAMA), "edited", (2, 1)),
        ("no tools, for no reason", _without_tools(b"{}"), "edited", (2, 1)),
        ("400, with and without tools", status(400), "refused", (2, 2)),
    ]:
        async with Misbehaving(conduct) as server, closing(InProcess(config_for(server.base_url))) as model:
            for time, expected in enumerate(calls, 1):
                server.begin(conduct)
                result = await ask(f"{name}, time {time}", model, server)
                results.append(judged(Mode(result.name, conduct, ends, expected), result))
    return results


async def shut() -> list[Result]:
    """While the gate is closed nothing is sent, not even to a fallback."""
    async with Misbehaving(good) as server, closing(InProcess(config_for(server.base_url))) as model:
        os.environ[GATE] = "0"
        try:
            result = await ask("the gate is closed", model, server)
        finally:
            os.environ[GATE] = "1"
        return [judged(Mode(result.name, good, "off", 0), result)]


SCENES: dict[str, Callable[[], Coroutine[Any, Any, list[Result]]]] = {
    "places": places,
    "redirects": redirects,
    "cuts": cuts,
    "cancels": cancels,
    "deployments": deployments,
    "fallbacks": fallbacks,
    "remembered": remembered,
    "gate": shut,
}
