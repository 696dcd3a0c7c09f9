from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.e2e.neovim.driver import Neovim, editing
from tests.e2e.neovim.installed import VERSIONS
from tests.support.editor import FakeEditor
from tests.support.endpoint import ScriptedEndpoint
from tests.support.processes import CODEX_LSP, Agent, clean_environ


@pytest.fixture(scope="session", params=VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


def environ(base_url: str) -> dict[str, str]:
    return clean_environ(
        LITELLM_ENABLE_CODEX_AGENT="1", CODEX_AGENT_API_BASE=base_url, CODEX_AGENT_API_KEY="key"
    )


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def scripted(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ScriptedEndpoint]:
    """One endpoint for all stories, and a server that keeps the worker for it from ending in between."""
    async with ScriptedEndpoint() as endpoint:
        env, root = environ(endpoint.base_url), tmp_path_factory.mktemp("keeper")
        async with FakeEditor.spawn(CODEX_LSP, env=env, root=root, timeout=60):
            yield endpoint


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def offline(agent: Agent, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Agent]:
    """The same for the offline agent."""
    root = tmp_path_factory.mktemp("keeper")
    async with FakeEditor.spawn(CODEX_LSP, env=agent.environ(), root=root, timeout=60):
        yield agent


@pytest.fixture(scope="session")
def env(scripted: ScriptedEndpoint) -> dict[str, str]:
    return environ(scripted.base_url)


# One Neovim for many stories, each of which begins with `begin`.


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def asking(
    version: str, tmp_path_factory: pytest.TempPathFactory, env: dict[str, str]
) -> AsyncIterator[Neovim]:
    async with editing(version, tmp_path_factory.mktemp("asking"), env, "") as nvim:
        yield nvim


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def reviewing(
    version: str, tmp_path_factory: pytest.TempPathFactory, env: dict[str, str]
) -> AsyncIterator[Neovim]:
    folder = tmp_path_factory.mktemp("reviewing")
    async with editing(version, folder, env, "", apply="review") as nvim:
        yield nvim


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def helped(
    version: str, tmp_path_factory: pytest.TempPathFactory, offline: Agent
) -> AsyncIterator[Neovim]:
    async with editing(version, tmp_path_factory.mktemp("helped"), offline.environ(), "") as nvim:
        yield nvim
