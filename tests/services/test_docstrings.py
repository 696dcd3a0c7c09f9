"""Docstring skeletons: word for word on small definitions, by their effect on the standard library."""

from __future__ import annotations

import ast
import sysconfig
import textwrap
from pathlib import Path

import pytest

from codex_lsp.edits.text import split_lines
from codex_lsp.services.offline.ruff import Ruff
from tests.services.asking import keeps_outside, work

STDLIB = Path(sysconfig.get_path("stdlib"))
MODULES = (
    "argparse", "ast", "bdb", "calendar", "configparser", "dataclasses", "difflib", "fractions",
    "json/decoder", "optparse", "shlex", "textwrap", "timeit", "zipapp",
)  # fmt: skip
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def documented(ruff: Ruff, source: str) -> str:
    return work(ruff, textwrap.dedent(source), "add docstrings").text


def test_a_function(ruff: Ruff) -> None:
    source = """\
        def parse_header(path: str, *names, strict=False, limit: int | None = None, **more) -> list[str]:
            # first things first
            if not path:
                raise ValueError("no path")
            try:
                return read(path)
            except OSError:
                raise HeaderError(path)
        """
    doc = '''\
        """Parse the header.

        Args:
            path (str): The path.
            *names: Further positional arguments.
            strict: The strict flag. Defaults to False.
            limit (int | None): The limit. Defaults to None.
            **more: Further keyword arguments.

        Returns:
            list[str]: The result.

        Raises:
            ValueError: If `not path`.
            HeaderError: On `OSError`.
        """
        '''
    source = textwrap.dedent(source)
    head, _, body = source.partition("\n")
    expected = f"{head}\n{textwrap.indent(textwrap.dedent(doc), '    ')}{body}"
    assert documented(ruff, source) == expected


@pytest.mark.parametrize(
    ("source", "first_line"),
    [
        ("def is_open(self): return self.f", "Tell whether it is open."),
        ("def getHTTPResponse(): return 1", "Get the HTTP response."),
        ("def _items(): yield 1", "Yield the items."),
        ("def total(): return 1", "Return the total."),
        ("def to_json(): return 1", "Convert to the json."),
        ("def x(): pass", "X."),
        ("async def fetch_all(): pass", "Fetch all."),
        ("class HeaderError(ValueError): pass", "Signal the header error."),
        ("class Größe: pass", "Größe."),
    ],
)
def test_the_first_line_comes_from_the_name(ruff: Ruff, source: str, first_line: str) -> None:
    node = ast.parse(documented(ruff, source + "\n")).body[0]
    assert isinstance(node, DEFINITIONS)
    assert (ast.get_docstring(node) or "").split("\n")[0] == first_line


def test_a_class_and_its_methods(ruff: Ruff) -> None:
    source = """\
        class Point(Base):
            x: int
            _y: int = 0
            def __init__(self, x): self.x = x

            @property
            def length(self) -> float:
                return 1.0

            @length.setter
            def length(self, value): ...

            @staticmethod
            def origin(scale): return Point(scale)
        """
    tree = ast.parse(documented(ruff, source))
    docs = {
        n.name: ast.get_docstring(n) for n in reversed(list(ast.walk(tree))) if isinstance(n, DEFINITIONS)
    }
    assert docs["Point"] == "Point.\n\nAttributes:\n    x (int): The value of `x`."
    assert docs["__init__"] == "Initialize the point.\n\nArgs:\n    x: The value of `x`."
    assert docs["length"] == "The length.\n\nReturns:\n    float: The result."
    assert "scale: The scale." in (docs["origin"] or "")
    (setter,) = [
        n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and n.args.args[1:] and n.name == "length"
    ]
    assert ast.get_docstring(setter) is None


@pytest.mark.parametrize(
    "source",
    [
        'def f():\n    "There."\n    return 1\n',
        "from typing import overload\n\n\n@overload\ndef f(x: int) -> int: ...\n",
        "x = lambda a: a\n",
        "x = 1\n",
    ],
)
def test_nothing_to_write(ruff: Ruff, source: str) -> None:
    done = work(ruff, source, "add docstrings")
    assert not done.changed
    assert "No function or class there lacks a docstring" in done.summary


