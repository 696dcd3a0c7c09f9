"""The LiteLLM Router that this project asks through, built from the configuration."""

from __future__ import annotations

import difflib
import inspect
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import replace
from importlib import import_module
from typing import Any

import litellm

from codex_lsp.agent.model import Delta, ModelInfo, Reply, Request
from codex_lsp.endpoint import fleet
from codex_lsp.endpoint.config import PROVIDERS, ROUTER_CONFIG, EndpointConfig, is_enabled, upstream_id
from codex_lsp.endpoint.errors import BadReply, EndpointError, Off, TimedOut, Unconfigured, is_passing
from codex_lsp.llm import ahead, prices
from codex_lsp.llm.assemble import answers
from codex_lsp.llm.describe import STAMINA, describe
from codex_lsp.llm.failures import from_litellm
from codex_lsp.llm.names import require_safe_id
from codex_lsp.llm.registry import register
from codex_lsp.llm.tools import Tools
from codex_lsp.llm.tries import Stamina, Tries

GROUP = "codex-agent-1"
_ONCE = replace(STAMINA, retries=0)


class AgentRouter:
    """A Router whose deployments are all `codex-agent/…`, asked only while the gate is open.

    `api_base`, `api_key` and `model` (without the provider) are those of the first deployment that `stream`
    would ask; `keys` are those of all. Raises `Off` or `Unconfigured`.

    LiteLLM picks the deployment, by its strategy and its cooldowns. It repeats nothing and falls back to
    nothing itself: that is done here, since its own fallbacks would send a prompt on after a 401.
    """

    def __init__(self, config: EndpointConfig, stamina: Stamina | None = None) -> None:
        config.require_ready()
        register()
        deployments, settings = _from_file(config) if config.router_config else _single(config)
        self._sizes = Counter(deployment["model_name"] for deployment in deployments)
        group = fleet.group_of(config.model, list(self._sizes))
        self._groups = [group, *fallbacks(settings, group, self._sizes)]
        self._places = [
            deployment["litellm_params"] for deployment in deployments if deployment["model_name"] == group
        ]
        first = self._places[0]
        self.api_base: str = first["api_base"]
        self.api_key: str = first["api_key"]
        self.keys = tuple(deployment["litellm_params"]["api_key"] for deployment in deployments)
        self.model = require_safe_id(first["model"])
        self._prices = prices.highest(each for each in deployments if each["model_name"] in self._groups)
        self._tools = {name: Tools() for name in self._groups}
        self._stamina = _with_retries(stamina or Stamina(), settings)
        # Cooldowns would turn one 401 of a lone deployment into a minute of "no deployment available".
        defaults = {"disable_cooldowns": len(deployments) == 1, "num_retries": 0}
        try:
            self._router = litellm.Router(model_list=deployments, **(defaults | settings))
        except (TypeError, ValueError) as error:
            raise Unconfigured(f"The router settings in {ROUTER_CONFIG} cannot be used: {error}.") from None

    def close(self) -> None:
        """Let go of what LiteLLM keeps of each Router for the life of the process."""
        retire(self._router)

    async def describe(self) -> ModelInfo:
        """What stands behind the first deployment that answers; raises the typed errors."""
        return replace(await self._described(), prices=self._prices)

    def priced(self, reply: Reply, deployment: str) -> Reply:
        """`reply` with its cost; `deployment` is LiteLLM's id of the one that gave it."""
        entry = self._router.get_model_info(id=deployment) or {}
        if "litellm_params" not in entry:
            return reply
        return replace(reply, usage=replace(reply.usage, cost=prices.cost(entry, reply)))

    async def _described(self) -> ModelInfo:
        *others, last = self._places
        for place in others:
            try:
                model = require_safe_id(place["model"])
                return await describe(place["api_base"], place["api_key"], model, _ONCE)
            except EndpointError as error:
                if not is_passing(error) and not isinstance(error, TimedOut):
                    raise
        return await describe(last["api_base"], last["api_key"], require_safe_id(last["model"]))

    async def stream(
        self, request: Request, on_delta: Callable[[Delta], None] = lambda delta: None
    ) -> AsyncGenerator[Any]:
        """The chunks of LiteLLM's stream for `request`; close it with `aclose`, which drops the connection.

        `on_delta` hears of waits and other tries, as steps. Raises LiteLLM's exceptions, and typed errors.
        """
        # Here as well as in the provider: where fallbacks are configured, a closed gate would otherwise be a
        # failure like any other and send the prompt on to the next one.
        if not is_enabled():
            raise Off()
        register()
        return self._answer(request, Tries(self._stamina, on_delta))

    async def _answer(self, request: Request, tries: Tries) -> AsyncGenerator[Any]:
        for group in self._groups:
            try:
                async with aclosing(self._of_group(group, request, tries)) as chunks:
                    async for chunk in chunks:
                        yield chunk
                return
            except Moved as moved:
                if group == self._groups[-1] or not tries.left:
                    raise moved.error from None
            tries.say(f"{group} did not answer; asking {self._groups[self._groups.index(group) + 1]}")

    async def _of_group(self, group: str, request: Request, tries: Tries) -> AsyncGenerator[Any]:
        """The first answer of a group's deployments; raises `Moved` if another group may do better."""
        asked: list[str] = []
        tools = self._tools[group]
        tools.require(request)
        while True:
            used, before = False, len(asked)
            try:
                async with aclosing(await self._sent(group, request, tries, asked)) as chunks:
                    async for chunk in chunks:
                        # An agent's steps may well be told twice: another one begins anew.
                        used = used or request.workspace is None or answers(chunk)
                        yield chunk
                tools.answered(request)
                return
            except Exception as error:
                if used:
                    raise
                failure, raised = from_litellm(error, self.keys), error
            if refusal := tools.refused(request, failure):
                raise refusal
            # Where nothing was sent, all that are left are cooling down.
            sent = before < len(asked)
            elsewhere = sent and len(asked) < self._sizes[group]
            at_once = not sent and group != self._groups[-1]
            if at_once or not await tries.again(failure, elsewhere=elsewhere):
                may_move = is_passing(failure) or isinstance(failure, TimedOut | BadReply)
                raise Moved(raised) if may_move else raised
            if not elsewhere:
                asked.clear()

    async def _sent(self, group: str, request: Request, tries: Tries, asked: list[str]) -> Any:
        patience = replace(self._stamina.patience, until=tries.until)
        options: dict[str, Any] = {"num_retries": 0, "disable_fallbacks": True, **patience.as_option()}
        if request.tools:
            options["tools"] = list(request.tools)
        if request.workspace is not None:
            options["extra_body"] = {"codex_agent": {"workspace": request.workspace}}
        if asked:
            options["_excluded_deployment_ids"] = list(asked)
        async with ahead.called():
            stream = await self._router.acompletion(
                model=group, messages=list(request.messages), stream=True, **options
            )
        asked.append(str(getattr(stream, "_hidden_params", {}).get("model_id")))
        return stream


