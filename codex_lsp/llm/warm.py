"""What a worker does in the first quiet moment after its start, so that no ask has to wait for it."""

from __future__ import annotations

import asyncio
import gc
import logging
from contextlib import aclosing

import litellm

from codex_lsp import collector
from codex_lsp.endpoint.config import PROVIDERS
from codex_lsp.llm.clients import client
from codex_lsp.llm.rest import Rest

# Whoever has waited for the worker's start asks at once.
QUIET_SECONDS = 0.1
LONGEST_SECONDS = 10.0

_log = logging.getLogger(__name__)


async def settle(rest: Rest) -> None:
    """Warm up, unless somebody has asked already; then see to it that garbage is collected, to the end.

    `worker` switches the collector off while LiteLLM is imported, which takes a third off that. What is there
    now stays for good: to look through all of it takes a fifth of a second, in the middle of some call.
    """
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            await rest.over(QUIET_SECONDS)
    except TimeoutError:
        pass
    if not rest.disturbed:
        await warm()
    gc.collect()
    gc.freeze()
    collector.start()
    while collector.ANYWHERE:
        await rest.disturbance()
        await asyncio.sleep(collector.EVERY_SECONDS)
        collector.look()


async def warm() -> None:
    """Go the way of a call, without an endpoint: LiteLLM and httpx load a lot with the first one.

    Nothing is sent, and no host is looked up. Past the Router, whose counts others may share. What fails here
    is told to whoever asks.
    """
    try:
        await client()
        stream = await litellm.acompletion(
            model=f"{PROVIDERS[0]}/warm",
            messages=[{"role": "user", "content": "warm"}],
            mock_response="warm",
            stream=True,
        )
        async with aclosing(stream):
            async for _ in stream:
                pass
    except Exception as error:
        _log.info("the first call will take longer: %s", type(error).__name__)
