"""What went wrong behind an endpoint, as its client is told.

422: the run was stopped, by a limit or because edits did not fit; `codex_agent.stop_reason` says why. 400:
the model's server refuses the request itself. 424: it refuses its key, has no such model, or took too long;
another try would not help. 429: it has too many requests. 502: it is not there, failed, or broke off.
"""

from __future__ import annotations

from dataclasses import asdict

from codex_lsp.agent.limits import Limits, Unfinished, reason_of
from codex_lsp.agent.model import ModelError
from codex_lsp.edits import EditError
from codex_lsp.endpoint.errors import (
    EndpointError,
    NotFound,
    RateLimited,
    Refused,
    TimedOut,
    Unauthorized,
)
from codex_lsp.services.chat import Ended
from codex_lsp.services.errors import ApiError

_STATUS: tuple[tuple[type[EndpointError], int], ...] = (
    (Unauthorized, 424),
    (NotFound, 424),
    (TimedOut, 424),
    (RateLimited, 429),
    (Refused, 400),
)


def told(error: ModelError | EditError, limits: Limits | None = None) -> ApiError:
    """The error for a client; `limits` are those of a run that was stopped."""
    agent = None if limits is None else Ended(reason_of(error), asdict(limits)).as_json()
    if isinstance(error, Unfinished | EditError):
        return ApiError(422, str(error), reason_of(error), agent=agent)
    status = next((number for kind, number in _STATUS if isinstance(error, kind)), 502)
    wait = getattr(error, "retry_after", None)
    headers = {"Retry-After": f"{wait:.0f}"} if status == 429 and wait is not None else None
    return ApiError(status, str(error), f"upstream_{error.code}", headers, agent=agent)
