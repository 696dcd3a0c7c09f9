"""A request without a workspace: a plain chat with the model, its client's own tools included."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from codex_lsp.agent.model import Delta, ModelError, Request
from codex_lsp.services.chat import Call, Ended, Piece, Reasoning, Step, Text, Used
from codex_lsp.services.errors import invalid
from codex_lsp.services.mini.faults import told
from codex_lsp.services.mini.pump import Say
from codex_lsp.services.mini.upstream import Upstream
from codex_lsp.services.requests import ChatRequest

_KEYS = frozenset({"role", "content", "name", "tool_calls", "tool_call_id", "reasoning_content", "refusal"})
_PIECES: Mapping[str, Callable[[str], Piece]] = {"text": Text, "reasoning": Reasoning, "step": Step}


async def talk(request: ChatRequest, model: Upstream, say: Say) -> None:
    """Hand the conversation on, and what comes back; raises `ApiError`."""
    asked = Request([_clean(each) for each in request.messages], request.declared)

    def passed(delta: Delta) -> None:
        say(_PIECES[delta.kind](delta.text))

    try:
        reply = await model.complete(asked, passed, request.options)
    except ModelError as error:
        raise told(error) from None
    for call in reply.tool_calls:
        say(Call(call.id, call.name, call.arguments))
    if reply.usage.total_tokens:
        say(Used(reply.usage.prompt_tokens, reply.usage.completion_tokens))
    say(Ended("answered", finish_reason=reply.finish_reason))


def _clean(message: Mapping[str, Any]) -> dict[str, Any]:
    """A message without what is not Chat Completions': LiteLLM gives some keys a meaning of their own."""
    content = message.get("content")
    if isinstance(content, list):
        content = list(_parts(content))
    return {name: message[name] for name in _KEYS & message.keys()} | {"content": content}


def _parts(content: list[Any]) -> Iterator[dict[str, Any]]:
    for part in content:
        kind = part.get("type") if isinstance(part, dict) else None
        if kind == "text" and isinstance(part.get("text"), str):
            yield {"type": "text", "text": part["text"]}
        elif kind == "image_url" and (url := _image(part.get("image_url"))).startswith("data:image/"):
            yield {"type": "image_url", "image_url": {"url": url}}
        else:
            # Of an address, some of LiteLLM's providers would fetch what is there.
            raise invalid("Contents are texts, or images as data: URLs.", "unsupported_content")


def _image(value: object) -> str:
    url = value.get("url") if isinstance(value, dict) else value
    return url if isinstance(url, str) else ""
