from __future__ import annotations

import pytest

from codex_lsp.lsp.delivery import confirm


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What an editor never shows is waited for to the end; ours show at once what they show at all."""
    monkeypatch.setattr(confirm, "CONFIRM_SECONDS", 1.0)
