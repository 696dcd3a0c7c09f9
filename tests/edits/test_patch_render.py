"""One patch for many files: what is rendered is what comes out when it is applied."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codex_lsp.edits import apply_reply
from codex_lsp.edits.formats.begin_patch import render_files
from codex_lsp.edits.text import line_end, split_lines


@dataclass(frozen=True)
class Change:
    path: str
    base: str | None
    proposed: str | None
    move_to: str | None = None


LINE = st.text(st.sampled_from("ab +-@*\t{é\u2028"), max_size=6)
MARKS = ("*** End Patch", "*** Update File: x", "@@", "+", "-", "```", "*** End of File")


@st.composite
def texts(draw: st.DrawFn, end: str = "\n") -> str:
    lines = draw(st.lists(st.one_of(LINE, st.sampled_from(MARKS)), max_size=12))
    text = "".join(line + end for line in lines)
    return text.removesuffix(end) if draw(st.booleans()) else text


@st.composite
def changes(draw: st.DrawFn) -> list[Change]:
    found = []
    for number in range(draw(st.integers(1, 4))):
        path = f"dir {number}/file{number}.py"
        kind = draw(st.sampled_from(["change", "create", "delete", "move"]))
        end = draw(st.sampled_from(["\n", "\r\n"]))
        base, new = draw(texts(end)), draw(texts(end))
        if kind == "create":
            found.append(Change(path, None, "".join(line + "\n" for line in new.splitlines())))
        elif kind == "delete":
            found.append(Change(path, base, None))
        else:
            found.append(Change(path, base, new, f"to/{path}" if kind == "move" else None))
    return found


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(changes())
def test_a_patch_of_many_files_survives_being_applied(wanted: list[Change]) -> None:
    before = {each.path: each.base for each in wanted if each.base is not None}
    patch = render_files(wanted)
    told = [each for each in wanted if each.move_to or lines_of(each.base) != lines_of(each.proposed)]
    if not told:
        assert patch == ""
        return
    result = apply_reply(before, f"What was done.\n\n{patch}")
    after = before | dict(result.files)
    for each in told:
        if each.move_to:
            assert result.moves[each.path] == each.move_to
        found, meant = lines_of(after.get(each.move_to or each.path)), lines_of(each.proposed)
        if each.base and not line_end(each.base) and meant and not meant[-1]:
            # The last line keeps having no end, and an empty line without one is none.
            meant.pop()
        assert found == meant, patch


def lines_of(text: str | None) -> list[str] | None:
    """The lines without their ends, which a patch does not tell; None for a file that is not there."""
    return None if text is None else [line.removesuffix(line_end(line)) for line in split_lines(text)]


def test_what_comes_to_nothing_is_no_patch() -> None:
    assert render_files([Change("a", "x\n", "x\n"), Change("b", None, None)]) == ""


def test_no_final_end_stays_none() -> None:
    patch = render_files([Change("a", "x\ny", "x\nz"), Change("b", "1", None), Change("c", None, "new\n")])
    result = apply_reply({"a": "x\ny", "b": "1"}, patch)
    assert dict(result.files) == {"a": "x\nz", "b": None, "c": "new\n"}


def test_a_file_that_moves_unchanged() -> None:
    result = apply_reply({"a": "x\n"}, render_files([Change("a", "x\n", "x\n", "b/c")]))
    assert dict(result.moves) == {"a": "b/c"}
    assert dict(result.files) == {"a": None, "b/c": "x\n"}
