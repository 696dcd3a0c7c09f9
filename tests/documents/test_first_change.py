"""CONTRIBUTING's first change, done in a copy as it tells: the test fails, all is well after it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.documents.reading import Block, blocks, read
from tests.documents.world import checkout
from tests.e2e.programs import missing
from tests.support.processes import clean_environ

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

STEPS = [each for each in blocks("CONTRIBUTING.md") if each.heading.startswith("The first change")]
DIFFS = [each for each in STEPS if each.language == "diff"]
(STORY,) = (each for each in STEPS if each.language == "story")
READ = [*DIFFS, STORY]
BEFORE, FAILS, AFTER, MADE, TOLD, DONE = (
    [re.sub(r"\s+#.*", "", line) for line in each.text.splitlines()]
    for each in STEPS
    if each.language == "sh"
)
SHOWN = {line for lines in (BEFORE, FAILS, AFTER, MADE, TOLD) for line in lines}
SECONDS = 600.0


class Newcomer:
    """Somebody with a checkout who follows the page."""

    def __init__(self, root: Path) -> None:
        self.root = checkout(root, "codex_lsp", "docs", "editors", "pyproject.toml", "tests", "README.md")
        programs = root / ".bin"
        programs.mkdir()
        for name, module in (("pytest", "pytest"), ("codex-lsp", "codex_lsp"), ("python", "")):
            program = programs / name
            program.write_text(f'#!/bin/sh\nexec {sys.executable} {"-m " if module else ""}{module} "$@"\n')
            program.chmod(0o755)
        path = f"{programs}{os.pathsep}{os.environ['PATH']}"
        self.env = clean_environ(PATH=path, PYTHONPATH=str(root), PYTEST_ADDOPTS="-p no:cacheprovider")

    def types(self, line: str, rc: int = 0) -> str:
        """What a line prints."""
        done = subprocess.run(
            ["sh", "-euc", line],
            cwd=self.root,
            env=self.env,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == rc, f"{line}\n{done.stdout}{done.stderr}"
        return done.stdout

    def edits(self, step: Block) -> None:
        """Make a change that the page shows."""
        (self.root / "step.diff").write_text(step.text, encoding="utf-8")
        self.types("codex-lsp apply step.diff --root .")

    def pastes(self, file: str, begin: str, end: str, text: str) -> None:
        """Put a text between two marks of a document."""
        place = self.root / file
        head, found, rest = place.read_text(encoding="utf-8").partition(begin)
        _, also, tail = rest.partition(end)
        assert found
        assert also
        place.write_text(head + begin + text + end + tail, encoding="utf-8")


def test_the_first_change(tmp_path: Path) -> None:
    if not shutil.which("node"):
        missing("package.json is made by Node")
    person = Newcomer(tmp_path)
    (fails,), (mends,) = FAILS, AFTER
    person.edits(DIFFS[0])
    assert "improve the wording" in person.types(fails, rc=1)
    person.edits(DIFFS[1])
    told = person.types(mends, rc=1)
    assert "test_code_actions" not in told.partition("short test summary")[2]
    assert "codex-lsp settings --format" in told
    *made, shown = MADE
    for line in made:
        person.types(line)
    row = person.types(shown)
    person.pastes("docs/PROTOCOL.md", "## Settings\n", "\n- `{", _before_the_table() + row)
    (person.root / "tests/stories/cases/ready-wording.story").write_text(STORY.text, encoding="utf-8")
    update, table = TOLD
    person.types(update)
    person.pastes("docs/EDITORS.md", "<!-- table -->\n", "<!-- end of table -->", person.types(table))
    person.types(f"{mends} tests/e2e/test_vscode_package.py")
    person.types("pytest tests/stories/test_stories.py -k 'wording or titles or document'")


def _before_the_table() -> str:
    text = read("docs/PROTOCOL.md").partition("## Settings\n")[2]
    return text[: text.index("| setting |")]


def test_the_rest_of_the_page_is_what_ci_runs() -> None:
    assert BEFORE[0].startswith("tests/run ")
    assert DONE == ["tests/run --quick"]
