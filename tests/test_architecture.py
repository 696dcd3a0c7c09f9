"""The layers of docs/ARCHITECTURE.md, and what no file may hold."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
MOST_LINES, MOST_OF_A_FUNCTION = 350, 40


def python(script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_imports_point_down_only() -> None:
    done = python("from importlinter.cli import lint_imports_command; lint_imports_command()")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "6 kept, 0 broken" in done.stdout


def test_the_inner_layers_import_alone() -> None:
    modules = "codex_lsp.edits, codex_lsp.review.proposal, codex_lsp.agent.run, codex_lsp.endpoint.remote"
    heavy = "{'litellm', 'pygls', 'lsprotocol', 'httpx', 'starlette'}"
    done = python(f"import sys, {modules}; print(sorted({heavy} & set(sys.modules)))")
    assert done.stdout.strip() == "[]", done.stderr


def test_no_file_names_a_registrys_host_or_a_path_of_a_machine() -> None:
    hosts = re.compile(r"https?://[^ \"'`]+(\.whl|\.tgz|\.tar\.gz|/simple/?|/debian/?)([\"'# `]|$)")
    for file in tracked():
        text = file.read_bytes().decode("utf-8", "replace")
        assert not hosts.search(text), file
        assert str(ROOT) not in text, file


def test_a_module_can_be_held_in_mind() -> None:
    for file in tracked():
        if file.suffix == ".py" and file.is_relative_to(ROOT / "codex_lsp"):
            lines = file.read_text(encoding="utf-8").count("\n")
            assert lines <= MOST_LINES, f"{file} has {lines} lines"


def test_a_function_can_be_seen_at_once() -> None:
    for file in tracked():
        if file.suffix != ".py":
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or 0) - node.lineno + 1
                assert lines <= MOST_OF_A_FUNCTION, f"{file}: {node.name} has {lines} lines"
