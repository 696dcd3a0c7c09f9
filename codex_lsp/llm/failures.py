"""Failures, from what went wrong on the wire to our typed error to LiteLLM's exception, and back.

LiteLLM passes exceptions of its own classes on as they are; of any other class it makes an
`APIConnectionError` with a traceback in its message.
"""

from __future__ import annotations

import json
import re
import socket
import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx
import litellm
from litellm import exceptions
from litellm.types.router import RouterRateLimitError

from codex_lsp.endpoint.errors import (
    BadReply,
    EndpointError,
    RateLimited,
    Refused,
    StatusError,
    TimedOut,
    Unauthorized,
    Unreachable,
    broke_off,
    clip,
    from_status,
    unreachable,
)
from codex_lsp.endpoint.redact import redact
from codex_lsp.llm.chat import Call

_MARK = "codex_agent_error"


@contextmanager
def wire_failures(origin: str, connect: float) -> Iterator[None]:
    """Turn httpx's exceptions into `Unreachable`; deadlines are the caller's, but for `connect` seconds."""
    try:
        yield
    except httpx.ConnectTimeout:
        raise unreachable(origin, f"no connection within {connect:g} s") from None
    except httpx.ConnectError as error:
        raise unreachable(origin, _reason(error), lasting=_tls_fault(error) is not None) from None
    except (UnicodeError, httpx.InvalidURL):
        raise unreachable(origin, "its name is not one that can be looked up", lasting=True) from None
    except httpx.TransportError:
        raise broke_off(origin) from None


def _tls_fault(error: BaseException) -> ssl.SSLError | None:
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ssl.SSLError):
        cause = cause.__cause__ or cause.__context__
    return cause


def _reason(error: BaseException) -> str:
    if tls := _tls_fault(error):
        return f"TLS failed: {getattr(tls, 'verify_message', '') or tls.reason or 'no common ground'}"
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, socket.gaierror):
            return "its name has no address"
        if isinstance(cause, ConnectionRefusedError):
            return "nobody listens there"
        if isinstance(cause, ExceptionGroup):  # one per address of the name
            cause = cause.exceptions[0]
        elif isinstance(cause, OSError) and cause.strerror:
            return cause.strerror
        else:
            cause = cause.__cause__ or cause.__context__
    return "no connection"


def bad_status(call: Call, status: int, headers: httpx.Headers, body: bytes) -> StatusError:
    """The error for an answer that is no success."""
    said_there = detail(body, call.key)
    return from_status(status, call.origin, said_there, retry_after_seconds(headers.get("retry-after", "")))


def retry_after_seconds(value: str) -> float | None:
    """Seconds from now in a `Retry-After` header, given as seconds or as a date; None if it says nothing."""
    if re.fullmatch(r"[0-9]{1,18}(\.[0-9]*)?", value.strip()):
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return max(0.0, round((moment - datetime.now(UTC)).total_seconds()))
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def said(body: bytes, key: str) -> str:
    """` It said: …`, from an error's body, without keys; empty if it said nothing of use."""
    text = detail(body, key)
    return f" It said: {clip(text)}" if text.strip() else ""


def detail(body: bytes, key: str) -> str:
    """The message in an error's body, without keys, at full length."""
    text = body.decode("utf-8", "replace")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = "an HTML page" if "<html" in text[:1000].lower() else text
    for name in ("error", "message", "detail"):
        if isinstance(value, dict) and value.get(name):
            value = value[name]
    if isinstance(value, list):
        # What FastAPI says of a request that does not fit; beside it stands the request, prompt and all.
        value = "; ".join(str(item["msg"]) for item in value if isinstance(item, dict) and "msg" in item)
    message = value if isinstance(value, str) else json.dumps(value)
    # Before anything is cut off, or the first half of a key would stay.
    return redact(message, [key])


def to_litellm(error: EndpointError, model: str, provider: str) -> Exception:
    """LiteLLM's exception for `error`: its sentence, its status, its Retry-After."""
    raised = _exception(error, {"message": str(error), "model": model, "llm_provider": provider})
    setattr(raised, _MARK, error)
    return raised


def _exception(error: EndpointError, about: dict[str, str]) -> Exception:
    if isinstance(error, Unreachable):
        raised = _made(exceptions.APIConnectionError(**about))
        # LiteLLM's Router spares what says "APIConnectionError" its cooldown, and would ask a dead machine
        # first again and again.
        raised.message = str(error)  # type: ignore[attr-defined]
        return raised
    if isinstance(error, TimedOut):
        return _made(exceptions.Timeout(**about))
    if isinstance(error, BadReply):
        return _made(exceptions.APIResponseValidationError(**about))
    if isinstance(error, StatusError) and error.status is not None:
        return _from_status(error, error.status, about)
    # Off and Unconfigured: nothing was sent, and sending it again would not help.
    return _made(exceptions.BadRequestError(**about))


def _from_status(error: StatusError, status: int, about: dict[str, str]) -> Exception:
    classes = {
        401: exceptions.AuthenticationError,
        403: exceptions.PermissionDeniedError,
        404: exceptions.NotFoundError,
        429: exceptions.RateLimitError,
        502: exceptions.BadGatewayError,
        503: exceptions.ServiceUnavailableError,
    }
    default = exceptions.InternalServerError if status >= 500 else exceptions.BadRequestError
    raised = _made(classes.get(status, default)(**about, response=_response(error, status)))
    if status >= 400:
        raised.status_code = status  # type: ignore[attr-defined]
    return raised


def _response(error: StatusError, status: int) -> httpx.Response:
    # Where LiteLLM's Router looks for Retry-After. Made anew: the real one holds the request with the key.
    headers = {} if error.retry_after is None else {"retry-after": f"{error.retry_after:.0f}"}
    return httpx.Response(status, headers=headers, request=httpx.Request("POST", "http://codex-agent"))


def _made(raised: object) -> Exception:
    assert isinstance(raised, Exception)
    return raised


def from_litellm(error: BaseException, keys: Iterable[str] = ()) -> EndpointError:
    """Our error behind an exception that came out of a Router; else one made of what LiteLLM says."""
    seen: set[int] = set()
    queue: list[BaseException | None] = [error]
    while queue:
        current = queue.pop(0)
        if current is None or id(current) in seen:
            continue
        seen.add(id(current))
        if isinstance(current, EndpointError):
            return current
        marked = getattr(current, _MARK, None)
        if isinstance(marked, EndpointError):
            return marked
        queue += [getattr(current, "original_exception", None), current.__cause__, current.__context__]
    return _of_litellm_itself(error, keys)


def _of_litellm_itself(error: BaseException, keys: Iterable[str]) -> EndpointError:
    text = clip(redact(str(error), keys).partition("Traceback (most recent call last)")[0])
    if isinstance(error, RouterRateLimitError):
        wait = error.cooldown_time
        return RateLimited(f"Every deployment of {error.model} is cooling down: {text}", 429, wait)
    sentence = f"LiteLLM did not send the request: {text}"
    if isinstance(error, litellm.Timeout):
        return TimedOut(sentence)
    if isinstance(error, litellm.AuthenticationError):
        return Unauthorized(sentence)
    if isinstance(error, litellm.BadRequestError):
        return Refused(sentence)
    return EndpointError(sentence)
