from __future__ import annotations

from pathlib import Path

import pytest

from codex_lsp.endpoint.config import config_file


@pytest.fixture
def asks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the person's own asks."""
    for name in ("XDG_CONFIG_HOME", "APPDATA", "HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    folder = config_file().parent / "asks"
    assert folder.is_relative_to(tmp_path)
    folder.mkdir(parents=True)
    return folder
