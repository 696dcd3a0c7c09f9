"""The two roads from an ask to a reply: a plain model with our tools, and an agent that has its own."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from codex_lsp import edits
from codex_lsp.agent.budget import Meter
from codex_lsp.agent.context import Ask, header, messages, workspace_body
from codex_lsp.agent.limits import Limits
from codex_lsp.agent.model import Delta, ModelError, NoTools, Reply, Request, Usage
from codex_lsp.agent.overlay import Overlay
from codex_lsp.agent.tools import Toolbox
from codex_lsp.edits import EditError


@dataclass(frozen=True, slots=True)
class Listener:
    """Who is told of a run's steps, of a reply's text as it comes, and after each call of what all have used.

    All on the event loop.
    """

    on_step: Callable[[str], None] = lambda step: None
    on_text: Callable[[str], None] = lambda text: None
    on_usage: Callable[[Usage], None] = lambda usage: None


class Unfinished(ModelError):
    """The reply ended before it was whole, or the run reached a limit. Nothing is applied."""

    code = "unfinished"


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


class Steps:
    """Turns deltas into steps: an agent tells its steps as reasoning, one a line."""

    def __init__(self, listener: Listener) -> None:
        self._listener = listener
        self._rest = ""

    def __call__(self, delta: Delta) -> None:
        """Take one delta."""
        if delta.kind == "text":
            self._listener.on_text(delta.text)
            return
        if delta.kind == "step":
            self._listener.on_step(delta.text)
            return
        *lines, self._rest = (self._rest + delta.text).split("\n")
        for line in lines:
            if line.strip():
                self._listener.on_step(line.strip())


async def ask_agent(model: Meter, ask: Ask, overlay: Overlay, listener: Listener) -> Reply:
    """Workspace in, patch out: the agent runs its own tools, and its reply's edits go into the overlay."""
    chat = ({"role": "user", "content": header(ask, overlay.read(ask.focus.path))},)
    reply = await model.complete(Request(chat, workspace=workspace_body(ask, overlay)), Steps(listener))
    require_whole(reply)
    if ask.kind != "explain" and edits.holds_edits(reply.content):
        overlay.apply(reply.content, ask.focus)
    return reply


async def ask_model(model: Meter, ask: Ask, overlay: Overlay, listener: Listener, limits: Limits) -> Reply:
    """Let a plain model work until it finishes, answers, or reaches a limit.

    With our tools if the endpoint takes them; else in one prompt, whose reply holds the edits. The reply
    returned is the last one; a summary given to `finish` is its content.
    """
    try:
        return await _work(model, ask, overlay, listener, limits, with_tools=True)
    except NoTools:
        listener.on_step("the endpoint takes no tools; asking for the edit in one reply")
    return await _work(model, ask, overlay, listener, limits, with_tools=False)


async def _work(
    model: Meter, ask: Ask, overlay: Overlay, listener: Listener, limits: Limits, *, with_tools: bool
) -> Reply:
    """Raises `NoTools` if the very first request was refused for its tools."""
    chat: list[dict[str, Any]] = messages(ask, overlay.read(ask.focus.path), with_tools=with_tools)
    toolbox = Toolbox(overlay, ask)
    repairs = limits.repairs
    on_delta = _teller(listener)
    for step in range(limits.steps):
        request = Request(tuple(chat), toolbox.schemas if with_tools else ())
        try:
            reply = await model.complete(request, on_delta)
        except NoTools as refusal:
            if step:
                raise Unfinished(str(refusal)) from refusal
            raise
        require_whole(reply)
        if not with_tools:
            # Nothing was offered, so whatever it calls is no tool; its words have to do.
            reply = replace(reply, tool_calls=())
            require_whole(reply)
        chat.append(_assistant(reply))
        if not reply.tool_calls:
            problem = _take_content(reply, ask, overlay)
            if problem is None:
                return reply
            if not repairs:
                raise problem
            repairs -= 1
            listener.on_step(f"the edit did not fit: {problem.reason}")
            chat.append({"role": "user", "content": f"Your edit was refused: {problem} Please mend it."})
            continue
        for call in reply.tool_calls:
            result = await toolbox.call(call)
            if result.step:
                listener.on_step(result.step)
            chat.append({"role": "tool", "tool_call_id": call.id, "content": result.text})
            if result.summary is not None:
                return Reply(content=result.summary, usage=reply.usage, model=reply.model)
    raise Unfinished(f"The model did not finish within {limits.steps} steps, so nothing was changed.")


def _teller(listener: Listener) -> Callable[[Delta], None]:
    def on_delta(delta: Delta) -> None:
        if delta.kind == "text":
            listener.on_text(delta.text)
        elif delta.kind == "step":
            listener.on_step(delta.text)

    return on_delta


def _take_content(reply: Reply, ask: Ask, overlay: Overlay) -> EditError | None:
    """Apply the edits that a reply holds in its text, unless the tools already made some."""
    if ask.kind == "explain" or overlay.changes() or not edits.holds_edits(reply.content):
        return None
    try:
        overlay.apply(reply.content, ask.focus)
    except EditError as error:
        return error
    return None


def _assistant(reply: Reply) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": reply.content or None}
    if reply.tool_calls:
        message["tool_calls"] = [
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
            for call in reply.tool_calls
        ]
    return message
