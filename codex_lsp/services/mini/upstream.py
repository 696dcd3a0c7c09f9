"""The models behind the mini-agent, as it knows them: `codex_lsp.llm.upstream` has the real ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from codex_lsp.agent.model import Delta, Model, Reply, Request


class Upstream(Model, Protocol):
    """A model that takes Chat Completions' options, too."""

    async def complete(
        self,
        request: Request,
        on_delta: Callable[[Delta], None],
        options: Mapping[str, Any] | None = None,
    ) -> Reply:
        """Answer `request`; raises `ModelError`."""
        ...


@dataclass(frozen=True, slots=True)
class Served:
    """One alias: the real model's name, and the model."""

    name: str
    model: Upstream
