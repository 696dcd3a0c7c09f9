"""What stands behind an endpoint, as its `GET /v1/models` says."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping
from typing import Any

from codex_lsp.agent.model import ModelInfo
from codex_lsp.endpoint.config import models_url, origin
from codex_lsp.endpoint.errors import from_status, timed_out
from codex_lsp.llm import transport
from codex_lsp.llm.chat import headers
from codex_lsp.llm.failures import detail, wire_failures

_SECONDS = 30.0
_MAX_BYTES = 1024 * 1024


async def describe(api_base: str, api_key: str, model: str) -> ModelInfo:
    """Ask the endpoint; `model` is the id upstream.

    An endpoint without a model list (404, 405), or with one that says nothing of an agent, is a plain model.
    """
    place = origin(api_base)
    try:
        async with asyncio.timeout(_SECONDS):
            status, body = await _get(models_url(api_base), place, api_key)
    except TimeoutError:
        raise timed_out(place, _SECONDS, idle=False) from None
    if status in (404, 405):
        return ModelInfo(name=model)
    if not 200 <= status < 300:
        raise from_status(status, place, detail(body, api_key))
    for stated in _stated(body, model):
        if stated.get("workspace") is True:
            mode = stated.get("mode")
            return ModelInfo("agent", mode if isinstance(mode, str) else "", model)
    return ModelInfo(name=model)


async def _get(url: str, place: str, key: str) -> tuple[int, bytes]:
    http = await transport.client()
    data = b""
    with wire_failures(place):
        async with http.stream("GET", url, headers=headers(key)) as response:
            async for chunk in response.aiter_bytes():
                data += chunk
                if len(data) > _MAX_BYTES:
                    break
            return response.status_code, data


def _stated(body: bytes, model: str) -> Iterator[Mapping[str, Any]]:
    # At the top, or with a model: the one that is asked for before any other.
    try:
        answer = json.loads(body)
    except (ValueError, RecursionError):
        return
    if not isinstance(answer, dict):
        return
    listed = answer.get("data")
    entries = [item for item in listed if isinstance(item, dict)] if isinstance(listed, list) else []
    entries.sort(key=lambda item: item.get("id") != model)
    for holder in [answer, *entries]:
        stated = holder.get("codex_agent")
        if isinstance(stated, dict):
            yield stated
