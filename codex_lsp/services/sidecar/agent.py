"""The sidecar behind the endpoint: whether Codex can be asked, and its answers."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from typing import Any

from codex_lsp.services.chat import Mode, Piece
from codex_lsp.services.errors import ApiError, invalid, unavailable
from codex_lsp.services.ready import Readiness
from codex_lsp.services.requests import ChatRequest
from codex_lsp.services.sidecar import run, upstream
from codex_lsp.services.sidecar.home import home
from codex_lsp.services.sidecar.options import Options, Unready, authorised, find
from codex_lsp.services.sidecar.peer import CodexFailed, Peer

# What a request fails with where Codex, its sandbox or its model is not well.
_BEHIND = frozenset({502, 503})


class CodexSidecar:
    """An `Answerer`. Each request is a Codex of its own."""

    mode: Mode = "llm"
    workspace = True

    def __init__(self, options: Options) -> None:
        self._options = options
        self._readiness = Readiness(lambda: upstream.missing(options), self._all)

    @property
    def models(self) -> Mapping[str, str]:
        """One, whose real name is what Codex is told, if it is told one."""
        return {"codex": self._options.model or "default"}

    async def about(self) -> Mapping[str, Any]:
        """How it is run."""
        return {"effort": self._options.effort, "sandbox": "workspace-write"}

    async def ready(self) -> str:
        """Whether Codex is here, signed in, in a sandbox that works, and its model's server well."""
        try:
            authorised(self._options)
            find(self._options)
        except Unready as error:
            return str(error)
        return await self._readiness.found()

    async def answer(self, request: ChatRequest) -> AsyncGenerator[Piece, None]:
        """Codex's answer; 503 with what is to be done where it cannot be asked."""
        if request.tools:
            raise invalid("Codex uses tools of its own, and none of a client's.", "unsupported_tools")
        try:
            authorised(self._options)
            program = find(self._options)
        except Unready as error:
            raise unavailable(str(error), "codex_unready") from error
        try:
            async with aclosing(run.answer(self._options, program, request)) as pieces:
                async for piece in pieces:
                    yield piece
        except ApiError as error:
            if error.status in _BEHIND:
                self._readiness.doubt()
            raise

    async def _all(self) -> str:
        return await self._sandbox() or await upstream.silent(self._options)

    async def _sandbox(self) -> str:
        try:
            program = find(self._options)
            with home(self._options, program) as made:
                async with Peer(
                    [str(program), "app-server"], made.environ(self._options), made.workspace
                ) as codex:
                    await run.greet(codex)
                    problem = await run.sandbox_problem(codex, made)
        except (CodexFailed, Unready, OSError) as error:
            return f"Codex does not start: {error}"
        return f"The sandbox of Codex does not work here: {problem}" if problem else ""
