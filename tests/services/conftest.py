from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from codex_lsp.services.offline.ruff import Ruff
from tests.support.processes import Agent, offline_agent


@pytest.fixture(scope="session")
def agent() -> Iterator[Agent]:
    with offline_agent() as running:
        yield running


@pytest.fixture
def client(agent: Agent) -> Iterator[httpx.Client]:
    headers = {"Authorization": f"Bearer {agent.token}", "Content-Type": "application/json"}
    with httpx.Client(base_url=agent.url, headers=headers, timeout=30, trust_env=False) as client:
        yield client


@pytest.fixture(scope="session")
def ruff() -> Ruff:
    return Ruff()
