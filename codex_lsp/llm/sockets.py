"""The event loop of a worker that many programs share; see `worker` for how it is started."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from contextlib import suppress
from typing import Any, NoReturn

from codex_lsp.endpoint import wire
from codex_lsp.endpoint.door import Door, Guest
from codex_lsp.endpoint.errors import EndpointError
from codex_lsp.endpoint.place import Place
from codex_lsp.llm.pipes import configuration, feed, hello, quieten
from codex_lsp.llm.rest import IDLE_SECONDS, Rest
from codex_lsp.llm.router import AgentRouter
from codex_lsp.llm.service import Service, configured
from codex_lsp.llm.warm import settle


def run(door: Door, place: Place) -> NoReturn:
    """Answer everybody who comes through `door`, until it or a long rest ends this process."""
    quieten()
    _mute(place)
    asyncio.run(_serve(door))
    door.end()


def _mute(place: Place) -> None:
    """From here on nobody is told what is printed: it would be many programs' business."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(nothing, stream)
    os.close(nothing)
    with suppress(OSError):
        place.said.unlink()


async def _serve(door: Door) -> None:
    rest = Rest()
    visits = _Visits(configured(configuration()), rest)
    loop = asyncio.get_running_loop()
    door.connect(lambda guest, data: loop.call_soon_threadsafe(visits.take, guest, data))
    settling = asyncio.create_task(settle(rest))
    await rest.over(IDLE_SECONDS)
    settling.cancel()


class _Visits:
    """Each guest's stream and what answers it, so that one guest's rubbish or silence is no other's."""

    def __init__(self, router: AgentRouter | EndpointError, rest: Rest) -> None:
        self._router = router
        self._rest = rest
        self._hello = hello()
        self._streams: dict[Guest, asyncio.StreamReader] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def take(self, guest: Guest, data: bytes | None) -> None:
        """What the door hands over."""
        if guest not in self._streams:
            self._streams[guest] = asyncio.StreamReader()
            task = asyncio.create_task(self._visit(guest, self._streams[guest]))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        if data != b"":
            feed(self._streams[guest], data)
        if data is None:
            del self._streams[guest]

    async def _visit(self, guest: Guest, stream: asyncio.StreamReader) -> None:
        def send(message: Mapping[str, Any]) -> None:
            guest.send(wire.encode(message))

        send(self._hello)
        try:
            await Service(self._router, send, self._rest).serve(stream)
        except wire.WireError:
            guest.drop()
