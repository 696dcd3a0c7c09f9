from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_lsp.edits import EditError, EditResult, Focus
from codex_lsp.edits.apply import apply_parsed
from codex_lsp.edits.errors import (
    AlreadyApplied,
    Ambiguous,
    FileExists,
    FileMissing,
    NoChange,
    NoMatch,
    Overlap,
    PathRejected,
)
from codex_lsp.edits.intents import (
    AddFile,
    Chunk,
    DeleteFile,
    Intent,
    Parsed,
    RangeEdit,
    ReplaceRanges,
    ReplaceSelection,
    ReplaceText,
    UpdateFile,
    WriteFile,
)


def result_of(
    files: dict[str, str], *intents: Intent, focus: Focus | None = None, end: str = "\n"
) -> EditResult:
    return apply_parsed(files, Parsed(intents, end=end), focus=focus)


def after(text: str, *intents: Intent, focus: Focus | None = None) -> str:
    new = result_of({"m": text}, *intents, focus=focus).files["m"]
    assert new is not None
    return new


def replace(old: str, new: str, **rest: object) -> ReplaceText:
    return ReplaceText("m", old, new, **rest)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "old", "new", "expected"),
    [
        ("f(a, b)\n", "a, b", "b", "f(b)\n"),
        ("a\r\nb\r\nc\r\n", "a\nb", "a\nx\nb", "a\r\nx\r\nb\r\nc\r\n"),
        ("a\nb\n", "a\r\nb", "a\r\nc", "a\nc\n"),
        ("a\r\nb\nc\rd\n", "b\nc\nd", "b\nC\nd", "a\r\nb\nC\nd\n"),
        ("a\r\n\r\nb", "a\n\nb", "a\nb", "a\r\nb"),
        ("one\ntwo", "\ntwo", "", "one"),
        ("before\ngone\nafter", "gone\n", "", "before\nafter"),
        ("\ta()\n\tb()\n", "a()\nb()\n", "a()\nc()\n", "\ta()\n\tc()\n"),
        ("x", "x", "a\nb", "a\nb"),
        ("\ufeffa\nb\n", "a\nb", "a\nc", "\ufeffa\nc\n"),
    ],
)
def test_text_is_replaced_wherever_it_is(text: str, old: str, new: str, expected: str) -> None:
    assert after(text, replace(old, new)) == expected


@pytest.mark.parametrize(("text", "old"), [("aaa", "aa"), ("x = 1\nx = 10\n", "x = 1"), ("a\r\na\n", "a\n")])
def test_text_that_is_there_twice_is_ambiguous(text: str, old: str) -> None:
    with pytest.raises(Ambiguous):
        after(text, replace(old, "b"))


@pytest.mark.parametrize("old", ["\n", "\r\n"])
def test_half_a_line_end_is_never_replaced(old: str) -> None:
    text = "a\r\nb\r\n"
    try:
        assert "\r\r" not in after(text, replace(old, "x"))
        pytest.fail("it stands twice, or not at all")
    except (Ambiguous, NoMatch):
        pass


def test_the_selection_and_the_line_tell_places_apart() -> None:
    text = "x = 1\n" + "y\n" * 20 + "x = 1\n"
    there = text.rindex("x")
    assert after(text, replace("x = 1", "z"), focus=Focus("m", there, there)).endswith("y\nz\n")
    assert after(text, replace("x = 1", "z", line=22)).endswith("y\nz\n")
    with pytest.raises(Ambiguous, match="lines 1, 22"):
        after(text, replace("x = 1", "z", line=12))


def test_every_occurrence_is_replaced_once() -> None:
    each = replace("log(", "self.log(", replace_all=True)
    result = result_of({"m": "log(1)\nself.log(2); log(3)\n"}, each)
    assert result.files["m"] == "self.log(1)\nself.log(2); self.log(3)\n"
    assert any("already" in leniency for leniency in result.leniencies)
    with pytest.raises(AlreadyApplied):
        after("self.log(1)\nself.log(2); self.log(3)\n", each)
    assert after("aaaa", replace("aa", "b", replace_all=True)) == "bb"


def test_text_edits_follow_one_another() -> None:
    assert after("one\n", replace("one", "two"), replace("two", "three")) == "three\n"


@given(st.text("ab\n", min_size=1, max_size=6), st.text("ab\n", max_size=6), st.text("ab\r\n", max_size=8))
def test_text_is_never_replaced_twice(old: str, new: str, around: str) -> None:
    edit = replace(old, new)
    try:
        once = after(around + "|" + old + "|" + around, edit)
    except EditError:
        return
    if len(new) > len(old) and old in new:
        with pytest.raises(EditError):
            after(once, edit)


def test_an_empty_old_text_is_an_empty_files() -> None:
    assert after("", replace("", "new\n")) == "new\n"
    assert result_of({}, replace("", "new\n")).files["m"] == "new\n"
    with pytest.raises(NoMatch, match="old text is empty"):
        after("a\n", replace("", "new\n"))
    with pytest.raises(NoChange):
        after("a\n", replace("b", "b"))


