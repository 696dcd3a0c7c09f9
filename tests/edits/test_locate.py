from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_lsp.edits import EditError, EditResult, Focus
from codex_lsp.edits.apply import apply_parsed
from codex_lsp.edits.errors import AlreadyApplied, Ambiguous, NoChange, NoMatch
from codex_lsp.edits.intents import Chunk, Parsed, UpdateFile


def result_of(text: str, *chunks: Chunk, focus: Focus | None = None) -> EditResult:
    return apply_parsed({"m": text}, Parsed((UpdateFile("m", chunks),)), focus=focus)


def after(text: str, *chunks: Chunk, focus: Focus | None = None) -> str:
    new = result_of(text, *chunks, focus=focus).files["m"]
    assert new is not None
    return new


def swap(old: str, new: str, **place: object) -> Chunk:
    return Chunk(tuple(old.split("\n")), tuple(new.split("\n")), **place)  # type: ignore[arg-type]


BLOCK = "class A:\n    def f(self):\n        if self.on:\n            return self.one\n"


@pytest.mark.parametrize(
    ("text", "chunk", "expected", "leniency"),
    [
        ("a  \nb\n", swap("a\nb", "a\nc"), "a  \nc\n", "trailing space"),
        (
            BLOCK,
            swap("if self.on:\n    return self.one", "if self.on:\n    log()\n    return self.one"),
            BLOCK.replace("            return", "            log()\n            return"),
            "moved to the file's indentation",
        ),
        ("\tif x:\n\t\ty()\n", swap("  if x:\n    y()", "  if x:\n    z()"), "\tif x:\n\t\tz()\n", "moved"),
        ("  if x:\n    y()\n", swap("\tif x:\n\t\ty()", "\tif x:\n\t\tz()"), "  if x:\n    z()\n", "moved"),
        (
            "if x:\n    y()\nelse:\n  z()\n",
            swap("if x:\n  y()\nelse:\n  z()", "if x:\n  y()\nelse:\n  w()"),
            "if x:\n    y()\nelse:\n  w()\n",
            "indentation was ignored",
        ),
        ("say “hi”\nx – y\n", swap('say "hi"\nx - y', 'say "hi"\nx + y'), "say “hi”\nx + y\n", "typographic"),
        ("cafe\u0301\nb\n", swap("café\nb", "café\nc"), "cafe\u0301\nc\n", "typographic"),
        ("f( a,  b )\nc\n", swap("f( a, b )\nc", "f( a, b )\nd"), "f( a,  b )\nd\n", "runs of spaces"),
        ("\tone\n\ttwo\n", swap("\\tone\n\\ttwo", "\\tone\n\\t\\t2"), "\tone\n\t\t2\n", "escapes"),
        ("one\ntwo\n", swap("\none\ntwo\n", "\none\n2\n"), "one\n2\n", "blank lines around"),
        ("one\n\ntwo\nthree\n", swap("one\ntwo\nthree", "one\ntwo\n3"), "one\n\ntwo\n3\n", "blank lines"),
        (
            "begin()\na\nb\nend()\n",
            swap("begin()\n...\nend()", "start()\n...\nend()"),
            "start()\na\nb\nend()\n",
            "ellipses",
        ),
        (
            "def compute_total(items):\n    message = items.total\n    return message\n",
            swap(
                "def compute_total(items):\n    mesage = items.total\n    return message",
                "def compute_total(items):\n    return items.total",
            ),
            "def compute_total(items):\n    return items.total\n",
            "most like it",
        ),
    ],
)
def test_each_level_finds_the_place_and_says_so(
    text: str, chunk: Chunk, expected: str, leniency: str
) -> None:
    result = result_of(text, chunk)
    assert result.files["m"] == expected
    assert any(leniency in each for each in result.leniencies)


@pytest.mark.parametrize(
    ("text", "chunk"),
    [
        ("Value = 1\n", swap("value = 1", "value = 2")),
        ("total = 10\nprint(total, limit)\n", swap("total = 11\nprint(total, limit)", "total = 12")),
        (
            "const a = first(userA);\nsend(userA, now);\n",
            swap("const a = first(userB);\nsend(userB, now);", "x"),
        ),
        ("def read(b):\n    return b.read_all()\n", swap("def read(d):\n    return d.read_all()", "pass")),
        ("ab\n", swap("abc", "d")),
        ("def f():\n    return 1\n", swap("def f():\n    # something else\n", "x")),
        ("a\nb\n", swap("a\n...\nb\n...\nc", "a\n...\nb\n...\nd")),
        ("a\nx\nb\n", swap("a\n...\nb", "c")),
    ],
)
def test_what_is_only_like_it_is_not_taken(text: str, chunk: Chunk) -> None:
    with pytest.raises(NoMatch):
        result_of(text, chunk)


def test_a_fuzzy_place_needs_a_margin_over_the_next_one() -> None:
    block = "def handle_request(message):\n    respond(message.content)\n    finish(message)\n"
    chunk = swap(block.replace("message.content", "mesage.content").rstrip("\n"), "pass")
    assert after(block, chunk) == "pass\n"
    with pytest.raises(NoMatch):
        after(block + "\n" + block.replace("finish(", "finish_("), chunk)


