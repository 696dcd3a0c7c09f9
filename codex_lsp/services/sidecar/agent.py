"""The sidecar behind the endpoint: whether Codex can be asked, and its answers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Mapping
from contextlib import aclosing
from pathlib import Path
from typing import Any

from codex_lsp.services.chat import Mode, Piece
from codex_lsp.services.errors import invalid, unavailable
from codex_lsp.services.requests import ChatRequest
from codex_lsp.services.sidecar import run
from codex_lsp.services.sidecar.home import home
from codex_lsp.services.sidecar.options import Options, Unready, authorised, find
from codex_lsp.services.sidecar.peer import CodexFailed, Peer

# How long it is believed that the sandbox works, and that it does not.
_WELL_SECONDS, _ILL_SECONDS = 300.0, 15.0
_UPSTREAM_SECONDS = 5.0


class CodexSidecar:
    """An `Answerer`. Each request is a Codex of its own."""

    mode: Mode = "llm"
    workspace = True

    def __init__(self, options: Options) -> None:
        self._options = options
        self._probing = asyncio.Lock()
        self._probed = ("", 0.0)

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
            program = find(self._options)
            return await self._sandbox(program) or await self._upstream()
        except (Unready, OSError) as error:
            return str(error)

    async def answer(self, request: ChatRequest) -> AsyncGenerator[Piece, None]:
        """Codex's answer; 503 with what is to be done where it cannot be asked."""
        if request.tools:
            raise invalid("Codex uses tools of its own, and none of a client's.", "unsupported_tools")
        try:
            authorised(self._options)
            program = find(self._options)
        except Unready as error:
            raise unavailable(str(error), "codex_unready") from error
        async with aclosing(run.answer(self._options, program, request)) as pieces:
            async for piece in pieces:
                yield piece

    async def _sandbox(self, program: Path) -> str:
        async with self._probing:
            problem, until = self._probed
            if time.monotonic() >= until:
                problem = await self._probe(program)
                until = time.monotonic() + (_ILL_SECONDS if problem else _WELL_SECONDS)
                self._probed = problem, until
            return problem

    async def _probe(self, program: Path) -> str:
        try:
            with home(self._options, program) as made:
                async with Peer(
                    [str(program), "app-server"], made.environ(self._options), made.workspace
                ) as codex:
                    await run.greet(codex)
                    problem = await run.sandbox_problem(codex, made)
        except (CodexFailed, OSError) as error:
            return f"Codex does not start: {error}"
        return f"The sandbox of Codex does not work here: {problem}" if problem else ""

    async def _upstream(self) -> str:
        base = self._options.base()
        if not base:
            return ""
        import httpx

        headers = {"Authorization": f"Bearer {self._options.key}"} if self._options.key else {}
        try:
            async with httpx.AsyncClient(timeout=_UPSTREAM_SECONDS) as client:
                answered = await client.get(f"{base}/models", headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            return f"The model's server at {base} does not answer ({type(error).__name__})."
        if answered.status_code in (401, 403):
            return f"The model's server at {base} does not take the key (HTTP {answered.status_code})."
        return ""
