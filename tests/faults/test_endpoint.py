"""The whole table of misbehaving endpoints, in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent


@pytest.mark.timeout(300)
def test_the_whole_table() -> None:
    command = [sys.executable, "-m", "tests.faults", "endpoint", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=280, check=False)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["ok"] is True
    assert found["figures"]["modes"] >= 30
    assert found["figures"]["false_successes"] == found["figures"]["violations"] == 0
