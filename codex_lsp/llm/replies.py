"""What the endpoint answered, checked and turned into LiteLLM's objects. No I/O.

Everything here raises `BadReply` for what is no whole Chat Completions reply: a fragment must never pass for
a success, because edits are made of it.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from litellm.types.utils import Choices, Delta, Message, ModelResponse, ModelResponseStream, StreamingChoices
from litellm.types.utils import Usage as LiteLLMUsage

from codex_lsp.endpoint.errors import BadReply, bad_reply
from codex_lsp.llm.chat import Call
from codex_lsp.llm.failures import said

# LiteLLM calls reasons that it does not know "stop", and "error" and "network_error" too. These are the ones
# that mean an end of the model's own; every other one is a failure.
_REASONS = {
    "stop": "stop",
    "length": "length",
    "tool_calls": "tool_calls",
    "function_call": "function_call",
    "content_filter": "content_filter",
    "eos": "stop",
    "eos_token": "stop",
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "tool_use": "tool_calls",
}


def whole(call: Call, content_type: str, data: bytes) -> ModelResponse:
    """The reply to a request without streaming."""
    reply = _json_object(call, data, content_type)
    _refuse_error(call, reply)
    choices = [_choice(call, choice) for choice in _list(call, reply, "choices")]
    if not choices:
        raise bad_reply(call.origin, "its reply has no choices")
    if len({choice.index for choice in choices}) < len(choices):
        raise bad_reply(call.origin, "two choices of its reply have the same index")
    usage = _usage(reply.get("usage"))
    response = ModelResponse(
        id=_text(reply.get("id")) or _new_id(),
        created=int(time.time()),
        model=_text(reply.get("model")) or call.model,
        choices=choices,
    )
    if usage:
        response.usage = LiteLLMUsage(**usage)
    return response


def _choice(call: Call, choice: Any) -> Choices:
    if not isinstance(choice, dict) or not isinstance(choice.get("message"), dict):
        raise bad_reply(call.origin, "a choice of its reply has no message")
    message = choice["message"]
    calls = message.get("tool_calls") or None
    if calls is not None:
        calls = [_tool_call(call, item) for item in _list(call, message, "tool_calls")]
        if not all(item["function"]["name"] for item in calls):
            raise bad_reply(call.origin, "a tool call of its reply has no name")
    reason = _finish_reason(call, choice.get("finish_reason"))
    _require_calls(call, reason, calls)
    return Choices(
        index=_count(choice.get("index")),
        finish_reason=reason,
        message=Message(
            role="assistant",
            content=_content(call, message),
            tool_calls=calls,
            reasoning_content=_reasoning(message),
        ),
    )


class StreamedReply:
    """Reads the events of one streamed reply.

    Chunks come out as they arrive, with their finish reason taken off: LiteLLM would end the stream at it and
    lose the usage that follows. `end` gives it back, in the one form in which LiteLLM takes both.
    `on_progress` is called for each event that brings content, reasoning, a piece of a tool call or a finish
    reason; a server can send anything else for ever.
    """

    def __init__(self, call: Call, on_progress: Callable[[], None] = lambda: None) -> None:
        self.done = False
        self._call = call
        self._on_progress = on_progress
        self._called = False
        self._id = _new_id()
        self._model = ""
        self._reason: str | None = None
        self._usage: dict[str, Any] | None = None
        self._tools = _ToolIndexes()
        self._characters = 0

    def read(self, data: bytes) -> Iterator[ModelResponseStream]:
        """The chunks of one event; nothing after `[DONE]` counts."""
        if self.done:
            return
        if data.strip() == b"[DONE]":
            self.done = True
            return
        event = _json_object(self._call, data, "text/event-stream")
        _refuse_error(self._call, event)
        self._model = _text(event.get("model")) or self._model
        self._usage = _usage(event.get("usage")) or self._usage
        choices = _list(self._call, event, "choices")
        if len(choices) > 1 and len({_index(choice) for choice in choices}) < len(choices):
            raise bad_reply(self._call.origin, "two choices of its reply have the same index")
        for choice in choices:
            chunk = self._chunk(choice)
            if chunk is not None:
                yield chunk

    def end(self) -> dict[str, Any]:
        """The chunk that tells LiteLLM how the reply ended; raises `BadReply` if it did not.

        `provider_specific_fields["codex_agent"]` holds what the server itself said, because LiteLLM counts
        tokens on its own where the server gave no usage; `characters` is the length of the content.
        """
        if self._reason is None:
            raise bad_reply(self._call.origin, "its stream ended without a finish reason")
        if not self.done:
            raise bad_reply(self._call.origin, "its stream ended without [DONE]")
        _require_calls(self._call, self._reason, self._called)
        stated = {
            "finish_reason": self._reason,
            "model": self._model,
            "usage": self._usage,
            "characters": self._characters,
        }
        return {
            "text": "",
            "index": 0,
            "is_finished": True,
            "finish_reason": self._reason,
            "usage": self._usage,
            "tool_use": None,
            "provider_specific_fields": {"codex_agent": stated},
        }

    def _chunk(self, choice: Any) -> ModelResponseStream | None:
        delta = choice.get("delta") if isinstance(choice, dict) else None
        if not isinstance(delta, dict | None) or not isinstance(choice, dict):
            raise bad_reply(self._call.origin, "a chunk of its stream is malformed")
        index = _index(choice)
        fields = self._delta(delta or {}, index)
        if index == 0:
            self._first(choice, fields)
        if not fields:
            return None
        return ModelResponseStream(
            id=self._id,
            model=self._model or self._call.model,
            choices=[StreamingChoices(index=index, delta=Delta(role="assistant", **fields))],
        )

    def _first(self, choice: Mapping[str, Any], fields: Mapping[str, Any]) -> None:
        # Of several choices the first is the reply.
        if fields and self._reason is not None:
            raise bad_reply(self._call.origin, "its stream went on after its end")
        self._called = self._called or "tool_calls" in fields
        self._characters += len(fields.get("content", ""))
        ended = choice.get("finish_reason") not in (None, "")  # some say "" until it is the end
        if ended:
            reason = _finish_reason(self._call, choice["finish_reason"])
            if self._reason not in (None, reason):
                raise bad_reply(self._call.origin, "its stream ended twice, for different reasons")
            self._reason = reason
        if fields or ended:
            self._on_progress()

    def _delta(self, delta: Mapping[str, Any], choice_index: int) -> dict[str, Any]:
        fields: dict[str, Any] = {
            "content": _content(self._call, delta),
            "reasoning_content": _reasoning(delta),
        }
        if delta.get("tool_calls"):
            fragments = [_tool_call(self._call, item) for item in _list(self._call, delta, "tool_calls")]
            fields["tool_calls"] = [self._tools.place(choice_index, item) for item in fragments]
        return {name: value for name, value in fields.items() if value}


class _ToolIndexes:
    """Gives each tool call of a stream its own index.

    Some servers send several whole calls with the same index, told apart by their ids alone; joined by index,
    as the protocol has it, their arguments would run together.
    """

    def __init__(self) -> None:
        self._places: dict[tuple[int, int], tuple[int, str]] = {}

    def place(self, choice: int, fragment: dict[str, Any]) -> dict[str, Any]:
        key = (choice, fragment["index"])
        place, known = self._places.get(key, (-1, ""))
        if place < 0 or (fragment["id"] and known and fragment["id"] != known):
            place = sum(1 for taken, _ in self._places if taken == choice)
            if key in self._places:
                # The former call keeps its place under a key that no fragment can have.
                self._places[(choice, -1 - place)] = self._places[key]
        self._places[key] = (place, fragment["id"] or known)
        return fragment | {"index": place}


def _tool_call(call: Call, item: Any) -> dict[str, Any]:
    function = item.get("function") if isinstance(item, dict) else None
    if not isinstance(item, dict) or not isinstance(function, dict):
        raise bad_reply(call.origin, "a tool call of its reply is malformed")
    arguments = function.get("arguments")
    if isinstance(arguments, dict):
        arguments = json.dumps(arguments)
    return {
        "index": _count(item.get("index")),
        "id": _text(item.get("id")) or None,
        "type": "function",
        "function": {"name": _text(function.get("name")) or None, "arguments": _text(arguments)},
    }


def _json_object(call: Call, data: bytes, content_type: str) -> dict[str, Any]:
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        kind = "an HTML page" if b"<html" in data[:1000].lower() else "what is no JSON"
        raise bad_reply(call.origin, f"with {kind} ({content_type or 'no content type'})") from None
    if not isinstance(value, dict):
        raise bad_reply(call.origin, "with JSON that is no object")
    return value


def _refuse_error(call: Call, reply: Mapping[str, Any]) -> None:
    if reply.get("error"):
        raise BadReply(
            f"The endpoint {call.origin} failed in mid-reply: try again, and look at its own log."
            + said(json.dumps(reply).encode(), call.key)
        )


def _list(call: Call, value: Mapping[str, Any], name: str) -> list[Any]:
    items = value.get(name)
    if items is None:
        return []
    if not isinstance(items, list):
        raise bad_reply(call.origin, f"{name} of its reply is no list")
    return items


def _finish_reason(call: Call, reason: Any) -> str:
    if not isinstance(reason, str) or reason.lower() not in _REASONS:
        shown = (
            "without a finish reason" if reason is None else f"with the finish reason {str(reason)[:40]!r}"
        )
        raise bad_reply(call.origin, f"its reply ended {shown}")
    return _REASONS[reason.lower()]


def _require_calls(call: Call, reason: str, calls: Any) -> None:
    # Whatever it wanted to call was lost on the way; what it said before is not its answer.
    if reason in ("tool_calls", "function_call") and not calls:
        raise bad_reply(call.origin, f"its reply ended with {reason!r} and has none")


def _index(choice: Any) -> int:
    return _count(choice.get("index")) if isinstance(choice, dict) else 0


def _content(call: Call, message: Mapping[str, Any]) -> str | None:
    content = message.get("content")
    if content is not None and not isinstance(content, str):
        raise bad_reply(call.origin, "the content of its reply is no text")
    return content


def _reasoning(message: Mapping[str, Any]) -> str | None:
    # DeepSeek, vLLM and LiteLLM say reasoning_content; Ollama and OpenRouter say reasoning.
    return _text(message.get("reasoning_content")) or _text(message.get("reasoning")) or None


def _usage(value: Any) -> dict[str, Any] | None:
    names = ("prompt_tokens", "completion_tokens", "total_tokens")
    if not isinstance(value, dict) or not any(isinstance(value.get(name), int) for name in names):
        return None
    counts: dict[str, Any] = {name: _count(value.get(name)) for name in names}
    counts["total_tokens"] = counts["total_tokens"] or counts["prompt_tokens"] + counts["completion_tokens"]
    for name in ("prompt_tokens_details", "completion_tokens_details"):
        details = value.get(name)
        if isinstance(details, dict):
            counts[name] = {key: item for key, item in details.items() if isinstance(item, int)}
    return counts


def _count(value: Any) -> int:
    return value if isinstance(value, int) and value >= 0 else 0


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _new_id() -> str:
    return f"chatcmpl-{uuid.uuid4().hex}"
