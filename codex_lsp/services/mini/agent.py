"""The mini-agent behind its endpoint: what a request asks for decides which of two ways it goes.

With `codex_agent.workspace` it is a run that ends with a summary and a patch; without, a plain chat.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Coroutine, Iterable, Mapping
from contextlib import aclosing
from typing import Any

from codex_lsp.agent.limits import Limits
from codex_lsp.services.chat import Mode, Piece
from codex_lsp.services.errors import ApiError
from codex_lsp.services.mini import plain, running
from codex_lsp.services.mini.pump import pumped
from codex_lsp.services.mini.upstream import Served
from codex_lsp.services.mini.work import Run
from codex_lsp.services.ready import Readiness
from codex_lsp.services.requests import ChatRequest

# What a request fails with whose model does not answer: see `faults`.
_BEHIND = frozenset({424, 502})


class MiniAgent:
    """An `Answerer` over one or more models, by alias. It keeps nothing between two requests."""

    mode: Mode = "llm"
    workspace = True

    def __init__(self, served: Mapping[str, Served], limits: Limits | None = None) -> None:
        self.models = {alias: each.name for alias, each in served.items()}
        self._served = dict(served)
        self._limits = limits or Limits()
        self._readiness = Readiness(
            lambda: _all(each.missing() for each in self._served.values()),
            lambda: _all(each.silent() for each in self._served.values()),
        )

    async def ready(self) -> str:
        """Whether the models answer."""
        return await self._readiness.found()

    async def about(self) -> Mapping[str, Any]:
        """Whether it can run what a model wants to try."""
        tools, reason = await running.extras()
        offered = [each.name for each in tools]
        return {"run_tools": offered, **({"no_run_tools": reason} if reason else {})}

    async def answer(self, request: ChatRequest) -> AsyncGenerator[Piece, None]:
        """Answer by the way that the request opens."""
        try:
            async with aclosing(await self._pieces(request)) as pieces:
                async for piece in pieces:
                    yield piece
        except ApiError as error:
            if error.status in _BEHIND:
                self._readiness.doubt()
            raise

    async def _pieces(self, request: ChatRequest) -> AsyncGenerator[Piece, None]:
        served = self._served[request.model]
        if request.workspace is None:
            return pumped(lambda say: plain.talk(request, served.model, say))
        tools, _ = await running.extras()
        run = Run(request, request.workspace, served, self._limits, tools)
        return pumped(run.work, run.progress)


async def _all(asked: Iterable[Coroutine[Any, Any, str]]) -> str:
    return " ".join(dict.fromkeys(filter(None, await asyncio.gather(*asked))))
