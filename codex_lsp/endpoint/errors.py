"""Why the endpoint gave no answer, each with its own next step.

    ModelError                     (codex_lsp.agent.model)
    └── EndpointError
        ├── Off                    the gate is closed
        ├── Unconfigured           no base, or one that cannot be used
        ├── Unreachable            nobody listens, the name has no address, TLS failed
        ├── TimedOut               the total or the idle deadline passed
        ├── StatusError            an HTTP status that is no success
        │   ├── Unauthorized       401, 403
        │   ├── NotFound           404
        │   ├── RateLimited        429
        │   ├── ServerFault        5xx
        │   └── Refused            every other status, redirects included
        │       └── ToolsRefused   the endpoint or its model takes no tools
        ├── BadReply               a success on the wire that is no whole reply
        └── WorkerFailed           the child process that talks to the endpoint is gone

`to_wire` and `from_wire` carry them between the worker and the server.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from codex_lsp.agent.model import ModelError, NoTools

MAX_DETAIL = 300


class EndpointError(ModelError):
    """Any reason why the endpoint gave no answer. `message` is complete: it says what to do."""

    code: ClassVar[str] = "endpoint"
    status: int | None = None
    retry_after: float | None = None

    @property
    def message(self) -> str:
        """The sentence for the person."""
        return str(self)


class Off(EndpointError):
    """The gate is closed: nothing was sent."""

    code = "off"

    def __init__(self, message: str = "") -> None:
        super().__init__(
            message
            or "codex-agent is off: set LITELLM_ENABLE_CODEX_AGENT=1 and restart the server to use it."
        )


class Unconfigured(EndpointError):
    """There is no endpoint to ask, or its address or model cannot be used."""

    code = "unconfigured"

    def __init__(self, message: str = "") -> None:
        super().__init__(
            message
            or "No agent endpoint is configured: set CODEX_AGENT_API_BASE to its address, or start one of "
            "your own with `codex-lsp agent --model offline`."
        )


class Unreachable(EndpointError):
    """No connection to the endpoint, or it broke before the reply was whole.

    `lasting` says that the next try would end the same way: a certificate, for one, does not change.
    """

    code = "unreachable"

    def __init__(self, message: str, lasting: bool = False) -> None:
        super().__init__(message)
        self.lasting = lasting


class TimedOut(EndpointError):
    """The endpoint did not answer, or stopped answering, within the deadline."""

    code = "timeout"


class BadReply(EndpointError):
    """The endpoint answered with success, but not with a whole Chat Completions reply."""

    code = "bad_reply"


class WorkerFailed(EndpointError):
    """The child process that talks to the endpoint could not be started, or ended in mid-run."""

    code = "worker"


class StatusError(EndpointError):
    """The endpoint answered with an HTTP status that is no success."""

    code = "status"

    def __init__(self, message: str, status: int | None = None, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after = retry_after


class Unauthorized(StatusError):
    """401 or 403."""

    code = "unauthorized"


class NotFound(StatusError):
    """404: the path or the model."""

    code = "not_found"


class RateLimited(StatusError):
    """429."""

    code = "rate_limited"


class ServerFault(StatusError):
    """5xx."""

    code = "server_fault"


class Refused(StatusError):
    """Any other status: a bad request, a redirect, too large a body."""

    code = "refused"


class ToolsRefused(Refused, NoTools):
    """A request with tools was refused, because of them or for no reason that was told: ask without."""

    code = "no_tools"


_CLASSES: dict[str, type[EndpointError]] = {
    cls.code: cls
    for cls in (
        EndpointError, Off, Unconfigured, Unreachable, TimedOut, BadReply, WorkerFailed,
        StatusError, Unauthorized, NotFound, RateLimited, ServerFault, Refused, ToolsRefused,
    )
}  # fmt: skip


def is_passing(error: EndpointError) -> bool:
    """Whether the same request may succeed in a moment, so that trying again makes sense.

    408, 429 and 5xx (529 included), and a connection that was refused or lost. Not 400, 404, 413 and 422: the
    request itself is what is wrong. Not 401 and 403: a key that was refused is not sent again. Not 409: the
    conflict is with a state that a repetition does not change. Not a deadline that passed: the model may be
    at work on the first request, and would begin anew. Not a reply that is none: the address is wrong.
    """
    if isinstance(error, Unreachable):
        return not error.lasting
    return isinstance(error, RateLimited | ServerFault) or error.status == 408


def clip(detail: str) -> str:
    """One line of at most `MAX_DETAIL` characters of what a server said."""
    line = " ".join("".join(c if c.isprintable() else " " for c in detail).split())
    return line if len(line) <= MAX_DETAIL else line[: MAX_DETAIL - 1] + "…"


def from_status(status: int, origin: str, detail: str = "", retry_after: float | None = None) -> StatusError:
    """The error for an HTTP status.

    `origin` is scheme, host and port of the endpoint; `detail` what its body said, from which the caller has
    taken the key; `retry_after` is in seconds.
    """
    said = f" It said: {clip(detail)}" if detail.strip() else ""
    wait = f" Try again in {duration(retry_after) if retry_after else 'a moment'}."
    if status in (401, 403):
        text = f"The endpoint {origin} refused the key ({status}): check CODEX_AGENT_API_KEY."
        return Unauthorized(text + said, status)
    if status == 404:
        text = (
            f"The endpoint {origin} does not know the path or the model (404): check CODEX_AGENT_API_BASE "
            "and CODEX_AGENT_MODEL; `codex-lsp doctor` lists the models it has."
        )
        return NotFound(text + said, status)
    if status == 429:
        return RateLimited(
            f"The endpoint {origin} has too many requests (429).{wait}{said}", status, retry_after
        )
    if status >= 500:
        text = f"The endpoint {origin} failed ({status}).{wait} If it goes on, look at its own log."
        return ServerFault(text + said, status, retry_after)
    if 300 <= status < 400:
        text = (
            f"The endpoint {origin} redirects ({status}), which is not followed, so that the key goes "
            "nowhere else: set CODEX_AGENT_API_BASE to the final address."
        )
        return Refused(text, status)
    text = f"The endpoint {origin} refused the request ({status}): check its model and its limits."
    if status == 408:
        text = f"The endpoint {origin} did not get the whole request in time (408).{wait}"
    return Refused(text + said, status, retry_after)


def duration(seconds: float) -> str:
    """A time to wait, for a person.

    >>> duration(4.0), duration(0.42), duration(3600), duration(1e12)
    ('4 s', '0.4 s', '60 min', 'more than a day')
    """
    if seconds > 24 * 3600:
        return "more than a day"
    if seconds >= 300:
        return f"{seconds / 60:.0f} min"
    return f"{max(0.1, seconds):.1f}".removesuffix(".0") + " s"


def unreachable(origin: str, reason: str, lasting: bool = False) -> Unreachable:
    """No connection to `origin`; `reason` is a few words, without a full stop."""
    return Unreachable(
        f"The endpoint {origin} cannot be reached ({clip(reason)}): start it, or check CODEX_AGENT_API_BASE.",
        lasting,
    )


def broke_off(origin: str) -> Unreachable:
    """The connection to `origin` was lost before the reply was whole."""
    return Unreachable(
        f"The endpoint {origin} broke off before its reply was whole: see whether it still runs and look at "
        "its own log."
    )


def timed_out(origin: str, seconds: float, idle: bool, begun: bool = True) -> TimedOut:
    """A deadline passed; `seconds` is its length.

    `idle` says that it was the one for silence, and `begun` that the endpoint had begun to answer. Pings are
    silence.
    """
    what = "did not finish within"
    if idle:
        what = "sent nothing of its reply for" if begun else "did not begin to answer within"
    return TimedOut(
        f"The endpoint {origin} {what} {seconds:g} s: try again, ask for less, or use a faster model."
    )


def bad_reply(origin: str, what: str) -> BadReply:
    """A success that is no whole reply; `what` goes on from "answered, but"."""
    return BadReply(
        f"The endpoint {origin} answered, but {clip(what)}: check that CODEX_AGENT_API_BASE is an "
        "OpenAI-compatible endpoint, and look at its own log."
    )


def to_wire(error: EndpointError) -> dict[str, Any]:
    """The error as JSON values: `{"code", "message", "status", "retry_after"}`."""
    return {
        "code": error.code,
        "message": str(error),
        "status": error.status,
        "retry_after": error.retry_after,
    }


def from_wire(value: Mapping[str, Any]) -> EndpointError:
    """The error that `to_wire` wrote; an unknown code becomes a plain `EndpointError`."""
    cls = _CLASSES.get(str(value.get("code")), EndpointError)
    message = str(value.get("message") or "The endpoint failed.")
    if issubclass(cls, StatusError):
        return cls(message, value.get("status"), value.get("retry_after"))
    return cls(message)
