"""Makes the provider known to LiteLLM."""

from __future__ import annotations

import threading

import litellm

from codex_lsp.endpoint.config import PROVIDERS
from codex_lsp.llm.provider import CodexAgent

_handler = CodexAgent()
_lock = threading.Lock()


def register() -> None:
    """Register `codex-agent` and `codex_cli_agent` with LiteLLM.

    `import codex_lsp.llm` has done it. Call it again after an assignment to `litellm.custom_provider_map`,
    which drops all entries; entries of others are left as they are, and calling it twice changes nothing::

        import litellm, codex_lsp.llm

        litellm.custom_provider_map = [{"provider": "my-llm", "custom_handler": my_llm}]
        codex_lsp.llm.register()
        router = litellm.Router(model_list=[{
            "model_name": "codex-agent-1",
            "litellm_params": {"model": "codex-agent/mini", "api_base": "http://127.0.0.1:8010"},
        }])
    """
    with _lock:
        # Appended in place: an assignment of ours would drop what another thread appends meanwhile.
        known = litellm.custom_provider_map
        for provider in PROVIDERS:
            if not any(e["provider"] == provider and e["custom_handler"] is _handler for e in known):
                known.append({"provider": provider, "custom_handler": _handler})
        # A Router looks for its deployments' providers before the first request would do this.
        litellm.utils.custom_llm_setup()
