from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.e2e.neovim.driver import Neovim, editing
from tests.e2e.neovim.installed import VERSIONS
from tests.support.processes import Agent


@pytest.fixture(scope="session", params=VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


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
