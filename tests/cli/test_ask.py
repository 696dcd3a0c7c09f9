from __future__ import annotations

import json
import os
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.processes import Agent, clean_environ, codex_lsp, offline_agent

TEXT = b"import sys\r\nimport os\r\ndef f( x ):\r\n    return os.path.join(sys.prefix,x)"


@pytest.fixture(scope="module")
def agent() -> Iterator[Agent]:
    with offline_agent() as running:
        yield running


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "m.py"
    path.write_bytes(TEXT)
    path.chmod(0o640)
    return path


def test_the_diff_goes_to_stdout_and_the_file_stays(agent: Agent, file: Path) -> None:
    done = codex_lsp("ask", "m.py:3-4", "tidy up", env=agent.environ(), cwd=file.parent)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("--- a/m.py\n+++ b/m.py\n@@")
    assert "+    return os.path.join(sys.prefix, x)" in done.stdout
    assert "(offline)" in done.stderr
    assert file.read_bytes() == TEXT


def test_nothing_is_asked_without_words(agent: Agent, file: Path) -> None:
    done = codex_lsp("ask", "m.py", "  ", env=agent.environ(), cwd=file.parent)
    assert (done.returncode, done.stdout) == (2, "")
    assert "say what you want" in done.stderr


def test_the_diff_is_one_that_git_applies(agent: Agent, file: Path) -> None:
    said = json.loads(
        codex_lsp("ask", "m.py", "tidy up", "--json", env=agent.environ(), cwd=file.parent).stdout
    )
    subprocess.run(["git", "apply", "-"], input=said["diff"].encode(), cwd=file.parent, check=True)
    content = file.read_bytes()
    assert b"    return os.path.join(sys.prefix, x)" in content
    assert b"\n" not in content.replace(b"\r\n", b"")


def test_apply_writes_the_file_and_keeps_its_line_ends_and_mode(agent: Agent, file: Path) -> None:
    done = codex_lsp(
        "ask", str(file), "sort imports and tidy up", "--apply", env=agent.environ(), cwd=file.parent
    )
    assert done.returncode == 0, done.stderr
    content = file.read_bytes()
    assert b"os\r\nimport sys\r\n" in content
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert "written: m.py" in done.stderr
    assert [each.name for each in file.parent.iterdir()] == ["m.py"]


def test_json_is_one_object(agent: Agent, file: Path) -> None:
    done = codex_lsp("ask", "m.py", "tidy up", "--json", env=agent.environ(), cwd=file.parent)
    said = json.loads(done.stdout)
    assert (said["mode"], said["model"], said["applied"]) == ("offline", "offline", False)
    assert said["verification"] == "passed"
    assert said["files"] == [{"path": "m.py", "move_to": None, "deleted": False}]
    assert said["diff"].startswith("--- a/m.py")


def test_an_answer_without_edits_is_printed(agent: Agent, file: Path) -> None:
    done = codex_lsp("ask", "m.py:3-4", "explain this", env=agent.environ(), cwd=file.parent)
    assert done.returncode == 0
    assert "`def f(x)`" in done.stdout or "f" in done.stdout
    assert file.read_bytes() == TEXT


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nothing.py", "x"], "There is no file nothing.py"),
        (["m.py:9", "x"], "the file has lines 1 to 4"),
        (["m.py:3-2", "x"], "the file has lines 1 to 4"),
        (["latin.py", "x"], "is not UTF-8 text (byte 5); it was not touched"),
        (["pipe.py", "x"], "pipe.py is no plain file"),
    ],
)
def test_what_cannot_be_read_is_said(file: Path, arguments: list[str], said: str) -> None:
    (file.parent / "latin.py").write_bytes(b"x = '\xe9'\n")
    os.mkfifo(file.parent / "pipe.py")
    env = clean_environ(LITELLM_ENABLE_CODEX_AGENT="1", CODEX_AGENT_API_BASE="http://127.0.0.1:9")
    done = codex_lsp("ask", *arguments, env=env, cwd=file.parent)
    assert done.returncode == 1
    assert said in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    ("env", "code"),
    [({}, "off"), ({"LITELLM_ENABLE_CODEX_AGENT": "1"}, "unconfigured"),
     ({"LITELLM_ENABLE_CODEX_AGENT": "1", "CODEX_AGENT_API_BASE": "http://127.0.0.1:9"}, "unreachable")],
)  # fmt: skip
def test_an_endpoint_that_cannot_be_asked_is_an_error_in_json_too(
    file: Path, env: dict[str, str], code: str
) -> None:
    done = codex_lsp("ask", "m.py", "tidy up", "--json", env=clean_environ(**env), cwd=file.parent)
    assert done.returncode == 1
    assert json.loads(done.stdout)["error"]["code"] == code
    assert json.loads(done.stdout)["error"]["message"] in done.stderr


def test_wrong_arguments_exit_with_2(file: Path) -> None:
    assert codex_lsp("ask", "m.py", env=clean_environ(), cwd=file.parent).returncode == 2
    assert codex_lsp("nonsense", env=clean_environ(), cwd=file.parent).returncode == 2


def test_version_and_help(tmp_path: Path) -> None:
    assert codex_lsp("--version", env=clean_environ(), cwd=tmp_path).stdout.startswith("codex-lsp 0.")
    shown = codex_lsp("--help", env=clean_environ(), cwd=tmp_path).stdout
    assert all(command in shown for command in ("serve", "demo", "ask", "doctor", "agent"))


def test_what_it_used_is_told_and_can_be_limited(agent: Agent, file: Path) -> None:
    done = codex_lsp("ask", "m.py", "tidy up", "--json", env=agent.environ(), cwd=file.parent)
    usage = json.loads(done.stdout)["usage"]
    assert set(usage) == {"prompt_tokens", "completion_tokens", "total_tokens", "cost"}
    assert usage["total_tokens"] > 0
    assert usage["cost"] is None
    assert f"{usage['total_tokens']:,} tokens" in done.stderr

    limited = ["--json", "--max-tokens", "50", "--max-cost", "1"]
    done = codex_lsp("ask", "m.py", "tidy up", *limited, env=agent.environ(), cwd=file.parent)
    assert done.returncode == 1
    assert json.loads(done.stdout)["error"]["code"] == "budget"
    assert "50 tokens for a run" in done.stderr
    assert "the price of offline is not known" in done.stderr

    done = codex_lsp("ask", "m.py", "tidy up", "--max-cost", "nan", env=agent.environ(), cwd=file.parent)
    assert (done.returncode, done.stdout) == (2, "")
