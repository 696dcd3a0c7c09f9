from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from codex_lsp.edits import EditError, Focus, apply_hunks, apply_reply, holds_edits
from codex_lsp.edits.errors import (
    Ambiguous,
    FileExists,
    FileMissing,
    NoChange,
    NoMatch,
    Overlap,
    ParseError,
    PathRejected,
    UnknownFormat,
)
from codex_lsp.edits.formats import begin_patch
from codex_lsp.edits.text import split_lines, strip_end
from tests.support.patches import enveloped

lines = st.lists(st.sampled_from(["a", "b", "c", "", "  d", "é😀"]), max_size=14)


def update(text: str, *body: str, focus: Focus | None = None) -> str:
    result = apply_reply({"m.py": text}, enveloped("*** Update File: m.py", *body), focus=focus)
    new = result.files["m.py"]
    assert new is not None
    assert apply_hunks(text, result.hunks["m.py"]) == new
    return new


@given(lines, lines, st.sampled_from(["\n", "\r\n", "\r"]))
def test_a_rendered_patch_applies_to_the_text_it_came_from(old: list[str], new: list[str], end: str) -> None:
    assume(old != new and old)
    before = "".join(line + end for line in old)
    reply = begin_patch.render("m.py", before, "".join(line + "\n" for line in new))
    after = apply_reply({"m.py": before}, "I did it.\n\n" + reply).files["m.py"]
    assert after == "".join(line + end for line in new)


@given(lines, lines)
def test_a_missing_final_newline_stays_missing(old: list[str], new: list[str]) -> None:
    assume(old and new and old[-1] and new[-1] and old != new)
    reply = begin_patch.render("m.py", "\n".join(old), "\n".join(new))
    assert apply_reply({"m.py": "\n".join(old)}, reply).files["m.py"] == "\n".join(new)


@given(st.text(max_size=200))
def test_arbitrary_replies_are_applied_or_refused_never_a_crash(reply: str) -> None:
    for head in ("", "*** Begin Patch\n*** Update File: m.py\n", "```\n"):
        try:
            apply_reply({"m.py": "a\nb\n"}, head + reply, focus=Focus("m.py", 0, 2))
        except EditError as error:
            assert str(error).endswith("Nothing was applied.")


def test_context_lines_keep_the_files_own_bytes() -> None:
    text = "first  \r\nsecond\nthird\n4th\r\n5th\r\n"
    body = (" first", "-second", "+2nd", " third", " 4th")
    assert update(text, *body) == "first  \r\n2nd\r\nthird\n4th\r\n5th\r\n"


def test_two_places_with_the_same_text_are_ambiguous_and_named() -> None:
    with pytest.raises(Ambiguous, match="lines 1, 3") as raised:
        update("x\ny\nx\n", "-x", "+z")
    assert raised.value.lines == (1, 3)


@given(lines, st.integers(0, 10))
def test_a_duplicate_turns_a_match_into_ambiguity(others: list[str], at: int) -> None:
    unique = "unique = 1"
    body = [*others[:at], unique, *others[at:]]
    assert "unique = 2" in update("\n".join(body) + "\n", f"-{unique}", "+unique = 2")
    with pytest.raises(Ambiguous):
        update("\n".join([*body, unique]) + "\n", f"-{unique}", "+unique = 2")


TWICE = "def f():\n    x = 1\n\n\ndef g():\n    x = 1\n"


def test_an_anchor_tells_two_places_apart() -> None:
    assert update(TWICE, "@@ def g():", "-    x = 1", "+    x = 2") == TWICE[:-2] + "2\n"
    assert update(TWICE, "@@ def f():", "-    x = 1", "+    x = 2").count("x = 1") == 1


def test_the_selection_tells_two_places_apart() -> None:
    at = TWICE.rindex("    x")
    new = update(TWICE, "-    x = 1", "+    x = 2", focus=Focus("m.py", at, at + 3))
    assert new == TWICE[:-2] + "2\n"


def test_end_of_file_tells_two_places_apart() -> None:
    assert update("x\ny\nx\n", "-x", "+z", "*** End of File") == "x\ny\nz\n"


def test_text_that_is_not_there_names_the_line_that_differs() -> None:
    with pytest.raises(NoMatch, match=r"line 1.*'y'.*'why'.*\(line 2\)"):
        update("x\nwhy\n", " x", "-y", "+z")


def test_trailing_space_is_forgiven_and_said() -> None:
    result = apply_reply({"m.py": "x  \ny\n"}, enveloped("*** Update File: m.py", " x", "-y", "+z"))
    assert result.files["m.py"] == "x  \nz\n"
    assert any("trailing space" in leniency for leniency in result.leniencies)


def test_chunks_may_not_claim_the_same_line() -> None:
    with pytest.raises(Overlap):
        update("x\ny\n", "-x", "+1", " y", "@@", "-x", "+2")


def test_files_are_added_deleted_and_moved_at_once() -> None:
    result = apply_reply(
        {"a.py": "a\n", "b.py": "b\n", "c.py": "c\n"},
        enveloped(
            "*** Add File: pkg/new.py", "+n", "*** Delete File: a.py",
            "*** Update File: b.py", "*** Move to: d.py", "-b", "+d",
        ),
    )  # fmt: skip
    assert dict(result.files) == {"pkg/new.py": "n\n", "a.py": None, "b.py": None, "d.py": "d\n"}
    assert dict(result.moves) == {"b.py": "d.py"}


