from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.codex.install import install
from tests.e2e.codex.responses import ScriptedResponses
from tests.e2e.codex.sidecar import sidecar
from tests.support.processes import Agent


@pytest.fixture(scope="session")
def codex() -> Path:
    return install()


@pytest.fixture(scope="session")
def model() -> Iterator[ScriptedResponses]:
    """One model for all tests, each of which adds a script under a word of its own."""
    with ScriptedResponses({}) as running:
        yield running


@pytest.fixture(scope="session")
def agent(codex: Path, model: ScriptedResponses) -> Iterator[Agent]:
    """The sidecar that most tests ask. The base has no path, as that of an Ollama has none."""
    base = model.url.removesuffix("/v1")
    options = ("--codex", str(codex), "--model", "scripted", "--effort", "low", "--upstream-base", base)
    with sidecar(*options) as running:
        yield running
