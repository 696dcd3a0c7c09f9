"""What somebody has who reads docs/EDITORS.md: its configuration, and `codex-lsp` and Ruff on their PATH."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Mapping
from pathlib import Path

from ruff import find_ruff_bin  # type: ignore[import-untyped]

from tests.support.processes import CODEX_LSP, clean_environ

DOCUMENT = Path(__file__).parents[2] / "docs" / "EDITORS.md"


def configuration(heading: str) -> str:
    """The fenced blocks of a section of docs/EDITORS.md, one after another."""
    _, found, after = DOCUMENT.read_text(encoding="utf-8").partition(f"\n## {heading}\n")
    assert found, f"docs/EDITORS.md has no section {heading}"
    section = after.partition("\n## ")[0]
    return "\n".join(re.findall(r"^```\w+\n(.*?)^```$", section, re.DOTALL | re.MULTILINE))


def environ(base_url: str) -> dict[str, str]:
    """An environment that is ready, with a model there."""
    return clean_environ(
        LITELLM_ENABLE_CODEX_AGENT="1", CODEX_AGENT_API_BASE=base_url, CODEX_AGENT_API_KEY="key"
    )


def home(folder: Path, env: Mapping[str, str]) -> dict[str, str]:
    """`env` with a home of the person's own and `codex-lsp` first on the PATH."""
    own, programs = folder / "home", folder / "bin"
    own.mkdir()
    programs.mkdir()
    program = programs / "codex-lsp"
    program.write_text(f'#!/bin/sh\nexec {shlex.join(CODEX_LSP)} "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    (programs / "ruff").symlink_to(find_ruff_bin())
    path = f"{programs}{os.pathsep}{env.get('PATH', os.defpath)}"
    return {**env, "HOME": str(own), "PATH": path, "XDG_CONFIG_HOME": str(own / ".config")}


def project(folder: Path, files: Mapping[str, str]) -> Path:
    """A project with these files; its folder."""
    root = folder / "project"
    (root / ".git").mkdir(parents=True)
    for name, text in files.items():
        (root / name).write_text(text, encoding="utf-8")
    return root
