from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.services.mini.desk import Desk, serving
from tests.support import bubblewrap


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def desk(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Desk]:
    """One agent for all tests, since LiteLLM takes seconds to load; each test scripts its model anew."""
    with pytest.MonkeyPatch.context() as patch:
        bubblewrap.put_on_path(tmp_path_factory.mktemp("path"), patch)
        async with serving("--model", "mini=openai/real", "--model", "bare=openai/bare") as desk:
            yield desk
