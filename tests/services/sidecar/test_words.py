from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from codex_lsp.edits.formats.begin_patch import first
from codex_lsp.services.sidecar.words import Words

PIECES = st.lists(
    st.text(alphabet="* \n\rBeginPatchEd", max_size=12) | st.just("*** Begin Patch\n"), max_size=12
)


def said(pieces: list[str]) -> str:
    words = Words()
    return "".join([*(words.add(piece) for piece in pieces), words.end()])


@given(PIECES)
@example(["*", "**", " Begin", " Patch"])
@example(["a\r", "*** Begin Patch\r", "*** End Patch"])
def test_no_line_begins_a_patch_and_no_letter_is_lost(pieces: list[str]) -> None:
    out = said(pieces)
    assert first(out) is None
    assert out.replace("> ", "") == "".join(pieces).replace("> ", "")


def test_text_without_stars_is_said_at_once() -> None:
    words = Words()
    assert [words.add(piece) for piece in ("Hel", "lo\n", "you")] == ["Hel", "lo\n", "you"]
    assert words.said


def test_stars_are_held_back_only_while_they_may_begin_a_line_of_a_patch() -> None:
    words = Words()
    assert [words.add(piece) for piece in ("*", "*bold**", "\n", " **", "*", " x")] == [
        "", "**bold**", "\n", "", ">  ***", " x",
    ]  # fmt: skip
