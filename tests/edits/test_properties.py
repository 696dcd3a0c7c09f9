"""What holds for every text and every reply, whatever the format."""

from __future__ import annotations

import difflib
import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from codex_lsp.edits import EditError, Focus, Hunk, apply_hunks, apply_reply, diff, formats, rebase
from codex_lsp.edits.diff import line_hunks
from codex_lsp.edits.errors import Ambiguous
from codex_lsp.edits.text import Encoding, LineIndex, line_end, split_lines, strip_end
from tests.conformance.pairs import figures, is_ok

PATH = "src/a file.txt"


@dataclass(frozen=True)
class Change:
    """A file as it is, and as a model wants it: the model knows nothing of line ends or byte order marks."""

    text: str
    old: tuple[str, ...]
    new: tuple[str, ...]


@st.composite
def changes(draw: st.DrawFn) -> Change:
    """Lines with odd ends, space and characters; some of them replaced, added, or taken away."""
    count = draw(st.integers(2, 9))
    old = [draw(st.sampled_from(LINES)).format(n) for n in range(count)]
    new: list[str] = []
    for line in old:
        kind = draw(st.sampled_from("kkkkrad"))
        new += {"k": [line], "r": [f"{line.rstrip()} new"], "a": [line, f"added {line.strip()}"], "d": []}[
            kind
        ]
    assume(new and new != old)
    ends = draw(st.sampled_from(["\n", "\r\n", "mixed"]))
    parts = [line + (draw(st.sampled_from(["\n", "\r\n"])) if ends == "mixed" else ends) for line in old]
    if draw(st.booleans()):
        parts[-1] = strip_end(parts[-1])
    mark = draw(st.sampled_from(["", "\ufeff"]))
    return Change(mark + "".join(parts), tuple(old), tuple(new))


LINES = (
    "line {0}", "    line {0}", "\tline {0}", "line {0}  ", "“line” {0} – é", "e\u0301 {0} 😀", "x = {0}\f",
    "call(‘{0}’)\u00a0", "中 {0}", "if a[{0}]: {{",
)  # fmt: skip


def begin_patch(change: Change) -> str:
    lines: list[str] = []
    at = 0
    for hunk in line_hunks(change.old, change.new):
        lines += [" " + line for line in change.old[at : hunk.start]]
        lines += ["-" + line for line in change.old[hunk.start : hunk.end]]
        lines += ["+" + line for line in hunk.lines]
        at = hunk.end
    lines += [" " + line for line in change.old[at:]]
    return "\n".join(("*** Begin Patch", f"*** Update File: {PATH}", "@@", *lines, "*** End Patch"))


def search_replace(change: Change) -> str:
    lines = ("<<<<<<< SEARCH", *change.old, "=======", *change.new, ">>>>>>> REPLACE")
    return "\n".join((PATH, "```", *lines, "```", ""))


def unified_diff(change: Change) -> str:
    lines = difflib.unified_diff(change.old, change.new, f"a/{PATH}", f"b/{PATH}", lineterm="")
    return "\n".join(("```diff", *lines, "```", ""))


def tool_edit(change: Change) -> str:
    old, new = "\n".join(change.old), "\n".join(change.new)
    return json.dumps({"path": PATH, "old_string": old, "new_string": new}, ensure_ascii=False)


def whole_file(change: Change) -> str:
    return "\n".join((PATH, "```", *change.new, "```", ""))


RENDERERS: tuple[Callable[[Change], str], ...] = (
    begin_patch, search_replace, unified_diff, tool_edit, whole_file,
)  # fmt: skip
in_every_format = pytest.mark.parametrize("render", RENDERERS, ids=lambda each: each.__name__)


@in_every_format
@given(changes())
def test_what_a_format_says_is_what_comes_out(render: Callable[[Change], str], change: Change) -> None:
    result = apply_reply({PATH: change.text, "other.txt": "x\n"}, render(change), format=render.__name__)
    assert list(result.files) == [PATH]
    after = result.files[PATH] or ""
    assert [strip_end(line) for line in split_lines(after.removeprefix("\ufeff"))] == list(change.new)
    assert apply_hunks(change.text, result.hunks[PATH]) == after


@in_every_format
@given(changes())
def test_what_is_not_changed_keeps_its_bytes(render: Callable[[Change], str], change: Change) -> None:
    after = apply_reply({PATH: change.text}, render(change), format=render.__name__).files[PATH] or ""
    assert after.startswith("\ufeff") is change.text.startswith("\ufeff")
    assert bool(line_end(after)) is bool(line_end(change.text))
    before, now = (split_lines(text.removeprefix("\ufeff")) for text in (change.text, after))
    for old, new in _kept(change):
        # Whether the last line has an end is the file's, whichever line it is.
        if old < len(before) - 1 and new < len(now) - 1:
            assert before[old] == now[new]


def _kept(change: Change) -> list[tuple[int, int]]:
    """The lines that are the same in both, by their numbers in the old text and in the new one."""
    blocks = difflib.SequenceMatcher(None, change.old, change.new, autojunk=False).get_matching_blocks()
    return [(block.a + n, block.b + n) for block in blocks for n in range(block.size)]


@in_every_format
@given(changes())
def test_a_second_application_never_inserts_twice(render: Callable[[Change], str], change: Change) -> None:
    reply = render(change)
    once = apply_reply({PATH: change.text}, reply, format=render.__name__).files[PATH] or ""
    with suppress(EditError):
        apply_reply({PATH: once}, reply, format=render.__name__)
        pytest.fail("the same reply was applied twice")


