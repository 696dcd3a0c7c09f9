"""How the tests of the suites run one."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from tests.bench import peers

Quick = Callable[[str], dict[str, Any]]


@pytest.fixture
def quick() -> Quick:
    """A suite by its command, on small texts and in few rounds; what it printed, all of which was right."""

    def run(suite: str) -> dict[str, Any]:
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench", suite, "--json", "--quick"],
            cwd=peers.ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
        shown: dict[str, Any] = json.loads(done.stdout)
        assert (shown["ok"], shown["details"]["wrong"]) == (True, [])
        return shown

    return run
