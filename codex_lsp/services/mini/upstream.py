"""The models behind the mini-agent, as it knows them: `codex_lsp.llm.upstream` has the real ones."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from codex_lsp.agent.model import Delta, Model, ModelError, Reply, Request
from codex_lsp.records import record

_QUESTION = Request([{"role": "user", "content": "Answer with OK."}])
_ANSWER = {"max_tokens": 16}


class Upstream(Model, Protocol):
    """A model that takes Chat Completions' options, too."""

    async def reach(self) -> None:
        """See whether the model's server is there, where it has an address; raises `ModelError`."""
        ...

    async def complete(
        self,
        request: Request,
        on_delta: Callable[[Delta], None],
        options: Mapping[str, Any] | None = None,
    ) -> Reply:
        """Answer `request`; raises `ModelError`."""
        ...


@record(frozen=True, slots=True)
class Served:
    """One alias: the real model's name, and the model."""

    name: str
    model: Upstream

    async def missing(self) -> str:
        """Empty if its server is there, else what is to be done."""
        try:
            await self.model.reach()
        except ModelError as error:
            return str(error)
        return ""

    async def silent(self) -> str:
        """Empty if it answers a question, else what is to be done."""
        try:
            await self.model.complete(_QUESTION, lambda delta: None, _ANSWER)
        except ModelError as error:
            return str(error)
        return ""