def test_one_bad_file_refuses_all() -> None:
    files = {"a.py": "a\n", "b.py": "b\n"}
    with pytest.raises(NoMatch, match=r"b\.py, hunk 1.*Nothing was applied"):
        apply_reply(
            files, enveloped("*** Update File: a.py", "-a", "+x", "*** Update File: b.py", "-q", "+x")
        )
    assert files == {"a.py": "a\n", "b.py": "b\n"}


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (enveloped("*** Update File: other.py", "-a", "+b"), FileMissing),
        (enveloped("*** Add File: m.py", "+b"), FileExists),
        (enveloped("*** Update File: ../m.py", "-a", "+b"), PathRejected),
        (enveloped("*** Add File: /etc/cron.d/x", "+b"), PathRejected),
        (enveloped("*** Add File: C:\\x", "+b"), PathRejected),
        (enveloped("*** Add File: nul.txt", "+b"), PathRejected),
        (enveloped("*** Add File: a\0b", "+b"), PathRejected),
        (enveloped("*** Update File: m.py", "-a", "+a"), NoChange),
        (enveloped("*** Update File: m.py"), ParseError),
        (enveloped("*** Update File: m.py", "?a"), ParseError),
        (enveloped(), ParseError),
        ("*** Begin Patch\n*** Update File: m.py\n-a\n+b\n", ParseError),
        (enveloped("*** Delete File: m.py") + "\n" + enveloped("*** Delete File: m.py"), ParseError),
        ("I would not change a thing.", UnknownFormat),
        ("```python\nx = 1\n", ParseError),
        ("```\nx\n```\nor\n```\ny\n```\n", ParseError),
        ("```\nx\n```\n", EditError),
    ],
)
def test_what_cannot_be_applied_is_refused(reply: str, error: type[EditError]) -> None:
    with pytest.raises(error):
        apply_reply({"m.py": "a\n"}, reply)


def test_prose_alone_holds_no_edits() -> None:
    assert not holds_edits("Just `code` and words.")
    assert holds_edits("```py\nx\n```")


@pytest.mark.parametrize(
    ("text", "selected", "block", "expected"),
    [
        ("a\nb\nc\n", "b\n", "B\n", "a\nB\nc\n"),
        ("f(a, b)\n", "a, b", "b, a\n", "f(b, a)\n"),
        ("a\r\nb\r\n", "b\r\n", "B\nC\n", "a\r\nB\r\nC\r\n"),
        ("if x:\n    y()\n", "    y()\n", "z()\n\nw()\n", "if x:\n    z()\n\n    w()\n"),
        ("a\nb", "b", "B\n", "a\nB"),
        ("a\nb\n", "b\n", "", "a\n"),
    ],
)
def test_a_fence_replaces_the_selection(text: str, selected: str, block: str, expected: str) -> None:
    start = text.index(selected)
    focus = Focus("m.py", start, start + len(selected))
    result = apply_reply({"m.py": text}, f"Here:\n```python\n{block}```\nDone.", focus=focus)
    assert result.files["m.py"] == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", "", "x\n"),
        ("\ufeff", "", "\ufeffx\n"),
        ("a\r\n", "", "a\r\nx\r\n"),
        ("", "# a\n", "x\n# a\n"),
        ("a\n", "b\n", "a\nx\nb\n"),
        ("a", "", "ax"),
        ("f(", ")\n", "f(x)\n"),
    ],
)
def test_a_fence_between_lines_is_whole_lines(before: str, after: str, expected: str) -> None:
    focus = Focus("m.py", len(before), len(before))
    assert apply_reply({"m.py": before + after}, "```\nx\n```", focus=focus).files["m.py"] == expected


def test_a_longer_fence_holds_a_shorter_one() -> None:
    result = apply_reply({"m.md": "x\n"}, "````md\n```\ny\n```\n````\n", focus=Focus("m.md", 0, 2))
    assert result.files["m.md"] == "```\ny\n```\n"


@given(lines, lines, st.data())
def test_a_fence_leaves_all_outside_the_selection(
    before: list[str], after: list[str], data: st.DataObject
) -> None:
    head, tail = ("".join(line + "\r\n" for line in part) for part in (before, after))
    body = data.draw(st.lists(st.sampled_from(["x", "  y", ""]), min_size=1, max_size=4))
    text = head + "selected\r\n" + tail
    focus = Focus("m.py", len(head), len(head) + len("selected\r\n"))
    reply = "```\n" + "".join(line + "\n" for line in body) + "```"
    new = apply_reply({"m.py": text}, reply, focus=focus).files["m.py"]
    assert new is not None
    assert new.startswith(head)
    assert new.endswith(tail)
    assert [strip_end(line) for line in split_lines(new[len(head) : len(new) - len(tail)])] == body


@pytest.mark.parametrize(
    "reply",
    [
        enveloped("*** Update File: m.py", "-\ufeffx = 1", "+\ufeffx = 2"),
        enveloped("*** Update File: m.py", "-x = 1", "+x = 2"),
        '{"path": "m.py", "old_string": "\ufeffx = 1", "new_string": "\ufeffx = 2"}',
        "m.py\n```\nx = 2\ny = 1\n```",
        "```\nx = 2\ny = 1\n```",
    ],
)
def test_a_byte_order_mark_is_there_once_before_and_after(reply: str) -> None:
    text = "\ufeffx = 1\ny = 1\n"
    result = apply_reply({"m.py": text}, reply, focus=Focus("m.py", 0, len(text)))
    assert result.files["m.py"] == "\ufeffx = 2\ny = 1\n"
    assert result.leniencies == ()


def test_a_new_lines_end_does_not_swallow_an_empty_line_behind_it() -> None:
    text = "one\rtwo\r\n\nthree\r"
    patch = "*** Begin Patch\n*** Update File: a\n@@\n two\n+new\n \n*** End Patch"
    assert apply_reply({"a": text}, patch).files["a"] == "one\rtwo\r\nnew\r\n\nthree\r"
