"""A `Reply` from LiteLLM's stream of chunks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from codex_lsp.agent.model import Delta, Reply, ToolCall, Usage
from codex_lsp.endpoint.errors import BadReply


def answers(chunk: Any) -> bool:
    """Whether a chunk holds a piece of the answer itself, and not only what was thought or done for it."""
    return any(delta.content or delta.tool_calls for delta in _deltas(chunk))


class Assembler:
    """Takes chunks with `add`, passes on what arrives, and has the whole in `reply`."""

    def __init__(self, on_delta: Callable[[Delta], None]) -> None:
        self.deployment = ""  # LiteLLM's id of the one that answers
        self._on_delta = on_delta
        self._content: list[str] = []
        self._reasoning: list[str] = []
        self._calls: dict[int, dict[str, str]] = {}
        self._stated: dict[str, Any] | None = None

    def add(self, chunk: Any) -> None:
        """Take one `ModelResponseStream`."""
        self.deployment = str(_hidden(chunk).get("model_id") or "") or self.deployment
        for delta in _deltas(chunk):
            self._text("reasoning", self._reasoning, getattr(delta, "reasoning_content", None))
            self._text("text", self._content, delta.content)
            for fragment in delta.tool_calls or ():
                self._tool(fragment)
        # Not the finish reason of a chunk: LiteLLM says "stop" where the server said nothing.
        self._stated = getattr(chunk, "codex_agent", None) or self._stated

    def end(self, stated: dict[str, Any]) -> None:
        """The end, where the provider is not ours and states none: `finish_reason`, `usage`, `model`."""
        self._stated = stated

    @property
    def whole(self) -> bool:
        """Whether the end has come and all that the provider passed on before it."""
        return self._stated is not None and self._stated["characters"] == sum(map(len, self._content))

    def reply(self) -> Reply:
        """The whole; raises `BadReply` if the provider did not see its end."""
        if self._stated is None:
            raise BadReply("The endpoint's reply came without its end: try again, and look at its own log.")
        if not all(call["name"] for call in self._calls.values()):
            raise BadReply("The endpoint's reply has a tool call without a name: look at its own log.")
        usage = self._stated["usage"] or {}
        return Reply(
            content="".join(self._content),
            tool_calls=self._tool_calls(),
            finish_reason=self._stated["finish_reason"],
            usage=Usage(
                usage.get("prompt_tokens", 0),
                usage.get("completion_tokens", 0),
                usage.get("total_tokens", 0),
            ),
            reasoning="".join(self._reasoning),
            model=self._stated["model"],
        )

    def _tool_calls(self) -> tuple[ToolCall, ...]:
        # A result names its call by the id, so two calls with one id, or without, could not be told apart.
        made: dict[str, ToolCall] = {}
        for index, call in sorted(self._calls.items()):
            number = call["id"] or f"call_{index}"
            while number in made:
                number = f"{number}_{index}"
            made[number] = ToolCall(number, call["name"], call["arguments"])
        return tuple(made.values())

    def _text(self, kind: Any, parts: list[str], text: str | None) -> None:
        if text:
            parts.append(text)
            self._on_delta(Delta(kind, text))

    def _tool(self, fragment: Any) -> None:
        call = self._calls.setdefault(fragment.index, {"id": "", "name": "", "arguments": ""})
        call["id"] = call["id"] or fragment.id or ""
        call["name"] = call["name"] or fragment.function.name or ""
        call["arguments"] += fragment.function.arguments or ""


def _hidden(chunk: Any) -> dict[str, Any]:
    return getattr(chunk, "_hidden_params", None) or {}


def _deltas(chunk: Any) -> Iterator[Any]:
    for choice in chunk.choices if chunk is not None else ():
        if choice.index == 0 and choice.delta is not None:
            yield choice.delta
