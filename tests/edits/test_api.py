"""What `codex_lsp.edits` offers is what it says, whatever was loaded before and in which order."""

from __future__ import annotations

import subprocess
import sys

import pytest

from codex_lsp import edits


@pytest.mark.parametrize("name", edits.__all__)
def test_each_name_is_itself_when_it_comes_first(name: str) -> None:
    script = (
        f"from codex_lsp.edits import {name} as first\n"
        "import types, codex_lsp.review.store, codex_lsp.edits.work\n"
        f"from codex_lsp.edits import {name} as later\n"
        "assert first is later and not isinstance(first, types.ModuleType), first\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
