"""What a run needs of a language model, and nothing more.

A `Model` answers one `Request` with one `Reply`. `codex_lsp.endpoint.remote.RemoteModel` reaches the real
ones; `ScriptedModel` plays recorded replies, for tests and for replay.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from typing import Any, ClassVar, Literal, Protocol

from codex_lsp.records import record

DeltaKind = Literal["text", "reasoning", "step"]


class ModelError(Exception):
    """The model could not answer.

    `code` is a stable word for programs (`"unreachable"`, `"unauthorized"`, …); the message is one or two
    sentences for a person: what happened and what to do next. It never holds a key or a prompt.
    """

    code: ClassVar[str] = "model"


class NoTools(ModelError):
    """A request with tools was refused, and one without them may be answered; nothing has happened yet."""

    code = "no_tools"


@record(frozen=True, slots=True)
class ToolCall:
    """One call that the model asks for. `arguments` is the raw JSON text, as it came; it may be invalid."""

    id: str
    name: str
    arguments: str


@record(frozen=True, slots=True)
class Usage:
    """Token counts as the server reported them, and what they cost in USD; None where no price is known."""

    prompt_tokens: int = 0
    completion_tokens: int = 0
    total_tokens: int = 0
    cost: float | None = None

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.prompt_tokens + other.prompt_tokens,
            self.completion_tokens + other.completion_tokens,
            self.total_tokens + other.total_tokens,
            None if self.cost is None or other.cost is None else self.cost + other.cost,
        )

    def __str__(self) -> str:
        """For people: `1,234 tokens, $0.0123`; empty if nothing was counted."""
        if not self.total_tokens:
            return ""
        cost = "" if self.cost is None else f", ${self.cost:.4f}"
        return f"{self.total_tokens:,} tokens{cost}"


@record(frozen=True, slots=True)
class Prices:
    """USD for one token of a prompt and of a reply."""

    prompt: float
    completion: float


@record(frozen=True, slots=True)
class Delta:
    """A piece of a reply as it arrives: answer text, or reasoning (an agent's steps, a line each).

    A `step` is no part of the reply: one line, whole, on what happens on the way to it, such as a wait.
    """

    kind: DeltaKind
    text: str


Message = dict[str, Any]
"""A chat message in Chat Completions form."""


@record(frozen=True, slots=True)
class Request:
    """One question: chat messages and tool schemas in Chat Completions form.

    `workspace` is set for endpoints that are agents themselves, and travels as `codex_agent.workspace`:
    `{"files": [{"path", "text"}], "focus": {"path", "start", "end", "diagnostics"}}`.
    """

    messages: Sequence[Mapping[str, Any]]
    tools: Sequence[Mapping[str, Any]] = ()
    workspace: Mapping[str, Any] | None = None


@record(frozen=True, slots=True)
class Reply:
    """A whole reply: it ended with a finish reason on the wire, or it would be a `ModelError`.

    `finish_reason` is the server's word (`"stop"`, `"tool_calls"`, `"length"`, …); `model` is the served
    model's name, which may differ from the one asked for.
    """

    content: str = ""
    tool_calls: tuple[ToolCall, ...] = ()
    finish_reason: str = "stop"
    usage: Usage = field(default_factory=Usage)
    reasoning: str = ""
    model: str = ""


@record(frozen=True, slots=True)
class ModelInfo:
    """What stands behind the model: a plain chat model, or an agent that runs its own tools.

    `mode` is what an agent says of itself: `"llm"`, `"echo"` or `"offline"`; empty for a plain model.
    `prices` are the highest of all that may answer; None where one is not known.
    """

    kind: Literal["model", "agent"] = "model"
    mode: str = ""
    name: str = ""
    prices: Prices | None = None


class Model(Protocol):
    """Answers requests. Cancelling the task that awaits `complete` drops the upstream connection."""

    async def start(self) -> None:
        """Get ready ahead of the first request, which would else do it; raises `ModelError`."""
        ...

    async def close(self) -> None:
        """Let go of everything; calls that still wait fail."""
        ...

    async def describe(self) -> ModelInfo:
        """Tell what stands behind this model; raises `ModelError`."""
        ...

    async def complete(self, request: Request, on_delta: Callable[[Delta], None]) -> Reply:
        """Answer `request`, calling `on_delta` on the event loop for each piece; raises `ModelError`."""
        ...


class ScriptedModel:
    """Plays replies in order and keeps the requests it was sent.

    An exception in the script is raised instead of answering; an `asyncio.Event` is awaited before the next
    reply, so that a test decides when the model speaks.
    """

    def __init__(
        self, script: Iterable[Reply | Exception | asyncio.Event], info: ModelInfo | None = None
    ) -> None:
        self._script = iter(script)
        self._info = info or ModelInfo(name="scripted")
        self.requests: list[Request] = []

    async def start(self) -> None:
        """A script is always ready."""

    async def close(self) -> None:
        """A script holds nothing."""

    async def describe(self) -> ModelInfo:
        """Tell what the script was given."""
        return self._info

    async def complete(self, request: Request, on_delta: Callable[[Delta], None]) -> Reply:
        """Play the next reply; a script that is used up is a `ModelError`."""
        self.requests.append(request)
        for step in self._script:
            if isinstance(step, asyncio.Event):
                await step.wait()
            elif isinstance(step, Exception):
                raise step
            else:
                if step.reasoning:
                    on_delta(Delta("reasoning", step.reasoning))
                if step.content:
                    on_delta(Delta("text", step.content))
                return step
        raise ModelError("the script has no reply left")
