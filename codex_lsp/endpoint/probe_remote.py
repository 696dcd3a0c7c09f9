"""What the endpoint says of itself: one `GET /v1/models`, without redirects, proxies or retries."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import codex_lsp
from codex_lsp.agent.model import ModelInfo
from codex_lsp.endpoint import config as configuration
from codex_lsp.endpoint import tls
from codex_lsp.endpoint.config import API_BASE, API_KEY, MODEL, EndpointConfig
from codex_lsp.endpoint.errors import RateLimited, Refused, StatusError, Unauthorized, clip, from_status
from codex_lsp.endpoint.probe_local import START_ONE, Check, one_line, skipped
from codex_lsp.records import record

NAMES = ("reachable", "auth", "models", "mode")
_MAX_BYTES = 8 * 1024 * 1024
_NAMES_SHOWN = 12


@record(frozen=True, slots=True)
class Answer:
    """What came: status, body, and the seconds until it began."""

    status: int
    body: bytes
    seconds: float


async def remote_checks(config: EndpointConfig, seconds: float) -> AsyncIterator[Check]:
    """One request for the model list, and what its answer tells: a check for each of `NAMES`."""
    place = configuration.origin(config.api_base)
    try:
        answer = await get(configuration.models_url(config.api_base), config.api_key, seconds)
    except Unreached as error:
        yield Check("reachable", "fail", f"{place}: {error.finding}", error.next)
        for name in NAMES[1:]:
            yield skipped(name, "reachable")
        return
    for check in _judge(answer, place, config):
        yield check


def _judge(answer: Answer, place: str, config: EndpointConfig) -> Iterator[Check]:
    reached = f"{place} answered in {answer.seconds * 1000:.0f} ms"
    if 200 <= answer.status < 300:
        yield Check("reachable", "ok", reached)
        yield Check("auth", "ok", "the key was taken" if config.api_key else "no key was asked for")
        yield from _listing(answer.body, config)
    elif answer.status in (404, 405):
        yield Check("reachable", "ok", reached)
        finding = f"it has no model list ({answer.status})"
        yield Check("auth", "warn", f"not known, {finding}", "`codex-lsp doctor --ask` tries the key")
        yield Check("models", "warn", finding, f"if asking fails too, check the path in {API_BASE}")
        yield Check("mode", "ok", "a plain chat model, as far as can be known without a model list")
    else:
        yield from _unhelpful(
            from_status(answer.status, place, said(answer.body, config.api_key)), reached, config.api_key
        )


def _unhelpful(error: StatusError, reached: str, key: str) -> Iterator[Check]:
    name: str = "reachable"
    if isinstance(error, Unauthorized):
        yield Check("reachable", "ok", reached)
        name = "auth"
        next_step = f"set {API_KEY} to a key that this endpoint knows"
        if not key:
            next_step = f"it wants a key: {next_step}"
        yield Check("auth", "fail", str(error), next_step)
    elif isinstance(error, RateLimited):
        yield Check("reachable", "warn", str(error), "wait, and run this again")
    elif isinstance(error, Refused):
        yield Check("reachable", "fail", str(error), f"check the address in {API_BASE}")
    else:
        yield Check("reachable", "fail", str(error), "look at the endpoint's own log")
    for later in NAMES[NAMES.index(name) + 1 :]:
        yield skipped(later, name)


def _listing(body: bytes, config: EndpointConfig) -> Iterator[Check]:
    model_id = configuration.upstream_id(config.model)
    answer = parsed(body)
    entries = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(entries, list):
        finding = "GET /v1/models gives no model list"
        yield Check("models", "fail", finding, f"check that {API_BASE} is an OpenAI-compatible endpoint")
        yield skipped("mode", "models")
        return
    listed = [entry for entry in entries if isinstance(entry, dict) and isinstance(entry.get("id"), str)]
    names = [entry["id"] for entry in listed]
    shown = _names(names, config.api_key)
    if model_id in names:
        yield Check("models", "ok", f"{model_id!r} is there, of {len(names)}: {shown}")
    else:
        finding = f"{model_id!r} is not among its {len(names)} models" + (f": {shown}" if names else "")
        yield Check("models", "warn", finding, f"set {MODEL} to codex-agent/ and one of the names")
    yield _mode(_info([answer, *sorted(listed, key=lambda entry: entry["id"] != model_id)]))


def _names(names: list[str], key: str) -> str:
    more = f", and {len(names) - _NAMES_SHOWN} more" if len(names) > _NAMES_SHOWN else ""
    return clip(one_line(", ".join(names[:_NAMES_SHOWN]), key)) + more


def _info(holders: list[dict[str, Any]]) -> ModelInfo:
    """What `codex_agent` says: at the top of the list, or with a model, the configured one before others."""
    for holder in holders:
        stated = holder.get("codex_agent")
        if isinstance(stated, dict) and stated.get("workspace") is True:
            mode = stated.get("mode")
            return ModelInfo("agent", mode if isinstance(mode, str) else "")
    return ModelInfo()


def _mode(info: ModelInfo) -> Check:
    if info.kind == "model":
        return Check("mode", "ok", "a plain chat model: codex-lsp runs the tools")
    match info.mode:
        case "llm":
            return Check("mode", "ok", "an agent with a language model (llm)")
        case "offline":
            finding = "an agent without a language model (offline): rules for Python, and nothing is made up"
            return Check("mode", "ok", finding)
        case "echo":
            finding = "an agent without a language model (echo): it only repeats what it is sent"
            return Check("mode", "warn", finding, "start the agent with a language model")
        case other:
            finding = f"an agent that says its mode is {clip(other)!r}, which is none of llm, offline, echo"
            return Check("mode", "warn", finding, "see whether it is of this version of codex-lsp")


def parsed(body: bytes) -> Any:
    """The JSON of a body; None if it is none."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def said(body: bytes, key: str) -> str:
    """What an error's body says, on one line and without the key."""
    value = parsed(body)
    for name in ("error", "message", "detail"):
        if isinstance(value, dict) and value.get(name):
            value = value[name]
    text = value if isinstance(value, str) else body.decode("utf-8", "replace")
    if "<html" in text[:1000].lower():
        return "an HTML page"
    # Before anything is cut off, or the first half of the key would stay.
    return one_line(text, key)


