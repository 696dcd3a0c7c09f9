"""Frames and errors survive the way between the two processes."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_lsp.agent.model import ModelInfo, Reply, Request, ToolCall, Usage
from codex_lsp.endpoint import errors, wire

texts = st.text(st.characters())
values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=10,
)
objects = st.dictionaries(texts, values, max_size=4)
counts = st.integers(0, 10**9)
replies = st.builds(
    Reply,
    content=texts,
    tool_calls=st.lists(st.builds(ToolCall, texts, texts, texts), max_size=3).map(tuple),
    finish_reason=texts,
    usage=st.builds(Usage, counts, counts, counts),
    reasoning=texts,
    model=texts,
)


async def stream(data: bytes) -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    reader.feed_data(data)
    reader.feed_eof()
    return reader


def read_all(data: bytes) -> list[dict[str, Any]]:
    async def read() -> list[dict[str, Any]]:
        reader = await stream(data)
        messages = []
        while (message := await wire.read(reader)) is not None:
            messages.append(message)
        return messages

    return asyncio.run(read())


@given(st.lists(objects, max_size=3))
def test_messages(messages: list[dict[str, Any]]) -> None:
    assert read_all(b"".join(map(wire.encode, messages))) == messages


@given(replies)
def test_replies(reply: Reply) -> None:
    [message] = read_all(wire.encode(wire.reply_to_wire(reply)))
    assert wire.reply_from_wire(message) == reply


@given(st.lists(objects, max_size=2), st.lists(objects, max_size=2), st.none() | objects)
def test_requests(messages: list[Any], tools: list[Any], workspace: dict[str, Any] | None) -> None:
    request = Request(tuple(messages), tuple(tools), workspace)
    [message] = read_all(wire.encode(wire.request_to_wire(request)))
    assert wire.request_from_wire(message) == request


def test_descriptions() -> None:
    info = ModelInfo("agent", "offline", "mini")
    assert wire.info_from_wire(wire.info_to_wire(info)) == info


@pytest.mark.parametrize(
    "data",
    [b"\0\0", b"\0\0\0\5{}", b"\0\0\0\2{]", b"\0\0\0\1\xff", b"\0\0\0\2[]", b"\xff\xff\xff\xff{}"],
)
def test_what_is_no_frame(data: bytes) -> None:
    with pytest.raises(wire.WireError):
        read_all(data)


def test_a_message_that_is_too_large() -> None:
    with pytest.raises(wire.WireError, match="larger than"):
        wire.encode({"text": "x" * wire.MAX_FRAME})


@pytest.mark.parametrize(
    "error",
    [
        errors.Off(),
        errors.Unconfigured("say where"),
        errors.unreachable("http://h:1", "nobody listens there"),
        errors.broke_off("http://h:1"),
        errors.timed_out("http://h:1", 0.5, idle=True),
        errors.bad_reply("http://h:1", "with HTML"),
        errors.WorkerFailed("gone"),
        *(
            errors.from_status(status, "http://h:1", "why", 2.0)
            for status in (302, 400, 401, 403, 404, 429, 503)
        ),
    ],
)
def test_errors(error: errors.EndpointError) -> None:
    [message] = read_all(wire.encode(errors.to_wire(error)))
    back = errors.from_wire(message)
    assert type(back) is type(error)
    assert (str(back), back.code, back.status) == (str(error), error.code, error.status)
    assert back.retry_after == error.retry_after


def test_an_error_that_this_version_does_not_know() -> None:
    assert type(errors.from_wire({"code": "new", "message": "m"})) is errors.EndpointError


@given(texts)
def test_what_a_server_said_is_one_short_printable_line(text: str) -> None:
    clipped = errors.clip(text)
    assert len(clipped) <= errors.MAX_DETAIL
    assert clipped.isprintable()
