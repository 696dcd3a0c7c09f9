"""The LiteLLM Router that this project asks through, built from the configuration."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import litellm
import yaml  # type: ignore[import-untyped]

from codex_lsp.agent.model import Request
from codex_lsp.endpoint.config import (
    API_BASE,
    PROVIDERS,
    ROUTER_CONFIG,
    EndpointConfig,
    chat_url,
    is_enabled,
    upstream_id,
)
from codex_lsp.endpoint.errors import Off, Unconfigured
from codex_lsp.llm.names import is_ours, require_safe_id
from codex_lsp.llm.registry import register

GROUP = "codex-agent-1"
_REFERENCE = "os.environ/"  # LiteLLM's way to name a variable in a config file


class AgentRouter:
    """A Router whose deployments are all `codex-agent/…`, asked only while the gate is open.

    `api_base`, `api_key` and `model` (without the provider) are those of the first deployment that `stream`
    would ask; `keys` are those of all. Raises `Off` or `Unconfigured`.
    """

    def __init__(self, config: EndpointConfig) -> None:
        config.require_ready()
        register()
        deployments, settings = _from_file(config) if config.router_config else _single(config)
        groups = [deployment["model_name"] for deployment in deployments]
        self._group = config.model if config.model in groups else groups[0]
        first = deployments[groups.index(self._group)]["litellm_params"]
        self.api_base: str = first["api_base"]
        self.api_key: str = first["api_key"]
        self.keys = tuple(deployment["litellm_params"]["api_key"] for deployment in deployments)
        self.model = require_safe_id(first["model"])
        # A failed call is repeated at most once, and only where there is another deployment to repeat it on:
        # the person learns at once that the endpoint is gone. Cooldowns would turn one 401 of a lone
        # deployment into a minute of "no deployment available".
        several = len(deployments) > 1
        defaults = {"num_retries": 1 if several else 0, "disable_cooldowns": not several}
        try:
            self._router = litellm.Router(model_list=deployments, **(defaults | settings))
        except (TypeError, ValueError) as error:
            raise Unconfigured(f"The router settings in {ROUTER_CONFIG} cannot be used: {error}.") from None

    async def stream(self, request: Request) -> Any:
        """LiteLLM's stream of chunks for `request`; close it with `aclose`. Raises LiteLLM's exceptions."""
        # Here as well as in the provider: where fallbacks are configured, a closed gate would otherwise be a
        # failure like any other and send the prompt on to the next one.
        if not is_enabled():
            raise Off()
        register()
        options: dict[str, Any] = {}
        if request.tools:
            options["tools"] = list(request.tools)
        if request.workspace is not None:
            options["extra_body"] = {"codex_agent": {"workspace": request.workspace}}
        return await self._router.acompletion(
            model=self._group, messages=list(request.messages), stream=True, **options
        )


def _single(config: EndpointConfig) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    model = f"{PROVIDERS[0]}/{upstream_id(config.model)}"
    params = {"model": model, "api_base": config.api_base, "api_key": config.api_key}
    return [{"model_name": GROUP, "litellm_params": params}], {}


def _from_file(config: EndpointConfig) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    path = Path(config.router_config).expanduser()
    if not path.is_absolute():
        # Relative to what? To the repository, as likely as not, whose owner would then set the address.
        raise Unconfigured(f"{ROUTER_CONFIG} must be an absolute path.")
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise Unconfigured(f"{ROUTER_CONFIG} names a file that cannot be read: {error}.") from None
    except yaml.YAMLError:
        raise Unconfigured(f"{ROUTER_CONFIG} names a file that is no YAML: {path.name}.") from None
    listed = content.get("model_list") if isinstance(content, dict) else None
    settings = content.get("router_settings") or {} if isinstance(content, dict) else None
    if not isinstance(listed, list) or not listed or not isinstance(settings, dict):
        raise Unconfigured(
            f"{ROUTER_CONFIG} needs a model_list with at least one deployment, and router_settings, if it "
            "has any, as a mapping."
        )
    return [_deployment(item, config) for item in listed], settings


def _deployment(item: Any, config: EndpointConfig) -> dict[str, Any]:
    params = item.get("litellm_params") if isinstance(item, dict) else None
    if not isinstance(params, dict) or not isinstance(item.get("model_name"), str):
        raise Unconfigured(f"Each deployment in {ROUTER_CONFIG} needs a model_name and litellm_params.")
    model = str(params.get("model", ""))
    if not is_ours(model):
        raise Unconfigured(
            f"{ROUTER_CONFIG} has a deployment of {model!r}: only codex-agent/<id> is asked from here; give "
            "the address of that server as its api_base."
        )
    require_safe_id(model)
    base = _resolved(params, "api_base") or config.api_base
    if not base:
        raise Unconfigured(
            f"The deployment {item['model_name']!r} in {ROUTER_CONFIG} has no api_base, and {API_BASE} is "
            "not set."
        )
    chat_url(base)
    key = _resolved(params, "api_key")
    return {**item, "litellm_params": {**params, "api_base": base, "api_key": key}}


def _resolved(params: Mapping[str, Any], name: str) -> str:
    value = str(params.get(name) or "")
    return os.environ.get(value.removeprefix(_REFERENCE), "") if value.startswith(_REFERENCE) else value
