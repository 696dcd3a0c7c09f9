"""The stack's suite yields what it promises."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.bench import peers


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_stack_suite_runs_and_is_right() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", "stack", "--json", "--quick"],
        capture_output=True,
        text=True,
        check=False,
        cwd=peers.ROOT,
    )
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)["figures"]
    both = {"chat", "run", "together_50", "sidecar"}
    names = {f"stack.{what}.{unit}" for what in both for unit in ("ms", "ratio")}
    assert set(figures) == names | {"stack.first_step.ms"}
    assert all(value > 0 for value in figures.values())