SECTIONS = "def f():\n    a = 1\n    x = 1\n\n\ndef g():\n    b = 1\n    x = 1\n"


@pytest.mark.parametrize("anchor", ["def g():", "  def g():", "def g", "g():"])
def test_an_anchor_names_a_block(anchor: str) -> None:
    chunk = swap("    x = 1", "    x = 2", anchors=(anchor,))
    assert after(SECTIONS, chunk) == SECTIONS[:-2] + "2\n"


def test_stacked_anchors_name_a_block_in_a_block() -> None:
    text = "class A:\n    def f(self):\n        x = 1\n\nclass B:\n    def f(self):\n        x = 1\n"
    for name, count in (("class A:", 0), ("class B:", 1)):
        chunk = swap("        x = 1", "        x = 2", anchors=(name, "def f(self):"), anchors_bind=True)
        new = after(text, chunk)
        assert new.split("class B:")[count].count("x = 2") == 1


def test_two_places_in_the_anchors_block_are_ambiguous() -> None:
    text = "def f():\n    x = 1\n    y = 1\n    x = 1\n"
    with pytest.raises(Ambiguous, match="lines 2, 4"):
        after(text, swap("    x = 1", "    x = 2", anchors=("def f():",)))


def test_an_anchor_elsewhere_refuses_a_lone_line() -> None:
    text = SECTIONS.replace("    b = 1\n    x = 1", "    b = 1")
    with pytest.raises(NoMatch, match="line 3, which is not where the anchor"):
        after(text, swap("    x = 1", "    x = 2", anchors=("def g():",)))


def test_a_missing_anchor_helps_not_unless_it_binds() -> None:
    assert after("a\nb\n", swap("b", "c", anchors=("nowhere",))) == "a\nc\n"
    with pytest.raises(NoMatch, match="anchor 'nowhere' is not in the file"):
        after("a\nb\n", swap("b", "c", anchors=("nowhere",), anchors_bind=True))


TWICE = "x\n" * 1 + "a\n" * 20 + "x\n"


@pytest.mark.parametrize(("line", "at"), [(1, 0), (2, 0), (3, 0), (22, 21), (20, 21)])
def test_a_line_number_near_one_place_tells(line: int, at: int) -> None:
    assert after(TWICE, swap("x", "y", line=line)).split("\n")[at] == "y"


@pytest.mark.parametrize("line", [5, 11, 18, 400])
def test_a_line_number_far_from_all_does_not_tell(line: int) -> None:
    with pytest.raises(Ambiguous):
        after(TWICE, swap("x", "y", line=line))


def test_the_order_of_the_chunks_tells_if_it_leaves_one_choice() -> None:
    text = "x\nonly\nx\n"
    assert after(text, swap("only", "1"), swap("x", "2")) == "x\n1\n2\n"
    assert after(text, swap("x", "2"), swap("only", "1")) == "2\n1\nx\n"
    assert after(text, swap("x", "1"), swap("x", "2")) == "1\nonly\n2\n"
    with pytest.raises(Ambiguous, match=r"hunk 2.*lines 1, 3, 4"):
        after(text + "x\n", swap("only", "1"), swap("x", "2"))


def test_chunks_that_are_unique_may_come_in_any_order() -> None:
    assert after("a\nb\n", swap("b", "2"), swap("a", "1")) == "1\n2\n"


def test_a_chunk_may_change_what_the_one_before_it_made() -> None:
    result = result_of("a\nb\n", swap("a", "one\ntwo"), swap("two", "three"))
    assert result.files["m"] == "one\nthree\nb\n"
    assert any("one before" in each for each in result.leniencies)


def test_other_readings_come_after_the_chunk_itself() -> None:
    chunk = Chunk((" a", "b"), (" a", "c"), readings=(Chunk(("a", "b"), ("a", "d")),))
    assert after(" a\nb\n", chunk) == " a\nc\n"
    assert after("a\nb\n", chunk) == "a\nd\n"


def test_marks_say_which_of_two_like_lines_stays() -> None:
    text = "same\r\nsame\n"
    assert after(text, Chunk(("same", "same"), ("same",), kept=((1, 0),))) == "same\n"
    assert after(text, Chunk(("same", "same"), ("same",), kept=((0, 0),))) == "same\r\n"


def test_a_miss_names_the_best_place_and_the_first_line_that_differs() -> None:
    text = "".join(f"line number {n}\n" for n in range(50))
    with pytest.raises(NoMatch) as raised:
        after(text, swap("line number 20\nline numbr twenty\nline number 22", "x"))
    message = str(raised.value)
    assert "at line 21" in message
    assert "the edit has 'line numbr twenty' where the file has 'line number 21' (line 22)" in message
    assert message.endswith("Nothing was applied.")
    assert raised.value.line == 21
    assert raised.value.score is not None
    assert 0.8 < raised.value.score < 1


