from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_lsp.edits import Hunk, apply_hunks
from codex_lsp.review.proposal import FileChange, Held
from codex_lsp.review.steps import Packed, Steps

documents = st.lists(st.sampled_from(["a\n", "b\n", "c\r\n", "\n", "é😀\n"]), max_size=10).map("".join)


def accepted(*texts: str, path: str = "m") -> Steps:
    """The steps of a text that became another one each time; between them nothing was typed."""
    steps = Steps()
    for before, after in pairwise(texts):
        steps.add(FileChange(path, before, after).inverted())
    return steps


def back(steps: Steps, now: str) -> str:
    """The text without all of it; nothing may be held."""
    changes, conflicts = steps.back({"m": now})
    assert not conflicts
    return (changes[0].proposed or "") if changes else now


@given(documents, documents, documents)
def test_what_nobody_touched_since_is_taken_back_whole(first: str, second: str, third: str) -> None:
    assert back(accepted(first, second), second) == first
    steps = accepted(first, second, third)
    changes, conflicts = steps.back({"m": third})
    if not conflicts:
        assert (changes[0].proposed if changes else third) == first


@given(documents, documents)
def test_a_change_is_unpacked_as_it_was_packed(base: str, proposed: str) -> None:
    for change in (
        FileChange("m", base, proposed),
        FileChange("m", None, proposed),
        FileChange("m", base, None),
        FileChange("m", base, proposed, "n"),
        FileChange("m", base, base, "n"),
    ):
        assert Packed.of(change).change() == change


@pytest.mark.parametrize(
    ("now", "wanted"),
    [
        ("1\nnew\nmine\n3\n", "1\n2\nmine\n3\n"),
        ("1\nmine\nnew\n3\n", "1\nmine\n2\n3\n"),
        ("mine\nnew\nmine too\n", "mine\n2\nmine too\n"),
        ("1\n2\n3\n", "1\n2\n3\n"),
    ],
)
def test_what_was_typed_right_beside_stays(now: str, wanted: str) -> None:
    assert back(accepted("1\n2\n3\n", "1\nnew\n3\n"), now) == wanted


def test_lines_come_back_in_their_order_where_what_stood_between_them_is_gone() -> None:
    ((change,), ()) = accepted("1\nthen\n2\nnext\n3\n", "1\n2\n3\n").back({"m": "1\n3\n"})
    assert change.proposed == "1\nthen\nnext\n3\n"
    assert change.line_hunks == (Hunk(2, 2, "then\nnext\n"),)


@given(documents, documents, documents)
def test_what_is_to_be_decided_one_by_one_is_apart_and_makes_the_text(
    first: str, second: str, now: str
) -> None:
    for change in accepted(first, second).back({"m": now})[0]:
        hunks = change.line_hunks
        assert apply_hunks(now, hunks) == change.proposed
        assert all(former.end < latter.start for former, latter in pairwise(hunks))


def test_lines_are_not_put_between_lines_whose_order_nobody_knows() -> None:
    ((change,), (conflict,)) = accepted("1\n2\n3\n", "1\n3\n").back({"m": "1\nmine\n3\n"})
    assert (change.base, change.proposed) == ("1\nmine\n3\n", "1\nmine\n3\n")
    assert change.held == (Held(2, 7, "2\n"),)
    assert conflict.line == 1


def test_of_two_steps_at_one_place_the_last_says_what_comes_back() -> None:
    steps = accepted("x\n", "agent\n")
    steps.add(FileChange("m", "agent\n", "mine\n"))
    ((change,), _) = steps.back({"m": "other\n"})
    assert change.held == (Held(0, 6, "mine\n"),)


def test_what_was_changed_before_the_next_step_is_kept_apart() -> None:
    steps = accepted("1\n2\n3\n", "one\n2\n3\n")
    steps.add(FileChange("m", "mine\n2\n3\n", "mine\n2\n3\n"))
    steps.add(FileChange("m", "mine\n2\nthree\n", "mine\n2\n3\n"))
    ((change,), _) = steps.back({"m": "mine\n2\nthree\n"})
    assert change.proposed == "mine\n2\n3\n"
    assert change.held == (Held(0, 5, "1\n"),)


def test_files_come_back_only_where_they_are_as_they_were_left() -> None:
    steps = Steps()
    steps.add(FileChange("new", None, "n\n").inverted())
    steps.add(FileChange("gone", "g\n", None).inverted())
    steps.add(FileChange("old", "o\n", "p\n", "moved").inverted())
    left: dict[str, str | None] = {"new": "n\n", "gone": None, "old": None, "moved": "p\n"}
    changes, conflicts = steps.back(left)
    assert sorted((each.kind, each.path) for each in changes) == [
        ("deleted", "new"),
        ("moved", "moved"),
        ("new", "gone"),
    ]
    assert conflicts == []
    _, conflicts = steps.back({**left, "new": "mine\n", "gone": "mine\n"})
    assert sorted(each.path for each in conflicts) == ["gone", "new"]
    assert steps.back({}) == ([], [])


def test_a_step_takes_little_room() -> None:
    text = "".join(f"def function_{number}(a, b):\n    return a + b\n\n\n" for number in range(300))
    packed = Packed.of(FileChange("m", text, text.replace("function_7(", "g(")))
    assert packed.base is not None
    assert len(packed.base) * 5 < len(text)
