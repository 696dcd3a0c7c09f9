"""The model behind the configured endpoint, reached through a process that holds LiteLLM.

LiteLLM costs seconds and some 200 MB to import, stalls an event loop while it does, and prints; in a process
of its own, the worker, it does nothing of this to the server. One worker answers many requests at a time, of
all the user's programs that have the same configuration (`shared`), or of this one alone (`private`).
"""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Callable
from typing import Any

from codex_lsp.agent.model import Delta, ModelInfo, Reply, Request
from codex_lsp.endpoint import private, wire
from codex_lsp.endpoint.config import EndpointConfig
from codex_lsp.endpoint.connection import Connection, NotTaken
from codex_lsp.endpoint.errors import WorkerFailed
from codex_lsp.endpoint.place import Unshareable

_log = logging.getLogger(__name__)


class RemoteModel:
    """A `Model` (see `codex_lsp.agent.model`) for one configuration.

    Belongs to the event loop on which it is first used. Every method raises the errors of
    `codex_lsp.endpoint.errors`; `Off` and `Unconfigured` come before any process is started. A worker that
    dies fails the calls that it had taken with `WorkerFailed`; what it had not taken, and the next call, go
    to another.
    """

    def __init__(self, config: EndpointConfig, *, python: str = sys.executable) -> None:
        self._config = config
        self._python = python
        self._connection: Connection | None = None
        self._starting = asyncio.Lock()
        self._closed = False

    @property
    def pid(self) -> int | None:
        """The worker's process id; None while there is none."""
        return None if self._connection is None or self._connection.ended else self._connection.worker.pid

    async def start(self) -> None:
        """Find or start the worker ahead of the first request, without waiting until it is ready.

        Costs nothing while there is one: to be called at the first sign that somebody will ask.
        """
        await self._running()

    async def ready(self) -> str:
        """Wait until the worker is ready; returns its version of LiteLLM."""
        return await (await self._running()).ready()

    async def describe(self) -> ModelInfo:
        """Tell what stands behind the endpoint; asked once for the life of a connection to a worker."""
        connection = await self._running()
        if connection.info is None:
            connection.info = wire.info_from_wire(await self._call({"op": "describe"}))
        return connection.info

    async def complete(self, request: Request, on_delta: Callable[[Delta], None]) -> Reply:
        """Answer `request`, calling `on_delta` on the event loop for each piece.

        Cancelling the task that waits here drops the connection to the endpoint, and returns at once.
        """
        message = {"op": "complete", "request": wire.request_to_wire(request)}
        return wire.reply_from_wire(await self._call(message, on_delta))

    async def close(self) -> None:
        """Leave the worker; calls that still wait fail with `WorkerFailed`, as do all later ones."""
        self._closed = True
        async with self._starting:
            connection, self._connection = self._connection, None
        if connection is not None:
            await connection.close()

    async def _call(self, message: dict[str, Any], on_delta: Callable[[Delta], None] | None = None) -> Any:
        try:
            return await (await self._running()).call(message, on_delta)
        except NotTaken as error:
            # It ended while nobody was looking, and nothing was sent.
            _log.info("%s", error)
            return await (await self._running()).call(message, on_delta)

    async def _running(self) -> Connection:
        self._config.require_ready()
        async with self._starting:
            if self._closed:
                raise WorkerFailed("The connection to the endpoint was closed: restart the server.")
            if self._connection is None or self._connection.ended:
                self._connection = await self._find()
            return self._connection

    async def _find(self) -> Connection:
        if self._config.share_worker:
            from codex_lsp.endpoint import shared

            try:
                return await shared.join(self._python, self._config)
            except Unshareable as error:
                _log.warning("no shared worker (%s): this process runs its own", error)
        return await private.spawn(self._python, self._config)