@pytest.mark.parametrize("context", ["above", "below", "both"])
@pytest.mark.parametrize("kind", ["begin_patch", "search_replace", "unified_diff", "tool_edit"])
@given(st.integers(0, 3), st.sampled_from(["\n", "\r\n"]))
def test_an_inserted_line_is_not_inserted_again(kind: str, context: str, at: int, end: str) -> None:
    lines = ["one", "two", "three", "four", "five"]
    above = [lines[at]] if context != "below" else []
    below = [lines[at + 1]] if context != "above" else []
    reply = _insertion(kind, above, below)
    text = "".join(line + end for line in lines)
    once = apply_reply({PATH: text}, reply, format=kind).files[PATH] or ""
    assert split_lines(once) == [line + end for line in [*lines[: at + 1], "NEW", *lines[at + 1 :]]]
    with suppress(EditError):
        twice = apply_reply({PATH: once}, reply, format=kind).files[PATH] or ""
        assert twice.count("NEW") == 1


def _insertion(kind: str, above: Sequence[str], below: Sequence[str]) -> str:
    old, new = [*above, *below], [*above, "NEW", *below]
    marked = [*(f" {line}" for line in above), "+NEW", *(f" {line}" for line in below)]
    if kind == "begin_patch":
        return "\n".join(("*** Begin Patch", f"*** Update File: {PATH}", "@@", *marked, "*** End Patch"))
    if kind == "unified_diff":
        return "\n".join((f"--- a/{PATH}", f"+++ b/{PATH}", "@@ ... @@", *marked, ""))
    if kind == "search_replace":
        block = ("<<<<<<< SEARCH", *old, "=======", *new, ">>>>>>> REPLACE")
        return "\n".join((PATH, *block, ""))
    return json.dumps({"path": PATH, "old_string": "\n".join(old), "new_string": "\n".join(new)})


@pytest.mark.parametrize("render", [begin_patch, search_replace, tool_edit], ids=lambda each: each.__name__)
@given(changes())
def test_a_duplicate_makes_a_match_ambiguous(render: Callable[[Change], str], change: Change) -> None:
    text = change.text.removeprefix("\ufeff")
    text += "" if line_end(text) else "\n"
    with pytest.raises(Ambiguous) as caught:
        apply_reply({PATH: f"{text}between\n{text}"}, render(change), format=render.__name__)
    assert caught.value.lines == (1, len(change.old) + 2)


texts = st.text(alphabet=st.sampled_from("ab \t\n\r😀é\u0301\f\u2028"), max_size=40)


@given(texts, texts, st.sampled_from(["utf-8", "utf-16", "utf-32"]))
def test_a_diff_applies_by_positions_in_every_encoding(old: str, new: str, encoding: Encoding) -> None:
    index = LineIndex(old)
    sent = [
        (index.position(hunk.start, encoding), index.position(hunk.end, encoding), hunk.text)
        for hunk in diff(old, new)
    ]
    received = [
        Hunk(index.offset(*start, encoding), index.offset(*end, encoding), text) for start, end, text in sent
    ]
    assert apply_hunks(old, received) == new


MARKS = (
    "*** Begin Patch", "*** End Patch", "*** Update File: a.txt", "*** Add File: b.txt", "*** Move to: c.txt",
    "*** Delete File: a.txt", "*** End of File", "@@", "@@ -1,2 +1,2 @@", "--- a/a.txt", "+++ b/a.txt", "```",
    "```diff", "<<<<<<< SEARCH", "=======", ">>>>>>> REPLACE", "------- SEARCH", "+++++++ REPLACE", "a.txt",
    ":start_line:1", "-------", "-one", "+two", " one", "one", "", "...", "// ... existing code ...", "~~~",
    '{"path": "a.txt", "old_string": "one", "new_string": "two"}', '{"old_string": null, "new_string": 1}',
    '[{"range": [0, 0], "newText": ""}]', '{"edits": [{}]}', "<<'EOF'", "EOF", "\ud800", "\0", "---FIND",
)  # fmt: skip
replies = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(MARKS), max_size=12).map("\n".join))


@given(replies, st.sampled_from(["one\ntwo\n", "", "one", "\ufeffone\r\n"]), st.booleans())
def test_no_reply_makes_it_crash(reply: str, text: str, selected: bool) -> None:
    focus = Focus("a.txt", 0, len(text)) if selected else None
    formats.holds_edits(reply)
    for format in ("auto", *formats.names()):
        with suppress(EditError):
            result = apply_reply({"a.txt": text}, reply, format=format, focus=focus)
            assert result.files


@given(changes(), st.integers(0, 8), st.integers(0, 8))
def test_changes_of_different_lines_commute(change: Change, first: int, second: int) -> None:
    base = split_lines(change.text)
    first, second = (number % len(base) for number in (first, second))
    assume(abs(first - second) > 1)
    one, other = (
        "".join("TYPED " + line if number == at else line for number, line in enumerate(base))
        for at in (first, second)
    )
    both = rebase(change.text, one, other)
    assert not both.conflicts
    turned = rebase(change.text, other, one)
    assert (both.text, both.conflicts) == (turned.text, turned.conflicts)
    assert both.text.count("TYPED ") == 2


@given(changes())
def test_nothing_changed_meanwhile_is_no_rebase(change: Change) -> None:
    proposed = "".join(f"{line}\n" for line in change.new)
    assert rebase(change.text, change.text, proposed).text == proposed
    assert rebase(change.text, proposed, change.text).text == proposed


def test_nothing_that_a_person_typed_is_lost() -> None:
    found = figures(3_000, seed=2)
    assert is_ok(found), found


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_nothing_that_a_person_typed_is_lost_in_100_000_pairs() -> None:
    found = figures(100_000, seed=1)
    assert is_ok(found), found
