"""An environment in which nothing is set but the gate, and an endpoint to ask."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from codex_lsp.endpoint.config import GATE, VARIABLES
from codex_lsp.llm.router import retire
from tests.llm import routing
from tests.support.endpoint import ScriptedEndpoint


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [*VARIABLES, *(name for name in os.environ if name.startswith("OPENAI_"))]:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv(GATE, "1")


@pytest.fixture(autouse=True)
def routers() -> Iterator[None]:
    yield
    while routing.made:
        retire(routing.made.pop())  # LiteLLM keeps each Router's callbacks for the life of the process


@pytest.fixture
async def endpoint() -> AsyncIterator[ScriptedEndpoint]:
    async with ScriptedEndpoint() as endpoint:
        yield endpoint
