"""`codex-lsp agent`: run an agent's endpoint on this machine, with a model or with rules alone."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING

from codex_lsp.cli import endpoint

if TYPE_CHECKING:
    from codex_lsp.services.chat import Answerer

MODEL = "MINI_AGENT_MODEL"
BASE = "MINI_AGENT_UPSTREAM_BASE"
KEY = "MINI_AGENT_UPSTREAM_KEY"
OFFLINE = "offline"
PORT = 8788
_DESCRIPTION = """\
Serve an OpenAI-compatible endpoint for codex-lsp. With `--model ALIAS=MODEL` it is an agent over any model
that LiteLLM reaches, such as `mini=ollama_chat/qwen2.5-coder:7b`. The model `offline`, which it serves if
none is named, is a deterministic rule engine for Python: no network, no key, no weights. Once it listens, it
prints one line (with --json) or how to use it.
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the main parser."""
    parser = subparsers.add_parser("agent", description=_DESCRIPTION, epilog=endpoint.ENDS)
    parser.add_argument(
        "--model",
        action="append",
        default=[],
        metavar="ALIAS=MODEL",
        help=f"what to serve: {OFFLINE} (the default), or a name for it and LiteLLM's name of the model; may "
        f"be given several times (default: {MODEL} from the environment, separated by commas)",
    )
    parser.add_argument(
        "--upstream-base", metavar="URL", help=f"where the model's server is (default: {BASE})"
    )
    endpoint.add_key(parser, "--upstream-key-file", f"the model's key (default: {KEY}_FILE or {KEY})")
    endpoint.add_options(parser, PORT)
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Serve until told to stop. Exit codes: 0 after an orderly end, 1 if it can't start, 2 for bad usage."""
    try:
        models = _models(args.model or _listed(os.environ.get(MODEL, "")))
    except ValueError as error:
        print(f"codex-lsp agent: {error}", file=sys.stderr)
        return 2
    return endpoint.serve("agent", args, lambda: _answerer(models, args))


def _listed(value: str) -> list[str]:
    return [each.strip() for each in value.split(",") if each.strip()]


def _models(named: list[str]) -> dict[str, str]:
    """Alias → LiteLLM's model; none of them is the offline agent."""
    if set(named) <= {OFFLINE}:
        return {}
    models: dict[str, str] = {}
    for each in named:
        alias, _, model = each.partition("=")
        if not alias or not model or alias in models or not each.isprintable() or " " in each:
            raise ValueError(
                f"there is no model {each!r} here: name it ALIAS=MODEL, with LiteLLM's name of the model, "
                f"such as mini=ollama_chat/qwen2.5-coder:7b; alone there is only {OFFLINE}. For an endpoint "
                "of your own, set CODEX_AGENT_API_BASE to its address."
            )
        models[alias] = model
    return models


def _answerer(models: Mapping[str, str], args: argparse.Namespace) -> Answerer:
    if not models:
        from codex_lsp.services.offline.agent import OfflineAgent
        from codex_lsp.services.offline.ruff import Ruff, RuffFailed
        from codex_lsp.services.serve import CannotServe

        try:
            return OfflineAgent(Ruff())
        except RuffFailed as error:
            raise CannotServe(str(error)) from error
    base = args.upstream_base or os.environ.get(BASE, "")
    key = endpoint.secret(args.upstream_key_file, KEY)
    print("codex-lsp agent: loading LiteLLM, which takes some seconds.", file=sys.stderr, flush=True)
    _prepare()
    from codex_lsp.llm.upstream import Place, Upstream
    from codex_lsp.services.mini.agent import MiniAgent
    from codex_lsp.services.mini.running import KIND
    from codex_lsp.services.mini.upstream import Served
    from codex_lsp.services.scratch import sweep

    sweep(KIND)
    return MiniAgent(
        {alias: Served(model, Upstream(Place(model, base.strip(), key))) for alias, model in models.items()}
    )


def _prepare() -> None:
    """What LiteLLM reads when it is imported."""
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # else it asks the network for prices
    os.environ["LITELLM_MODE"] = "PRODUCTION"  # else it loads a .env found upwards of its own folder
    os.environ.pop("USE_LITELLM_PROXY", None)  # else it sends every request there instead
