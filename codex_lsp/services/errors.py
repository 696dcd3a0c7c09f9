"""Errors as OpenAI's API shapes them: `{"error": {"message", "type", "code"}}`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.responses import JSONResponse

_TYPES = {
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    429: "rate_limit_error",
}


class ApiError(Exception):
    """A request that is answered with an error.

    `message` is for a person and must hold no key; `code` is a stable word for programs. `agent` is what is
    told as `codex_agent` beside it: why work that had begun was stopped.
    """

    def __init__(
        self,
        status: int,
        message: str,
        code: str,
        headers: dict[str, str] | None = None,
        *,
        agent: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.headers = headers
        self.agent = agent

    def body(self) -> dict[str, Any]:
        """The error object, as it goes over the wire."""
        kind = "server_error" if self.status >= 500 else _TYPES.get(self.status, "invalid_request_error")
        body: dict[str, Any] = {"error": {"message": str(self), "type": kind, "code": self.code}}
        return body if self.agent is None else body | {"codex_agent": dict(self.agent)}

    def response(self) -> JSONResponse:
        """The whole HTTP response."""
        return JSONResponse(self.body(), self.status, self.headers)


def invalid(message: str, code: str = "invalid_request") -> ApiError:
    """400: the body is not what a Chat Completions request must be."""
    return ApiError(400, message, code)


def unprocessable(message: str, code: str = "invalid_workspace") -> ApiError:
    """422: well-formed, but it makes no sense: a focus outside the files, say."""
    return ApiError(422, message, code)


def busy(message: str, seconds: int) -> ApiError:
    """429: too much at once; `seconds` is when to come again."""
    return ApiError(429, message, "busy", {"Retry-After": str(seconds)})


def unavailable(message: str, code: str = "unavailable") -> ApiError:
    """503: this endpoint is ending, or what it stands on is missing."""
    return ApiError(503, message, code)
