"""The worker's answers, and what it does before the first and after each."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import litellm
import pytest
from litellm.integrations.custom_logger import CustomLogger

from codex_lsp.endpoint import wire
from codex_lsp.endpoint.config import EndpointConfig
from codex_lsp.llm.rest import Rest
from codex_lsp.llm.service import Service, configured
from tests.support.endpoint import Answer, ScriptedEndpoint

ROOT = Path(__file__).parents[2]

WARMED = """
import asyncio, json, os, sys
sys.path.insert(0, sys.argv[1])
seen = []
sys.addaudithook(lambda name, arguments: seen.append(name) if name.startswith("socket.") else None)
os.environ |= {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_MODE": "PRODUCTION"}
os.environ["LITELLM_ENABLE_CODEX_AGENT"] = "1"
from codex_lsp.agent.model import Request
from codex_lsp.endpoint.config import EndpointConfig
from codex_lsp.llm.router import AgentRouter
from codex_lsp.llm.warm import warm
from tests.support.endpoint import Answer, ScriptedEndpoint

async def main():
    seen.clear()
    await warm()
    sockets = list(seen)
    async with ScriptedEndpoint([Answer("hello")]) as endpoint:
        router = AgentRouter(EndpointConfig(enabled=True, api_base=endpoint.base_url, api_key="key"))
        before = set(sys.modules)
        async for _ in await router.stream(Request(({"role": "user", "content": "hello"},))):
            pass
    print(json.dumps([sockets, sorted(set(sys.modules) - before)]), flush=True)

asyncio.run(main())
os._exit(0)
"""


class Slow(CustomLogger):  # type: ignore[misc]
    """A callback that takes until it is let go, like one whose server is far away."""

    def __init__(self) -> None:
        super().__init__()
        self.called, self.go_on, self.done = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def async_log_success_event(self, *_: Any, **__: Any) -> None:
        """Wait."""
        self.called.set()
        await self.go_on.wait()
        self.done.set()


@contextmanager
def listening(callback: CustomLogger) -> Iterator[None]:
    litellm.callbacks.append(callback)
    try:
        yield
    finally:
        litellm.callbacks.remove(callback)
        for known in (litellm._async_success_callback, litellm.success_callback):
            if callback in known:
                known.remove(callback)


def message(number: int) -> bytes:
    chat = [{"role": "user", "content": "hello"}]
    request = {"messages": chat, "tools": [], "workspace": None}
    return wire.encode({"id": number, "op": "complete", "request": request})


async def test_an_answer_does_not_wait_for_litellm_and_does_not_cut_it_short(
    endpoint: ScriptedEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered, build = threading.Event(), litellm.stream_chunk_builder

    def built_afterwards(*arguments: Any, **options: Any) -> Any:
        # In a thread of LiteLLM's.
        assert answered.wait(20)
        return build(*arguments, **options)

    monkeypatch.setattr(litellm, "stream_chunk_builder", built_afterwards)
    endpoint.play(Answer("first"))
    said: asyncio.Queue[Mapping[str, Any]] = asyncio.Queue()
    config = EndpointConfig(enabled=True, api_base=endpoint.base_url, api_key="key")
    service, stream, slow = (
        Service(configured(config), said.put_nowait, Rest()),
        asyncio.StreamReader(),
        Slow(),
    )
    with listening(slow):
        async with asyncio.timeout(10):
            serving = asyncio.create_task(service.serve(stream))
            stream.feed_data(message(1))
            assert await _result(said) == "first"
            answered.set()
            await slow.called.wait()
            stream.feed_eof()
            await serving
            assert not slow.done.is_set()
            slow.go_on.set()
            await slow.done.wait()
    assert said.empty()


async def _result(said: asyncio.Queue[Mapping[str, Any]]) -> Any:
    while (answer := await said.get())["event"] != "result":
        assert answer["event"] in ("taken", "delta")
    return answer["value"]["content"]


@pytest.mark.slow
def test_a_worker_warms_up_without_a_socket_and_has_loaded_all() -> None:
    done = subprocess.run(
        [sys.executable, "-P", "-c", WARMED, str(ROOT)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        cwd="/",
    )
    sockets, loaded_later = json.loads(done.stdout)
    assert not {"socket.connect", "socket.getaddrinfo", "socket.bind"} & set(sockets)
    assert loaded_later == []
