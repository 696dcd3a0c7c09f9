"""Doctor's look at the person's own checks, with a real bubblewrap, one that does not work, and none."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from codex_lsp.endpoint.probe_checks import own_checks
from tests.support import bubblewrap

RUFF = '[[checks]]\nname = "tidy"\ncommand = ["ruff", "check", "{files}"]\n'


def program(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    (folder / name).chmod(0o755)


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The one folder on the PATH; there is a `ruff` in it."""
    program(tmp_path, "ruff", "exit 0")
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


async def found(folder: Path, text: str, *, enabled: bool = True) -> tuple[str, str]:
    file = folder / "config.toml"
    file.write_text(text, encoding="utf-8")
    check = await own_checks(enabled=enabled, file=file)
    assert bool(check.next) == (check.status == "warn")
    return check.status, check.finding


async def test_with_a_sandbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bubblewrap.put_on_path(tmp_path, monkeypatch)
    program(tmp_path, "ruff", "exit 0")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    assert await found(tmp_path, RUFF) == ("ok", "tidy; a sandbox is there")
    assert await found(tmp_path, "") == (
        "ok",
        "none of your own; what parsed must still parse; a sandbox is there",
    )


async def test_without_one_they_are_not_run(alone: Path) -> None:
    lack = "no sandbox: bubblewrap (bwrap) is not installed"
    assert await found(alone, RUFF) == ("warn", f"tidy: not run; {lack}")
    status, said = await found(alone, "")
    assert (status, lack in said) == ("ok", True)
    program(alone, "bwrap", "echo namespaces are forbidden here >&2; exit 1")
    status, said = await found(alone, RUFF)
    assert (status, "namespaces are forbidden here" in said) == ("warn", True)


async def test_what_is_wrong_with_them_is_told(alone: Path) -> None:
    status, said = await found(alone, RUFF + '[[checks]]\ncommand = "ruff"\n[[checks]]\ncommand = ["mypi"]\n')
    assert status == "warn"
    assert "check 2 is left out: command must be a list of strings" in said
    assert "mypi is not installed" in said
    assert "ruff is not installed" not in said
    status, said = await found(alone, "checks = [\n")
    assert (status, "was not read" in said) == ("warn", True)


async def test_while_the_gate_is_closed_nothing_is_started(alone: Path) -> None:
    program(alone, "bwrap", f"echo started > {alone}/started")
    assert await found(alone, RUFF, enabled=False) == ("ok", "tidy")
    assert not (alone / "started").exists()
