"""Model ids that LiteLLM would send to another host than the configured one, and why they are refused.

LiteLLM picks a handler by pieces of the id, and by its own lists of other providers' models, before it looks
at custom providers. Found by sending each of the 7,600 names that LiteLLM 1.105.3 knows through a provider
of ours and seeing which never arrived.
"""

from __future__ import annotations

from codex_lsp.endpoint.config import upstream_id
from codex_lsp.endpoint.errors import Unconfigured

_LISTS = ("replicate_models", "clarifai_models", "petals_models", "snowflake_models", "ovhcloud_models")


def require_safe_id(model: str) -> str:
    """The id that goes upstream; raises `Unconfigured` for one that LiteLLM would take elsewhere."""
    import litellm

    model_id = upstream_id(model)
    listed = any(model_id in getattr(litellm, name, ()) for name in _LISTS)
    if listed or model_id.startswith("responses/"):
        raise Unconfigured(
            f"The model id {model_id!r} is another provider's in LiteLLM, which would send the request "
            "there; give the model another name at your endpoint."
        )
    return model_id
