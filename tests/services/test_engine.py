"""Each intent on small texts, taken through the patch that a person's editor would apply."""

from __future__ import annotations

import ast

import pytest

from codex_lsp.services.offline.engine import MAX_CHARACTERS
from codex_lsp.services.offline.ruff import Ruff
from codex_lsp.services.requests import Diagnostic
from tests.services.asking import keeps_outside, work

MESSY = """\
import sys
import os
import json, re


def one(a):
    if not a in sys.path:
        return f"none"
    return   a


def two(b):
    if not b in sys.path:
        return re.compile("x") == None
    return   b
"""


def test_fix_stays_in_the_selection(ruff: Ruff) -> None:
    done = work(ruff, MESSY, "fix", 5, 8)
    assert done.text == MESSY.replace("not a in", "a not in").replace('f"none"', '"none"')
    assert "2 safe fixes by ruff (E713, F541)" in done.summary


def test_fix_by_diagnostics_takes_what_they_name_and_nothing_else(ruff: Ruff) -> None:
    report = Diagnostic(6, 6, "Test for membership should be `not in`", "E713", "Ruff")
    done = work(ruff, MESSY, "Fix the problems listed.", 5, 8, diagnostics=[report])
    assert done.text == MESSY.replace("not a in", "a not in")


@pytest.mark.parametrize(
    "report",
    [
        Diagnostic(1, 1, "`os` imported but unused", "F401", "Ruff"),
        Diagnostic(1, 1, "'os' imported but unused", "", "pyflakes"),
        Diagnostic(1, 1, 'Import "os" is not accessed', "reportUnusedImport", "Pyright"),
        Diagnostic(1, 1, "Unused import os", "W0611", "pylint"),
        Diagnostic(1, 1, "Unused import os", "unused-import", "pylint"),
        Diagnostic(1, 1, "whatever", "", "mystery"),
    ],
)
def test_other_tools_names_for_an_unused_import(ruff: Ruff, report: Diagnostic) -> None:
    done = work(ruff, MESSY, "fix this", 10, 10, diagnostics=[report])
    assert done.text == MESSY.replace("import os\n", "")


def test_a_diagnostic_reaches_the_statement_around_it(ruff: Ruff) -> None:
    text = "from os import (\n    path,\n    sep,\n)\n\nprint(sep)\n"
    report = Diagnostic(1, 1, "unused", "F401", "Ruff")
    assert (
        work(ruff, text, "fix", 1, 1, diagnostics=[report]).text
        == "from os import (\n    sep,\n)\n\nprint(sep)\n"
    )


def test_a_diagnostic_without_a_fix_falls_back_to_the_selection_and_says_so(ruff: Ruff) -> None:
    report = Diagnostic(5, 5, "Missing return type", "no-untyped-def", "mypy")
    done = work(ruff, MESSY, "fix", 5, 8, diagnostics=[report])
    assert "no safe fix for what was reported" in done.summary
    assert done.text == MESSY.replace("not a in", "a not in").replace('f"none"', '"none"')


def test_a_missing_docstring_is_written(ruff: Ruff) -> None:
    report = Diagnostic(5, 5, "Missing docstring in public function", "D103", "Ruff")
    done = work(ruff, MESSY, "fix", 5, 5, diagnostics=[report])
    assert ast.get_docstring(_function(done.text, "one"))
    assert not ast.get_docstring(_function(done.text, "two"))


def test_what_a_rule_calls_unsafe_is_left_alone(ruff: Ruff) -> None:
    assert work(ruff, "def f(x):\n    y = 1\n    return x == None\n", "fix").changed is False


def test_two_fixes_that_would_empty_a_block_together_come_one_after_the_other(ruff: Ruff) -> None:
    done = work(ruff, "if True:\n    import a\n    import b\n", "fix")
    assert done.text == "if True:\n    pass\n"


def test_sort_imports_takes_the_block_under_the_cursor(ruff: Ruff) -> None:
    done = work(ruff, MESSY, "sort the imports", 1, 1)
    assert done.text == "import json\nimport os\nimport re\nimport sys\n" + MESSY[MESSY.index("\n\ndef") :]
    assert "as a whole" in done.summary


def test_sort_imports_takes_the_files_and_says_so_if_none_are_selected(ruff: Ruff) -> None:
    done = work(ruff, MESSY, "sort the imports", 5, 6)
    assert done.text.startswith("import json\nimport os\n")
    assert "The selection holds no imports" in done.summary


def test_clean_up_imports_drops_unused_ones_and_nothing_else(ruff: Ruff) -> None:
    done = work(ruff, MESSY, "clean up the imports", 0, 2)
    assert done.text == "import re\nimport sys\n" + MESSY[MESSY.index("\n\ndef") :]


def test_the_projects_own_package_is_sorted_last(ruff: Ruff) -> None:
    text = "import zlib\nimport attr\nfrom pkg import b\n\nprint(zlib, attr, b)\n"
    done = work(ruff, text, "sort imports", path="src/pkg/a.py")
    assert done.text == "import zlib\n\nimport attr\n\nfrom pkg import b\n\nprint(zlib, attr, b)\n"


def test_no_imports_at_all(ruff: Ruff) -> None:
    done = work(ruff, "x = 1\n", "sort imports")
    assert not done.changed
    assert "no imports in this file" in done.summary


