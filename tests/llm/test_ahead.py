"""A request goes out before anyone iterates, and is dropped with the call that it was for."""

from __future__ import annotations

import asyncio
from contextlib import aclosing
from typing import Any

import litellm
import pytest

from codex_lsp.llm import ahead
from tests.llm.routing import MESSAGES, router
from tests.support.endpoint import Answer, Raw, ScriptedEndpoint

SECONDS = 10.0


async def begin(endpoint: ScriptedEndpoint) -> Any:
    return await router(endpoint.base_url, "key").acompletion(
        model="codex-agent-1", messages=MESSAGES, stream=True
    )


async def text_of(stream: Any) -> str:
    return "".join([chunk.choices[0].delta.content or "" async for chunk in stream])


async def test_it_is_sent_at_once(endpoint: ScriptedEndpoint) -> None:
    endpoint.play(Answer("Hello, you."))
    async with ahead.called():
        stream = await begin(endpoint)
    async with asyncio.timeout(SECONDS):
        await endpoint.arrived.wait()
    assert await text_of(stream) == "Hello, you."
    assert len(endpoint.requests) == 1


async def test_elsewhere_it_waits_for_whoever_iterates(endpoint: ScriptedEndpoint) -> None:
    endpoint.play(Answer("one"), Answer("two"))
    lazy = await begin(endpoint)
    # Had the first been sent, it would have come before the second.
    assert await text_of(await begin(endpoint)) == "one"
    assert len(endpoint.requests) == 1
    assert await text_of(lazy) == "two"


async def test_one_that_nobody_iterates_is_closed() -> None:
    reading, closed = asyncio.Event(), asyncio.Event()

    async def chunks() -> Any:
        try:
            reading.set()
            await asyncio.Event().wait()
            yield None
        finally:
            closed.set()

    stream = ahead.Ahead(chunks())
    stream.ask()
    async with asyncio.timeout(SECONDS):
        await reading.wait()
        await stream.aclose()
    assert closed.is_set()


async def test_it_is_dropped_with_a_call_that_fails(endpoint: ScriptedEndpoint) -> None:
    endpoint.play(Answer("Hello", begin=asyncio.Event()))

    async def call() -> None:
        async with ahead.called():
            await begin(endpoint)
            await endpoint.arrived.wait()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await call()
    async with asyncio.timeout(SECONDS):
        await endpoint.disconnected.wait()


async def test_it_is_dropped_with_a_call_that_is_cancelled(endpoint: ScriptedEndpoint) -> None:
    endpoint.play(Answer("Hello", begin=asyncio.Event()))

    async def call() -> None:
        async with ahead.called():
            await begin(endpoint)
            await asyncio.Event().wait()

    task = asyncio.create_task(call())
    async with asyncio.timeout(SECONDS):
        await endpoint.arrived.wait()
        task.cancel()
        await endpoint.disconnected.wait()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_its_error_comes_to_whoever_iterates(endpoint: ScriptedEndpoint) -> None:
    endpoint.play(Raw(401, {"Content-Type": "application/json"}, b"{}"))
    async with ahead.called():
        stream = await begin(endpoint)
    async with asyncio.timeout(SECONDS):
        await endpoint.arrived.wait()
    with pytest.raises(litellm.AuthenticationError):
        await text_of(stream)


async def test_a_stream_ends_once_and_closes_what_it_reads() -> None:
    closed = []

    async def chunks() -> Any:
        try:
            for number in range(3):
                yield number
        finally:
            closed.append(True)

    stream = ahead.Ahead(chunks())
    stream.ask()
    async with aclosing(stream):
        assert [number async for number in stream] == [0, 1, 2]
        assert [number async for number in stream] == []
    assert closed == [True]
