"""The review suite yields what it promises, and notices answers that are wrong."""

from __future__ import annotations

from typing import Any

import pytest

from codex_lsp.edits import apply_reply, diff
from codex_lsp.edits.text import LineIndex
from tests.bench import reviewed
from tests.bench.conftest import Quick
from tests.bench.figures import Wrong
from tests.bench.reviewed import HUNKS, Reviewer

WITH_RATIO = {
    *("action_p50.ms", "action_p99.ms", "action_file_p50.ms", "action_file_p99.ms"),
    *("action_key_p50.ms", "action_key_p99.ms", "key_cpu.ms"),
}
ALONE = {
    *("key_marks_p50.ms", "key_marks_p99.ms", "accept_one.ms", "accept_all.ms", "undo.ms", "redo.ms"),
    *("rss_waiting.kib", "rss_accepted.kib"),
}


@pytest.mark.slow
@pytest.mark.timeout(200)
def test_the_review_suite_runs_and_is_right(quick: Quick) -> None:
    shown = quick("review")
    ratios = {f"{name.rpartition('.')[0]}.ratio" for name in WITH_RATIO}
    assert {f"review.{name}" for name in WITH_RATIO | ALONE | ratios} <= set(shown["figures"])
    assert shown["details"]["races"]["review.action_file_p99"]["target"] == 20


@pytest.mark.parametrize("count", [1_000, 10_000])
def test_the_reply_makes_what_a_person_expects_who_types_between_its_places(count: int) -> None:
    person = Reviewer("file:///m.py", reviewed.lines(count), 1)
    reply = reviewed.patch("m.py", person.lines)
    made = apply_reply({"m.py": person.text}, reply).files["m.py"]
    assert made == "".join(person.all_accepted())
    for _ in range(100):
        person.key()
    assert (len(person.waiting), len(person.lines), person.version) == (HUNKS, count + 10, 101)
    before = list(person.lines)
    accepted = person.accepted([7, 9])
    person.apply(_edits(person, accepted), accepted)
    assert (person.lines, person.waiting) == (accepted, [each for each in range(HUNKS) if each not in (7, 9)])
    assert person.taken_back() == before


def test_an_edit_that_makes_another_text_is_wrong() -> None:
    person = Reviewer("file:///m.py", reviewed.lines(1_000), 1)
    edits = _edits(person, person.accepted([7]))
    with pytest.raises(Wrong):
        person.apply(edits, person.accepted([8]))
    with pytest.raises(Wrong):
        person.edited([{**edits[0], "range": {**edits[0]["range"], "end": {"line": 3, "character": 999}}}])


def test_marks_that_are_elsewhere_or_missing_are_wrong() -> None:
    person = Reviewer("file:///m.py", reviewed.lines(1_000), 1)
    marks = [{"range": person.at(number)} for number in range(HUNKS)]
    person.check_marks(marks)
    moved = [*marks[1:], {"range": {"start": {"line": 0, "character": 0}}}]
    for wrong in (marks[1:], moved):
        with pytest.raises(Wrong):
            person.check_marks(wrong)


def _edits(person: Reviewer, lines: list[str]) -> list[dict[str, Any]]:
    index = LineIndex(person.text)

    def place(offset: int) -> dict[str, int]:
        line, character = index.position(offset, "utf-16")
        return {"line": line, "character": character}

    hunks = diff(person.text, "".join(lines))
    return [
        {"range": {"start": place(each.start), "end": place(each.end)}, "newText": each.text}
        for each in hunks
    ]