def ranges(*edits: tuple[tuple[int, int], tuple[int, int], str]) -> ReplaceRanges:
    return ReplaceRanges("m", tuple(RangeEdit(*edit) for edit in edits), "utf-16")


def test_ranges_are_counted_in_the_old_text_and_insertions_keep_their_order() -> None:
    edits = ranges(
        ((1, 2), (1, 2), "b"), ((0, 0), (0, 3), "X"), ((1, 2), (1, 2), "c"), ((2, 0), (2, 0), "d\n")
    )
    assert after("😀a\r\n😀\r\n", edits) == "X\r\n😀bc\r\nd\r\n"
    assert after("a", ranges(((1, 0), (1, 0), "\nb"))) == "a\nb"


@pytest.mark.parametrize(
    "edit",
    [((0, 2), (0, 2), "x"), ((9, 0), (9, 0), "x"), ((0, -1), (0, 0), "x"), ((1, 0), (0, 0), "x")],
)
def test_ranges_outside_the_text_are_refused(edit: tuple[tuple[int, int], tuple[int, int], str]) -> None:
    with pytest.raises(NoMatch):
        after("a\nb\n", ranges(edit))


def test_ranges_that_overlap_are_refused() -> None:
    with pytest.raises(Overlap, match="line 1"):
        after("abcdef\n", ranges(((0, 3), (0, 6), "x"), ((0, 3), (0, 3), "y")))
    assert after("abcdef\n", ranges(((0, 3), (0, 3), "y"), ((0, 3), (0, 6), "x"))) == "abcyx\n"


@pytest.mark.parametrize(
    ("text", "new", "expected"),
    [
        ("a\r\nb\r\n", "a\nc\n", "a\r\nc\r\n"),
        ("a\r\nb\nc\r\n", "a\nb\nd\n", "a\r\nb\nd\r\n"),
        ("a\nb", "a\nc\n", "a\nc"),
        ("a\n", "b", "b\n"),
        ("\ufeffa\n", "\ufeffb\n", "\ufeffb\n"),
        ("\ufeffa\n", "b\n", "\ufeffb\n"),
        ("", "b", "b"),
        ("a\n", "", ""),
    ],
)
def test_a_whole_file_keeps_its_line_ends(text: str, new: str, expected: str) -> None:
    assert after(text, WriteFile("m", new)) == expected


LAZY = "import os\n\n\ndef f():\n    one()\n    two()\n\n\ndef g():\n    one()\n    return 2\n"


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (
            "# ... existing code ...\ndef g():\n    one()\n    return 3\n",
            LAZY.replace("return 2", "return 3"),
        ),
        ("import sys\nimport os\n# ...\n", "import sys\n" + LAZY),
        (
            "# ...\ndef f():\n    ...\n    two()\n    three()\n\n\ndef g():\n    # rest unchanged ...\n",
            LAZY.replace("two()\n", "two()\n    three()\n"),
        ),
    ],
)
def test_an_ellipsis_stands_for_what_the_file_has(new: str, expected: str) -> None:
    assert after(LAZY, WriteFile("m", new, lazy=True)) == expected


def test_an_ellipsis_that_could_stand_for_two_things_is_refused() -> None:
    with pytest.raises(Ambiguous, match="ellipsis"):
        after(LAZY, WriteFile("m", "# ...\n    one()\n    # ...\n", lazy=True))
    with pytest.raises(NoMatch, match="beside"):
        after(LAZY, WriteFile("m", "import os\nimport sys\n# ...\n", lazy=True))


def test_an_ellipsis_is_never_written_into_a_file() -> None:
    chunk = Chunk(
        tuple(LAZY.split("\n")[3:6]), ("def f():", "    # ... existing code ...", "    two()", "    x()")
    )
    assert after(LAZY, UpdateFile("m", (chunk,))) == LAZY.replace("two()\n", "two()\n    x()\n")


def test_dots_that_are_the_files_own_stay() -> None:
    text = "def f():\n    ...\n\ndef g():\n    ...\n"
    assert after(text, WriteFile("m", text.replace("g", "h"), lazy=True)) == text.replace("g", "h")


def test_a_lazy_selection_is_filled_from_the_selection() -> None:
    start = LAZY.index("def g")
    intent = ReplaceSelection("def g():\n    # ...\n    return 3\n", lazy=True)
    with pytest.raises(EditError):
        after(LAZY, intent, focus=Focus("m", start, len(LAZY)))
    intent = ReplaceSelection("def g():\n    # ...\n    return 2 + 0\n    return 2\n", lazy=True)
    with pytest.raises(NoMatch, match="beside '    return 2"):
        after(LAZY, intent, focus=Focus("m", start, len(LAZY)))
    intent = ReplaceSelection("def h():\n    pass\n\ndef g():\n    # ...\n", lazy=True)
    assert after(LAZY, intent, focus=Focus("m", start, len(LAZY))).endswith(
        "def h():\n    pass\n\ndef g():\n    one()\n    return 2\n"
    )


