"""The benchmarks run, check what they measure, and print what they promise."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.bench import page, records
from tests.bench.__main__ import SUITES, Suite, main
from tests.bench.conftest import Quick
from tests.bench.harness import Race, Way, report, run


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_edits_suite_runs_and_is_right(quick: Quick) -> None:
    shown = quick("edits")
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


def short_suite(result: str) -> Suite:
    race = Race("diff_100k", way("ours", result), (way("peer"),), 1.0)
    return Suite(lambda folder, quick, rounds: run([race], rounds), 2, 1)


def test_results_are_kept_and_the_page_is_made_unless_they_are_wrong(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(records, "FOLDER", tmp_path / "kept")
    monkeypatch.setattr(page, "PAGE", tmp_path / "page.md")
    monkeypatch.setattr(page, "PICTURE", tmp_path / "picture.svg")
    page.PAGE.write_text("<!-- made: summary -->\n<!-- end -->\n<!-- made: edits -->\n<!-- end -->\n")
    monkeypatch.setitem(SUITES, "edits", short_suite("right"))
    assert main(["edits", "--markdown", "--json", "--rounds", "3"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert {"machine", "commit", "date"} <= set(shown["details"])
    assert shown["details"]["races"]["edits.diff_100k"]["outcome"]["ours"]["count"] == 3
    text, kept = page.PAGE.read_text(), (tmp_path / "kept" / "edits.json").read_text()
    assert ("| `diff_100k` | ≤ 1 ms |" in text, "| two texts of 100,000 lines compared |" in text) == (
        True,
        True,
    )
    assert "× peer" in page.PICTURE.read_text()
    monkeypatch.setitem(SUITES, "edits", short_suite("left"))
    assert main(["edits", "--markdown", "--rounds", "3"]) == 1
    assert (page.PAGE.read_text(), (tmp_path / "kept" / "edits.json").read_text()) == (text, kept)
    # The page alone, from what is kept.
    page.PAGE.write_text("<!-- made: edits -->\n<!-- end -->\n")
    assert main(["--page"]) == 0
    assert "| `diff_100k` |" in page.PAGE.read_text()


@pytest.mark.parametrize("arguments", [["nothing"], ["edits", "--quick", "--markdown"]])
def test_what_cannot_be_measured_or_kept_is_refused(arguments: list[str]) -> None:
    with pytest.raises(SystemExit):
        main(arguments)
