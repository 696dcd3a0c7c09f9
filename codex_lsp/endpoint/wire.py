"""Frames between this process and the worker: a length in four bytes (big-endian), then UTF-8 JSON.

To the worker: `{"id", "op": "describe" | "complete" | "cancel", "request"?}`.
From the worker: a shared one says `{"event": "greeting", "pid", "proof"}` at once, each says
`{"event": "hello", "litellm"}` when it is ready; then per id `{"id", "event": "taken"}` before anything is
sent to the endpoint, any number of `{"id", "event": "delta", "kind", "text"}` and exactly one of
`{"id", "event": "result", "value"}`, `{"id", "event": "error", "error"}` (see
`codex_lsp.endpoint.errors.to_wire`), or none after a `cancel`.

`PROTOCOL` is raised with every change of these: programs of different versions do not share a worker.
"""

from __future__ import annotations

import asyncio
import json
import struct
from collections.abc import Mapping
from dataclasses import astuple
from typing import Any

from codex_lsp.agent.model import ModelInfo, Prices, Reply, Request, ToolCall, Usage

PROTOCOL = 2
MAX_FRAME = 64 * 1024 * 1024
_LENGTH = struct.Struct(">I")


class WireError(Exception):
    """The other side sent what is no frame; the connection cannot be used further."""


def encode(message: Mapping[str, Any]) -> bytes:
    """One frame. Lone surrogates, which JSON text may hold, survive as escapes."""
    body = json.dumps(message, separators=(",", ":")).encode("ascii")
    if len(body) > MAX_FRAME:
        raise WireError(f"a message of {len(body)} bytes is larger than {MAX_FRAME}")
    return _LENGTH.pack(len(body)) + body


async def read(stream: asyncio.StreamReader) -> dict[str, Any] | None:
    """The next message, or None at a clean end of the stream; raises `WireError`."""
    try:
        (length,) = _LENGTH.unpack(await stream.readexactly(_LENGTH.size))
        if length > MAX_FRAME:
            raise WireError(f"a frame of {length} bytes is larger than {MAX_FRAME}")
        message = json.loads(await stream.readexactly(length))
    except asyncio.IncompleteReadError as error:
        if error.partial:
            raise WireError("the stream ended inside a frame") from error
        return None
    except ValueError as error:
        raise WireError("a frame holds no JSON") from error
    if not isinstance(message, dict):
        raise WireError("a frame holds no object")
    return message


def request_to_wire(request: Request) -> dict[str, Any]:
    """A request as JSON values."""
    return {
        "messages": list(request.messages),
        "tools": list(request.tools),
        "workspace": request.workspace,
    }


def request_from_wire(value: Mapping[str, Any]) -> Request:
    """The request that `request_to_wire` wrote."""
    return Request(tuple(value["messages"]), tuple(value["tools"]), value["workspace"])


def reply_to_wire(reply: Reply) -> dict[str, Any]:
    """A reply as JSON values."""
    return {
        "content": reply.content,
        "tool_calls": [[call.id, call.name, call.arguments] for call in reply.tool_calls],
        "finish_reason": reply.finish_reason,
        "usage": list(astuple(reply.usage)),
        "reasoning": reply.reasoning,
        "model": reply.model,
    }


def reply_from_wire(value: Mapping[str, Any]) -> Reply:
    """The reply that `reply_to_wire` wrote."""
    return Reply(
        content=value["content"],
        tool_calls=tuple(ToolCall(*call) for call in value["tool_calls"]),
        finish_reason=value["finish_reason"],
        usage=Usage(*value["usage"]),
        reasoning=value["reasoning"],
        model=value["model"],
    )


def info_to_wire(info: ModelInfo) -> dict[str, Any]:
    """A model's description as JSON values."""
    prices = None if info.prices is None else [info.prices.prompt, info.prices.completion]
    return {"kind": info.kind, "mode": info.mode, "name": info.name, "prices": prices}


def info_from_wire(value: Mapping[str, Any]) -> ModelInfo:
    """The description that `info_to_wire` wrote."""
    prices = None if value["prices"] is None else Prices(*value["prices"])
    return ModelInfo(value["kind"], value["mode"], value["name"], prices)
