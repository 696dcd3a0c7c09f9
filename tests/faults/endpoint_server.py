"""A server on loopback that speaks HTTP by hand, so that it can break any rule of it.

    async with Misbehaving(conduct) as server:
        ...  # server.base_url, server.calls, server.left

`conduct` is awaited with each POST, as a `Turn`; when it returns, the connection ends. Any GET is answered
with a list of one plain model.
"""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import struct
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TLS_PEM = Path(__file__).parent / "endpoint_tls.pem"
SSE = {"Content-Type": "text/event-stream"}
JSON = {"Content-Type": "application/json"}

Conduct = Callable[["Turn"], Awaitable[object]]


@dataclass
class Turn:
    """One request and the way to answer it. `number` counts the server's POST requests from 1."""

    number: int
    headers: Mapping[str, str]
    body: Any
    writer: asyncio.StreamWriter

    async def send(self, data: bytes) -> None:
        """Put bytes on the wire; raises `ConnectionError` once the client has left."""
        self.writer.write(data)
        await self.writer.drain()

    async def head(self, status: int = 200, headers: Mapping[str, str] = SSE) -> None:
        """The start of an answer that lasts until the connection ends."""
        lines = [f"HTTP/1.1 {status} Faulty", *(f"{name}: {value}" for name, value in headers.items())]
        await self.send("\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1"))

    async def answer(self, status: int, headers: Mapping[str, str] | None = None, body: bytes = b"") -> None:
        """A whole answer."""
        await self.head(status, {**(headers or {}), "Content-Length": str(len(body))})
        await self.send(body)

    async def repeat(self, data: bytes, every: float) -> None:
        """The same again and again, until the client leaves."""
        while not self.writer.is_closing():
            await self.send(data)
            await asyncio.sleep(every)

    async def gone(self) -> None:
        """Wait until the client leaves, which ends this."""
        await asyncio.Event().wait()

    def reset(self) -> None:
        """End the connection with a reset, instead of an end."""
        connection = self.writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


@dataclass
class Misbehaving:
    """The server; an asynchronous context manager.

    `left` is set, and `left_at` is the time by `time.monotonic`, when a client leaves in the middle of an
    answer. `arrived` is set with the first POST. `broken` has what failed in a conduct.
    """

    conduct: Conduct
    tls: bool = False
    calls: list[Turn] = field(default_factory=list)
    connections: int = 0
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    left: asyncio.Event = field(default_factory=asyncio.Event)
    left_at: float = 0.0
    broken: list[str] = field(default_factory=list)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _server: asyncio.Server | None = None

    async def __aenter__(self) -> Misbehaving:
        context = None
        if self.tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(TLS_PEM)
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0, ssl=context)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._server.wait_closed()

    @property
    def port(self) -> int:
        """Where it listens."""
        assert self._server is not None
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    @property
    def base_url(self) -> str:
        """`http://127.0.0.1:PORT`, or `https`."""
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    def begin(self, conduct: Conduct) -> None:
        """Behave like this from now on, and forget what was."""
        self.conduct = conduct
        self.calls.clear()
        self.arrived.clear()
        self.left.clear()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.connections += 1
        try:
            while await self._served(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self._tasks.discard(task)
            writer.close()

    async def _served(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; whether another may follow on the same connection."""
        method, headers, body = await _request(reader)
        if method == "GET":
            listed = json.dumps({"object": "list", "data": [{"id": "mini"}]}).encode()
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(listed), listed))
            return True
        turn = Turn(len(self.calls) + 1, headers, body, writer)
        self.calls.append(turn)
        self.arrived.set()
        conduct = asyncio.ensure_future(self.conduct(turn))
        gone = asyncio.ensure_future(_end_of(reader))
        try:
            await asyncio.wait([conduct, gone], return_when=asyncio.FIRST_COMPLETED)
            if not conduct.done():
                self.left_at = time.monotonic()
                self.left.set()
        finally:
            gone.cancel()
            conduct.cancel()
            results = await asyncio.gather(conduct, gone, return_exceptions=True)
        # A conduct that fails for a reason of its own would pass for an endpoint that broke off.
        self.broken += [
            repr(each) for each in results if isinstance(each, Exception) and not isinstance(each, OSError)
        ]
        return False


async def _end_of(reader: asyncio.StreamReader) -> None:
    # A client sends nothing while it waits; whatever comes is its end.
    await reader.read(1)


async def _request(reader: asyncio.StreamReader) -> tuple[str, dict[str, str], Any]:
    start = await reader.readexactly(1)
    if not start.isalpha():
        raise ConnectionError("TLS, where none is spoken, has no end of a head")
    first, *lines = (start + await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return first.split(" ")[0], headers, json.loads(body) if body else None