class Unreached(Exception):
    """No answer came: what was found instead, and what to do."""

    def __init__(self, finding: str, next_step: str) -> None:
        super().__init__(finding)
        self.finding = finding
        self.next = next_step


async def get(url: str, key: str, seconds: float) -> Answer:
    """GET `url`, without redirects, proxies or anything else that the environment says; `Unreached`."""
    import httpx

    headers = {"user-agent": f"codex-lsp/{codex_lsp.__version__}", "accept-encoding": "identity"}
    if key:
        headers["authorization"] = f"Bearer {key}"
    # What takes its time on a busy machine is no silence of the endpoint's.
    verify, begun = tls.context(), time.monotonic()
    try:
        async with (
            asyncio.timeout(2 * seconds),
            httpx.AsyncClient(
                verify=verify, trust_env=False, follow_redirects=False, timeout=seconds
            ) as http,
            http.stream("GET", url, headers=headers) as response,
        ):
            taken = time.monotonic() - begun
            return Answer(response.status_code, await _body(response), taken)
    except httpx.ConnectTimeout:
        raise Unreached(f"no connection within {seconds:g} s", _check_base("a firewall")) from None
    except httpx.ConnectError as error:
        raise _no_connection(error) from None
    except (TimeoutError, httpx.TimeoutException):
        finding = f"it took the connection, but did not answer within {seconds:g} s"
        raise Unreached(finding, "look at the endpoint's own log") from None
    except (httpx.InvalidURL, UnicodeError):
        raise Unreached("its name is not one that can be looked up", f"correct {API_BASE}") from None
    except httpx.HTTPError:
        finding = "something listens there, but gives no answer in HTTP"
        raise Unreached(finding, _check_base("whether it wants https")) from None


async def _body(response: Any) -> bytes:
    data = b""
    async for chunk in response.aiter_bytes():
        data += chunk
        if len(data) > _MAX_BYTES:
            break
    return data


def _check_base(also: str) -> str:
    return f"check {API_BASE}, and {also}"


def _no_connection(error: BaseException) -> Unreached:
    for cause in _causes(error):
        if isinstance(cause, socket.gaierror):
            return Unreached("its name has no address", f"check the name in {API_BASE}, and your network")
        if isinstance(cause, ssl.SSLCertVerificationError):
            next_step = "use a certificate that this machine trusts, or name its authority in SSL_CERT_FILE"
            return Unreached(f"its certificate is not trusted: {cause.verify_message}", next_step)
        if isinstance(cause, ssl.SSLError):
            return Unreached(
                f"TLS failed: {cause.reason or 'no common ground'}", _check_base("whether it wants http")
            )
        if isinstance(cause, ConnectionRefusedError):
            return Unreached("nobody listens there", f"start the endpoint, or {START_ONE}")
    return Unreached(f"no connection: {clip(str(error))}", _check_base("your network"))


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        if isinstance(error, BaseExceptionGroup):  # one per address of the name
            error = error.exceptions[0]
        else:
            error = error.__cause__ or error.__context__
