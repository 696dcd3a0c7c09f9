"""What the other blocks of the documents show: files that are read, lines for a shell, words on the wire."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import codex_lsp.endpoint.checks
from codex_lsp.agent.asks.ask import Ask
from codex_lsp.agent.context.preview import preview
from codex_lsp.agent.overlay import Diagnostic, Overlay, Snapshot
from codex_lsp.edits import Focus
from codex_lsp.edits.text import LineIndex
from codex_lsp.endpoint.checks import load_checks
from tests.documents.reading import ROOT, Block, blocks, read
from tests.documents.world import World, checkout

PIP = (
    *(sys.executable, "-m", "pip", "install", "--dry-run", "--no-deps", "--no-build-isolation", "--quiet"),
    *("--no-index", "--disable-pip-version-check"),
)


def block(document: str, heading: str, number: int = 0, *, language: str = "") -> Block:
    """One of a section's blocks."""
    found = [each for each in blocks(document) if each.heading == heading]
    return [each for each in found if not language or each.language == language][number]


CHECKS = block("docs/OPERATIONS.md", "Your own checks", language="toml")
FLEET = block("docs/OPERATIONS.md", "A fleet", language="sh")
TOKEN, TOLD, OWN = (block("docs/OPERATIONS.md", "The stack", number, language="sh") for number in range(3))
HEADER, WORKSPACE = (block("docs/PROTOCOL.md", "To the endpoint", number) for number in range(2))
TRIES = [block("CONTRIBUTING.md", "Contributing")]
MADE = "docker compose -f compose.agents.yml --profile cpu up -d --wait"


def test_the_checks_of_the_document_are_read(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(CHECKS.text, encoding="utf-8")
    (check,), problems = load_checks(tmp_path / "config.toml")
    assert (check.name, problems) == ("ruff", ())
    assert CHECKS.text.strip() in str(codex_lsp.endpoint.checks.__doc__)


def test_the_extra_for_a_fleet_is_there(tmp_path: Path) -> None:
    (install,) = (line for line in FLEET.text.splitlines() if line.startswith("pip install"))
    (folder, extra) = re.findall(r"^pip install '(\.)\[(\w+)\]'$", install)[0]
    done = subprocess.run(
        [*PIP, f"{folder}[{extra}]"],
        cwd=checkout(tmp_path, "codex_lsp", "pyproject.toml", "README.md", "CHANGELOG.md", "LICENSE", "docs"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "does not provide the extra" not in done.stderr


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_what_is_set_for_a_fleet_is_what_doctor_sees(tmp_path: Path) -> None:
    world = World(tmp_path)
    (export,) = (line for line in FLEET.text.splitlines() if line.startswith("export"))
    told = json.loads(world.sh(f"{export}\ncodex-lsp doctor --no-ask --json", rc=1))
    checks = {check["name"]: check for check in told["checks"]}
    assert checks["flag"]["status"] == "ok"
    assert "/etc/codex-lsp/router.yaml" in json.dumps(told)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_stacks_token_is_made_and_used(tmp_path: Path) -> None:
    world = World(tmp_path)
    assert MADE in TOKEN.text
    world.sh(TOKEN.text.partition(MADE)[0])
    folder = world.home / ".config" / "codex-lsp"
    token = folder / "stack-token"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(token.stat().st_mode) == 0o444
    assert len(token.read_text(encoding="utf-8").strip()) >= 32
    told = world.sh(f"{TOLD.text}\ncodex-lsp doctor --no-ask --json || true")
    found = {check["name"]: check for check in json.loads(told)["checks"]}
    assert (found["flag"]["status"], found["base"]["status"], found["key"]["status"]) == ("ok", "ok", "ok")
    assert "127.0.0.1:8788" in found["base"]["finding"]
    assert token.read_text(encoding="utf-8").strip() not in told


def test_the_stacks_variables_are_those_of_its_file() -> None:
    compose = (ROOT / "compose.agents.yml").read_text(encoding="utf-8")
    told = set(re.findall(r"\b(CODEX_STACK_\w+|[A-Z]+_IMAGE|PIP_INDEX_URL)\b", read("docs/OPERATIONS.md")))
    assert {name for name in told if name.startswith("CODEX")} == set(re.findall(r"\$\{(CODEX_\w+)", compose))
    assert all(re.search(rf"\b{name}\b", compose) for name in told)


def test_what_is_set_for_an_endpoint_of_ones_own_is_known_to_the_stack(tmp_path: Path) -> None:
    lines = OWN.text.replace("docker compose", "env #")
    set_ = World(tmp_path).sh(lines)
    compose = (ROOT / "compose.agents.yml").read_text(encoding="utf-8")
    names = [line.partition("=")[0] for line in set_.splitlines() if line.startswith("CODEX_STACK_")]
    assert len(names) == 5
    assert all(name in compose for name in names)
    assert "--profile own" in OWN.text
    assert '"own"' in compose or "own]" in compose


PROBLEM = Diagnostic(11, 11, "`os` imported but unused", code="F401", source="ruff")


def asked() -> Any:
    """The document's example, as it is sent."""
    text = "".join(f"line {number}\n" for number in range(1, 31))
    index = LineIndex(text)
    focus = Focus("pkg/module.py", index.offset(9, 0, "utf-32"), index.offset(24, 0, "utf-32"))
    ask = Ask("Write the docstrings that are missing.", focus, diagnostics=(PROBLEM,))
    snapshot = Snapshot("pkg/module.py", text, language="plaintext")
    return preview(ask, Overlay({"pkg/module.py": snapshot}), agent=True)[1]


def test_the_header_is_that_of_the_document() -> None:
    (message,) = asked().messages
    assert message["content"].rstrip("\n") == re.sub(r"^    ", "", HEADER.text, flags=re.M).rstrip("\n")


def test_the_workspace_is_that_of_the_document() -> None:
    shown = json.loads("{" + WORKSPACE.text + "}")["codex_agent"]["workspace"]
    sent = json.loads(json.dumps(asked().workspace))
    sent["files"][0]["text"] = sent["focus"]["diagnostics"][0]["message"] = "…"
    assert sent == shown


@pytest.mark.slow
def test_the_whole_of_the_tests_takes_pytests_arguments() -> None:
    """Where the environment that runs this is not the tests' own, it is not made; CI has it."""
    lines = [re.sub(r"\s+#.*", "", line).strip() for line in TRIES[0].text.splitlines()]
    assert lines == ["tests/run --quick", "tests/run", "tests/run tests/lsp"]
    own = Path(sys.prefix).resolve() == (ROOT / ".venv-tests").resolve()
    assert own or not os.environ.get("CI")
    command = [
        sys.executable,
        "tests/run",
        *(("--quick", "--collect-only", "-q", "tests/lsp") if own else ("--help",)),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert ("tests/lsp/test_documents.py" if own else "--quick") in done.stdout


ELSEWHERE = {"LITELLM_ENABLE_CODEX_AGENT=1 codex-lsp doctor --stack", MADE, MADE.replace("cpu", "own")}
SHOWN = {
    re.sub(r"\s+# .*", "", line.strip())
    for each in (FLEET, TOKEN, TOLD, OWN, *TRIES)
    for line in each.text.strip().splitlines()
} - {*ELSEWHERE, "tests/run", "codex-lsp doctor"}
READ = [CHECKS, HEADER, WORKSPACE, *TRIES]
