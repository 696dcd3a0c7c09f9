from __future__ import annotations

import re
import sysconfig
from pathlib import Path

import pytest

from tests.support.processes import clean_environ, codex_lsp


@pytest.mark.parametrize("module", ["", "heapq.py"])
def test_the_demo_changes_a_module_of_the_standard_library_and_says_how(tmp_path: Path, module: str) -> None:
    stdlib = Path(sysconfig.get_path("stdlib"))
    arguments = [str(stdlib / module)] if module else []
    before = (stdlib / (module or "colorsys.py")).read_bytes()
    done = codex_lsp("demo", *arguments, env=clean_environ(), cwd=tmp_path, timeout=110)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "mode: offline" in done.stdout
    assert re.search(r"^ +applied .*change.*\d\.\d\d s$", done.stdout, re.MULTILINE)
    assert re.search(r"^\+[^+]", done.stdout, re.MULTILINE)
    assert (stdlib / (module or "colorsys.py")).read_bytes() == before
    (url,) = re.findall(r"http://127\.0\.0\.1:\d+", done.stdout)
    gone = codex_lsp(
        "doctor", env=clean_environ(LITELLM_ENABLE_CODEX_AGENT="1", CODEX_AGENT_API_BASE=url), cwd=tmp_path
    )
    assert gone.returncode == 1
    assert "nobody listens" in gone.stdout


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    done = codex_lsp("demo", "nothing.py", env=clean_environ(), cwd=tmp_path)
    assert done.returncode == 1
    assert "There is no file" in done.stderr


def test_a_file_with_nothing_to_change_is_said(tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text("no code\n")
    done = codex_lsp("demo", "empty.txt", env=clean_environ(), cwd=tmp_path)
    assert done.returncode == 1
    assert "try another Python file" in done.stderr
