from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from codex_lsp.review.proposal import FileChange, Proposal, Verification, follow

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


def test_a_file_that_is_gone_or_came_is_a_conflict() -> None:
    made = proposal(FileChange("a", "x\n", "y\n"), FileChange("b", None, "n\n"), FileChange("c", "x\n", None))
    followed = follow(made, {"a": None, "b": "other\n", "c": "edited\n"})
    assert followed.proposal.changes == ()
    assert [each.what.split()[1] for each in followed.conflicts] == ["closed", "into", "changed"]


def test_cautions() -> None:
    long = "".join(f"{number}\n" for number in range(30))
    assert proposal(FileChange("m", long, long[: len(long) // 3])).cautions() == [
        "more than half of m would be removed."
    ]
    assert proposal(FileChange("m", "a\nb\nc\n", "a\n")).cautions() == []
    assert proposal(FileChange("m", "a\n", None)).cautions() == ["m would be deleted."]
    failed = Verification("failed", "m would no longer parse.")
    assert proposal(FileChange("m", "a\n", "b\n"), verification=failed).cautions() == [failed.note]