def test_stubs_get_none(ruff: Ruff) -> None:
    done = work(ruff, "def f(): ...\n", "add docstrings", path="a.pyi")
    assert not done.changed
    assert "Stub files carry no docstrings" in done.summary


@pytest.mark.parametrize(
    "source",
    [
        "def f(): return [\n    1,\n]\n",
        "def f(): \\\n    return 1\n",
        "def f(\n    a,\n    b=(1, 2),\n) -> list[int]:  # why\n    # type: (...) -> ...\n    return 1\n",
        "class A: x = 1; y = 2\n",
        "class A:\n\tdef f(self):\n\t\treturn 1\n",
        "if True:\n  def f(a={'k': [1]}): pass\n",
        "def f(a='\\n', b='\"\"\"', c=b'\\\\', d='é😀'): raise ValueError('\"\"\"' + a)\n",
        "\fdef f():\n    \f\n    return 1\n",
        "def f():\n\n\n    return 1\n",
        "@dec(\n    1\n)\nasync def f(): return 1\n",
        "def f():\n    @g\n    def h(): return 1\n    return h\n",
        "def f():\n    return 1",
        "class A:\n    @property\n    def f(self): return 1\n",
        "def f():\n    '''%s''' % 1\n",
    ],
)
def test_odd_layouts(ruff: Ruff, source: str) -> None:
    after = work(ruff, source, "add docstrings").text
    for node in ast.walk(ast.parse(after)):
        if isinstance(node, DEFINITIONS):
            assert ast.get_docstring(node)
    assert without_docstrings(after) == without_docstrings(source)


def test_the_cursor_in_a_body_means_the_definition_around_it(ruff: Ruff) -> None:
    source = "def f():\n    x = 1\n    return x\n\n\ndef g():\n    return 2\n"
    after = work(ruff, source, "add docstrings", 2, 2).text
    assert after == source.replace(
        "def f():\n", 'def f():\n    """Return the f.\n\n    Returns:\n        The result.\n    """\n'
    )


@pytest.mark.slow
@pytest.mark.parametrize("module", MODULES)
def test_a_file_of_the_standard_library(ruff: Ruff, module: str) -> None:
    text = (STDLIB / f"{module}.py").read_text(encoding="utf-8")
    bare = [
        node
        for node in ast.walk(ast.parse(text))
        if isinstance(node, DEFINITIONS) and not ast.get_docstring(node)
    ]
    done = work(ruff, text, "add docstrings", path=f"{module}.py")
    assert done.changed
    left = [
        node
        for node in ast.walk(ast.parse(done.text))
        if isinstance(node, DEFINITIONS) and not ast.get_docstring(node)
    ]
    assert len(left) < len(bare)
    assert all(is_secondary(node) for node in left)
    assert without_docstrings(done.text) == without_docstrings(text)
    kept = iter(split_lines(done.text))
    one_liners = {node.lineno - 1 for node in bare if node.body[0].lineno == node.lineno}
    for number, line in enumerate(split_lines(text)):
        assert number in one_liners or line in kept


@pytest.mark.slow
@pytest.mark.parametrize("module", MODULES)
def test_one_selected_function_of_the_standard_library(ruff: Ruff, module: str) -> None:
    text = (STDLIB / f"{module}.py").read_text(encoding="utf-8")
    functions = [
        node
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef) and not ast.get_docstring(node) and not is_secondary(node)
    ]
    node = max(functions, key=lambda node: len(node.body))
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)]) - 1
    last = (node.end_lineno or node.lineno) - 1
    done = work(ruff, text, "write docstrings, improve", first, last, path=f"{module}.py")
    assert done.changed
    assert keeps_outside(text, done.text, first, last)
    ast.parse(done.text)


def is_secondary(node: ast.AST) -> bool:
    decorators = node.decorator_list if isinstance(node, DEFINITIONS) else []
    return any(ast.unparse(each).endswith((".setter", ".deleter", "overload")) for each in decorators)


def without_docstrings(text: str) -> str:
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, DEFINITIONS) and ast.get_docstring(node, clean=False) is not None:
            del node.body[0]
    return ast.dump(tree)
