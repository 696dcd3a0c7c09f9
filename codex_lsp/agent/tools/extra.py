"""A tool beyond the usual ones, which whoever starts a run brings with it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from codex_lsp.agent.overlay import Overlay
from codex_lsp.agent.tools.result import Result
from codex_lsp.agent.tools.schemas import tool
from codex_lsp.records import record


@record(frozen=True, slots=True)
class Extra:
    """`schema` is what the model is offered, in Chat Completions form; `run` gets arguments that fit it.

    It may raise `BadArguments` and `EditError`, as our own tools may. Cancelling it stops what it began.
    """

    schema: Mapping[str, Any]
    run: Callable[[Overlay, Mapping[str, Any]], Awaitable[Result]]

    @property
    def name(self) -> str:
        """What the model calls it."""
        return str(self.schema["function"]["name"])


__all__ = ["Extra", "tool"]
