"""What stands behind an endpoint, and the pieces of an answer that it yields; `response` sends them.

An answer is any number of `Step`, `Reasoning`, `Text` and `Call`; `Used` adds to what was counted, and
`Ended`, at most one and the last, says why the work ended. Without an answer, `ApiError` is raised instead.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import field
from typing import Any, Literal, Protocol

from codex_lsp.records import record
from codex_lsp.services.requests import ChatRequest

# Clients take an endpoint for dead that says nothing for two minutes; slow models do that.
QUIET_SECONDS = 15.0


@record(frozen=True, slots=True)
class Step:
    """A line on what is being done, without its end; sent as reasoning."""

    text: str


@record(frozen=True, slots=True)
class Text:
    """A piece of the answer."""

    text: str


@record(frozen=True, slots=True)
class Reasoning:
    """A piece of what the model thinks; it goes beside the answer, as it comes."""

    text: str


@record(frozen=True, slots=True)
class Call:
    """A tool call. `arguments` is JSON text; `id` is unique within the conversation."""

    id: str
    name: str
    arguments: str


@record(frozen=True, slots=True)
class Used:
    """Tokens that were used since the last one, as the model's server counted them."""

    prompt_tokens: int
    completion_tokens: int


@record(frozen=True, slots=True)
class Ended:
    """Why the work ended: `reason` is a stable word, `limits` are those that held, by name.

    `finish_reason` is what a model said; if it is empty, `tool_calls` or `stop`.
    """

    reason: str
    limits: Mapping[str, float] = field(default_factory=dict)
    finish_reason: str = ""

    def as_json(self) -> dict[str, Any]:
        """The form in which it travels, as `codex_agent`."""
        return {"stop_reason": self.reason, "limits": dict(self.limits)}


Piece = Step | Text | Reasoning | Call | Used | Ended
Mode = Literal["llm", "echo", "offline"]


class Answerer(Protocol):
    """What stands behind an endpoint.

    `models` tells by alias which real model is served. A request that names none gets the first, and where
    there is only one any name gets that; `answer` is told the alias as `ChatRequest.model`. `mode` is what it
    says of itself, `workspace` whether it takes a workspace and answers with a patch.
    """

    @property
    def models(self) -> Mapping[str, str]:
        """Alias → real model, at least one."""
        ...

    @property
    def mode(self) -> Mode:
        """`llm`, `echo` or `offline`."""
        ...

    @property
    def workspace(self) -> bool:
        """Whether a request may carry a workspace."""
        ...

    async def ready(self) -> str:
        """Empty if a request would be answered now, else what is to be done; may ask what stands behind."""
        ...

    async def about(self) -> Mapping[str, Any]:
        """More to be told in the list of models and by `/readyz`: tools that are offered, say."""
        ...

    def answer(self, request: ChatRequest) -> AsyncGenerator[Piece, None]:
        """The answer, piece by piece. Closing the generator stops the work; it may raise `ApiError`."""
        ...
