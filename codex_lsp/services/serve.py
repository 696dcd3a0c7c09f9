"""Run an endpoint as a process: bind, say where, serve until told to stop, end within a second."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import field
from types import FrameType

import uvicorn

from codex_lsp import collector
from codex_lsp.records import record
from codex_lsp.services.chat import Answerer
from codex_lsp.services.connections import Connection
from codex_lsp.services.guard import Access, allowed_hosts, authority, is_loopback
from codex_lsp.services.http import Endpoint
from codex_lsp.services.queue import Queue

_SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, name)
)


class CannotServe(Exception):
    """The endpoint does not start; the message says why and what to do."""


@record(frozen=True, slots=True)
class Listener:
    """A bound socket, the address that clients use, and what they must send."""

    socket: socket.socket
    url: str
    access: Access = field(repr=False)


def listen(host: str, port: int, token: str | None, *, extra_hosts: Sequence[str] = ()) -> Listener:
    """Bind `host:port` (port 0 is any free one) and listen.

    Without a token a fresh one is made, on loopback only: beyond it, someone has to have chosen one. Raises
    `CannotServe`.
    """
    if token is not None and not (token and token.isascii() and token.isprintable() and " " not in token):
        raise CannotServe("The token must be printable ASCII without spaces, and not empty.")
    if not 0 <= port <= 65535:
        raise CannotServe(f"Cannot listen on port {port}: ports are 0 to 65535.")
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        if token is None and not is_loopback(str(address[0])):
            raise CannotServe(
                f"{host} can be reached from other machines: give a token of your own (--token-file FILE, or "
                "CODEX_AGENT_API_KEY in the environment), or listen on 127.0.0.1."
            )
        bound = socket.create_server(address[:2], family=family, backlog=256)
    except (OSError, UnicodeError) as error:
        raise CannotServe(f"Cannot listen on {host}:{port}: {error}.") from error
    ip, actual_port = bound.getsockname()[:2]
    hosts = allowed_hosts(ip, actual_port, [host, *extra_hosts] if host else extra_hosts)
    reachable = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(ip, ip)  # noqa: S104
    url = f"http://{authority(reachable, actual_port)}"
    return Listener(bound, url, Access(token or secrets.token_urlsafe(32), hosts))


@record(frozen=True, slots=True)
class Load:
    """How many requests are worked on at a time, and how many more may wait; beyond that it is 429."""

    runs: int = 4
    queue: int = 64


def run(
    answerer: Answerer,
    listener: Listener,
    *,
    ready: Callable[[], None],
    until_eof: int | None = None,
    load: Load | None = None,
) -> None:
    """Serve until a signal says to end, or until the descriptor `until_eof` has been read to its end.

    `ready` is called once it listens. Signals are heeded on the main thread only.
    """
    load = load or Load()
    asyncio.run(_serve(answerer, load, listener, ready, until_eof))


async def _serve(
    answerer: Answerer, load: Load, listener: Listener, ready: Callable[[], None], until_eof: int | None
) -> None:
    endpoint = Endpoint(answerer, listener.access, Queue(load.runs, load.queue))
    server = _Server(
        uvicorn.Config(
            endpoint,
            http=Connection,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=1,
        )
    )
    loop = asyncio.get_running_loop()

    def stop() -> None:
        server.should_exit = True
        endpoint.stop()

    def stop_from_outside(*_: object) -> None:
        # The loop is gone when a second signal comes late.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(stop)

    with _signals(stop_from_outside):
        if until_eof is not None:
            watch = threading.Thread(target=_wait_for_eof, args=(until_eof, stop_from_outside), daemon=True)
            watch.start()
        ready()
        tending = asyncio.create_task(collector.tend())
        await server.serve(sockets=[listener.socket])
        tending.cancel()


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signals alone: uvicorn raises them again at the end, which would kill the clean-up."""
        yield


@contextlib.contextmanager
def _signals(handler: Callable[[int, FrameType | None], None]) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    previous = {number: signal.signal(number, handler) for number in _SIGNALS}
    try:
        yield
    finally:
        for number, old in previous.items():
            signal.signal(number, old)


def _wait_for_eof(descriptor: int, then: Callable[[], None]) -> None:
    # By the descriptor: a buffered reader's lock would hold up the end of the interpreter.
    with contextlib.suppress(OSError):
        while os.read(descriptor, 4096):
            pass
    then()
