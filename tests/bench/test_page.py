"""docs/BENCHMARKS.md and its picture are what the kept records say, and the records are whole."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import pytest

from tests.bench import page, plot
from tests.bench.__main__ import SUITES
from tests.bench.headlines import HEADLINES, Headline
from tests.bench.outcome import Beside, Outcome, Spread, row, short
from tests.bench.records import Record, read

MACHINE = {
    **dict.fromkeys(("cpu", "system", "python", "pygls", "litellm", "git"), "X"),
    **{"cpus": 2, "load_before": 0.5, "others_share": 0.01},
}
NUMBERS = Spread(2, 1, 3, 5)


def record(suite: str, *outcomes: Outcome) -> Record:
    return Record(suite, "2026-01-02", "abc1234", 5, 120, MACHINE, outcomes)


def test_page_and_picture_are_made_from_the_records() -> None:
    records, text = read(page.SUITES), page.PAGE.read_text("utf-8")
    assert page.made(text, records) == text, "make them anew: python -m tests.bench --page"
    assert plot.draw(records) == page.PICTURE.read_text("utf-8")


def test_the_page_has_a_part_for_every_suite() -> None:
    assert set(page.SUITES) == set(SUITES)
    parts = re.findall(r"<!-- made: (\w+) -->", page.PAGE.read_text("utf-8"))
    assert parts == ["summary", *page.SUITES]


def test_every_headline_was_measured() -> None:
    records = read(page.SUITES)
    measured = {f"{suite}.{each.what}" for suite, found in records.items() for each in found.outcomes}
    suites = tuple(f"{suite}." for suite in records)
    assert {each.name for each in HEADLINES if each.name.startswith(suites)} <= measured
    assert not [each for found in records.values() for each in found.outcomes if each.ours is None]


def test_only_what_stands_between_the_marks_is_made() -> None:
    before = (
        "Words.\n<!-- made: stack -->\nold\n<!-- end -->\nMore.\n<!-- made: edits -->\nkept\n<!-- end -->\n"
    )
    outcome = Outcome("run", "ms", NUMBERS, (Beside("it", Spread(1, 1, 1, 5), NUMBERS, 3),), 9)
    after = page.made(before, {"stack": record("stack", outcome)})
    assert after.startswith("Words.\n<!-- made: stack -->\n2026-01-02, commit abc1234, 5 rounds in 2 min.")
    assert "| `run` | ≤ 9 ms, ≤ 3 × | 2 (1–3) ms | 2 (1–3) | it 1 ms | yes |\n<!-- end -->\nMore." in after
    assert after.endswith("<!-- made: edits -->\nkept\n<!-- end -->\n")
    # Another value is another page.
    other = page.made(before, {"stack": record("stack", replace(outcome, ours=Spread(4, 4, 4, 5)))})
    assert other != after


def test_a_missed_target_is_named() -> None:
    missed = Outcome("run", "ms", NUMBERS, target=1)
    said = page.made("<!-- made: summary -->\n<!-- end -->", {"stack": record("stack", missed)})
    assert "1 figures, 1 of them with a target; 0 reach it. Missed: `stack.run`." in said
    assert "| **no** |" in row("run", missed)


def test_outcomes_are_kept_as_they_are() -> None:
    outcome = Outcome("a", "s", NUMBERS, (Beside("b", NUMBERS, None, 0.5),), 0.0, {"c": "not here"})
    assert Outcome.from_json(outcome.to_json()) == outcome
    assert Outcome.from_json(Outcome("a", "s", None).to_json()) == Outcome("a", "s", None)


def test_the_picture_shows_who_is_ahead() -> None:
    near = Outcome("run", "ms", NUMBERS, (Beside("near", NUMBERS, Spread(0.1, 0.1, 0.2, 5)),))
    far = Outcome("sidecar", "ms", NUMBERS, (Beside("far <&>", NUMBERS, Spread(20, 10, 30, 5)),), 4)
    root = ET.fromstring(plot.draw({"stack": record("stack", near, far)}))
    space = "{http://www.w3.org/2000/svg}"
    bars = {each.get("class"): each for each in root.iter(f"{space}rect")}
    one = next(float(each.get("x1", 0)) for each in root.iter(f"{space}line") if each.get("class") == "one")
    ahead, behind = bars["ahead"], bars["behind"]
    assert float(ahead.get("x", 0)) + float(ahead.get("width", 0)) == pytest.approx(one, abs=0.2)
    assert float(behind.get("x", 0)) == pytest.approx(one, abs=0.2)
    words = [each.text for each in root.iter(f"{space}text")]
    assert "0.1 × near" in words
    assert "20 × far <&>" in words
    assert len([each for each in root.iter(f"{space}line") if each.get("class") == "target"]) == 1


def test_a_headline_beside_another_peer() -> None:
    both = (Beside("floor", NUMBERS, Spread(3, 3, 3, 5)), Beside("llm", NUMBERS, Spread(0.5, 0.5, 0.5, 5), 1))
    wall = Outcome("wall", "s", NUMBERS, both, missing={"aider": "it is not here", "codex": "no npm"})
    records = {"cli": record("cli", wall)}
    found = Headline("cli.wall", "it", "llm").outcome(records)
    assert found is not None
    assert (found.beside[0].name, found.met()) == ("llm", True)
    missing = Headline("cli.wall", "it", "aider").outcome(records)
    assert missing is not None
    assert "aider: it is not here" in row("it", missing)
    records["cli"] = replace(records["cli"], machine={**MACHINE, "tools": {"aider": "1.2"}})
    told = page.made("<!-- made: cli -->\n<!-- end -->", records)
    assert "| Aider 1.2 | not measured: it is not here |" in told
    assert "| llm | 2 (1–3) |" in told


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.00012, "0.0001"),
        (0.0123, "0.0123"),
        (1.0, "1"),
        (12.345, "12.3"),
        (123.4, "123"),
        (4321.0, "4,321"),
    ],
)
def test_numbers_have_three_digits(value: float, shown: str) -> None:
    assert short(value) == shown
