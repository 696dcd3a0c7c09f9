"""docs/API.md: what a program may import is there, typed and told; its examples run as they stand."""

from __future__ import annotations

import ast
import inspect
import re
import subprocess
import sys
import textwrap
from importlib import import_module
from pathlib import Path
from typing import Any, get_type_hints

import pytest

import codex_lsp
from codex_lsp.endpoint.config import VARIABLES
from tests.documents.reading import blocks, read
from tests.support.processes import Agent

PROVIDER, ENGINE, RUN = READ = [each for each in blocks("docs/API.md") if each.language == "python"]
SHOWN: set[str] = set()
PROMISED = {
    module: re.findall(r"`(\w+)`", names)
    for names, module in re.findall(r"^\| (`.*?`) \| `(codex_lsp[\w.]*)` \|", read("docs/API.md"), re.M)
}
NAMES = [(module, name) for module, names in PROMISED.items() for name in names]


def promised(module: str, name: str) -> Any:
    return getattr(import_module(module), name)


def functions(found: Any) -> list[Any]:
    """What of it is called by a program: itself, or its public methods and how it is made."""
    if not inspect.isclass(found):
        return [found]
    own = [each for name, each in vars(found).items() if not name.startswith("_") and inspect.isroutine(each)]
    # A protocol's is not its own.
    return [
        *own,
        *(each for each in [vars(found).get("__init__")] if each and each.__module__ == found.__module__),
    ]


@pytest.mark.parametrize(("module", "name"), NAMES)
def test_what_is_promised_is_there_typed_and_told(module: str, name: str) -> None:
    found = promised(module, name)
    assert inspect.getdoc(found)
    for each in functions(found):
        typed = each.__func__ if isinstance(each, classmethod | staticmethod) else each
        hints = get_type_hints(typed, vars(import_module(typed.__module__)) | _typing_only(typed.__module__))
        wanted = [each for each in inspect.signature(typed).parameters if each != "self"]
        assert {*wanted, "return"} <= set(hints), f"{name}.{typed.__name__}"
        assert typed.__name__ == "__init__" or inspect.getdoc(typed), f"{name}.{typed.__name__}"


def _typing_only(module: str) -> dict[str, Any]:
    """Names that a module imports for its annotations alone."""
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    guarded = [
        each for each in tree.body if isinstance(each, ast.If) and ast.unparse(each.test) == "TYPE_CHECKING"
    ]
    found: dict[str, Any] = {}
    for each in (line for block in guarded for line in block.body):
        exec(ast.unparse(each), found)
    return found


@pytest.mark.parametrize("module", ["codex_lsp.edits", "codex_lsp.llm"])
def test_nothing_else_is_promised_where_a_package_says_what_it_has(module: str) -> None:
    assert sorted(PROMISED[module]) == sorted(import_module(module).__all__)


def test_the_package_is_typed_and_the_examples_use_what_is_promised() -> None:
    assert (Path(codex_lsp.__file__).parent / "py.typed").is_file()
    used = {
        (line.module, name.name)
        for example in READ
        for line in ast.walk(ast.parse(example.text))
        if isinstance(line, ast.ImportFrom) and line.module and line.module.startswith("codex_lsp")
        for name in line.names
    }
    assert used
    assert used <= set(NAMES)


def run(agent: Agent, lines: str, *, enabled: bool = False) -> str:
    """What a program prints that runs these lines within a coroutine, with the offline agent there."""
    env = agent.environ()
    if not enabled:
        del env[VARIABLES[0]]
    body = textwrap.indent(lines, "    ")
    done = subprocess.run(
        [sys.executable, "-c", f"import asyncio\nasync def main():\n{body}\nasyncio.run(main())"],
        env=env, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("flag", ["set after the imports", "set before the imports"])
def test_the_router_example_runs_against_the_offline_agent(agent: Agent, flag: str) -> None:
    lines = PROVIDER.text
    setting = next(line for line in lines.splitlines() if line.startswith("os.environ"))
    if flag == "set before the imports":
        lines = f"import os\n{setting}\n" + lines.replace(setting + "\n", "")
    assert "offline" in run(agent, lines)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_run_without_an_editor_ends_with_a_proposal(agent: Agent) -> None:
    text = "text = 'def f( x ):\\n    return x\\n'\n"
    assert "def f(x):" in run(agent, text + RUN.text, enabled=True)


def test_the_library_example_runs() -> None:
    scope = {
        "text": "x = 1\n",
        "reply": "*** Begin Patch\n*** Update File: a.py\n-x = 1\n+x = 2\n*** End Patch",
    }
    exec(ENGINE.text, scope)
    assert scope["result"].files["a.py"] == "x = 2\n"  # type: ignore[attr-defined]