class Moved(Exception):
    """A group of deployments gave no answer, for a reason that another one need not share."""

    def __init__(self, error: Exception) -> None:
        super().__init__(str(error))
        self.error = error


def fallbacks(settings: dict[str, Any], group: str, known: Mapping[str, int]) -> list[str]:
    """The groups that the settings name for when `group` does not answer; takes them out of the settings."""
    for name in ("context_window_fallbacks", "content_policy_fallbacks"):
        if settings.pop(name, None):
            raise Unconfigured(f"{ROUTER_CONFIG}: {name} are not used here; name them as fallbacks.")
    named: list[Any] = []
    everyone = settings.pop("default_fallbacks", None) or []
    for entry in settings.pop("fallbacks", None) or []:
        if not isinstance(entry, dict):
            raise Unconfigured(f"{ROUTER_CONFIG}: fallbacks are a list of {{group: [group, …]}}.")
        named += entry.get(group) or []
        everyone = everyone or entry.get("*") or []
    found = [each for each in named or everyone if each != group]
    for each in found:
        if each not in known:
            raise Unconfigured(f"{ROUTER_CONFIG}: the fallback {each!r} is no model_name of its model_list.")
    return list(dict.fromkeys(found))


def _with_retries(stamina: Stamina, settings: dict[str, Any]) -> Stamina:
    # The file may want fewer tries, not more: somebody waits for them.
    wanted = settings.pop("num_retries", None)
    if not isinstance(wanted, int) or wanted < 0:
        return stamina
    return replace(stamina, retries=min(wanted, stamina.retries))


def _single(config: EndpointConfig) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    model = f"{PROVIDERS[0]}/{upstream_id(config.model)}"
    params = {"model": model, "api_base": config.api_base, "api_key": config.api_key}
    return [{"model_name": GROUP, "litellm_params": params}], {}


def _from_file(config: EndpointConfig) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    found = fleet.read(config)
    for each in found.deployments:
        require_safe_id(each.model)
    settings = dict(found.settings)
    _require_known(settings)
    if found.shared:
        _require_redis()
    return [dict(each.entry) for each in found.deployments], settings


def _require_redis() -> None:
    try:
        import_module("redis")
    except ImportError:
        raise Unconfigured(
            f"{ROUTER_CONFIG} names a Redis, and Python's client for it is missing: "
            "pip install 'codex-lsp[fleet]'."
        ) from None


def _require_known(settings: Mapping[str, Any]) -> None:
    known = set(inspect.signature(litellm.Router.__init__).parameters) - {"self", "model_list"}
    for name in settings:
        if name not in known:
            close = difflib.get_close_matches(str(name), known, n=1)
            hint = f"did you mean {close[0]}?" if close else "see LiteLLM's documentation of its Router."
            raise Unconfigured(f"{ROUTER_CONFIG}: router_settings has no {name!r}; {hint}")


def retire(router: litellm.Router) -> None:
    """Have LiteLLM let go of a Router's callbacks; from 1.108 on `discard` has this name."""
    (getattr(router, "retire", None) or router.discard)()
