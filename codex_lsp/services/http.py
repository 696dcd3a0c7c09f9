"""The HTTP application that all endpoints of ours share: routes, errors, and an orderly end.

`GET /healthz`, `GET /readyz`, `GET /metrics`, `GET /v1/models`, `POST /v1/chat/completions`. Behind it is an
`Answerer`, whose work waits in a `Queue`.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import replace
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Message, Receive, Scope, Send

from codex_lsp.services import requests
from codex_lsp.services.chat import Answerer
from codex_lsp.services.errors import ApiError, unavailable
from codex_lsp.services.guard import Access, Guard
from codex_lsp.services.metrics import Metrics
from codex_lsp.services.queue import Queue
from codex_lsp.services.response import ChatResponse

BODY_SECONDS = 30.0
PATHS = frozenset({"/healthz", "/readyz", "/metrics", "/v1/models", "/v1/chat/completions"})


class Endpoint:
    """An ASGI application for one answerer. `stop` ends what runs; from then on it answers 503."""

    def __init__(self, answerer: Answerer, access: Access, queue: Queue) -> None:
        self._answerer = answerer
        self._queue = queue
        self._metrics = Metrics(queue, PATHS)
        self._running: set[asyncio.Task[Any]] = set()
        self._stopping = False
        self._app = Guard(self._starlette(), access)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, as a task that `stop` can cancel."""
        task = asyncio.current_task()
        if task is None or scope["type"] != "http":
            return
        begun = False

        async def noting(message: Message) -> None:
            nonlocal begun
            if not begun:
                begun = True
                self._metrics.answered(scope["path"], message["status"])
            await send(message)

        self._running.add(task)
        try:
            if self._stopping:
                raise asyncio.CancelledError
            await self._app(scope, receive, noting)
        except asyncio.CancelledError:
            if not self._stopping:
                raise
            await self._cut_short(begun, scope, receive, send)
        finally:
            self._running.discard(task)

    def stop(self) -> None:
        """Cancel every request that is being served. Call it on the event loop's thread."""
        self._stopping = True
        for task in self._running:
            task.cancel()

    async def _cut_short(self, begun: bool, scope: Scope, receive: Receive, send: Send) -> None:
        if begun:
            # A stream that ends without a finish reason is what clients take for broken off.
            with contextlib.suppress(Exception):
                await send({"type": "http.response.body", "body": b"", "more_body": False})
        else:
            await unavailable("This endpoint is ending.", "stopping").response()(scope, receive, send)

    def _starlette(self) -> Starlette:
        app = Starlette(
            routes=[
                Route("/healthz", self._healthz),
                Route("/readyz", self._readyz),
                Route("/metrics", self._figures),
                Route("/v1/models", self._models),
                Route("/v1/chat/completions", self._chat, methods=["POST"]),
            ],
            exception_handlers={
                ApiError: _api_error,
                HTTPException: _http_error,
                ClientDisconnect: _client_gone,
                Exception: _server_error,
            },
        )
        # A redirect would go to wherever the Host header says.
        app.router.redirect_slashes = False
        return app

    async def _healthz(self, _request: Request) -> Response:
        return JSONResponse({"status": "ok", "mode": self._answerer.mode})

    async def _models(self, _request: Request) -> Response:
        served = self._answerer
        agent = {"workspace": served.workspace, "mode": served.mode, **await served.about()}
        shared = {"object": "model", "created": 0, "owned_by": "codex-lsp"}
        models = [
            {"id": alias, **shared, "codex_agent": {**agent, "model": real}}
            for alias, real in served.models.items()
        ]
        return JSONResponse({"object": "list", "data": models, "codex_agent": agent})

    async def _readyz(self, _request: Request) -> Response:
        served = self._answerer
        if problem := await served.ready():
            return JSONResponse({"status": "unready", "mode": served.mode, "message": problem}, 503)
        return JSONResponse({"status": "ready", "mode": served.mode, **await served.about()})

    async def _chat(self, request: Request) -> ChatResponse:
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await request.body()
        except TimeoutError:
            raise ApiError(408, f"The body did not arrive within {BODY_SECONDS:g} s.", "timeout") from None
        asked = await asyncio.to_thread(requests.parse, body)
        alias = self._alias(asked.model)
        pieces = self._metrics.waited(self._answerer.answer(replace(asked, model=alias)), time.monotonic())
        admitted = self._metrics.counted(self._queue.admitted(pieces))
        return ChatResponse(admitted, asked, alias, self._answerer.mode)

    def _alias(self, asked: str) -> str:
        models = self._answerer.models
        if asked and asked not in models and len(models) > 1:
            message = f"There is no model {asked!r} here, only {', '.join(models)}."
            raise ApiError(404, message, "model_not_found")
        return asked if asked in models else next(iter(models))

    async def _figures(self, _request: Request) -> Response:
        return self._metrics.response()


async def _api_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, ApiError)
    return error.response()


async def _http_error(_request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    codes = {404: "not_found", 405: "method_not_allowed"}
    code = codes.get(error.status_code, "http_error")
    headers = dict(error.headers) if error.headers else None
    return ApiError(error.status_code, f"{error.detail}.", code, headers).response()


async def _client_gone(_request: Request, _error: Exception) -> Response:
    return ApiError(400, "The request was not whole.", "incomplete_body").response()


async def _server_error(_request: Request, error: Exception) -> Response:
    message = f"A bug in this endpoint ({type(error).__name__}); its own log has more."
    return ApiError(500, message, "internal_error").response()
