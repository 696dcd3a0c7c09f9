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
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import aclosing
from typing import Any

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from codex_lsp.services.chat import Call, Ended, Mode, Piece, Reasoning, Step, Text, Used
from codex_lsp.services.errors import ApiError
from codex_lsp.services.requests import ChatRequest, text_of

# A client that takes nothing for so long is gone, whatever its connection says.
SEND_SECONDS = 60.0


class ChatResponse:
    """An ASGI response that sends an answer as it comes. `model` is the alias that is served."""

    def __init__(
        self, pieces: AsyncGenerator[Piece, None], request: ChatRequest, model: str, mode: Mode
    ) -> None:
        self._pieces = pieces
        self._request = request
        self._model = model
        self._mode = mode
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
        async with aclosing(self._pieces) as pieces:
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
                async with asyncio.timeout(SEND_SECONDS):
                    await send({"type": "http.response.body", "body": event, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _events(self, first: Piece | None, rest: AsyncIterator[Piece]) -> AsyncGenerator[bytes, None]:
        yield self._chunk({"role": "assistant", "content": ""})
        whole = _Whole()
        try:
            async for piece in _chain(first, rest):
                if delta := _delta(piece, len(whole.calls)):
                    yield self._chunk(delta)
                whole.add(piece)
        except ApiError as error:
            yield _event(error.body())
            return
        yield self._chunk({}, finish_reason=whole.finish_reason, ended=whole.ended)
        if self._request.include_usage:
            usage = whole.usage(self._request)
            yield _event(self._envelope("chat.completion.chunk", choices=[], usage=usage))
        yield b"data: [DONE]\n\n"

    async def _completion(self, first: Piece | None, rest: AsyncIterator[Piece]) -> dict[str, Any]:
        whole = _Whole()
        async for piece in _chain(first, rest):
            whole.add(piece)
        choice = {"index": 0, "message": whole.message(), "finish_reason": whole.finish_reason}
        usage = whole.usage(self._request)
        return self._envelope("chat.completion", whole.ended, choices=[choice], usage=usage)

    def _chunk(
        self, delta: dict[str, Any], finish_reason: str | None = None, ended: Ended | None = None
    ) -> bytes:
        choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
        return _event(self._envelope("chat.completion.chunk", ended, choices=[choice]))

    def _envelope(self, kind: str, ended: Ended | None = None, **fields: object) -> dict[str, Any]:
        return {
            "id": self._id,
            "object": kind,
            "created": self._created,
            "model": self._model,
            "codex_agent": {"mode": self._mode} | (ended.as_json() if ended else {}),
            **fields,
        }


class _Whole:
    """An answer as far as it has come."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.ended: Ended | None = None
        self._content: list[str] = []
        self._reasoning: list[str] = []
        self._used: Used | None = None

    def add(self, piece: Piece) -> None:
        match piece:
            case Text(text):
                self._content.append(text)
            case Reasoning(text):
                self._reasoning.append(text)
            case Step(text):
                self._reasoning.append(text + "\n")
            case Call():
                self.calls.append(piece)
            case Used(prompt, completion):
                before = self._used or Used(0, 0)
                self._used = Used(before.prompt_tokens + prompt, before.completion_tokens + completion)
            case Ended():
                self.ended = piece

    @property
    def finish_reason(self) -> str:
        stated = self.ended.finish_reason if self.ended else ""
        return stated or ("tool_calls" if self.calls else "stop")

    def message(self) -> dict[str, Any]:
        content = "".join(self._content)
        message: dict[str, Any] = {"role": "assistant", "content": content or (None if self.calls else "")}
        if self._reasoning:
            message["reasoning_content"] = "".join(self._reasoning)
        if self.calls:
            message["tool_calls"] = [_call(call) for call in self.calls]
        return message

    def usage(self, request: ChatRequest) -> dict[str, int]:
        """Words stand for tokens where nobody counted: an endpoint without a tokenizer has nothing better."""
        used = self._used or Used(
            sum(_words(text_of(message)) for message in request.messages),
            sum(map(_words, [*self._content, *self._reasoning, *(call.arguments for call in self.calls)])),
        )
        return {
            "prompt_tokens": used.prompt_tokens,
            "completion_tokens": used.completion_tokens,
            "total_tokens": used.prompt_tokens + used.completion_tokens,
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
        case Reasoning(text):
            return {"reasoning_content": text}
        case Text(text):
            return {"content": text}
        case Call():
            return {"tool_calls": [{"index": index, **_call(piece)}]}
        case _:
            return {}


def _call(call: Call) -> dict[str, Any]:
    return {
        "id": call.id,
        "type": "function",
        "function": {"name": call.name, "arguments": call.arguments},
    }


def _words(text: str) -> int:
    return len(text.split())


def _event(value: Mapping[str, Any]) -> bytes:
    return b"data: " + _json(value) + b"\n\n"


def _json(value: Mapping[str, Any]) -> bytes:
    # ASCII escapes keep lone surrogates, which JSON text may hold and UTF-8 may not.
    return json.dumps(value, separators=(",", ":")).encode("ascii")
