"""What a reply costs: by the prices that the person set for a deployment, else by LiteLLM's own table.

The table goes by a model's name and comes with LiteLLM; nothing is looked up anywhere. An endpoint may sell
the same name at another price: then that is to be set, as `input_cost_per_token` and `output_cost_per_token`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import litellm

from codex_lsp.agent.model import Prices, Reply

PROMPT, COMPLETION = "input_cost_per_token", "output_cost_per_token"

# Long prompts cost more in some places; other kinds of service are not asked for.
_TIER = r"(_above_[0-9]+k_tokens)?"


def highest(entries: Iterable[Mapping[str, Any]]) -> Prices | None:
    """The most that a token may cost at these deployments of a `model_list`; None if one is not known."""
    found = [stated(entry) or _of_table(_id(entry)) for entry in entries]
    known = [each for each in found if each is not None]
    if not known or len(known) < len(found):
        return None
    return Prices(max(each.prompt for each in known), max(each.completion for each in known))


def stated(entry: Mapping[str, Any]) -> Prices | None:
    """The prices that stand with a deployment, in its `model_info` or its `litellm_params`."""
    both = {**entry["litellm_params"], **(entry.get("model_info") or {})}
    prices = [both.get(PROMPT), both.get(COMPLETION)]
    if not any(isinstance(each, int | float) for each in prices):
        return None
    return Prices(*(float(each or 0) for each in prices))


def cost(entry: Mapping[str, Any], reply: Reply) -> float | None:
    """USD for `reply`, which this deployment gave; None if its price is not known."""
    usage = reply.usage
    if prices := stated(entry):
        return usage.prompt_tokens * prices.prompt + usage.completion_tokens * prices.completion
    for name in (reply.model, _id(entry)):
        listed = litellm.model_cost.get(name)
        if not isinstance(listed, dict) or PROMPT not in listed:
            continue
        try:
            parts = litellm.cost_per_token(
                model=name,
                custom_llm_provider=listed.get("litellm_provider"),
                prompt_tokens=usage.prompt_tokens,
                completion_tokens=usage.completion_tokens,
            )
        except Exception:  # noqa: S112 # a price that LiteLLM cannot work out is not known
            continue
        return float(sum(parts))
    return None


def _id(entry: Mapping[str, Any]) -> str:
    return str(entry["litellm_params"]["model"]).partition("/")[2]


def _of_table(name: str) -> Prices | None:
    listed = litellm.model_cost.get(name)
    if not isinstance(listed, dict) or PROMPT not in listed:
        return None
    return Prices(_most(listed, PROMPT), _most(listed, COMPLETION))


def _most(listed: Mapping[str, Any], name: str) -> float:
    pattern = re.compile(name + _TIER)
    return max((float(value or 0) for key, value in listed.items() if pattern.fullmatch(key)), default=0.0)
