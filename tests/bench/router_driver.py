"""One way to ask the endpoint, in a process of its own: `python -m tests.bench.router_driver WAY BASE_URL`.

Ways: `httpx`, `openai` (`litellm.acompletion`, its own OpenAI route), `router` (LiteLLM's Router with our
provider), `remote` (`RemoteModel` and its worker). Each line of input is `{"do", "words", "times"}`, each
line of output the milliseconds of each time, or `{"wrong"}`. `do` is `whole` (not streamed), `stream`,
`first` (to the first word) or `together` (32 streams at once).
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Protocol

from tests.bench.router_endpoint import words

TOGETHER = 32


class Way(Protocol):
    """One way to ask. Both return the reply's text."""

    async def whole(self, say: str) -> str:
        """Without streaming."""
        ...

    async def stream(self, say: str, on_text: Callable[[], None]) -> str:
        """Streamed; `on_text` is called with each piece."""
        ...


def _messages(say: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": say}]


class Plain:
    """What anybody would write with httpx."""

    def __init__(self, base_url: str) -> None:
        import httpx

        self._client = httpx.AsyncClient(timeout=60, limits=httpx.Limits(max_connections=None))
        self._url = f"{base_url}/v1/chat/completions"

    async def whole(self, say: str) -> str:
        """Without streaming."""
        answer = await self._client.post(self._url, json=self._body(say, stream=False))
        return str(answer.json()["choices"][0]["message"]["content"])

    async def stream(self, say: str, on_text: Callable[[], None]) -> str:
        """Streamed."""
        parts = []
        async with self._client.stream("POST", self._url, json=self._body(say, stream=True)) as answer:
            async for line in answer.aiter_lines():
                if not line.startswith("data: ") or line == "data: [DONE]":
                    continue
                choices = json.loads(line[6:])["choices"]
                if choices and (text := choices[0]["delta"].get("content")):
                    on_text()
                    parts.append(text)
        return "".join(parts)

    def _body(self, say: str, *, stream: bool) -> dict[str, Any]:
        return {"model": "bench", "messages": _messages(say), "stream": stream}


class LiteLLM:
    """`acompletion` of LiteLLM itself, or of a Router."""

    def __init__(self, complete: Callable[..., Awaitable[Any]], **options: Any) -> None:
        self._complete = complete
        self._options = options

    async def whole(self, say: str) -> str:
        """Without streaming."""
        answer = await self._complete(messages=_messages(say), **self._options)
        return str(answer.choices[0].message.content)

    async def stream(self, say: str, on_text: Callable[[], None]) -> str:
        """Streamed."""
        parts = []
        chunks: AsyncIterator[Any] = await self._complete(
            messages=_messages(say), stream=True, **self._options
        )
        async for chunk in chunks:
            if chunk.choices and (text := chunk.choices[0].delta.content):
                on_text()
                parts.append(text)
        return "".join(parts)


class Remote:
    """The whole remote path, as the server uses it. It streams always."""

    def __init__(self, model: Any) -> None:
        self._model = model

    async def whole(self, say: str) -> str:
        """The same as a stream."""
        return await self.stream(say, lambda: None)

    async def stream(self, say: str, on_text: Callable[[], None]) -> str:
        """Streamed."""
        from codex_lsp.agent.model import Request

        reply = await self._model.complete(Request(tuple(_messages(say))), lambda delta: on_text())
        return str(reply.content)


async def _way(name: str, base_url: str) -> Way:
    if name == "httpx":
        return Plain(base_url)
    if name == "remote":
        from codex_lsp.endpoint import config
        from codex_lsp.endpoint.remote import RemoteModel

        model = RemoteModel(config.load())
        await model.ready()
        return Remote(model)
    os.environ |= {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_MODE": "PRODUCTION"}
    import litellm

    litellm.suppress_debug_info = True
    if name == "openai":
        return LiteLLM(litellm.acompletion, model="openai/bench", api_base=f"{base_url}/v1", api_key="key")
    import codex_lsp.llm

    codex_lsp.llm.register()
    params = {"model": "codex-agent/bench", "api_base": base_url, "api_key": "key"}
    router = litellm.Router(model_list=[{"model_name": "bench", "litellm_params": params}], num_retries=0)
    return LiteLLM(router.acompletion, model="bench")


async def timed(way: Way, do: str, number: int) -> float:
    """The ms of one request, or of 32; raises `ValueError` if its text is another."""
    came: list[float] = []
    say = f"say {number}" + (" slowly" if do == "first" else "")
    began = time.perf_counter()
    if do == "together":
        found = await asyncio.gather(*(way.stream(say, lambda: None) for _ in range(TOGETHER)))
    elif do == "whole":
        found = [await way.whole(say)]
    else:
        found = [await way.stream(say, lambda: came.append(time.perf_counter()))]
    ended = came[0] if do == "first" else time.perf_counter()
    if set(found) != {"".join(words(number))}:
        raise ValueError(f"the text is another: {found[0][:100]!r}")
    return (ended - began) * 1000


async def main(name: str, base_url: str) -> None:
    way = await _way(name, base_url)
    print(json.dumps("ready"), flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        asked = json.loads(line)
        gc.collect()
        try:
            answer: Any = [await timed(way, asked["do"], asked["words"]) for _ in range(asked["times"])]
        except Exception as error:
            answer = {"wrong": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)
    # LiteLLM keeps threads that a normal exit would wait for.
    if isinstance(way, Remote):
        await way._model.close()
    os._exit(0)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
