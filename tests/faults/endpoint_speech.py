"""What a good endpoint says, piece by piece, for faults to be made of it."""

from __future__ import annotations

import json
from typing import Any

TEXT = "a = 1\nb = 2\n"
WANTED = "a = 2\nb = 2\n"
PATCH = "*** Begin Patch\n*** Update File: m.py\n-a = 1\n+a = 2\n*** End Patch"
USAGE = {"prompt_tokens": 5, "completion_tokens": 7, "total_tokens": 12}
DONE = b"data: [DONE]\n\n"


def event(value: Any) -> bytes:
    """One server-sent event."""
    return b"data: " + json.dumps(value, separators=(",", ":")).encode() + b"\n\n"


def delta(index: int = 0, finish: str | None = None, **fields: Any) -> bytes:
    """A chunk with one choice."""
    return event({"choices": [{"index": index, "delta": fields, "finish_reason": finish}]})


def text(content: str = PATCH, piece: int = 40) -> bytes:
    """The content in chunks, without an end."""
    return b"".join(delta(content=content[at : at + piece]) for at in range(0, len(content), piece))


def end(finish: str = "stop") -> bytes:
    """The finish reason, the usage and `[DONE]`."""
    return delta(finish=finish) + event({"choices": [], "usage": USAGE}) + DONE


def stream(content: str = PATCH, finish: str = "stop") -> bytes:
    """A whole streamed reply."""
    return delta(role="assistant", content="") + text(content) + end(finish)


def call(arguments: str, id: str | None = "call_1", name: str | None = "edit", index: int = 0) -> bytes:
    """A chunk with one tool call."""
    function = {"name": name, "arguments": arguments}
    return delta(tool_calls=[{"index": index, "id": id, "type": "function", "function": function}])


def edit_call(**more: Any) -> bytes:
    """A chunk with a call of `edit` that makes the wanted change."""
    return call(json.dumps({"patch": PATCH}), **more)


def chunked(data: bytes) -> bytes:
    """One piece of a body with `Transfer-Encoding: chunked`."""
    return b"%x\r\n%b\r\n" % (len(data), data)


def whole(content: str | None = PATCH, finish: str | None = "stop", **message: Any) -> bytes:
    """A reply that is not streamed."""
    choice = {"index": 0, "message": {"role": "assistant", "content": content, **message}}
    return json.dumps({"id": "c1", "model": "m", "choices": [choice | {"finish_reason": finish}]}).encode()
