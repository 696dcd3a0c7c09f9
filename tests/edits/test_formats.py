from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from codex_lsp.edits import formats
from codex_lsp.edits.errors import ParseError, UnknownFormat
from codex_lsp.edits.formats import whole_file
from codex_lsp.edits.intents import (
    AddFile,
    Chunk,
    DeleteFile,
    Intent,
    RangeEdit,
    ReplaceRanges,
    ReplaceSelection,
    ReplaceText,
    UpdateFile,
    WriteFile,
)

# Lines that some format takes for a marker, with and without what makes them text.
MARKERS = [
    "*** Begin Patch", "*** End Patch", "*** Update File: a.py", "*** Add File: a.py", "*** Delete File: a",
    "*** Move to: b.py", "*** End of File", "@@", "@@ x", "@@ -1,2 +1,2 @@", "@@ ... @@", "-x", "+x", " x",
    "<<<<<<< SEARCH", "------- SEARCH", "=======", ">>>>>>> REPLACE", "+++++++ REPLACE", "<<< SEARCH", "",
    ":start_line:3", ":end_line:3", "\\=======", "\\\\=======", "\\:start_line:3", "---FIND", "-------",
    "---REPLACE", "---FILEPATH a.py", "---COMPLETE", "--- a/a.py", "+++ b/a.py", "-- x", "++ y", "+++ y",
    "diff --git a/a b/a", "index 1234567..89abcde", "rename from a", "rename to b", "new file mode 100644",
    "\\ No newline at end of file", "-- ", "```", "```py", "```diff", "~~~", "````", "a.py", "`a.py`:", "...",
    "# ... existing code ...", "apply_patch <<'EOF'", "cd d && apply_patch <<EOF", "EOF", '["bash", "-lc", ',
    '{"path": "a", "edits": [{"old_string": "a", "new_string": "b"}]}', '{"range": [0, 0, 0, 1]}', "====== ",
    "<tool_call>", "</tool_call>", "<source>", "--- /dev/null", "1 | x", "\tx", "\x0c", "\u2028", "é😀",
]  # fmt: skip
lines = st.sampled_from(MARKERS) | st.text(
    st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=12
)
line_lists = st.lists(lines, max_size=6).map(tuple)
texts = line_lists.map(lambda each: "".join(line + "\n" for line in each))
paths = st.from_regex(r"\A[a-z]{1,4}(/[a-z]{1,4}){0,2}\.[a-z]{1,3}\Z")
headings = st.sampled_from(["def f():", "class A:", "x", "## Title", "é"])


def chunks(
    *, anchored: bool = False, ended: bool = False, old: int = 0, lined: bool = False
) -> st.SearchStrategy[Chunk]:
    def chunk(
        before: tuple[str, ...], after: tuple[str, ...], anchors: list[str], flag: bool, line: int
    ) -> Chunk:
        bind = bool(anchors) and (len(anchors) > 1 or flag)
        return Chunk(
            before,
            after,
            tuple(anchors),
            flag and ended,
            line if lined else None,
            anchors_bind=bind and anchored,
        )

    sizes = st.lists(headings, max_size=3 if anchored else 1 if lined else 0)
    olds = st.lists(lines, min_size=old, max_size=6).map(tuple)
    built = st.builds(chunk, olds, line_lists, sizes, st.booleans(), st.integers(1, 10**6))
    return built.filter(lambda each: each.old != each.new)


def updates(chunk: st.SearchStrategy[Chunk], most: int = 3) -> st.SearchStrategy[Intent]:
    several = st.lists(chunk, min_size=1, max_size=most).map(tuple)
    return st.builds(UpdateFile, paths, several)


@st.composite
def ranges(draw: st.DrawFn) -> ReplaceRanges:
    span = st.tuples(st.integers(0, 9), st.integers(0, 9))
    ends = draw(st.lists(st.tuples(span, span, texts), min_size=1, max_size=3))
    edits = tuple(RangeEdit(min(one, other), max(one, other), text) for one, other, text in ends)
    return ReplaceRanges(draw(paths), edits, "utf-16")


def written(text: str, path: str) -> WriteFile:
    return WriteFile(path, text, lazy=whole_file.is_lazy(text))


moves = st.builds(UpdateFile, paths, st.just(()), paths)
eager = texts.filter(lambda text: not whole_file.is_lazy(text))
tool_calls: st.SearchStrategy[Intent] = (
    st.builds(ReplaceText, paths, texts, texts, st.booleans())
    | st.builds(AddFile, paths, texts)
    | st.builds(WriteFile, paths, eager)
)
one_file_ranges: st.SearchStrategy[Intent] = ranges()
SAYABLE: dict[str, st.SearchStrategy[list[Intent]]] = {
    "begin_patch": st.lists(
        st.builds(AddFile, paths, texts)
        | st.builds(DeleteFile, paths)
        | updates(chunks(anchored=True, ended=True))
        | moves,
        min_size=1,
        max_size=3,
    ),
    "tool_edit": st.lists(tool_calls, min_size=1, max_size=3)
    | st.lists(one_file_ranges, min_size=1, max_size=1),
    "search_replace": st.lists(
        updates(chunks(old=1), 1) | st.builds(ReplaceText, paths, st.just(""), texts), min_size=1, max_size=3
    ),
    "unified_diff": st.lists(
        updates(chunks(old=1, lined=True)) | st.builds(AddFile, paths, texts.filter(bool)),
        min_size=1,
        max_size=3,
    ),
    "whole_file": st.lists(st.builds(written, texts, paths), min_size=1, max_size=3),
    "fence": texts.map(lambda text: [ReplaceSelection(text, lazy=whole_file.is_lazy(text))]),
}


