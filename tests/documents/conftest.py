from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.processes import Agent, offline_agent


@pytest.fixture(scope="session")
def agent() -> Iterator[Agent]:
    with offline_agent() as running:
        yield running
