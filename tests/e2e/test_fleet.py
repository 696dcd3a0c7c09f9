"""Several endpoints behind the Router, with their state in a real Redis: one dies, and nothing is lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from codex_lsp.agent.model import Request
from codex_lsp.endpoint import config as configuration
from codex_lsp.endpoint.config import GATE, ROUTER_CONFIG
from codex_lsp.endpoint.remote import RemoteModel
from tests.e2e.services import Service, redis
from tests.support.endpoint import Answer, Raw, ScriptedEndpoint

REQUEST = Request(({"role": "user", "content": "Hello."},))
WHOLE = "a reply, whole and to its very end"
LOAD = 24
SECONDS = 60
PASSWORD = "open-sesame"


@pytest.fixture
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    monkeypatch.setenv("TEAM_REDIS_PASSWORD", PASSWORD)
    with redis(tmp_path, PASSWORD) as service:
        yield service


@asynccontextmanager
async def two_endpoints() -> AsyncIterator[tuple[ScriptedEndpoint, ScriptedEndpoint, asyncio.Event]]:
    """One that is well, one that drops whatever it has and gets from the event's moment on."""
    death = asyncio.Event()
    async with (
        ScriptedEndpoint([Answer(WHOLE)] * 1000) as well,
        ScriptedEndpoint([Raw(0, begin=death)] * 1000) as dying,
    ):
        yield well, dying, death


@asynccontextmanager
async def server(file: Path) -> AsyncIterator[RemoteModel]:
    """What a server has of the fleet: a process of its own with a Router."""
    environ = {GATE: "1", ROUTER_CONFIG: str(file), "CODEX_AGENT_SHARE_WORKER": "0"}
    model = RemoteModel(configuration.load(environ, file.parent / "no.toml"))
    try:
        await model.ready()
        yield model
    finally:
        await model.close()


def written(folder: Path, well: ScriptedEndpoint, dying: ScriptedEndpoint, settings: str) -> Path:
    file = folder / "router.yaml"
    file.write_text(
        f"""
model_list:
  - model_name: team
    litellm_params: {{model: codex-agent/mini, api_base: "{well.base_url}"}}
  - model_name: team
    litellm_params: {{model: codex-agent/mini, api_base: "{dying.base_url}"}}
router_settings: {{routing_strategy: simple-shuffle, allowed_fails: 0, cooldown_time: 300, {settings}}}
""",
        encoding="utf-8",
    )
    return file


async def replies(model: RemoteModel, number: int) -> list[str]:
    async with asyncio.timeout(SECONDS):
        answers = await asyncio.gather(*(model.complete(REQUEST, lambda _: None) for _ in range(number)))
    return [answer.content for answer in answers]


@pytest.mark.parametrize("with_redis", [True, False])
async def test_one_dies_under_load(tmp_path: Path, shared: Service, with_redis: bool) -> None:
    place = f"redis_host: 127.0.0.1, redis_port: {shared.port}"
    settings = f"{place}, redis_password: os.environ/TEAM_REDIS_PASSWORD" if with_redis else ""
    async with two_endpoints() as (well, dying, death):
        file = written(tmp_path, well, dying, settings)
        async with server(file) as first, server(file) as second:
            asked = asyncio.create_task(replies(first, LOAD))
            async with asyncio.timeout(SECONDS):
                await dying.arrived.wait()
            death.set()
            assert await asked == [WHOLE] * LOAD

            # The first one knows now.
            before = len(dying.requests)
            assert before >= 1
            assert await replies(first, LOAD) == [WHOLE] * LOAD
            assert len(dying.requests) == before

            # The second one was never failed itself: only what they share can tell it. LiteLLM reads that
            # with the first ask, and others do not wait for it.
            assert await replies(second, 1) == [WHOLE]
            assert await replies(second, LOAD) == [WHOLE] * LOAD
            assert (len(dying.requests) == before) is with_redis


async def test_without_its_redis_a_fleet_goes_on(tmp_path: Path, shared: Service) -> None:
    settings = f"redis_url: 'redis://:{PASSWORD}@127.0.0.1:{shared.port}'"
    async with two_endpoints() as (well, dying, death):
        death.set()
        file = written(tmp_path, well, dying, settings)
        async with server(file) as model:
            assert await replies(model, LOAD) == [WHOLE] * LOAD
            shared.kill()
            assert await replies(model, LOAD) == [WHOLE] * LOAD
        async with server(file) as late:
            assert await replies(late, LOAD) == [WHOLE] * LOAD
