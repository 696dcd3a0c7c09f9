from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from codex_lsp.edits.diff import diff_lines
from codex_lsp.review.follow import follow
from codex_lsp.review.proposal import FileChange, Held, Proposal, Verification

documents = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "\n"]), max_size=10).map("".join)


def proposal(*changes: FileChange, verification: Verification | None = None) -> Proposal:
    return Proposal("p", "s", changes, verification or Verification())


@given(documents, documents)
def test_a_proposal_on_unchanged_text_stays_as_it_is(base: str, proposed: str) -> None:
    made = proposal(FileChange("m", base, proposed))
    assert follow(made, {"m": base}).proposal == made


@given(documents, documents)
def test_a_proposal_that_was_taken_is_gone(base: str, proposed: str) -> None:
    if base == proposed:
        return
    followed = follow(proposal(FileChange("m", base, proposed)), {"m": proposed})
    assert followed.proposal.changes == ()
    assert followed.conflicts == ()


@given(documents, documents, documents)
def test_following_gives_hunks_of_the_text_as_it_is(base: str, proposed: str, current: str) -> None:
    for change in follow(proposal(FileChange("m", base, proposed)), {"m": current}).proposal.changes:
        assert change.base == current


def test_taking_one_of_two_changes_leaves_the_other() -> None:
    base, proposed = "1\n2\n3\n4\n5\n", "1\nB\n3\nD\n5\n"
    (left,) = follow(proposal(FileChange("m", base, proposed)), {"m": "1\nB\n3\n4\n5\n"}).proposal.changes
    assert (left.base, left.proposed) == ("1\nB\n3\n4\n5\n", proposed)


def test_a_file_that_is_gone_or_came_or_changed_is_a_conflict_and_nothing_is_lost() -> None:
    made = proposal(
        FileChange("a", "x\n", "y\n"),
        FileChange("b", None, "n\n"),
        FileChange("c", "x\n", None),
        FileChange("d", "x\n", "x\n", "e"),
    )
    followed = follow(made, {"a": None, "b": "other\n", "c": "edited\n", "d": None, "e": "x y\n"})
    assert followed.proposal == made
    assert [each.what.split()[1] for each in followed.conflicts] == ["deleted", "into", "changed", "deleted"]


def test_what_nobody_can_see_is_left_alone() -> None:
    made = proposal(FileChange("a", "x\n", "y\n"), FileChange("b", "1\n2\n", "1\n3\n"))
    followed = follow(made, {"b": "0\n1\n2\n"})
    assert followed.proposal.changes == (made.changes[0], FileChange("b", "0\n1\n2\n", "0\n1\n3\n"))
    assert followed.conflicts == ()


def test_files_that_came_went_and_moved_as_proposed_are_done() -> None:
    made = proposal(
        FileChange("a", None, "n\n"), FileChange("b", "x\n", None), FileChange("c", "x\n", "y\n", "d")
    )
    assert follow(made, {"a": "n\n", "b": None, "c": None, "d": "y\n"}).proposal.changes == ()


def test_a_new_file_that_somebody_made_without_text_gets_the_text() -> None:
    followed = follow(proposal(FileChange("a", None, "n\n")), {"a": ""})
    assert followed.proposal.changes == (FileChange("a", "", "n\n"),)
    assert followed.conflicts == ()


def test_lines_that_conflict_are_held_at_their_place() -> None:
    made = proposal(FileChange("m", "1\n2\n3\n4\n5\n", "1\nB\n3\nD\n5\n"))
    followed = follow(made, {"m": "1\nmine\n3\n4\n5\n"})
    (change,) = followed.proposal.changes
    assert change.proposed == "1\nmine\n3\nD\n5\n"
    assert change.held == (Held(2, 7, "B\n"),)
    assert [(each.path, each.line) for each in followed.conflicts] == [("m", 1)]
    later = follow(followed.proposal, {"m": "0\n1\nmine too\n3\nD\n5\n"})
    assert later.conflicts == ()
    assert later.proposal.changes == (
        FileChange("m", "0\n1\nmine too\n3\nD\n5\n", "0\n1\nmine too\n3\nD\n5\n", held=(Held(4, 13, "B\n"),)),
    )
    assert follow(later.proposal, {"m": "0\n1\nB\n3\nD\n5\n"}).proposal.changes == ()


@given(documents, documents, documents, documents)
def test_every_proposed_line_is_in_the_text_in_the_proposal_or_held(
    base: str, proposed: str, first: str, second: str
) -> None:
    made = proposal(FileChange("m", base, proposed))
    lines = {line for hunk in diff_lines(base, proposed) for line in hunk.text.splitlines()}
    for text in (first, second):
        made = follow(made, {"m": text}).proposal
        offered = [
            "".join(each.text for each in diff_lines(c.base or "", c.proposed or ""))
            + "".join(each.text for each in c.held)
            for c in made.changes
        ]
        assert lines <= set("".join((*offered, text)).splitlines())
        lines &= set("".join(offered).splitlines())
        for change in made.changes:
            assert all(0 <= each.start <= each.end <= len(text) for each in change.held)


def test_cautions() -> None:
    long = "".join(f"{number}\n" for number in range(30))
    assert proposal(FileChange("m", long, long[: len(long) // 3])).cautions() == [
        "more than half of m would be removed."
    ]
    assert proposal(FileChange("m", "a\nb\nc\n", "a\n")).cautions() == []
    assert proposal(FileChange("m", "a\n", None)).cautions() == ["m would be deleted."]
    failed = Verification("failed", "m would no longer parse.")
    assert proposal(FileChange("m", "a\n", "b\n"), verification=failed).cautions() == [failed.note]
