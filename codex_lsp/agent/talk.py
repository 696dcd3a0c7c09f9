"""The conversation of a run with its model: what was said, who is told, what counts against the limits."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from codex_lsp.agent.budget import Meter
from codex_lsp.agent.limits import Tally, Unfinished
from codex_lsp.agent.model import Delta, Message, Model, ModelError, Reply, Request, ToolCall, Usage
from codex_lsp.agent.pace import in_turn
from codex_lsp.agent.replies.spoken import heard
from codex_lsp.agent.trace import Trace
from codex_lsp.agent.veil import Veil
from codex_lsp.records import record


@record(frozen=True, slots=True)
class Listener:
    """Who is told of a run's steps, of a reply's text as it comes, and after each call of what all have used.

    All on the event loop.
    """

    on_step: Callable[[str], None] = lambda step: None
    on_text: Callable[[str], None] = lambda text: None
    on_usage: Callable[[Usage], None] = lambda usage: None


class Traced:
    """A model (its `complete`) whose requests and replies a trace is told; it sees texts through a veil."""

    def __init__(self, model: Model | Meter, trace: Trace, veil: Veil) -> None:
        self._model = model
        self._trace = trace
        self._veil = veil

    async def complete(self, request: Request, on_delta: Callable[[Delta], None]) -> Reply:
        """Answer `request`, as the model does."""
        self._trace.asked(request)
        try:
            reply = await self._model.complete(self._veil.cover(request), on_delta)
        except ModelError as error:
            self._trace.failed(error)
            raise
        # Reading what it says, and doing it, is work of one turn.
        await in_turn()
        reply = self._veil.uncover(reply)
        self._trace.replied(reply)
        return reply

    def shown(self, text: str) -> str:
        """What the model said, as a person may be shown it: a link in it could carry a secret away."""
        return self._veil.shown(text)


class Talk:
    """Chat messages in Chat Completions form, begun with those of `messages`."""

    def __init__(
        self, model: Traced, tally: Tally, listener: Listener, messages: Sequence[Message] = ()
    ) -> None:
        self.messages = list(messages)
        self._model = model
        self._tally = tally
        self._listener = listener

    async def query(
        self,
        tools: Sequence[Mapping[str, Any]] = (),
        *,
        workspace: Mapping[str, Any] | None = None,
        calls_in_words: bool = False,
    ) -> Reply:
        """Ask for the next reply and keep it; raises `ModelError`, `LimitReached` among them.

        With `calls_in_words`, what a model writes as a call of a tool is one.
        """
        self._tally.turn()
        request = Request(tuple(self.messages), tools, workspace)
        reply = await self._model.complete(request, _Deltas(self._listener, agent=workspace is not None))
        require_whole(reply)
        if not tools:
            # Nothing was offered, so whatever it calls is no tool; its words have to do.
            reply = replace(reply, tool_calls=())
            require_whole(reply)
        elif calls_in_words:
            reply = heard(reply, self._tally.turns)
        self.messages.append(_assistant(reply))
        self._tally.replied(reply)
        return reply

    def say(self, text: str) -> None:
        """Say something to the model, as the person."""
        self.messages.append({"role": "user", "content": text})

    def answer(self, call: ToolCall, text: str) -> None:
        """Give the model a call's result."""
        self.messages.append({"role": "tool", "tool_call_id": call.id, "content": text})


def require_whole(reply: Reply) -> None:
    """Raise `Unfinished` unless the reply ended by itself: half an edit is no edit."""
    if reply.finish_reason == "length":
        raise Unfinished(
            "The reply was cut off at the model's token limit, so nothing was changed: select less, or raise "
            "the limit at the endpoint."
        )
    if reply.finish_reason == "content_filter":
        raise Unfinished("The endpoint's content filter stopped the reply, so nothing was changed.")
    if not reply.content.strip() and not reply.tool_calls:
        raise Unfinished(
            "The model answered with nothing, so nothing was changed: ask again, or in other words."
        )


class _Deltas:
    """Tells a reply's pieces as they come. An agent tells its steps as reasoning, one a line."""

    def __init__(self, listener: Listener, *, agent: bool) -> None:
        self._listener = listener
        self._agent = agent
        self._rest = ""

    def __call__(self, delta: Delta) -> None:
        if delta.kind == "text":
            self._listener.on_text(delta.text)
        elif delta.kind == "step":
            self._listener.on_step(delta.text)
        elif self._agent:
            *lines, self._rest = (self._rest + delta.text).split("\n")
            for line in lines:
                if line.strip():
                    self._listener.on_step(line.strip())


def _assistant(reply: Reply) -> Message:
    message: Message = {"role": "assistant", "content": reply.content or None}
    if reply.tool_calls:
        message["tool_calls"] = [
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
            for call in reply.tool_calls
        ]
    return message
