"""Who may speak to an endpoint of ours, and how much at a time.

In this order: the `Host` must be one that the endpoint listens as (a page that rebinds its DNS name is
refused), there must be no `Origin` (no browser is a client), the declared body must be within the cap, the
bearer token must be right everywhere but on `/healthz`, and what is posted must be JSON by its type, which no
page's form can send. A body that grows beyond the cap is cut off, and all bodies that are being held at a
time have a cap, too.
"""

from __future__ import annotations

import hmac
import ipaddress
from collections.abc import Iterable
from dataclasses import field

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from codex_lsp.records import record
from codex_lsp.services.errors import ApiError, busy

MAX_BODY = 16 * 1024 * 1024
MAX_BODIES = 8 * MAX_BODY
OPEN_PATHS = frozenset({"/healthz"})


def is_loopback(host: str) -> bool:
    """Whether `host`, an IP address or a name, is this machine's own by its spelling alone."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def authority(host: str, port: int) -> str:
    """`host:port` as a URL and a `Host` header spell it."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def allowed_hosts(host: str, port: int, extra: Iterable[str] = ()) -> frozenset[str]:
    """The `Host` values to accept when listening on `host`.

    On loopback, all of its spellings. On a wildcard address nobody knows by which name clients come: they are
    `extra`, each `name` (which stands for `name:port`) or `name:port`.
    """
    names = {authority(host, port), *(_with_port(name, port) for name in extra)}
    if is_loopback(host) or host in {"0.0.0.0", "::", ""}:  # noqa: S104  (compared, not bound)
        names |= {authority(name, port) for name in ("127.0.0.1", "localhost", "::1")}
    if port == 80:
        names |= {name.removesuffix(":80") for name in names}
    return frozenset(name.lower() for name in names)


def _with_port(name: str, port: int) -> str:
    if name.rpartition("]")[2].count(":") == 1:
        return name
    return authority(name.strip("[]"), port)


@record(frozen=True, slots=True)
class Access:
    """What `Guard` asks of every request."""

    token: str = field(repr=False)
    hosts: frozenset[str]
    max_body: int = MAX_BODY
    max_bodies: int = MAX_BODIES


class Guard:
    """ASGI middleware that lets through only what `Access` allows."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app = app
        self._access = access
        self._held = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse, or pass on with a `receive` that counts."""
        if scope["type"] != "http":
            return
        if refusal := self._refusal(scope):
            await refusal.response()(scope, receive, send)
            return
        body = _Body(self, receive)
        try:
            await self._app(scope, body.receive, send)
        finally:
            self._held -= body.taken

    def _refusal(self, scope: Scope) -> ApiError | None:
        headers: list[tuple[bytes, bytes]] = scope["headers"]
        hosts = _all(headers, b"host")
        if len(hosts) != 1 or hosts[0].decode("latin-1").lower() not in self._access.hosts:
            return ApiError(403, "The Host header is not an address of this endpoint.", "host_refused")
        if _all(headers, b"origin"):
            return ApiError(403, "Requests from web pages are refused.", "origin_refused")
        length = b"".join(_all(headers, b"content-length")) or b"0"
        if not length.isdigit() or int(length) > self._access.max_body:
            return self._too_large()
        if scope["path"] not in OPEN_PATHS and not self._has_token(_all(headers, b"authorization")):
            message = "The bearer token is missing or wrong: send `Authorization: Bearer TOKEN`."
            return ApiError(401, message, "invalid_api_key", {"WWW-Authenticate": "Bearer"})
        if scope["method"] == "POST" and not _is_json(_all(headers, b"content-type")):
            message = "The Content-Type must be application/json."
            return ApiError(415, message, "unsupported_media_type")
        return None

    def _has_token(self, values: list[bytes]) -> bool:
        scheme, _, given = (values[0] if len(values) == 1 else b"").partition(b" ")
        right = hmac.compare_digest(given.strip(), self._access.token.encode())
        return right and scheme.lower() == b"bearer"

    def _too_large(self) -> ApiError:
        return ApiError(413, f"The body is larger than {self._access.max_body} bytes.", "request_too_large")

    def take(self, size: int, taken: int) -> None:
        """So many bytes more of a body of which `taken` had come; raises `ApiError` for what is too much."""
        self._held += size
        if taken + size > self._access.max_body:
            raise self._too_large()
        if self._held > self._access.max_bodies:
            raise busy("Other requests fill what this endpoint can hold.", 5)


class _Body:
    """One request's body, counted until the request is over."""

    def __init__(self, guard: Guard, receive: Receive) -> None:
        self.taken = 0
        self._guard = guard
        self._receive = receive

    async def receive(self) -> Message:
        message = await self._receive()
        size, before = len(message.get("body", b"")), self.taken
        self.taken += size
        self._guard.take(size, before)
        return message


def _is_json(types: list[bytes]) -> bool:
    return len(types) == 1 and types[0].partition(b";")[0].strip().lower() == b"application/json"


def _all(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> list[bytes]:
    return [value for key, value in headers if key == name]
