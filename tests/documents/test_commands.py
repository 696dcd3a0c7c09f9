"""The commands of `codex-lsp` in the documents, run as they stand there against the offline agent."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.documents.world import TEXT, World
from tests.support.processes import Agent, endpoint_process

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

# As it stands there → with something put in where it has to be, and what is to be seen then.
LINES = {
    "codex-lsp doctor": ("codex-lsp doctor", r"^ok +ask "),
    "codex-lsp doctor --no-ask": ("codex-lsp doctor --no-ask", r"^ok +mode "),
    "codex-lsp doctor [--json] [--no-ask] [--stack]": (
        "codex-lsp doctor --json --no-ask",
        r'"state": "ready"',
    ),
    'codex-lsp ask FILE:10-20 "make it a dataclass"': ('codex-lsp ask m.py:5-6 "tidy up"', r"^\+def f\(x\):"),
    'codex-lsp ask FILE "…" --json': ('codex-lsp ask m.py "tidy up" --json', r'"verification": "passed"'),
    'codex-lsp ask FILE[:LINE[-LINE]] "…" [--apply|--diff|--json]': (
        'codex-lsp ask m.py:5 "tidy up" --diff; codex-lsp ask m.py:5-6 "tidy up" --json; cp m.py n.py; '
        'codex-lsp ask n.py "sort imports" --apply; head -1 n.py',
        r"\A--- a/m\.py\n(?s:.*)^import os\n\Z",
    ),
    "codex-lsp ask --no-trace": ('codex-lsp ask m.py "tidy up" --no-trace', r"^--- a/m\.py"),
    "codex-lsp apply REPLY --root DIR [--dry-run] [--format F]": (
        "codex-lsp apply reply.md --root . --dry-run --format begin_patch; "
        "mkdir there; cp m.py there; codex-lsp apply - --root there < reply.md; head -1 there/m.py",
        r"^import os\n\Z",
    ),
    "codex-lsp runs": ("codex-lsp runs", r"^RUN .*\n\w+ "),
    "codex-lsp runs show last": ("codex-lsp runs show last", r"[mn]\.py"),
    "codex-lsp runs show last --html run.html": (
        "codex-lsp runs show last --html run.html; head -1 run.html",
        r"^<!doctype html>",
    ),
    "codex-lsp runs replay last": ("codex-lsp runs replay last", r"^\+import os$"),
    "codex-lsp runs [show RUN [--html FILE]|replay RUN]": (
        "codex-lsp runs --json --limit 1; codex-lsp runs show last --html all.html; "
        "codex-lsp runs replay last",
        r"^\+import os$",
    ),
    "codex-lsp settings --format F": (
        "for form in text schema markdown neovim vscode; do codex-lsp settings --format $form; done",
        r"^  cmd = \{ 'codex-lsp' \}",
    ),
    "codex-lsp settings [--format F]": ("codex-lsp settings", r"codexLsp\.apply = "),
    "codex-lsp --version": ("codex-lsp --version", r"^codex-lsp \d"),
    "python -c pass": ("python -c pass", r"\A\Z"),
    "codex-lsp trust DIR": (
        "mkdir -p ours/.codex-lsp/asks; "
        "printf -- '---\\ntitle: risks\\ncontext: file\\n---\\nWhich?\\n' > ours/.codex-lsp/asks/risks.md; "
        "codex-lsp trust ours",
        r"risks",
    ),
    "codex-lsp trust DIR [--list|--revoke]": (
        "mkdir -p mine/.codex-lsp/asks; printf -- '---\\ntitle: x\\n---\\nx\\n' > mine/.codex-lsp/asks/x.md; "
        "codex-lsp trust mine; codex-lsp trust mine --list; codex-lsp trust mine --revoke",
        r"mine",
    ),
}
ENDPOINTS = {
    "codex-lsp agent --model offline": "codex-lsp agent --model offline",
    "codex-lsp agent --model mini=ollama_chat/qwen2.5-coder:7b": (
        "codex-lsp agent --model mini=ollama_chat/qwen2.5-coder:7b"
    ),
    "codex-lsp sidecar --model MODEL --upstream-base URL": (
        "codex-lsp sidecar --model coder --upstream-base http://127.0.0.1:9"
    ),
}
"""Those that serve until they are ended."""


@pytest.fixture(scope="module")
def world(agent: Agent, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    person = World(tmp_path_factory.mktemp("commands"), agent.environ())
    person.sh('codex-lsp ask m.py "tidy up"')
    yield person
    assert (person.project / "m.py").read_text(encoding="utf-8") == TEXT


@pytest.mark.parametrize("command", LINES)
def test_a_command_does_what_is_told(world: World, command: str) -> None:
    line, shows = LINES[command]
    said = world.sh(line)
    assert re.search(shows, said, re.MULTILINE), said


@pytest.mark.parametrize("command", ENDPOINTS)
def test_an_endpoint_listens(command: str) -> None:
    with endpoint_process(*shlex.split(ENDPOINTS[command])[1:]) as endpoint:
        assert httpx.get(f"{endpoint.url}/healthz").json()["status"] == "ok"


def test_the_program_is_put_on_the_path(tmp_path: Path) -> None:
    world = World(tmp_path)
    (world.project / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / "bin" / "codex-lsp").rename(world.project / ".venv" / "bin" / "codex-lsp")
    world.sh("codex-lsp --version", rc=127)
    assert world.sh(f"{PATH}\ncodex-lsp --version").startswith("codex-lsp ")


PATH = 'export PATH="$PWD/.venv/bin:$PATH"'
SHOWN = {*LINES, *ENDPOINTS, PATH}
"""What is run here."""
