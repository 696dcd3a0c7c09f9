"""A workspace of very many files, by the command that the documents name."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_many_files_by_the_command() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.attacks.many", "--files", "20000", "--json"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
    assert json.loads(done.stdout)["figures"]["many_search_s"] > 0