def test_a_miss_is_told_within_its_budget() -> None:
    text = "".join(f"    value_{n % 977} = call({n}, other_{n % 13})\n" for n in range(10_000))
    chunk = swap("\n".join(f"    nothing_{n} = of_the_kind({n})" for n in range(30)), "x")
    best = 1.0
    for _ in range(5):
        start = time.perf_counter()
        with pytest.raises(NoMatch):
            after(text, chunk)
        best = min(best, time.perf_counter() - start)
    assert best < 0.24, "four times the budget, for a machine that is busy"


@pytest.mark.parametrize(
    "chunk",
    [
        swap("\n", "x"),
        swap("}", "x"),
        swap("}\n\n}", "x"),
        swap("}", "x", anchors=("}",)),
        swap("}\n}\n}\n}\n}\nz", "x", line=7),
        swap("}\n...\n}\n...\n}", "}\n...\n}\n...\n]"),
    ],
)
def test_hopelessly_repetitive_files_end_soon(chunk: Chunk) -> None:
    text = "}\n\n" * 20_000
    start = time.perf_counter()
    with pytest.raises((Ambiguous, NoMatch)):
        result_of(text, chunk, focus=Focus("m", 10, 60_000))
    assert time.perf_counter() - start < 5


@pytest.mark.parametrize(
    "chunk",
    [
        swap("one", "one\ninserted line"),
        swap("two", "inserted line\ntwo"),
        swap("one\ntwo", "one\ninserted line\ntwo"),
        swap("one\ntwo", "one\n2nd line here"),
        Chunk((), ("appended",)),
        Chunk((), ("appended",), at_end=True),
        Chunk((), ("below the anchor",), anchors=("one",)),
        Chunk((), ("before line 2",), line=2),
        swap("  one", "  one\n  inserted line"),
    ],
)
def test_a_second_application_is_told_and_refused(chunk: Chunk) -> None:
    once = after("zero\none\ntwo\nthree\n", chunk)
    with pytest.raises(NoChange) as raised:
        after(once, chunk)
    assert isinstance(raised.value, AlreadyApplied)


@pytest.mark.parametrize(
    ("chunk", "focus"),
    [
        (swap("    x = 1", "    x = 2", anchors=("def g():",)), None),
        (swap("    x = 1", "    x = 2", line=8), None),
        (swap("    x = 1", "    x = 2", at_end=True), None),
        (swap("    x = 1", "    x = 2"), Focus("m", len(SECTIONS) - 10, len(SECTIONS))),
    ],
)
def test_a_second_application_goes_not_to_the_other_place(chunk: Chunk, focus: Focus | None) -> None:
    once = after(SECTIONS, chunk, focus=focus)
    assert once == SECTIONS[:-2] + "2\n"
    with pytest.raises(EditError):
        after(once, chunk, focus=focus)


names = st.sampled_from(["alpha()", "beta(1)", "if x:", "    return y", "", "}"])


@given(st.lists(names, min_size=1, max_size=30), st.data())
def test_a_duplicate_makes_any_chunk_ambiguous(lines: list[str], data: st.DataObject) -> None:
    unique = ["first unique line", *data.draw(st.lists(names, max_size=3)), "last unique line"]
    at = data.draw(st.integers(0, len(lines)))
    again = data.draw(st.integers(0, len(lines)))
    shift = data.draw(st.sampled_from(["", "  ", "\t"]))
    chunk = Chunk(tuple(shift + line if line else line for line in unique), ("replaced",))
    text = "\n".join([*lines[:at], *unique, *lines[at:]]) + "\n"
    assert "replaced" in after(text, chunk)
    twice = [*lines[:again], *unique, *lines[again:]]
    with pytest.raises(Ambiguous) as raised:
        after("\n".join([*twice, *unique]) + "\n", chunk)
    assert raised.value.lines == (again + 1, len(twice) + 1)


rough = st.text(alphabet='ab .\\t"“#/\t\u00a0e\u0301', max_size=12)


@given(st.lists(rough, max_size=12), st.lists(rough, max_size=5), st.lists(rough, max_size=5), st.data())
def test_no_chunk_crashes_or_touches_what_is_around(
    lines: list[str], old: list[str], new: list[str], data: st.DataObject
) -> None:
    text = "".join(line + data.draw(st.sampled_from(["\n", "\r\n", "\r"])) for line in lines)
    chunk = Chunk(
        tuple(old),
        tuple(new),
        anchors=tuple(data.draw(st.lists(rough, max_size=2))),
        at_end=data.draw(st.booleans()),
        line=data.draw(st.none() | st.integers(-3, 20)),
        anchors_bind=data.draw(st.booleans()),
    )
    try:
        result = result_of("HEAD\r\n\r\n" + text + "\n\rTAIL\n", chunk)
    except EditError as error:
        assert str(error).endswith("Nothing was applied.")
        return
    now = result.files["m"]
    assert now is not None
    assert len(result.hunks["m"]) >= 1
    if chunk.line is None and chunk.old and not chunk.at_end and any(map(str.strip, old)):
        assert now.startswith("HEAD\r\n")
        assert now.endswith("TAIL\n")
