"""The whole suite, as CI runs it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.timeout(1_500)
def test_no_attack_does_anything_and_every_twin_works() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.attacks", "--json"],
        cwd=HERE,
        capture_output=True,
        text=True,
        check=False,
    )
    said = json.loads(done.stdout)
    assert (said["details"]["breaches"], said["details"]["twins_failed"]) == ([], [])
    assert said["ok"], done.stderr[-3000:]
    assert done.returncode == 0
