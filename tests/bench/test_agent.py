"""The agent's benchmark runs, checks what it measures, and prints what it promises."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bench.conftest import Quick
from tests.support import ripgrep


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_agent_suite_runs_and_is_right(tmp_path: Path, quick: Quick) -> None:
    ripgrep.folder(tmp_path)
    shown = quick("agent")
    units = dict.fromkeys(shown["details"]["races"], "ms") | {"agent.rss_per_run": "kib"}
    assert all(f"{name}.{unit}" in shown["figures"] for name, unit in units.items())
    assert len(units) == 12
    assert shown["figures"]["agent.turn_p50.ms"] > 0
    assert all(f"{name}.ratio" in shown["figures"] for name, unit in units.items() if unit == "ms")
