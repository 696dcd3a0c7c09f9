"""The Router configuration of a fleet: LiteLLM's own YAML, as far as it is read without LiteLLM.

`model_list` and `router_settings` are used. The proxy's own parts of such a file are passed over, since they
set up a proxy, which this is not; anything else at the top is refused, since it would silently do nothing.
`os.environ/NAME` stands for a variable's value, anywhere in the settings and for `api_base` and `api_key`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import Any

from codex_lsp.endpoint.config import (
    API_BASE,
    PROVIDERS,
    ROUTER_CONFIG,
    EndpointConfig,
    chat_url,
    upstream_id,
)
from codex_lsp.endpoint.errors import Unconfigured
from codex_lsp.records import record

OF_THE_PROXY = ("litellm_settings", "general_settings", "environment_variables")

_REFERENCE = "os.environ/"
_REDIS_PORT = 6379


@record(frozen=True, slots=True)
class Deployment:
    """One place to ask. `entry` is its part of the file, resolved, as LiteLLM takes it."""

    group: str
    model: str
    api_base: str
    api_key: str = field(repr=False)
    entry: Mapping[str, Any] = field(repr=False)


@record(frozen=True, slots=True)
class Fleet:
    """What the file says. `passed_over` are the names of parts that are not used."""

    deployments: tuple[Deployment, ...]
    settings: Mapping[str, Any] = field(repr=False)
    passed_over: tuple[str, ...] = ()

    @property
    def shared(self) -> str:
        """Where the shared state is, for messages, without a password; empty if there is none."""
        if self.settings.get("redis_url"):
            from urllib.parse import urlsplit

            place = urlsplit(str(self.settings["redis_url"]))
            return f"{place.hostname}:{place.port or _REDIS_PORT}"
        host = self.settings.get("redis_host")
        return f"{host}:{self.settings.get('redis_port')}" if host else ""

    def of_group(self, model: str) -> list[Deployment]:
        """The deployments that `model` means; see `group_of`."""
        group = group_of(model, [each.group for each in self.deployments])
        return [each for each in self.deployments if each.group == group]


def group_of(model: str, names: Sequence[str]) -> str:
    """The group that `model` names, in full or behind `codex-agent/`; else the first one."""
    provider, _, rest = model.partition("/")
    if model not in names and provider in PROVIDERS and rest in names:
        return rest
    return model if model in names else names[0]


def read(config: EndpointConfig) -> Fleet:
    """Read the file that `config.router_config` names; raises `Unconfigured`, with the key at fault."""
    content = _content(config.router_config)
    listed, settings = content.get("model_list"), content.get("router_settings") or {}
    if not isinstance(listed, list) or not listed or not isinstance(settings, dict):
        raise _needs_a_list()
    for name in content:
        if name not in ("model_list", "router_settings", *OF_THE_PROXY):
            raise Unconfigured(
                f"{ROUTER_CONFIG}: {name!r} is not known; there are model_list and router_settings."
            )
    return Fleet(
        tuple(_deployment(item, config) for item in listed),
        _with_port(_resolved(settings, "router_settings")),
        tuple(name for name in OF_THE_PROXY if content.get(name)),
    )


def _content(router_config: str) -> dict[str, Any]:
    import yaml  # type: ignore[import-untyped]

    try:
        path = Path(router_config).expanduser()
    except RuntimeError:  # the home of somebody who is not there
        path = Path(router_config)
    if not path.is_absolute():
        # Relative to what? To the repository, as likely as not, whose owner would then set the address.
        raise Unconfigured(f"{ROUTER_CONFIG} must be an absolute path.")
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise Unconfigured(f"{ROUTER_CONFIG} names a file that cannot be read: {error}.") from None
    except (yaml.YAMLError, ValueError, RecursionError):
        raise Unconfigured(f"{ROUTER_CONFIG} names a file that is no YAML: {path.name}.") from None
    if not isinstance(content, dict):
        raise _needs_a_list()
    return content


def _needs_a_list() -> Unconfigured:
    return Unconfigured(
        f"{ROUTER_CONFIG} needs a model_list with at least one deployment, and router_settings, if it "
        "has any, as a mapping."
    )


def _deployment(item: Any, config: EndpointConfig) -> Deployment:
    params = item.get("litellm_params") if isinstance(item, dict) else None
    if not isinstance(params, dict) or not isinstance(item.get("model_name"), str):
        raise Unconfigured(f"Each deployment in {ROUTER_CONFIG} needs a model_name and litellm_params.")
    group, model = item["model_name"], str(params.get("model", ""))
    if model.partition("/")[0] not in PROVIDERS:
        raise Unconfigured(
            f"{ROUTER_CONFIG} has a deployment of {model!r}: only codex-agent/<id> is asked from here; give "
            "the address of that server as its api_base."
        )
    base = str(_resolved(params.get("api_base"), f"{group}: api_base") or config.api_base)
    if not base:
        raise Unconfigured(
            f"The deployment {group!r} in {ROUTER_CONFIG} has no api_base, and {API_BASE} is not set."
        )
    chat_url(base)
    key = str(_resolved(params.get("api_key"), f"{group}: api_key") or "")
    entry = {**item, "litellm_params": {**params, "api_base": base, "api_key": key}}
    return Deployment(group, upstream_id(model), base, key, entry)


def _resolved(value: Any, where: str) -> Any:
    if isinstance(value, dict):
        return {name: _resolved(each, f"{where}.{name}") for name, each in value.items()}
    if isinstance(value, list):
        return [_resolved(each, where) for each in value]
    if not isinstance(value, str) or not value.startswith(_REFERENCE):
        return value
    name = value.removeprefix(_REFERENCE)
    if name not in os.environ:
        raise Unconfigured(f"{ROUTER_CONFIG}: {where} names the variable {name}, which is not set.")
    return os.environ[name]


def _with_port(settings: dict[str, Any]) -> dict[str, Any]:
    # Without a port LiteLLM would go without Redis, and say nothing.
    if settings.get("redis_host") and settings.get("redis_port") is None:
        return settings | {"redis_port": _REDIS_PORT}
    return settings