def update(path: str | None, old: str = "a", new: str = "b", move_to: str | None = None) -> UpdateFile:
    return UpdateFile(path, (Chunk((old,), (new,)),), move_to)


@pytest.mark.parametrize(
    ("path", "known"),
    [("/src/m.py", "src/m.py"), ("/home/me/proj/src/m.py", "src/m.py"), ("C:\\proj\\src\\m.py", "src/m.py")],
)
def test_an_absolute_path_may_name_a_known_file(path: str, known: str) -> None:
    result = result_of({known: "a\n", "other": "a\n"}, update(path))
    assert dict(result.files) == {known: "b\n"}
    assert any(path in leniency for leniency in result.leniencies)


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("/etc/passwd", PathRejected),
        ("/x/../src/m.py", PathRejected),
        ("/p/src/m.py", PathRejected),
        ("~/src/m.py", PathRejected),
        ("SRC/m.py", PathRejected),
        ("src/cafe\u0301", PathRejected),
        ("nowhere.py", FileMissing),
    ],
)
def test_other_paths_are_refused(path: str, error: type[EditError]) -> None:
    files = {"src/m.py": "a\n", "m.py": "a\n", "src/café": "a\n"}
    with pytest.raises(error):
        result_of(files, update(path))
    with pytest.raises((PathRejected, FileMissing)):
        result_of(files, DeleteFile(path))


@pytest.mark.parametrize("path", ["/src/new.py", "/m.py", "M.PY", "SRC/CAF\u00c9"])
def test_a_new_file_never_goes_to_an_absolute_or_colliding_path(path: str) -> None:
    with pytest.raises((PathRejected, FileExists)):
        result_of({"m.py": "a\n", "src/café": "a\n"}, AddFile(path, "x\n"))


def test_an_edit_without_a_path_means_the_focus_or_the_only_file() -> None:
    assert result_of({"a": "a\n"}, update(None)).files == {"a": "b\n"}
    files = {"a": "a\n", "c": "a\n"}
    assert result_of(files, update(None), focus=Focus("c", 0, 0)).files == {"c": "b\n"}
    with pytest.raises(FileMissing):
        result_of(files, update(None))


def test_one_reply_may_add_change_move_and_delete() -> None:
    result = result_of(
        {"gone": "a\n", "kept": "a\n"},
        AddFile("new", "a\nc\n"),
        update("new"),
        update("new", "c", "d", move_to="dir/moved"),
        DeleteFile("gone"),
        AddFile("gone", "again\n"),
        update("kept"),
        update("kept", "b", "c"),
    )
    assert dict(result.files) == {"dir/moved": "b\nd\n", "gone": "again\n", "kept": "c\n"}


def test_a_file_may_change_the_case_of_its_own_name() -> None:
    assert dict(result_of({"readme": "a\n"}, update("readme", move_to="README")).moves) == {
        "readme": "README"
    }


def test_a_file_that_is_there_already_is_told_from_another_one() -> None:
    with pytest.raises(AlreadyApplied):
        result_of({"a": "x\n"}, AddFile("a", "x\n"))
    with pytest.raises(FileExists):
        result_of({"a": "x\n", "b": "a\n"}, update("b", move_to="a"))


def test_an_empty_file_takes_the_replys_line_ends() -> None:
    intent = UpdateFile("m", (Chunk((), ("a", "b")),))
    assert result_of({"m": ""}, intent, end="\r\n").files["m"] == "a\r\nb\r\n"


small = st.text("a\n\r .\ufeff😀", max_size=8)
places = st.tuples(st.integers(-1, 4), st.integers(-1, 5))
paths = st.none() | st.sampled_from(["m", "/m", "x/m", "new", "../m", "M", "path/to/m"])
chunks = st.builds(Chunk, st.tuples(small), st.tuples(small), line=st.none() | st.integers(-2, 9))
intents = st.one_of(
    st.builds(ReplaceText, paths, small, small, st.booleans(), st.none() | st.integers(-2, 9)),
    st.builds(ReplaceRanges, paths, st.lists(st.builds(RangeEdit, places, places, small)).map(tuple)),
    st.builds(WriteFile, paths, small, st.booleans()),
    st.builds(ReplaceSelection, small, st.booleans()),
    st.builds(AddFile, st.just("new") | st.just("m"), small),
    st.builds(DeleteFile, st.just("new") | st.just("m")),
    st.builds(UpdateFile, paths, st.lists(chunks, max_size=3).map(tuple), paths),
)


@given(small, st.lists(intents, min_size=1, max_size=4), st.none() | st.integers(0, 8))
def test_no_intent_crashes(text: str, given: list[Intent], start: int | None) -> None:
    focus = None if start is None else Focus("m", min(start, len(text)), len(text))
    try:
        result = result_of({"m": text, "n": "a\n"}, *given, focus=focus)
    except EditError as error:
        assert str(error).endswith("Nothing was applied.")
    else:
        assert result.files
