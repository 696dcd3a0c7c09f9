"""The agent as a LiteLLM provider. Importing this package registers `codex-agent/<id>`, in anyone's Router.

It answers only while `LITELLM_ENABLE_CODEX_AGENT` is `1`, looked up with each call; base and key come from
`litellm_params`, else from the environment or the user's configuration (`codex_lsp.endpoint.config`)::

    import os, codex_lsp.llm            # registers codex-agent/* with LiteLLM
    from litellm import Router
    os.environ["LITELLM_ENABLE_CODEX_AGENT"] = "1"
    router = Router(model_list=[{"model_name": "codex-agent-1", "litellm_params": {
        "model": "codex-agent/mini", "api_base": os.getenv("CODEX_AGENT_API_BASE"),
        "api_key": os.getenv("CODEX_AGENT_API_KEY", "")}}])
    resp = await router.acompletion(model="codex-agent-1", messages=[
        {"role": "user", "content": "Plan steps and use tools as needed."}])
    print(resp.choices[0].message.content)

This is the only package that knows LiteLLM. The language server never imports it: `worker` runs it in a
process of its own.
"""

import os

# Without this LiteLLM fetches a price list from the network when it is imported, and waits for it. Only where
# the person did not say otherwise: it is their process.
os.environ.setdefault("LITELLM_LOCAL_MODEL_COST_MAP", "True")

from codex_lsp.llm.registry import register

__all__ = ["register"]

register()
