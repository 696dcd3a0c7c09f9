"""A start without parts: what does not need them works, what does says what is missing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.editor import FakeEditor
from tests.support.processes import clean_environ

PARTS = (
    *("litellm", "starlette", "uvicorn", "prometheus_client", "redis", "ruff", "rapidfuzz", "yaml", "httpx"),
    *("tree_sitter", "tree_sitter_python", "tree_sitter_javascript"),
)
PROGRAM = """
import sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {parts!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Missing())
sys.argv = ["codex-lsp", *sys.argv[1:]]
from codex_lsp.__main__ import main
sys.exit(main())
"""
EXACT = "*** Begin Patch\n*** Update File: a.py\n-    return 1\n+    return 2\n*** End Patch\n"
NEARLY = "*** Begin Patch\n*** Update File: a.py\n def g():\n-    retrun 1\n+    return 2\n*** End Patch\n"


def command(*parts: str) -> list[str]:
    return [sys.executable, "-c", PROGRAM.format(parts=parts)]


def run(
    parts: tuple[str, ...], *arguments: str, cwd: Path, given: str = ""
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*command(*parts), *arguments],
        cwd=cwd,
        input=given,
        env=clean_environ(PYTHONPATH=str(Path(__file__).parents[2])),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize(
    "arguments", [("--version",), ("--help",), ("settings",), ("doctor", "--no-ask"), ("runs",)]
)
def test_what_stands_on_little_needs_no_more(arguments: tuple[str, ...], tmp_path: Path) -> None:
    done = run(PARTS, *arguments, cwd=tmp_path)
    assert "Traceback" not in done.stderr
    assert "which is not installed" not in done.stderr
    assert done.returncode == (1 if arguments[0] == "doctor" else 0)


def test_a_patch_that_fits_needs_no_fuzzy_search_and_one_that_does_not_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("def f():\n    return 1\n")
    done = run(PARTS, "apply", "-", "--root", ".", "--dry-run", cwd=tmp_path, given=EXACT)
    assert (done.returncode, "+    return 2" in done.stdout) == (0, True)
    done = run(("rapidfuzz",), "apply", "-", "--root", ".", "--dry-run", cwd=tmp_path, given=NEARLY)
    assert (done.returncode, done.stdout) == (1, "")
    assert "codex-lsp needs rapidfuzz, which is not installed" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", [("agent", "--port", "0"), ("sidecar", "--port", "0")])
def test_an_endpoint_says_what_it_needs(arguments: tuple[str, ...], tmp_path: Path) -> None:
    done = run(("uvicorn", "starlette"), *arguments, cwd=tmp_path)
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert "which is not installed for" in done.stderr


async def test_the_server_starts_and_offers_its_actions(tmp_path: Path) -> None:
    text = "def f():\n    return 1\n"
    (tmp_path / "a.py").write_text(text)
    env = clean_environ(
        LITELLM_ENABLE_CODEX_AGENT="1",
        CODEX_AGENT_API_BASE="http://127.0.0.1:9",
        PYTHONPATH=str(Path(__file__).parents[2]),
    )
    async with FakeEditor.spawn(command(*PARTS), env=env, cwd=tmp_path, root=tmp_path) as editor:
        buffer = await editor.open("a.py", text)
        assert await editor.code_actions(buffer.uri, 0, len(text))
