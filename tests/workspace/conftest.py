from __future__ import annotations

import pytest

from tests.support import ripgrep


@pytest.fixture(params=["ripgrep", "own"])
def engine(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> str:
    """Search by each of the two programs: without `rg` on the PATH it is ours."""
    name = str(request.param)
    scratch = tmp_path_factory.mktemp("path")
    monkeypatch.setenv("PATH", str(ripgrep.folder(scratch) if name == "ripgrep" else scratch))
    return name
