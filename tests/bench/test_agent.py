"""The agent's benchmark runs, checks what it measures, and prints what it promises."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import ripgrep


@pytest.mark.slow
def test_the_agent_suite_runs_and_is_right(tmp_path: Path) -> None:
    ripgrep.folder(tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", "agent", "--json", "--quick"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    shown = json.loads(done.stdout)
    assert (done.returncode, shown["ok"], shown["details"]["wrong"]) == (0, True, [])
    units = dict.fromkeys(shown["details"]["races"], "ms") | {"agent.rss_per_run": "kib"}
    assert all(f"{name}.{unit}" in shown["figures"] for name, unit in units.items())
    assert len(units) == 12
    assert shown["figures"]["agent.turn_p50.ms"] > 0
    assert all(f"{name}.ratio" in shown["figures"] for name, unit in units.items() if unit == "ms")
