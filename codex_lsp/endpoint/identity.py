"""What makes two programs' workers the same: code, configuration, and what else comes from outside."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

import codex_lsp
from codex_lsp.endpoint import wire
from codex_lsp.endpoint.config import SHARE_WORKER, VARIABLES, EndpointConfig

# What Python, LiteLLM, httpx and the Redis client take from the environment. Not all of it: each terminal
# has variables of its own, and no two programs would share.
_RELEVANT = re.compile(
    r"(.*_proxy|ssl_.*|sslkeylogfile|requests_ca_bundle|curl_ca_bundle|litellm_.*|openai_.*|redis_.*|"
    r"codex_agent_.*|python.*|ld_.*|dyld_.*|home|userprofile|hostaliases|res_options|localdomain)",
    re.IGNORECASE,
)
# What a worker runs of this package: who changes it, or takes a new version of it, wants it to run.
_PARTS = ("agent", "endpoint", "llm")
_REFERENCE = re.compile(rb"os\.environ/(\w+)")


def identity(config: EndpointConfig, python: str, environ: Mapping[str, str]) -> bytes:
    """All of it as bytes, the key included: to be hashed, never to be shown or written.

    Two programs with equal bytes may use one worker; whatever differs gets another one.
    """
    router = _content(config.router_config)
    named = {name.decode("ascii", "replace") for name in _REFERENCE.findall(router)}
    relevant = {
        name: value
        for name, value in sorted(environ.items())
        if (_RELEVANT.fullmatch(name) and name not in VARIABLES) or name in named
    }
    settings = {name: value for name, value in config.as_environ().items() if name != SHARE_WORKER}
    parts = [wire.PROTOCOL, _code(python), settings, router.hex(), relevant]
    return json.dumps(parts, sort_keys=True).encode()


def _code(python: str) -> list[object]:
    # Not LiteLLM's version, which costs more to find out than the rest of this: its place and its file's
    # time, which an update in place changes.
    spec = find_spec("litellm")
    litellm = Path(spec.origin) if spec and spec.origin else Path()
    root = Path(codex_lsp.__file__).parent
    return [
        codex_lsp.__version__,
        str(root),
        max(_changed(file) for part in _PARTS for file in (root / part).glob("*.py")),
        os.path.abspath(python),  # noqa: PTH100 # a link is a way into an environment of its own
        str(litellm),
        _changed(litellm),
    ]


def _changed(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return 0


def _content(router_config: str) -> bytes:
    if not router_config:
        return b""
    try:
        return Path(router_config).expanduser().read_bytes()
    except (OSError, RuntimeError, ValueError):
        return b""  # the worker says what is wrong with it
