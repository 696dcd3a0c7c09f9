"""The packages in clean environments: the oldest and newest Python; `python -m tests.packages` has all."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from tests.e2e.programs import missing
from tests.e2e.tools import index, tools
from tests.packages import pythons
from tests.packages.__main__ import main
from tests.packages.built import Built
from tests.packages.installed import said
from tests.packages.pythons import NEWEST, OLDEST, Python
from tests.packages.version import current

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

WORKS = "the server and the agent are gone"


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """A folder in which nothing is found by chance."""
    (tmp_path / "empty").mkdir()
    return tmp_path / "empty"


def python(version: str) -> Python:
    try:
        return pythons.find(version)
    except FileNotFoundError as error:
        missing(str(error))
        raise


@pytest.mark.parametrize("version", [OLDEST, NEWEST])
def test_the_wheel_works_with_what_is_locked(version: str, capsys: pytest.CaptureFixture[str]) -> None:
    python(version)
    code = main(["--json", version])
    told = json.loads(capsys.readouterr().out)
    assert told["details"] == {version: "works"}
    assert (code, told["ok"]) == (0, True)
    steps = ("install", "version", "session", "demo")
    assert all(told["figures"][f"python{version}.{step}.s"] > 0 for step in steps)


def test_a_python_that_is_not_to_be_had_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["2.1"]) == 1
    assert capsys.readouterr().out.startswith("2.1: not to be had: no Python 2.1 here")


def test_the_sdist_installs_the_same_files(built: Built, tmp_path: Path, empty: Path) -> None:
    bin_ = pythons.environment(python(OLDEST), tmp_path / "environment")
    pythons.install(bin_, "--no-deps", built.sdist)
    # Without one dependency, even.
    assert said(empty, bin_ / "codex-lsp", "--version").strip() == f"codex-lsp {current()}"
    (site,) = (tmp_path / "environment").glob("lib/python*/site-packages")
    files = {path.relative_to(site).as_posix() for path in (site / "codex_lsp").rglob("*") if path.is_file()}
    with zipfile.ZipFile(built.wheel) as wheel:
        ours = {name for name in wheel.namelist() if name.startswith("codex_lsp/")}
    assert {name for name in files if not name.endswith(".pyc")} == ours


def test_uvx_runs_it(built: Built, tmp_path: Path, empty: Path) -> None:
    uvx, env = tools() / "uvx", index(tmp_path)
    told = said(empty, uvx, "--from", built.wheel, "codex-lsp", "--version", **env)
    assert told.strip() == f"codex-lsp {current()}"
    assert WORKS in said(empty, uvx, "codex-lsp", "demo", **env)


def test_pipx_runs_it_and_installs_it(built: Built, tmp_path: Path, empty: Path) -> None:
    pipx, programs = tools() / "pipx", tmp_path / "programs"
    env = index(tmp_path) | {"PIPX_BIN_DIR": str(programs), "PIPX_MAN_DIR": str(tmp_path / "man")}
    told = said(empty, pipx, "run", "--spec", built.wheel, "codex-lsp", "--version", **env)
    assert told.strip() == f"codex-lsp {current()}"
    said(empty, pipx, "install", built.wheel, **env)
    assert WORKS in said(empty, programs / "codex-lsp", "demo", **env)
