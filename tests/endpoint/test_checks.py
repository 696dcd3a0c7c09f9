from __future__ import annotations

from pathlib import Path

import pytest

from codex_lsp.agent.checking.checks import Check
from codex_lsp.endpoint.checks import load_checks
from codex_lsp.sandbox import MEGABYTE, Limits


def written(folder: Path, text: str) -> Path:
    file = folder / "config.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_checks_are_read_in_order(tmp_path: Path) -> None:
    file = written(
        tmp_path,
        """
        CODEX_AGENT_API_BASE = "http://127.0.0.1:8010"

        [[checks]]
        name = "ruff"
        command = ["ruff", "check", "{files}"]
        languages = ["python"]
        seconds = 1.5
        memory_mb = 100
        processes = 4
        readable = ["~/.config/ruff"]

        [[checks]]
        command = ["./bin/test"]
        """,
    )
    limits = Limits(seconds=1.5, memory=100 * MEGABYTE, processes=4)
    assert load_checks(file) == (
        (
            Check("ruff", ("ruff", "check", "{files}"), ("python",), ("~/.config/ruff",), limits),
            Check("test", ("./bin/test",)),
        ),
        (),
    )


@pytest.mark.parametrize("text", ["", "a = 1", "checks = []"])
def test_there_are_none_unless_they_are_set(text: str, tmp_path: Path) -> None:
    assert load_checks(written(tmp_path, text)) == ((), ())
    assert load_checks(tmp_path / "missing.toml") == ((), ())


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        ('name = "a"', "no command"),
        ('command = "ruff check"', "command must be a list"),
        ("command = []", "command must be a list"),
        ('command = ["a", 1]', "command must be a list"),
        ('command = ["a"]\nlanguages = "python"', "languages must be a list"),
        ('command = ["a"]\nseconds = 0', "seconds must be a number"),
        ('command = ["a"]\nseconds = true', "seconds must be a number"),
        ('command = ["a"]\nseconds = nan', "seconds must be a number"),
        ('command = ["a"]\nmemory_mb = 1.5', "memory_mb must be a whole number"),
        ('command = ["a"]\nshell = true', "'shell' is none of"),
        ('command = ["a"]\nname = " "', "name must be a string"),
    ],
)
def test_what_is_wrong_is_left_out_and_told(entry: str, why: str, tmp_path: Path) -> None:
    found, problems = load_checks(written(tmp_path, f"[[checks]]\n{entry}\n[[checks]]\ncommand = ['b']\n"))
    assert [check.command for check in found] == [("b",)]
    assert len(problems) == 1
    assert problems[0].startswith("config.toml: check 1 is left out: ")
    assert why in problems[0]


@pytest.mark.parametrize("text", ["[[checks]", "checks = 3", "checks = ['a']", "[checks]\nname = 'x'"])
def test_what_is_no_list_of_tables_is_told(text: str, tmp_path: Path) -> None:
    found, problems = load_checks(written(tmp_path, text))
    assert found == ()
    assert problems
