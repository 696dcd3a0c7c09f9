"""Where the agent is and whether it may be asked: the gate, the base, the key, the model's name.

Read from the environment and, below it, from the user's own `config.toml`. Never from a repository and
never from a `.env` file: whoever controls those could open the gate and redirect the prompts.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit, urlunsplit

from codex_lsp.endpoint.errors import Off, Unconfigured
from codex_lsp.records import record

GATE = "LITELLM_ENABLE_CODEX_AGENT"
API_BASE = "CODEX_AGENT_API_BASE"
API_KEY = "CODEX_AGENT_API_KEY"
MODEL = "CODEX_AGENT_MODEL"
ROUTER_CONFIG = "CODEX_AGENT_ROUTER_CONFIG"
SHARE_WORKER = "CODEX_AGENT_SHARE_WORKER"
TRACES = "CODEX_AGENT_TRACES"
VARIABLES = (GATE, API_BASE, API_KEY, MODEL, ROUTER_CONFIG, SHARE_WORKER, TRACES)

PROVIDERS = ("codex-agent", "codex_cli_agent")
DEFAULT_MODEL = "codex-agent/mini"

State = Literal["off", "unconfigured", "ready"]

# LiteLLM picks its provider by these pieces of a model's name before it looks at custom providers, so such
# an id would go to another host than the configured one (measured on 1.105.3).
_HIJACKED = ("replicate", "clarifai", "ft:gpt-3.5-turbo", "ft:babbage-002", "ft:davinci-002")
_SUFFIX = re.compile(r"(/v1)?(/chat/completions|/models)?/*$")


def is_enabled(environ: Mapping[str, str] | None = None) -> bool:
    """Whether the gate is open, asked anew at each call: `LITELLM_ENABLE_CODEX_AGENT` must be exactly `1`."""
    return (os.environ if environ is None else environ).get(GATE, "").strip() == "1"


def config_file() -> Path:
    """The user's own configuration file; it need not exist."""
    import platformdirs

    return Path(platformdirs.user_config_dir("codex-lsp", appauthor=False)) / "config.toml"


def chat_url(base: str) -> str:
    """The chat completions URL of a base given with or without `/`, `/v1`, `/v1/` or the full path.

    >>> chat_url("http://127.0.0.1:8010/v1/")
    'http://127.0.0.1:8010/v1/chat/completions'

    Raises `Unconfigured` for what is no `http` or `https` URL with a host, or carries user info, a query or
    a fragment: a key must never travel to a place that only looks like the configured one.
    """
    return _endpoint_url(base, "/v1/chat/completions")


def models_url(base: str) -> str:
    """The model list's URL of a base, by the same rules as `chat_url`."""
    return _endpoint_url(base, "/v1/models")


def health_url(base: str) -> str:
    """The health check's URL of a base, by the same rules as `chat_url`."""
    return _endpoint_url(base, "/healthz")


def origin(base: str) -> str:
    """Scheme, host and port of an address, without whatever else it holds: for messages and comparisons.

    >>> origin("HTTPS://Example.org/v1")
    'https://example.org:443'
    """
    try:
        parts = urlsplit(base.strip())
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
    except ValueError:
        return ""
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{parts.scheme}://{host}:{port}" if host else ""


def _endpoint_url(base: str, path: str) -> str:
    try:
        parts = urlsplit(base.strip())
        valid = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        valid = False
    if not valid:
        raise Unconfigured(
            f"{API_BASE} is not an address that can be used: give http://HOST:PORT or https://HOST, "
            "with or without /v1."
        )
    if parts.username or parts.password or parts.query or parts.fragment:
        raise Unconfigured(
            f"{API_BASE} must hold no user name, password, query or fragment; put the key into {API_KEY}."
        )
    prefix = _SUFFIX.sub("", parts.path.rstrip("/"))
    return urlunsplit((parts.scheme, parts.netloc, prefix + path, "", ""))


