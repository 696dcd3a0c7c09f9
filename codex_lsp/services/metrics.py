"""An endpoint's own figures, for `GET /metrics`, in Prometheus' text form.

`codex_agent_requests_total{path,status}`, `codex_agent_runs_total{reason}`, `codex_agent_run_seconds`,
`codex_agent_queue_seconds`, `codex_agent_running`, `codex_agent_waiting`, `codex_agent_tokens_total{kind}`.
No label holds what a client sent.
"""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator
from contextlib import aclosing

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.responses import Response

from codex_lsp.services.chat import Ended, Piece, Used
from codex_lsp.services.errors import ApiError
from codex_lsp.services.queue import Queue

_SECONDS = (0.01, 0.05, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900)


class Metrics:
    """What one endpoint counts; `paths` are those that it tells apart."""

    def __init__(self, queue: Queue, paths: frozenset[str]) -> None:
        self._paths = paths
        self._registry = registry = CollectorRegistry()
        self._requests = Counter(
            "codex_agent_requests", "Answered requests.", ("path", "status"), registry=registry
        )
        self._runs = Counter("codex_agent_runs", "Work, by why it ended.", ("reason",), registry=registry)
        self._tokens = Counter(
            "codex_agent_tokens", "Tokens, as models count them.", ("kind",), registry=registry
        )
        self._run_seconds = Histogram(
            "codex_agent_run_seconds", "How long work took.", buckets=_SECONDS, registry=registry
        )
        self._queue_seconds = Histogram(
            "codex_agent_queue_seconds", "How long work waited.", buckets=_SECONDS, registry=registry
        )
        running = Gauge("codex_agent_running", "Requests being worked on.", registry=registry)
        running.set_function(lambda: queue.running)
        waiting = Gauge("codex_agent_waiting", "Requests waiting for a turn.", registry=registry)
        waiting.set_function(lambda: queue.waiting)

    def answered(self, path: str, status: int) -> None:
        """A request was answered."""
        self._requests.labels(path if path in self._paths else "other", str(status)).inc()

    def response(self) -> Response:
        """All figures."""
        return Response(generate_latest(self._registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def waited(self, pieces: AsyncGenerator[Piece, None], came: float) -> AsyncGenerator[Piece, None]:
        """`pieces`, begun now; `came` is when they were asked for, by `time.monotonic`."""
        began = time.monotonic()
        self._queue_seconds.observe(began - came)
        try:
            async with aclosing(pieces):
                async for piece in pieces:
                    yield piece
        finally:
            self._run_seconds.observe(time.monotonic() - began)

    async def counted(self, pieces: AsyncGenerator[Piece, None]) -> AsyncGenerator[Piece, None]:
        """`pieces`, with what was used, and why they ended."""
        reason = "cancelled"
        try:
            async with aclosing(pieces):
                async for piece in pieces:
                    if isinstance(piece, Used):
                        self._tokens.labels("prompt").inc(piece.prompt_tokens)
                        self._tokens.labels("completion").inc(piece.completion_tokens)
                    elif isinstance(piece, Ended):
                        reason = piece.reason
                    yield piece
            reason = "answered" if reason == "cancelled" else reason
        except ApiError as error:
            reason = str((error.agent or {}).get("stop_reason") or error.code)
            raise
        except Exception:
            reason = "failed"
            raise
        finally:
            self._runs.labels(reason).inc()
