"""A call over HTTP: sent, and its answer read within deadlines and a cap on size; asynchronous and not."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager

import httpx

from codex_lsp.endpoint.errors import EndpointError, bad_reply
from codex_lsp.llm.chat import MAX_REPLY_BYTES, Call
from codex_lsp.llm.clients import client, sync_client
from codex_lsp.llm.deadline import Deadline
from codex_lsp.llm.events import CannotDecode, Decoder, Events
from codex_lsp.llm.failures import bad_status, wire_failures
from codex_lsp.records import record

_DRAIN_SECONDS = 0.05
# What an error's body may cost: the status is known already.
_EXCUSE_SECONDS = 2.0
_EXCUSE_BYTES = 64 * 1024


@record(frozen=True, slots=True)
class Answer:
    """A successful answer: its type, its body within the deadlines and the cap, and how to say that the body
    brought something of the reply."""

    content_type: str
    body: AsyncIterator[bytes]
    progress: Callable[[], None]


@asynccontextmanager
async def exchange(
    call: Call, *, stream: bool, on_sent: Callable[[], None] = lambda: None
) -> AsyncIterator[Answer]:
    """Send `call`; `on_sent` is called when the whole request is on the wire, or will not be.

    Raises the typed error for whatever is no success. Leaving closes the connection unless all was read.
    """
    deadline = Deadline(call, stream=stream)
    http = await client()
    try:
        async with deadline.step():
            request = _request(http, call)
            request.extensions["trace"] = _traced(on_sent)
            response = await http.send(request, stream=True)
    finally:
        on_sent()
    deadline.headers_came()
    body = _guarded(call, response, deadline)
    try:
        if not response.is_success:
            raise bad_status(call, response.status_code, response.headers, await _start_of(body))
        yield Answer(response.headers.get("content-type", ""), body, deadline.progress)
    finally:
        await body.aclose()
        await response.aclose()


def _request(http: httpx.AsyncClient | httpx.Client, call: Call, read: float | None = None) -> httpx.Request:
    timeout = httpx.Timeout(None, connect=min(call.patience.connect, call.patience.total), read=read)
    return http.build_request(
        "POST", call.url, headers=dict(call.headers), content=call.body, timeout=timeout
    )


def _traced(on_sent: Callable[[], None]) -> Callable[[str, object], Awaitable[None]]:
    async def trace(event: str, info: object) -> None:
        if event == "http11.send_request_body.complete":
            on_sent()

    return trace


async def _guarded(call: Call, response: httpx.Response, deadline: Deadline) -> AsyncGenerator[bytes]:
    intake = _Intake(call, response)
    chunks = response.aiter_raw()
    while True:
        async with deadline.step():
            chunk = await anext(chunks, None)
        if chunk is None:
            intake.end()
            return
        if data := intake.take(chunk):
            yield data


class _Intake:
    """Decodes a body and counts it, on the wire and decoded."""

    def __init__(self, call: Call, response: httpx.Response) -> None:
        self._call = call
        self._size = 0
        announced = response.headers.get("content-length", "")
        if announced.isdecimal() and int(announced[:20]) > MAX_REPLY_BYTES and response.is_success:
            raise self._too_much()
        with self._decoding():
            self._decoder = Decoder(response.headers.get("content-encoding", ""), MAX_REPLY_BYTES)

    def take(self, chunk: bytes) -> bytes:
        """What the chunk says; raises `BadReply` once it is too much."""
        with self._decoding():
            data = self._decoder.feed(chunk)
        self._size += max(len(data), len(chunk))
        if self._size > MAX_REPLY_BYTES:
            raise self._too_much()
        return data

    def end(self) -> None:
        """The body is over; raises `BadReply` if it should not be."""
        with self._decoding():
            self._decoder.end()

    def _too_much(self) -> EndpointError:
        return bad_reply(self._call.origin, f"with more than {MAX_REPLY_BYTES // 1024 // 1024} MB")

    @contextmanager
    def _decoding(self) -> Iterator[None]:
        try:
            yield
        except CannotDecode:
            raise bad_reply(self._call.origin, "what it sent cannot be decoded") from None


async def _start_of(body: AsyncIterator[bytes]) -> bytes:
    data = b""
    try:
        async with asyncio.timeout(_EXCUSE_SECONDS):
            async for chunk in body:
                data += chunk
                if len(data) > _EXCUSE_BYTES:
                    break
    except (EndpointError, TimeoutError):
        pass  # the status is the news; what it said about it may stay incomplete
    return data


async def events(body: AsyncIterator[bytes]) -> AsyncGenerator[bytes]:
    """The data of the server-sent events in `body`."""
    found = Events()
    async for piece in body:
        for data in found.feed(piece):
            yield data


async def drain(body: AsyncIterator[bytes]) -> None:
    """Read on to the end of the body if it is near, so that the connection can be used again."""
    try:
        async with asyncio.timeout(_DRAIN_SECONDS):
            async for _ in body:
                pass
    except (TimeoutError, EndpointError):
        pass


@record(frozen=True, slots=True)
class SyncAnswer:
    """`Answer` without an event loop."""

    content_type: str
    body: Iterator[bytes]
    progress: Callable[[], None]


@contextmanager
def exchange_sync(call: Call, *, stream: bool) -> Iterator[SyncAnswer]:
    """`exchange` without an event loop. The deadlines are looked at with each piece that arrives."""
    deadline = Deadline(call, stream=stream)
    http = sync_client()
    with wire_failures(call.origin, call.patience.connect):
        try:
            response = http.send(_request(http, call, deadline.left()), stream=True)
        except httpx.ReadTimeout:
            raise deadline.passed() from None
    deadline.headers_came()
    try:
        body = _guarded_sync(call, response, deadline)
        if not response.is_success:
            raise bad_status(call, response.status_code, response.headers, _start_of_sync(body))
        yield SyncAnswer(response.headers.get("content-type", ""), body, deadline.progress)
    finally:
        response.close()


def _guarded_sync(call: Call, response: httpx.Response, deadline: Deadline) -> Iterator[bytes]:
    intake = _Intake(call, response)
    chunks = response.iter_raw()
    while True:
        begun = time.monotonic()
        with wire_failures(call.origin, call.patience.connect):
            try:
                chunk = next(chunks, None)
            except httpx.ReadTimeout:
                raise deadline.passed() from None
        deadline.spend(time.monotonic() - begun)
        if chunk is None:
            intake.end()
            return
        if not deadline.left():
            raise deadline.passed()
        if data := intake.take(chunk):
            yield data


def _start_of_sync(body: Iterator[bytes]) -> bytes:
    data = b""
    end = time.monotonic() + _EXCUSE_SECONDS
    try:
        for chunk in body:
            data += chunk
            if len(data) > _EXCUSE_BYTES or time.monotonic() > end:
                break
    except EndpointError:
        pass
    return data


def events_sync(body: Iterator[bytes]) -> Iterator[bytes]:
    """`events` without an event loop."""
    found = Events()
    for piece in body:
        yield from found.feed(piece)