def upstream_id(model: str) -> str:
    """The part of `codex-agent/<id>` that goes upstream; `Unconfigured` for ids that would go astray."""
    provider, _, model_id = model.partition("/")
    if provider not in PROVIDERS:
        model_id = model
    if not model_id or any(c.isspace() or not c.isprintable() for c in model_id):
        raise Unconfigured(f"{MODEL} must be codex-agent/<id>, for instance {DEFAULT_MODEL}.")
    lowered = model_id.lower()
    for piece in _HIJACKED:
        if piece in lowered:
            raise Unconfigured(
                f"A model id that contains {piece!r} would be sent to another provider by LiteLLM; "
                "give the model another name at your endpoint."
            )
    return model_id


@record(frozen=True, slots=True)
class EndpointConfig:
    """One reading of the configuration.

    `problems` are sentences on what is wrong with the file. `share_worker` says that one worker may serve all
    of the user's editors and command lines that have this configuration, `traces` that runs may be recorded.
    """

    enabled: bool = False
    api_base: str = ""
    api_key: str = field(default="", repr=False)
    model: str = DEFAULT_MODEL
    router_config: str = ""
    problems: tuple[str, ...] = ()
    share_worker: bool = True
    traces: bool = True

    @property
    def state(self) -> State:
        """`"off"`, `"unconfigured"` or `"ready"`: the three states that every front end shows."""
        if not self.enabled:
            return "off"
        return "ready" if self.api_base or self.router_config else "unconfigured"

    def require_ready(self) -> None:
        """Raise `Off` or `Unconfigured`, each with what to do, unless an ask can be sent."""
        if self.state == "off":
            raise Off()
        if self.state == "unconfigured":
            raise Unconfigured()
        if self.api_base:
            chat_url(self.api_base)
        upstream_id(self.model)

    def as_environ(self) -> dict[str, str]:
        """The variables that say the same, for a worker, which records nothing."""
        values = {
            GATE: "1" if self.enabled else "",
            API_BASE: self.api_base,
            API_KEY: self.api_key,
            MODEL: self.model,
            ROUTER_CONFIG: self.router_config,
            SHARE_WORKER: "" if self.share_worker else "0",
        }
        return {name: value for name, value in values.items() if value}


def load(environ: Mapping[str, str] | None = None, file: Path | None = None) -> EndpointConfig:
    """Read the configuration: the environment first, then the user's `config.toml` for what it leaves unset.

    A file that cannot be read or holds other than strings is reported in `problems`, never guessed at.
    """
    environ = os.environ if environ is None else environ
    from_file, problems = _read_file(config_file() if file is None else file)
    merged = {name: environ.get(name) or from_file.get(name, "") for name in VARIABLES}
    if not environ.get(API_KEY) and not _key_belongs(from_file, merged[API_BASE]):
        merged[API_KEY] = ""
    return EndpointConfig(
        enabled=is_enabled(merged),
        api_base=merged[API_BASE].strip(),
        api_key=merged[API_KEY].strip(),
        model=merged[MODEL].strip() or DEFAULT_MODEL,
        router_config=merged[ROUTER_CONFIG].strip(),
        problems=tuple(problems),
        share_worker=merged[SHARE_WORKER].strip() != "0",
        traces=merged[TRACES].strip() != "0",
    )


def _key_belongs(from_file: Mapping[str, str], base: str) -> bool:
    # The environment may point to another server than the one that the file's key was written for.
    written_for = from_file.get(API_BASE, "")
    return not written_for or origin(written_for) == origin(base)


def _read_file(path: Path) -> tuple[dict[str, str], list[str]]:
    try:
        content = _toml(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}, []
    except (OSError, ValueError) as error:
        return {}, [f"{path.name} in the user's configuration folder was not read: {error}."]
    problems = [
        f"{path.name}: {name} must be a string, in quotes; it was ignored."
        for name, value in content.items()
        if name in VARIABLES and not isinstance(value, str)
    ]
    return {name: value for name, value in content.items() if isinstance(value, str)}, problems


def _toml(text: str) -> dict[str, object]:
    import tomllib

    return tomllib.loads(text)
