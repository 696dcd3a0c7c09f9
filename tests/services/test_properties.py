"""What must hold for every text: nothing outside the selection changes, and what parsed still parses."""

from __future__ import annotations

import ast
import warnings

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codex_lsp.edits.text import line_end, split_lines
from codex_lsp.services.offline.ruff import Ruff
from tests.services.asking import keeps_outside, work

STATEMENTS = st.sampled_from(
    [
        "import os",
        "import json, re",
        "from typing import List, Optional",
        "x = '😀é %s' % y",
        "x = [1,2 ,3]   ",
        'z = f"none"',
        "if not x in y: pass",
        "def f(a, *, b=1): return a",
        "def g(path: str) -> List[int]:\n    if not path:\n        raise ValueError(path)\n    return  []",
        "class A(object):\n    def m(self, x):\n        yield x",
        "class B: pass",
        "d = dict( a = 1 )",
        "s = '''one\n  two   \n\tthree'''",
        "for i in y:\n\tprint( i )",
        "# a comment   ",
        "",
        "\f",
        "y = lambda: None; w = 1",
        "try:\n    import os\nexcept ImportError:\n    os = None",
        "t = '\u2028\x85'",
        "def broken(:",
    ]
)
WISHES = st.sampled_from(["fix", "modernise", "format", "fix, simplify and format"])
FORMS = st.tuples(st.sampled_from(["\n", "\r\n", "\r"]), st.booleans(), st.booleans())
SETTINGS = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def shape(statements: list[str], form: tuple[str, bool, bool]) -> str:
    end, mark, final = form
    text = "\n".join(statements) + ("\n" if final else "")
    return ("\ufeff" if mark else "") + text.replace("\n", end)


def parses(text: str) -> bool:
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            ast.parse(plain)
        except SyntaxError:
            return False
    return True


@given(st.lists(STATEMENTS, min_size=1, max_size=8), FORMS, WISHES, st.data())
@SETTINGS
def test_outside_the_selection_every_byte_stays(
    ruff: Ruff, statements: list[str], form: tuple[str, bool, bool], wish: str, data: st.DataObject
) -> None:
    text = shape(statements, form)
    count = max(1, len(split_lines(text)))
    first = data.draw(st.integers(0, count - 1))
    last = data.draw(st.integers(first, count - 1))
    done = work(ruff, text, wish, first, last)
    assert keeps_outside(text, done.text, first, last)
    assert parses(done.text) or not parses(text)
    assert_form(text, done.text)


@given(st.lists(STATEMENTS, min_size=1, max_size=8), FORMS)
@SETTINGS
def test_everything_at_once_on_a_whole_file_keeps_its_form(
    ruff: Ruff, statements: list[str], form: tuple[str, bool, bool]
) -> None:
    text = shape(statements, form)
    done = work(ruff, text, "clean up the imports, fix, modernise, add docstrings, format")
    assert parses(done.text) or not parses(text)
    assert_form(text, done.text)


def assert_form(before: str, after: str) -> None:
    """Mark, line ends and the final line end are as they were."""
    if after:
        assert after.startswith("\ufeff") == before.startswith("\ufeff")
    # Of a file whose only line is gone, the mark stays, and nothing that could end.
    if after.removeprefix("\ufeff"):
        assert bool(line_end(after)) == bool(line_end(before))
    if kinds := ends(before):
        assert ends(after) <= kinds


def ends(text: str) -> set[str]:
    return {end for line in split_lines(text) if (end := line_end(line))}
