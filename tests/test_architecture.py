"""The layers of docs/ARCHITECTURE.md, and what no file may hold."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def tracked() -> list[Path]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_imports_point_down_only() -> None:
    script = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 kept, 0 broken" in done.stdout


def test_the_inner_layers_import_alone() -> None:
    script = (
        "import sys, codex_lsp.edits, codex_lsp.review.proposal, codex_lsp.agent.run, codex_lsp.endpoint.remote;"
        "print(sorted({'litellm', 'pygls', 'lsprotocol', 'httpx', 'starlette'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_no_file_names_a_registrys_host_or_a_path_of_a_machine() -> None:
    hosts = re.compile(r"https?://[^ \"'`]+(\.whl|\.tgz|\.tar\.gz|/simple/?|/debian/?)([\"'# `]|$)")
    for file in tracked():
        text = file.read_bytes().decode("utf-8", "replace")
        assert not hosts.search(text), file
        assert str(ROOT) not in text, file
