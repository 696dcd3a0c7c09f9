"""A Router as anyone would write it, and one question for it."""

from __future__ import annotations

import socket
from typing import Any

import litellm
from litellm import Router

import codex_lsp.llm

MESSAGES = [{"role": "user", "content": "Plan steps and use tools as needed."}]

codex_lsp.llm.register()
made: list[Router] = []


def router(base: str | None, key: str | None = "", **params: Any) -> Any:
    deployment = {"model": "codex-agent/mini", "api_base": base, "api_key": key} | params
    model_list = [{"model_name": "codex-agent-1", "litellm_params": deployment}]
    # Its cooldown callback is a coroutine that some failures leave behind unawaited.
    made.append(Router(model_list=model_list, num_retries=0, disable_cooldowns=True))
    return made[-1]


async def ask(router: Any, *, stream: bool, **options: Any) -> Any:
    """The whole reply, put together by LiteLLM's own stream builder where it streams."""
    reply = await router.acompletion(model="codex-agent-1", messages=MESSAGES, stream=stream, **options)
    return litellm.stream_chunk_builder([chunk async for chunk in reply]) if stream else reply


def free_port() -> int:
    """A port where nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