def test_every_format_is_rendered_below() -> None:
    assert list(SAYABLE) == formats.names()


@pytest.mark.parametrize("name", list(SAYABLE))
@given(data=st.data())
def test_what_a_format_renders_it_parses(name: str, data: st.DataObject) -> None:
    intents = data.draw(SAYABLE[name])
    try:
        reply = formats.render(intents, name)
    except ValueError:
        # Line numbers before all lines of a SEARCH are read as such: the one thing that cannot be escaped.
        assume(False)
    assert list(formats.parse(reply, name).intents) == intents
    if name not in ("whole_file", "fence"):
        assert (
            list(formats.parse("I did it.\n\n" + reply if name != "tool_edit" else reply).intents) == intents
        )


replies = st.lists(lines | st.text(max_size=30), max_size=14).map("\n".join)


@pytest.mark.parametrize("name", ["auto", *SAYABLE])
@given(replies)
def test_arbitrary_text_is_parsed_or_refused(name: str, reply: str) -> None:
    try:
        parsed = formats.parse(reply, name)
    except (ParseError, UnknownFormat) as error:
        assert str(error).endswith("Nothing was applied.")
    else:
        assert parsed.intents
        assert len(set(parsed.leniencies)) == len(parsed.leniencies)
        assert name != "auto" or formats.holds_edits(reply)


BLOCK = "a.py\n<<<<<<< SEARCH\nx\n=======\ny\n>>>>>>> REPLACE\n"
PATCH = "*** Begin Patch\n*** Update File: a.py\n-x\n+y\n*** End Patch\n"
DIFF = "--- a/a.py\n+++ b/a.py\n@@ -1 +1 @@\n-x\n+y\n"
CALL = '{"path": "a.py", "old_string": "x", "new_string": "y"}'
HEAD = ("<<<<<<< SEARCH",)
CONFIG, PAIR = '{"name": "x", "input": {"content": "y"}}\n', '{"old": 1, "new": 2, "edits": []}\n'


@pytest.mark.parametrize(
    ("reply", "intent"),
    [
        (PATCH, UpdateFile("a.py", (Chunk(("x",), ("y",)),))),
        (f"Done:\n\n```diff\n{PATCH}```\nBye.", UpdateFile("a.py", (Chunk(("x",), ("y",)),))),
        (f"Done:\n\n```python\n{BLOCK}```\nBye.", UpdateFile("a.py", (Chunk(("x",), ("y",)),))),
        (f"Like so:\n```diff\n{DIFF}```\n", UpdateFile("a.py", (Chunk(("x",), ("y",), line=1),))),
        (f"Like so:\n\n{DIFF}\nThat is all.\n", UpdateFile("a.py", (Chunk(("x",), ("y",), line=1),))),
        (CALL, ReplaceText("a.py", "x", "y")),
        (f"Now:\n```json\n{CALL}\n```", ReplaceText("a.py", "x", "y")),
        (f"Now:\n<tool_call>\n{CALL}\n</tool_call>", ReplaceText("a.py", "x", "y")),
        ("Now:\n\na.py\n```python\ny\n```\n", WriteFile("a.py", "y\n")),
        ("```python\ny\n```\n", ReplaceSelection("y\n")),
        # JSON that is the selection's new text, not a call.
        (f"```json\n{CONFIG}```", ReplaceSelection(CONFIG)),
        (f"```json\n{PAIR}```", ReplaceSelection(PAIR)),
        # One format's marker in another's text: the first one counts.
        (CALL.replace('"y"', '"*** Begin Patch"'), ReplaceText("a.py", "x", "*** Begin Patch")),
        (PATCH.replace("-x", " <<<<<<< SEARCH"), UpdateFile("a.py", (Chunk(HEAD, (*HEAD, "y")),))),
        (BLOCK.replace("x", "*** Begin Patch"), UpdateFile("a.py", (Chunk(("*** Begin Patch",), ("y",)),))),
    ],
)
def test_the_format_is_found(reply: str, intent: Intent) -> None:
    assert formats.holds_edits(reply)
    assert formats.parse(reply).intents == (intent,)


@pytest.mark.parametrize(
    "reply", ["", "Yes.", "Use `x = 1` --- or *** not.", "a - b\n=======\nText\n", "[1, 2]"]
)
def test_an_answer_holds_no_edits(reply: str) -> None:
    assert not formats.holds_edits(reply)
    with pytest.raises(UnknownFormat):
        formats.parse(reply)


def test_an_unknown_format_names_the_known() -> None:
    for use in (lambda: formats.parse("x", "yaml"), lambda: formats.render([], "yaml")):
        with pytest.raises(UnknownFormat, match=r"'yaml'.*begin_patch"):
            use()


def test_the_replys_line_end_is_told() -> None:
    assert formats.parse(PATCH.replace("\n", "\r\n")).end == "\r\n"
    assert formats.parse(PATCH).end == "\n"


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "reply",
    [
        "<tool_call>" * 20_000,
        "--- a" + " " * 50_000 + "x\n+++ b\n@@ -1 +1 @@\n-a\n+b\n",
        "`a/" * 100_000 + "\n```\nx\n```\n",
        "``` " + "title= " * 50_000 + "\nx\n```\n",
        "cd " + "a" * 200_000 + " <<EOF\n*** Begin Patch\n",
        "# " + " ." * 50_000 + " existing\n```\nx\n```\n",
        "--- a\n+++ a\n@@ -1 +1 @@\n" + "+x\n\n" * 20_000,
    ],
    ids=range(7),
)
def test_a_hostile_reply_is_parsed_in_linear_time(reply: str) -> None:
    for name in ("auto", *SAYABLE):
        with suppress(ParseError, UnknownFormat):
            formats.parse(reply, name)
