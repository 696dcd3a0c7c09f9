"""The server of Codex's model, asked without Codex: whether it is there, takes the key, and has the model.

Where Codex signs in by itself there is nothing to be asked.
"""

from __future__ import annotations

import asyncio
import functools

import httpx

from codex_lsp.endpoint import tls
from codex_lsp.services.sidecar.options import Options

_SECONDS = 3.0
# A server that loads its model is waited for.
_ANSWER_SECONDS = 600.0
# Made once: that takes longer than to ask.
_tls = functools.cache(tls.context)


async def missing(options: Options) -> str:
    """Empty if it answers and takes the key, else what is wrong. It costs nothing."""
    base = options.base()
    if not base:
        return ""
    try:
        async with asyncio.timeout(_SECONDS), _client(options) as client:
            answered = await client.get(f"{base}/models")
    except (TimeoutError, httpx.HTTPError, httpx.InvalidURL) as error:
        return f"The model's server at {base} does not answer ({type(error).__name__}): see whether it runs."
    return _refused(base, answered.status_code)


async def silent(options: Options) -> str:
    """Empty if its model begins to answer, else what is to be done; what it would say is not waited for."""
    base = options.base()
    if not base:
        return ""
    said = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Answer with OK."}]}
    asked = {"model": options.model, "input": [said], "max_output_tokens": 16, "stream": True, "store": False}
    try:
        async with (
            asyncio.timeout(_ANSWER_SECONDS),
            _client(options) as client,
            client.stream("POST", f"{base}/responses", json=asked) as answer,
        ):
            lost = answer.is_error and b"model_not_found" in await answer.aread()
    except (TimeoutError, httpx.HTTPError, httpx.InvalidURL) as error:
        return f"The model's server at {base} does not answer ({type(error).__name__}): see its log."
    if lost or answer.status_code == 404:
        return (
            f"The model's server at {base} has no model {options.model!r}, or no /responses: pull the model, "
            "correct its name, or give a server that Codex can speak to."
        )
    if answer.is_server_error:
        return f"The model's server at {base} fails (HTTP {answer.status_code}): see its log."
    return _refused(base, answer.status_code)


def _refused(base: str, status: int) -> str:
    if status in (401, 403):
        return f"The model's server at {base} does not take the key (HTTP {status}): give it the right one."
    return ""


def _client(options: Options) -> httpx.AsyncClient:
    headers = {"Authorization": f"Bearer {options.key}"} if options.key else {}
    return httpx.AsyncClient(headers=headers, verify=_tls(), timeout=None)  # noqa: S113  (each use has one of its own)
