"""What stands behind an endpoint, as its `GET /v1/models` says."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator, Mapping
from typing import Any

import httpx

from codex_lsp.agent.model import ModelInfo
from codex_lsp.endpoint.config import models_url, origin
from codex_lsp.endpoint.errors import EndpointError, StatusError, from_status, timed_out
from codex_lsp.llm.chat import Patience, headers
from codex_lsp.llm.clients import client
from codex_lsp.llm.events import CannotDecode, Decoder
from codex_lsp.llm.failures import detail, retry_after_seconds, wire_failures
from codex_lsp.llm.tries import Stamina, Tries

STAMINA = Stamina(patience=Patience(total=30.0))
_MAX_BYTES = 1024 * 1024


async def describe(api_base: str, api_key: str, model: str, stamina: Stamina = STAMINA) -> ModelInfo:
    """Ask the endpoint; `model` is the id upstream.

    An endpoint without a model list (404, 405), or with one that says nothing of an agent, is a plain model.
    """
    try:
        body = await _asked(api_base, api_key, stamina)
    except StatusError as error:
        if error.status in (404, 405):
            return ModelInfo(name=model)
        raise
    for stated in _stated(body, model):
        if stated.get("workspace") is True:
            mode = stated.get("mode")
            return ModelInfo("agent", mode if isinstance(mode, str) else "", model)
    return ModelInfo(name=model)


async def _asked(api_base: str, api_key: str, stamina: Stamina) -> bytes:
    tries, patience = Tries(stamina, None), stamina.patience
    while True:
        try:
            async with asyncio.timeout(tries.left):
                return await _get(models_url(api_base), api_key, patience.connect)
        except TimeoutError:
            raise timed_out(origin(api_base), patience.total, idle=False) from None
        except EndpointError as error:
            if not await tries.again(error):
                raise


async def _get(url: str, key: str, connect: float) -> bytes:
    place = origin(url)
    http = await client()
    request = http.build_request(
        "GET", url, headers=headers(key), timeout=httpx.Timeout(None, connect=connect)
    )
    with wire_failures(place, connect):
        response = await http.send(request, stream=True)
        try:
            body = await _body(response)
        finally:
            await response.aclose()
    if not response.is_success:
        wait = retry_after_seconds(response.headers.get("retry-after", ""))
        raise from_status(response.status_code, place, detail(body, key), wait)
    return body


async def _body(response: httpx.Response) -> bytes:
    # Whatever cannot be read says nothing of an agent, no more than a list that is too long.
    data = b""
    try:
        decoder = Decoder(response.headers.get("content-encoding", ""), _MAX_BYTES)
        async for chunk in response.aiter_raw():
            data += decoder.feed(chunk)
            if len(data) > _MAX_BYTES:
                return b""
    except CannotDecode:
        return b""
    return data


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
