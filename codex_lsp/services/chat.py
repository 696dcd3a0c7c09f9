"""Chat Completions on the wire: what an answerer yields, as one JSON object or as server-sent events.

`ChatResponse` stops the answerer as soon as the client is gone. An error before the first piece is an HTTP
error; later, in a stream, it is an event `{"error": …}` after which the stream ends without a finish reason,
so that no client takes the fragment for the whole.
"""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from codex_lsp.services.errors import ApiError
from codex_lsp.services.requests import ChatRequest, text_of


@dataclass(frozen=True, slots=True)
class Step:
    """A line on what is being done, without its end; sent as reasoning."""

    text: str


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of the answer."""

    text: str


@dataclass(frozen=True, slots=True)
class Call:
    """A tool call. `arguments` is JSON text; `id` is unique within the conversation."""

    id: str
    name: str
    arguments: str


Piece = Step | Text | Call
Mode = Literal["llm", "echo", "offline"]


class Answerer(Protocol):
    """What stands behind an endpoint.

    `model` is the name of the served model, `mode` what it says of itself, and `workspace` whether it takes a
    workspace and answers with a patch.
    """

    model: str
    mode: Mode
    workspace: bool

    def answer(self, request: ChatRequest) -> AsyncGenerator[Piece, None]:
        """The answer, piece by piece. Closing the generator stops the work; it may raise `ApiError`."""
        ...


class ChatResponse:
    """An ASGI response that asks the answerer and sends what it says."""

    def __init__(self, answerer: Answerer, request: ChatRequest) -> None:
        self._answerer = answerer
        self._request = request
        self._id = f"chatcmpl-{uuid.uuid4().hex}"
        self._created = int(time.time())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, unless the client hangs up first."""
        work = asyncio.create_task(self._respond(scope, receive, send))
        gone = asyncio.create_task(_disconnected(receive))
        try:
            await asyncio.wait({work, gone}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (work, gone):
                task.cancel()
            await asyncio.wait({work, gone})
        if not work.cancelled():
            work.result()

    async def _respond(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with aclosing(self._answerer.answer(self._request)) as pieces:
            # The status line waits for the first piece: until then an error can still have its own status.
            first = await anext(pieces, None)
            if self._request.stream:
                await self._stream(first, pieces, send)
            else:
                body = _json(await self._completion(first, pieces))
                await Response(body, media_type="application/json")(scope, receive, send)

    async def _stream(self, first: Piece | None, rest: AsyncIterator[Piece], send: Send) -> None:
        headers = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"cache-control", b"no-store")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        async with aclosing(self._events(first, rest)) as events:
            async for event in events:
                await send({"type": "http.response.body", "body": event, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _events(self, first: Piece | None, rest: AsyncIterator[Piece]) -> AsyncGenerator[bytes, None]:
        yield self._chunk({"role": "assistant", "content": ""})
        calls = words = 0
        try:
            async for piece in _chain(first, rest):
                words += _words(piece)
                yield self._chunk(_delta(piece, calls))
                calls += isinstance(piece, Call)
        except ApiError as error:
            yield _event(error.body())
            return
        yield self._chunk({}, finish_reason=_finish_reason(calls))
        if self._request.include_usage:
            yield _event(self._envelope("chat.completion.chunk", choices=[], usage=self._usage(words)))
        yield b"data: [DONE]\n\n"

    async def _completion(self, first: Piece | None, rest: AsyncIterator[Piece]) -> dict[str, Any]:
        pieces = [piece async for piece in _chain(first, rest)]
        calls = [piece for piece in pieces if isinstance(piece, Call)]
        content = "".join(piece.text for piece in pieces if isinstance(piece, Text))
        message: dict[str, Any] = {"role": "assistant", "content": content or (None if calls else "")}
        if reasoning := "".join(piece.text + "\n" for piece in pieces if isinstance(piece, Step)):
            message["reasoning_content"] = reasoning
        if calls:
            message["tool_calls"] = [_call(call) for call in calls]
        choice = {"index": 0, "message": message, "finish_reason": _finish_reason(len(calls))}
        usage = self._usage(sum(map(_words, pieces)))
        return self._envelope("chat.completion", choices=[choice], usage=usage)

    def _chunk(self, delta: dict[str, Any], finish_reason: str | None = None) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
        return _event(self._envelope("chat.completion.chunk", choices=[choice]))

    def _envelope(self, kind: str, **fields: object) -> dict[str, Any]:
        return {
            "id": self._id,
            "object": kind,
            "created": self._created,
            "model": self._answerer.model,
            "codex_agent": {"mode": self._answerer.mode},
            **fields,
        }

    def _usage(self, completion: int) -> dict[str, int]:
        """Words stand for tokens: an endpoint without a tokenizer has nothing better to count."""
        prompt = sum(len(text_of(message).split()) for message in self._request.messages)
        return {
            "prompt_tokens": prompt,
            "completion_tokens": completion,
            "total_tokens": prompt + completion,
        }


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _chain(first: Piece | None, rest: AsyncIterator[Piece]) -> AsyncIterator[Piece]:
    if first is not None:
        yield first
        async for piece in rest:
            yield piece


def _delta(piece: Piece, index: int) -> dict[str, Any]:
    match piece:
        case Step(text):
            return {"reasoning_content": text + "\n"}
        case Text(text):
            return {"content": text}
        case Call():
            return {"tool_calls": [{"index": index, **_call(piece)}]}


def _call(call: Call) -> dict[str, Any]:
    return {
        "id": call.id,
        "type": "function",
        "function": {"name": call.name, "arguments": call.arguments},
    }


def _words(piece: Piece) -> int:
    return len((piece.arguments if isinstance(piece, Call) else piece.text).split())


def _finish_reason(calls: int) -> str:
    return "tool_calls" if calls else "stop"


def _event(value: dict[str, Any]) -> bytes:
    return b"data: " + _json(value) + b"\n\n"


def _json(value: dict[str, Any]) -> bytes:
    # ASCII escapes keep lone surrogates, which JSON text may hold and UTF-8 may not.
    return json.dumps(value, separators=(",", ":")).encode("ascii")
