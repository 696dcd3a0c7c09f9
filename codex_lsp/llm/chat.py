"""A Chat Completions request as it goes on the wire: address, headers, body, deadlines. No I/O."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, field, replace
from typing import Any

from codex_lsp import __version__
from codex_lsp.endpoint.config import GATE, chat_url, is_enabled, load, origin
from codex_lsp.endpoint.errors import Off, Unconfigured
from codex_lsp.llm.names import require_safe_id
from codex_lsp.records import record

MAX_REPLY_BYTES = 8 * 1024 * 1024
# Under this name `Patience.as_option` travels through LiteLLM, among the parameters of the call.
PATIENCE = "codex_agent_patience"

# What LiteLLM passes when nobody set a timeout: a Router's default, and a plain call's.
_NOBODY_SET_IT = (6000.0, 600.0)
# Set by LiteLLM or by us; never by the person for the server.
_NOT_FOR_THE_SERVER = (
    *("max_retries", "extra_body", "stream", "stream_options"),
    *(PATIENCE, "_excluded_deployment_ids"),
)


@record(frozen=True, slots=True)
class Patience:
    """How long an endpoint is waited for; all in seconds.

    `connect`: until there is a connection. `headers`: from the request to the first byte of the answer.
    `idle`: without anything of the reply in a stream; pings, comments and empty deltas do not count.
    `total`: the whole, over all tries and the waits between them. `until` is the moment at which that is
    over, by `time.monotonic`, if it was begun before this call.
    """

    total: float = 600.0
    idle: float = 120.0
    headers: float = 180.0
    connect: float = 10.0
    until: float | None = None

    def as_option(self) -> dict[str, Any]:
        """The form in which `PATIENCE` carries it."""
        return {PATIENCE: asdict(self)}


@record(frozen=True, slots=True)
class Call:
    """One request, ready to be sent. `body` is JSON in ASCII."""

    url: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)
    key: str = field(repr=False)
    model: str
    provider: str
    patience: Patience = Patience()

    @property
    def origin(self) -> str:
        """Scheme, host and port, for messages."""
        return origin(self.url)


def prepare(options: Mapping[str, Any], *, stream: bool) -> Call:
    """The call that LiteLLM's arguments to a `CustomLLM` ask for.

    Raises `Off` while the gate is closed, `Unconfigured` without a usable base, key or model.
    """
    if not is_enabled():
        raise Off(f"codex-agent is off and nothing was sent: set {GATE}=1 to use it.")
    model = require_safe_id(str(options["model"]))
    base, key = _base_and_key(options.get("api_base"), options.get("api_key"))
    params = options.get("optional_params") or {}
    return Call(
        url=chat_url(base),
        headers=headers(key, options.get("headers")),
        body=_body(model, options["messages"], params, stream),
        key=key,
        model=model,
        provider=str((options.get("litellm_params") or {}).get("custom_llm_provider") or "codex-agent"),
        patience=_patience(params.get(PATIENCE), options.get("timeout")),
    )


def headers(key: str, extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """Request headers. A key that HTTP cannot carry is `Unconfigured`, and is not shown."""
    if not key.isascii() or not (key.isprintable() and " " not in key):
        raise Unconfigured(
            "CODEX_AGENT_API_KEY holds a blank or a character that HTTP cannot carry: copy it anew."
        )
    own = {
        "content-type": "application/json",
        "accept-encoding": "identity",
        "user-agent": f"codex-lsp/{__version__}",
    }
    if key:
        own["authorization"] = f"Bearer {key}"
    return {name.lower(): str(value) for name, value in (extra or {}).items()} | own


def _base_and_key(api_base: str | None, api_key: str | None) -> tuple[str, str]:
    if api_base and api_key:
        return api_base, api_key.strip()
    configured = load()
    base = api_base or configured.api_base
    if not base:
        raise Unconfigured()
    # A key is for the server that it was configured for, and for no other that a deployment may name.
    ours = not configured.api_base or origin(configured.api_base) == origin(base)
    return base, (api_key or (configured.api_key if ours else "")).strip()


def _patience(stated: Any, timeout: object) -> Patience:
    patience = Patience(**stated) if isinstance(stated, dict) else Patience()
    seconds = getattr(timeout, "read", timeout)  # an httpx.Timeout has no total; `read` is what people set
    if not isinstance(seconds, int | float) or seconds <= 0 or float(seconds) in _NOBODY_SET_IT:
        return patience
    total = min(patience.total, seconds) if stated else float(seconds)
    return replace(
        patience, total=total, idle=min(patience.idle, total), headers=min(patience.headers, total)
    )


def _body(model: str, messages: Any, params: Mapping[str, Any], stream: bool) -> bytes:
    body = {name: value for name, value in params.items() if name not in _NOT_FOR_THE_SERVER}
    body |= params.get("extra_body") or {}
    body |= {"model": model, "messages": messages, "stream": stream}
    if stream:
        body["stream_options"] = {**(params.get("stream_options") or {}), "include_usage": True}
    return json.dumps(body, default=_plain, separators=(",", ":")).encode("ascii")


def _plain(value: Any) -> Any:
    # People put a reply's Message object, which is a pydantic model, back among the messages.
    if hasattr(value, "model_dump"):
        return value.model_dump(exclude_none=True)
    raise TypeError(f"{type(value).__name__} is not JSON")
