from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from codex_lsp.edits import apply_hunks
from codex_lsp.edits.text import LineIndex
from codex_lsp.lsp.spans import MAX_SPANS
from codex_lsp.review.follow import Edited, follow
from codex_lsp.review.proposal import FileChange, Proposal
from tests.lsp.changing import change, document, whole

lines = st.lists(st.sampled_from(["a\n", "b\r\n", "c\r", "\n"]), max_size=12).map("".join)
places = st.tuples(st.integers(0, 14), st.integers(0, 2))
edits = st.lists(st.tuples(places, places, st.sampled_from(["", "x", "\n", "y\r", "z\nz\n"])), max_size=8)


@given(lines, edits)
def test_what_was_done_turns_the_former_text_into_the_one_now(
    text: str, done: list[tuple[tuple[int, int], tuple[int, int], str]]
) -> None:
    ours = document(text)
    ours.watch()
    for edit in done:
        ours.apply_change(change(*edit))
    edited = ours.edited()
    assert edited is not None
    assert edited.before == text
    assert apply_hunks(text, edited.hunks) == ours.source
    assert all(before.end < after.start for before, after in pairwise(edited.hunks))
    starts = {LineIndex(text).start(line) for line in range(text.count("\n") + text.count("\r") + 1)}
    assert {at for hunk in edited.hunks for at in (hunk.start, hunk.end)} <= starts


@given(lines, lines, edits)
def test_following_by_it_is_following_by_the_texts(
    text: str, proposed: str, done: list[tuple[tuple[int, int], tuple[int, int], str]]
) -> None:
    ours, made = document(text), Proposal("p", "s", (FileChange("m", text, proposed),))
    ours.watch()
    for edit in done:
        ours.apply_change(change(*edit))
    edited = ours.edited()
    assert edited is not None
    for change_ in follow(made, {"m": ours.source}, {"m": edited}).proposal.changes:
        assert change_.base == ours.source
        assert change_.known is None or apply_hunks(ours.source, change_.known) == change_.proposed
    other = Edited("another text", edited.hunks)
    assert follow(made, {"m": ours.source}, {"m": other}) == follow(made, {"m": ours.source})


def test_too_much_or_a_whole_new_text_is_not_kept() -> None:
    ours = document("a\n\n" * (2 * MAX_SPANS))
    ours.watch()
    for number in range(MAX_SPANS + 1):
        assert ours.edited() is not None
        ours.apply_change(change((2 * number, 0), (2 * number, 0), "x"))
    assert ours.edited() is None
    ours.watch()
    ours.apply_change(whole("b\n"))
    assert ours.edited() is None
    ours.watch()
    assert ours.edited() == Edited("b\n", ())
