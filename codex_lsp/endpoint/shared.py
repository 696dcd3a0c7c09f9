"""One worker for all of a user's programs that have the same configuration: find it, or start it.

Whoever finds nobody at its socket takes the folder's lock, makes the socket, connects to it and only then
starts the worker, which inherits it: so all others can connect from that moment on, and a worker has a user
from its first moment on. It is nobody's child and ends soon after its last user has gone.
"""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass

from codex_lsp.endpoint import detached, meeting, peer, place, wire
from codex_lsp.endpoint.config import EndpointConfig
from codex_lsp.endpoint.connection import Connection, ended
from codex_lsp.endpoint.identity import identity
from codex_lsp.endpoint.place import Place, Unshareable
from codex_lsp.endpoint.private import environ

# A worker greets at once, by a thread that has nothing else to do.
GREETING_SECONDS = 5.0
ATTEMPTS = 3
TOKEN = "CODEX_LSP_WORKER_TOKEN"  # noqa: S105

_LOCK_SECONDS = 0.02
_UNIX = sys.platform != "win32"


@dataclass
class _Line:
    """A connection that was made and not yet greeted; `proof` is what the greeting must hold."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    proof: str = ""


async def join(python: str, config: EndpointConfig, *, unix: bool = _UNIX) -> Connection:
    """A connection to the worker for this configuration, which is started if there is none.

    Raises `Unshareable` where there can be none or it does not answer, and `WorkerFailed` where it cannot be
    started.
    """
    where = place.find(identity(config, python, os.environ))
    try:
        async with asyncio.timeout(GREETING_SECONDS):
            for _ in range(ATTEMPTS):
                line = await _dial(where, unix) or await _start(where, python, config, unix)
                if (pid := await _greeted(line)) is not None:
                    return Connection(_Shared(pid, where), line.reader, line.writer)
                line.writer.close()
                if words := detached.last_words(where):
                    # It will say the same again.
                    raise ended(None, words)
    except TimeoutError:
        raise Unshareable(f"it does not answer within {GREETING_SECONDS:g} s") from None
    except (OSError, wire.WireError) as error:
        raise Unshareable(str(error)) from None
    raise Unshareable(f"it ended {ATTEMPTS} times before it answered")


class _Shared:
    """See `connection.Worker`. How it ended nobody knows who is not its parent."""

    def __init__(self, pid: int, where: Place) -> None:
        self.pid = pid
        self._where = where

    async def ended(self) -> tuple[int | None, str]:
        return None, detached.last_words(self._where)

    async def close(self) -> None:
        pass

    def give_up(self) -> None:
        # Its connection is open, so it is still that process; and it serves nobody, who all get another.
        with suppress(OSError):
            os.kill(self.pid, signal.SIGTERM)


async def _dial(where: Place, unix: bool) -> _Line | None:
    """Connect; None if nobody is there."""
    if (found := meeting.address(where, unix)) is None:
        return None
    address, token = found
    family = socket.AF_UNIX if unix else socket.AF_INET
    connection = socket.socket(family, socket.SOCK_STREAM)
    try:
        connection.setblocking(False)
        await asyncio.get_running_loop().sock_connect(connection, address)
        if not peer.is_ours(connection):
            raise Unshareable("its socket is somebody else's")
        reader, writer = await asyncio.open_connection(sock=connection)
    except (FileNotFoundError, ConnectionRefusedError):
        connection.close()
        return None
    except BaseException:
        connection.close()
        raise
    if not token:
        return _Line(reader, writer)
    opening, proof = peer.opening(token)
    writer.write(opening)
    return _Line(reader, writer, proof)


async def _greeted(line: _Line) -> int | None:
    """Wait for the greeting: the worker's process id, or None if it ended before."""
    try:
        said = await wire.read(line.reader)
        if said is None:
            return None
        if said.get("event") != "greeting" or said.get("proof") != line.proof:
            raise wire.WireError("it does not greet as a worker does")
        return int(said["pid"])
    except ConnectionError:
        return None
    except BaseException:
        line.writer.close()
        raise


async def _start(where: Place, python: str, config: EndpointConfig, unix: bool) -> _Line:
    """Start the worker, unless somebody else just did; the connection to it."""
    while True:
        with place.try_lock(where.folder) as held:
            if held:
                line = await _dial(where, unix)
                return line or await _start_locked(where, python, config, unix)
        await asyncio.sleep(_LOCK_SECONDS)


async def _start_locked(where: Place, python: str, config: EndpointConfig, unix: bool) -> _Line:
    meeting.sweep(where.folder)
    where.remove()
    listener, token = meeting.listen(where, unix)
    with listener:
        line = await _dial(where, unix)
        if line is None:
            raise Unshareable("its socket cannot be reached")
        try:
            env = environ(os.environ, config) | ({TOKEN: token.hex()} if token else {})
            await detached.spawn(where, listener, python, env)
        except BaseException:
            line.writer.close()
            where.remove()
            raise
    return line
