from __future__ import annotations

import argparse
import ast
import inspect
import json
import random
import textwrap
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_lsp.edits.diff import diff_lines
from codex_lsp.syntax.blocks import MOST, Change, outcome, still_parses

OLD = '''\
"""What it is."""

import os; import sys

# about A
@decorated(
    by="this")
class A(
    Base):
    """Words.
More words at the margin.
    """

    x = 1

    @property
    def one(self): return 1

    def two(self, a,
            b):
        # nothing
        if a:
            return b
        elif b:
            pass
        return """
    def not_this(self):
"""

    def last(self):
        return 3

def after(x): # on one line
\tif x:
\t\treturn 1
\treturn \\
    2
z = 1; y = \\
  2
class Tight: a = 1
'''


def changes(old: str, new: str) -> list[Change]:
    return [Change(hunk.start, hunk.end, hunk.text) for hunk in diff_lines(old, new)]


def proven(old: str, new: str) -> bool:
    problem, blocks = outcome(old)
    assert not problem
    return still_parses(blocks, new, changes(old, new))


def parses(text: str) -> bool:
    return not outcome(text)[0]


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("        return 3\n", "        return 4\n"),
        ("        return 3\n", "        return 4\n\n    def more(self):\n        return 5\n"),
        ("    x = 1\n", "    x = 2\n    y: int = 3\n"),
        ("        if a:\n            return b\n", "        if not a:\n            return a\n"),
        ("\treturn \\\n    2\n", "\treturn 3\n"),
        ("import os; import sys\n", "import sys\n"),
        ("class Tight: a = 1\n", "class Tight:\n    a = 1\n    b = 2\n"),
        ("class Tight: a = 1\n", ""),
        ("    @property\n", ""),
        ('"""What it is."""\n', '"""What it was."""\nfrom __future__ import annotations\n'),
        ("# about A\n", "# about B\n"),
    ],
)
def test_what_parses_is_proven_by_its_changed_statements(was: str, becomes: str) -> None:
    new = OLD.replace(was, becomes)
    assert new != OLD
    assert parses(new)
    assert proven(OLD, new)


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("        return 3\n", "        return (\n"),
        ("        return 3\n", "    return 3\n"),
        ("        return 3\n", ""),
        ("        return 3\n", "        # nothing\n"),
        (
            "    def last(self):\n        return 3\n",
            "    def last(self):\n        return 3\nelse:\n    pass\n",
        ),
        ("    x = 1\n", "  x = 1\n"),
        ("    x = 1\n", "        x = 1\n"),
        ("    x = 1\n", "    x = '''\n"),
        ("z = 1; y = \\\n  2\n", "z = 1 \\\n"),
        ("z = 1; y = \\\n  2\n", "@decorated\nz = 1\n"),
        ("\treturn \\\n    2\n", "        return 2\n"),
        ("    @property\n", "    @\n"),
        ("class Tight: a = 1\n", "class Tight:\n"),
        ("z = 1; y", "  z = 1; y"),
        ("    x = 1\n", "    x = 1\nelse:\n    pass\n"),
    ],
)
def test_what_does_not_parse_is_never_proven(was: str, becomes: str) -> None:
    new = OLD.replace(was, becomes)
    assert new != OLD
    assert not parses(new)
    assert not proven(OLD, new)


def test_changes_far_apart_and_one_behind_the_other() -> None:
    new = (
        OLD.replace("x = 1\n", "x = 2\n")
        .replace("return 3", "return 4")
        .replace("return 1\n\treturn", "pass\n\treturn")
    )
    new = new.replace('"""What it is."""\n', "") + "last = 1\n"
    assert parses(new)
    assert proven(OLD, new)
    assert not proven(OLD, new.replace("last = 1", "last = "))


def test_an_import_that_changes_the_grammar_is_not_trusted() -> None:
    old = "x = 1\ny = a != b\n"
    assert not proven(old, "from __future__ import barry_as_FLUFL\n" + old)


def test_much_is_left_to_another_process() -> None:
    assert not proven("x = 1\n", "x = 1\n" * (MOST // 6 + 9))


def test_statements_come_from_another_process_as_json() -> None:
    _, blocks = outcome(OLD)
    new = OLD.replace("return 3", "return 4")
    assert still_parses(json.loads(json.dumps(blocks)), new, changes(OLD, new))


LINES = [
    *OLD.splitlines(keepends=True),
    *(
        "\n",
        "else:\n",
        "    else:\n",
        "    pass\n",
        "\t@a\n",
        '"""\n',
        "(\n",
        ")\n",
        "\\\n",
        "# no\r",
        "x = 1\r\n",
    ),
    *("    async def f(self):\n", "        await g()\n", "\f\n", "\x0cx = 1\n", "case = 1\n", "match x:\n"),
    *(
        "    case 1:\n",
        "        pass\n",
        "try:\n",
        "    finally:\n",
        "\tpass\n",
        "        \tpass\n",
        "if 1: pass\n",
    ),
]


@given(st.data())
def test_nothing_is_proven_that_does_not_parse(data: st.DataObject) -> None:
    lines = OLD.splitlines(keepends=True)
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(lines)))
        end = data.draw(st.integers(start, min(len(lines), start + 4)))
        lines[start:end] = data.draw(st.lists(st.sampled_from(LINES), max_size=4))
    new = "".join(lines)
    if proven(OLD, new):
        assert parses(new), new


SOURCES = [inspect.getsource(module) for module in (argparse, textwrap, ast, random)]


@pytest.mark.slow
@pytest.mark.parametrize("source", SOURCES, ids=["argparse", "textwrap", "ast", "random"])
def test_real_files_with_lines_moved_about(source: str) -> None:
    chance = random.Random(7)
    problem, blocks = outcome(source)
    lines = source.splitlines(keepends=True)
    found = 0
    for _ in range(60):
        new = list(lines)
        for _ in range(chance.randint(1, 2)):
            start = chance.randrange(len(new))
            end = start + chance.randint(0, 3)
            moved = chance.randrange(len(lines))
            new[start:end] = lines[moved : moved + chance.randint(0, 3)]
        text = "".join(new)
        if still_parses(blocks, text, changes(source, text)):
            found += 1
            assert parses(text)
    assert not problem
    assert found > 5


def test_a_long_file_costs_what_its_changed_statement_costs() -> None:
    source = inspect.getsource(argparse)
    new = source.replace("return self._get_positional_kwargs", "return not self._get_positional_kwargs")
    _, blocks = outcome(source)
    changed = changes(source, new)

    def cost(check: object, times: int) -> float:
        assert callable(check)
        began = time.process_time()
        for _ in range(times):
            check()
        return (time.process_time() - began) / times

    assert still_parses(blocks, new, changed)
    whole = cost(lambda: ast.parse(new), 3)
    part = cost(lambda: still_parses(blocks, new, changed), 30)
    assert part < whole / 5
