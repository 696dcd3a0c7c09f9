from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest
import pytest_asyncio

from tests.e2e.person import environ
from tests.support.editor import FakeEditor
from tests.support.endpoint import ScriptedEndpoint
from tests.support.processes import CODEX_LSP, Agent, offline_agent


@pytest.fixture(scope="session")
def agent() -> Iterator[Agent]:
    with offline_agent() as running:
        yield running


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def scripted(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ScriptedEndpoint]:
    """One endpoint for all stories in real editors, and a server that keeps its worker alive."""
    async with ScriptedEndpoint() as endpoint:
        env, root = environ(endpoint.base_url), tmp_path_factory.mktemp("keeper")
        async with FakeEditor.spawn(CODEX_LSP, env=env, root=root, timeout=60):
            yield endpoint


@pytest.fixture(scope="session")
def env(scripted: ScriptedEndpoint) -> dict[str, str]:
    """The environment in which that endpoint is asked."""
    return environ(scripted.base_url)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def offline(agent: Agent, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Agent]:
    """The offline agent, kept in the same way."""
    root = tmp_path_factory.mktemp("keeper")
    async with FakeEditor.spawn(CODEX_LSP, env=agent.environ(), root=root, timeout=60):
        yield agent
