"""The benchmarks run, check what they measure, and print what they promise."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench.harness import Race, Way, report, run


@pytest.mark.slow
def test_the_edits_suite_runs_and_is_right() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", "edits", "--json", "--quick"],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    shown = json.loads(done.stdout)
    assert (done.returncode, shown["ok"], shown["details"]["wrong"]) == (0, True, [])
    assert shown["figures"]["edits.diff_1k.ms"] > 0
    assert all(f"{name}.ratio" in shown["figures"] for name in shown["details"]["races"])


def way(name: str, result: str | None = "right", rounds: int | None = None) -> Way:
    def go() -> str:
        if result is None:
            raise ValueError("it broke")
        return result

    return Way(name, go, lambda found: "" if found == "right" else "it is wrong", rounds=rounds)


@pytest.mark.slow
def test_a_wrong_or_broken_way_is_not_ok() -> None:
    for bad in (way("ours", "left"), way("ours", None)):
        shown = report({"suite": run([Race("what", bad, (way("peer"),), 1.0)], 2)})
        assert not shown["ok"]
        assert all("what: ours: " in each for each in shown["details"]["wrong"])


@pytest.mark.slow
def test_every_figure_has_its_ratio_and_a_slow_way_runs_less_often() -> None:
    race = Race("what", way("ours"), (way("slow", rounds=1),), 1.0)
    shown = report({"suite": run([race], 4)})
    assert set(shown["figures"]) == {"suite.what.ms", "suite.what.ratio"}
    assert shown["details"]["races"]["suite.what"]["rounds"] == {"ours": 4, "slow": 1}
