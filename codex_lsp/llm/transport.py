"""HTTP to the endpoint: connections that are kept, deadlines, a cap on size; asynchronous and not.

Redirects are never followed, so that the key goes to the configured origin alone. Nothing is taken from the
environment either (`trust_env=False`): a proxy set there would be handed prompts and, without TLS, the key,
loopback traffic included, since `NO_PROXY` is easily forgotten; and a `.netrc` would overrule the key.
"""

from __future__ import annotations

import asyncio
import atexit
import functools
import ssl
import threading
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager
from weakref import WeakKeyDictionary

import certifi
import httpx
from httpx_sse import EventSource

from codex_lsp.endpoint.errors import EndpointError, bad_reply, timed_out
from codex_lsp.llm.chat import CONNECT_SECONDS, MAX_REPLY_BYTES, Call
from codex_lsp.llm.failures import bad_status, wire_failures

# Below the five seconds after which uvicorn and others drop an idle connection, or a request would sometimes
# meet the closing one.
_KEEP_SECONDS = 4.0
_DRAIN_SECONDS = 0.05

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
        verify=_tls(), trust_env=False, follow_redirects=False, timeout=_timeout(None), limits=_limits()
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
        verify=_tls(), trust_env=False, follow_redirects=False, timeout=_timeout(None), limits=_limits()
    )
    atexit.register(made.close)
    return made


@functools.cache
def _tls() -> ssl.SSLContext:
    # The system's authorities, or those that SSL_CERT_FILE names, and certifi's where the system has none.
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context


def _limits() -> httpx.Limits:
    return httpx.Limits(max_connections=None, keepalive_expiry=_KEEP_SECONDS)


def _timeout(read: float | None) -> httpx.Timeout:
    return httpx.Timeout(None, connect=CONNECT_SECONDS, read=read)


class _Deadline:
    """The total and the idle deadline of one call, counted from now."""

    def __init__(self, call: Call, *, idle: bool) -> None:
        self._call = call
        self._idle = call.idle if idle else call.total
        self._end = time.monotonic() + call.total

    def left(self) -> float:
        """Seconds that the next step may take."""
        return max(0.0, min(self._idle, self._end - time.monotonic()))

    def passed(self) -> EndpointError:
        """The error for a step that took longer."""
        total = time.monotonic() >= self._end - 0.001
        seconds = self._call.total if total else self._idle
        return timed_out(self._call.origin, seconds, idle=not total)


@asynccontextmanager
async def exchange(call: Call, *, stream: bool) -> AsyncIterator[tuple[httpx.Response, AsyncIterator[bytes]]]:
    """Send `call`; gives the successful response and its body, which obeys the deadlines and the cap.

    Raises the typed error for whatever is no success. Leaving closes the connection unless all was read.
    """
    deadline = _Deadline(call, idle=stream)
    http = await client()
    request = http.build_request("POST", call.url, headers=dict(call.headers), content=call.body)
    with wire_failures(call.origin):
        try:
            async with asyncio.timeout(deadline.left()):
                response = await http.send(request, stream=True)
        except TimeoutError:
            raise deadline.passed() from None
    body = _guarded(call, response, deadline)
    try:
        if not response.is_success:
            raise bad_status(call, response.status_code, response.headers, await _start_of(body))
        yield response, body
    finally:
        await body.aclose()
        await response.aclose()


async def _guarded(call: Call, response: httpx.Response, deadline: _Deadline) -> AsyncGenerator[bytes]:
    # The timer runs for one step at a time: over a `yield` it would cancel whoever consumes this.
    size = 0
    chunks = response.aiter_bytes()
    while True:
        with wire_failures(call.origin):
            try:
                async with asyncio.timeout(deadline.left()):
                    chunk = await anext(chunks, None)
            except TimeoutError:
                raise deadline.passed() from None
        if chunk is None:
            return
        size += len(chunk)
        _check_size(call, size)
        yield chunk


async def _start_of(body: AsyncIterator[bytes]) -> bytes:
    data = b""
    try:
        async for chunk in body:
            data += chunk
            if len(data) > 64 * 1024:
                break
    except EndpointError:
        pass  # the status is the news; what it said about it may stay incomplete
    return data


async def events(body: AsyncIterator[bytes]) -> AsyncGenerator[str]:
    """The data of the server-sent events in `body`."""
    response = httpx.Response(200, headers=_EVENTS, stream=_AsyncBody(body))
    async with aclosing(EventSource(response).aiter_sse()) as found:
        async for event in found:
            if event.data:
                yield event.data


async def drain(body: AsyncIterator[bytes]) -> None:
    """Read on to the end of the body if it is near, so that the connection can be used again."""
    try:
        async with asyncio.timeout(_DRAIN_SECONDS):
            async for _ in body:
                pass
    except (TimeoutError, EndpointError):
        pass


@contextmanager
def exchange_sync(call: Call, *, stream: bool) -> Iterator[tuple[httpx.Response, Iterator[bytes]]]:
    """`exchange` without an event loop. The total deadline is looked at with each piece that arrives."""
    deadline = _Deadline(call, idle=stream)
    http = sync_client()
    request = http.build_request(
        "POST",
        call.url,
        headers=dict(call.headers),
        content=call.body,
        timeout=_timeout(deadline.left()),
    )
    with wire_failures(call.origin):
        try:
            response = http.send(request, stream=True)
        except httpx.ReadTimeout:
            raise deadline.passed() from None
    body = _guarded_sync(call, response, deadline)
    try:
        if not response.is_success:
            raise bad_status(call, response.status_code, response.headers, _start_of_sync(body))
        yield response, body
    finally:
        response.close()


def _guarded_sync(call: Call, response: httpx.Response, deadline: _Deadline) -> Iterator[bytes]:
    size = 0
    chunks = response.iter_bytes()
    while True:
        with wire_failures(call.origin):
            try:
                chunk = next(chunks, None)
            except httpx.ReadTimeout:
                raise deadline.passed() from None
        if chunk is None:
            return
        if not deadline.left():
            raise deadline.passed()
        size += len(chunk)
        _check_size(call, size)
        yield chunk


def _start_of_sync(body: Iterator[bytes]) -> bytes:
    data = b""
    try:
        for chunk in body:
            data += chunk
            if len(data) > 64 * 1024:
                break
    except EndpointError:
        pass
    return data


def events_sync(body: Iterator[bytes]) -> Iterator[str]:
    """`events` without an event loop."""
    response = httpx.Response(200, headers=_EVENTS, stream=_Body(body))
    return (event.data for event in EventSource(response).iter_sse() if event.data)


_EVENTS = {"content-type": "text/event-stream; charset=utf-8"}


class _AsyncBody(httpx.AsyncByteStream):
    def __init__(self, chunks: AsyncIterator[bytes]) -> None:
        self._chunks = chunks

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._chunks


class _Body(httpx.SyncByteStream):
    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks

    def __iter__(self) -> Iterator[bytes]:
        return self._chunks


def _check_size(call: Call, size: int) -> None:
    if size > MAX_REPLY_BYTES:
        raise bad_reply(call.origin, f"with more than {MAX_REPLY_BYTES // 1024 // 1024} MB")
