from __future__ import annotations

import pytest

from tests.support import bubblewrap


@pytest.fixture(autouse=True)
def _sandbox(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    bubblewrap.put_on_path(tmp_path_factory.mktemp("path"), monkeypatch)