def test_modernise(ruff: Ruff) -> None:
    text = (
        "from typing import Optional\n\n\nclass A(object):\n    x: Optional[int] = None\n\n\n"
        "A = 'é😀 {}'.format(1)\n"
    )
    done = work(ruff, text, "modernise", 3, 7)
    assert done.text == text.replace("(object)", "").replace("Optional[int]", "int | None").replace(
        "'é😀 {}'.format(1)", "f'é😀 {1}'"
    )


def test_format_only_the_selection(ruff: Ruff) -> None:
    done = work(ruff, MESSY, "format", 5, 8)
    assert done.text == MESSY.replace("return   a", "return a")
    assert done.steps[-1] == "format lines 6–9"


def test_format_does_not_reach_out_of_a_selection_that_cuts_a_statement(ruff: Ruff) -> None:
    text = "x = [1,\n  2,\n    3]\ny  =  2\n"
    done = work(ruff, text, "format", 1, 1)
    assert keeps_outside(text, done.text, 1, 1)
    ast.parse(done.text)


def test_form_feeds_survive_formatting(ruff: Ruff) -> None:
    done = work(ruff, "x  = 1\n\f\ny  = 2\n\fz  = 3\n", "format")
    assert done.text == "x = 1\n\f\ny = 2\n\fz  = 3\n"


def test_improve_fixes_and_formats_and_leaves_imports_elsewhere_alone(ruff: Ruff) -> None:
    done = work(ruff, MESSY, "improve this", 5, 8)
    assert done.text == MESSY.replace("not a in", "a not in").replace('f"none"', '"none"').replace(
        "return   a", "return a"
    )


def test_explain_changes_nothing_and_tells_the_structure(ruff: Ruff) -> None:
    done = work(ruff, MESSY, "explain", 11, 14)
    assert not done.changed
    assert "`def two(b)` (pkg/m.py, lines 12–15)" in done.summary
    assert "calls `re.compile`" in done.summary
    assert "`def one" not in done.summary


def test_explain_statements_outside_of_definitions(ruff: Ruff) -> None:
    done = work(ruff, MESSY, "explain", 0, 2)
    assert "Lines 1–3 of pkg/m.py: 3 × `Import`" in done.summary


@pytest.mark.parametrize("instruction", ["write tests", "translate to Rust", ""])
def test_everything_else_is_told_what_it_can_do(ruff: Ruff, instruction: str) -> None:
    done = work(ruff, MESSY, instruction)
    assert not done.changed
    assert "not a language model" in done.summary


def test_broken_python_is_named_and_no_more_than_ruff_dares_is_done(ruff: Ruff) -> None:
    text = "import os\n\ndef f(:\n    x = 1   \n"
    done = work(ruff, text, "fix and format, sort imports, add docstrings")
    assert "syntax error in line 3 of pkg/m.py" in done.summary
    assert "have to wait" in done.summary
    assert [line.rstrip() for line in done.text.split("\n")] == [line.rstrip() for line in text.split("\n")]
    assert "syntax error in line 3" in work(ruff, text, "explain").summary


@pytest.mark.parametrize(
    ("path", "text", "python"),
    [
        ("a.py", "x  = 1\n", True),
        ("a.PYI", "x  = 1\n", True),
        ("bin/tool", "#!/usr/bin/env python3\nx  = 1\n", True),
        ("bin/tool", "#!/bin/sh\nx  = 1\n", False),
        ("bin/tool", "x  = 1\n", False),
        ("a.js", "x  = 1\n", False),
        ("a.ipynb", "{}", False),
    ],
)
def test_only_python(ruff: Ruff, path: str, text: str, python: bool) -> None:
    done = work(ruff, text, "format", path=path)
    assert done.changed is python
    assert ("no Python file" in done.summary) is not python


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("x = 1\n" * (MAX_CHARACTERS // 6 + 1), "longer than"),
        ("x = '\ud800'\n", "surrogates"),
        ("x = 1\0\n", "syntax error"),
        ("(" * 5000 + ")" * 5000, "syntax error"),
    ],
)
def test_what_it_cannot_take_is_said(ruff: Ruff, text: str, reason: str) -> None:
    done = work(ruff, text, "format")
    assert not done.changed
    assert reason in done.summary


def test_an_expression_nested_beyond_the_interpreters_recursion_is_survived(ruff: Ruff) -> None:
    text = "def f():\n    return " + " + ".join(["x"] * 900) + "\n"
    done = work(ruff, text, "add docstrings, explain")
    ast.parse(done.text)


def test_noqa_is_respected_and_kept(ruff: Ruff) -> None:
    text = "import os  # noqa: F401, E501, XYZ123\nimport sys  # noqa\n"
    assert not work(ruff, text, "fix and modernise").changed


def test_the_same_task_gives_the_same_outcome(ruff: Ruff) -> None:
    wish = "clean up: fix, modernise, sort imports, add docstrings, format"
    assert work(ruff, MESSY, wish) == work(ruff, MESSY, wish)


def test_an_empty_file(ruff: Ruff) -> None:
    for wish in ("fix", "format", "sort imports", "add docstrings", "improve", "explain"):
        assert not work(ruff, "", wish).changed


def _function(text: str, name: str) -> ast.FunctionDef:
    found = [node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef) and node.name == name]
    return found[0]
