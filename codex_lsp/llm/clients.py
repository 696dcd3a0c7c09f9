"""The clients that reach the endpoint: one for each event loop, one for calls without; they keep connections.

Redirects are never followed, so that the key goes to the configured origin alone. Nothing is taken from the
environment either (`trust_env=False`): a proxy set there would be handed prompts and, without TLS, the key,
loopback traffic included, since `NO_PROXY` is easily forgotten; and a `.netrc` would overrule the key.
"""

from __future__ import annotations

import asyncio
import atexit
import functools
import threading
from collections.abc import AsyncGenerator
from weakref import WeakKeyDictionary

import httpx

from codex_lsp.endpoint import tls
from codex_lsp.llm.chat import Patience

# Below the five seconds after which uvicorn and others drop an idle connection, or a request would sometimes
# meet the closing one.
_KEEP_SECONDS = 4.0
# Deadlines are counted by `deadline`; a client's own are for single reads.
_TIMEOUT = httpx.Timeout(None, connect=Patience().connect)

_clients: WeakKeyDictionary[asyncio.AbstractEventLoop, AsyncGenerator[httpx.AsyncClient]] = (
    WeakKeyDictionary()
)
_sync_lock = threading.Lock()


async def client() -> httpx.AsyncClient:
    """This event loop's client. It is closed with the loop's other asynchronous generators."""
    loop = asyncio.get_running_loop()
    if loop not in _clients:
        _clients[loop] = _kept_client()
        return await anext(_clients[loop])
    return await _clients[loop].asend(None)


async def _kept_client() -> AsyncGenerator[httpx.AsyncClient]:
    # A generator, because `asyncio.run` and its like close those before the loop; nothing else is told of the
    # loop's end, and a client that is not closed leaves open sockets behind.
    loop = asyncio.get_running_loop()
    made = httpx.AsyncClient(
        verify=_tls(), trust_env=False, follow_redirects=False, timeout=_TIMEOUT, limits=_limits()
    )
    try:
        while True:
            yield made
    finally:
        _clients.pop(loop, None)
        await made.aclose()


def sync_client() -> httpx.Client:
    """This process's client for calls without an event loop."""
    with _sync_lock:
        return _sync_client()


@functools.cache
def _sync_client() -> httpx.Client:
    made = httpx.Client(
        verify=_tls(), trust_env=False, follow_redirects=False, timeout=_TIMEOUT, limits=_limits()
    )
    atexit.register(made.close)
    return made


_tls = functools.cache(tls.context)


def _limits() -> httpx.Limits:
    return httpx.Limits(max_connections=None, keepalive_expiry=_KEEP_SECONDS)
