"""One version, in all places, and how it is set."""

from __future__ import annotations

import datetime
import json
import re
import shutil
from pathlib import Path

import pytest

from tests.packages import version
from tests.packages.version import ROOT

DAY = datetime.date(2030, 2, 1)
# What people read and run; docs/BENCHMARKS.md tells of the version that was measured.
READ = ("*.md", "docs/*.md", "compose*.yml", "docker/*", "editors/neovim/**/*", "editors/vscode/*.md")
MEASURED = {"docs/BENCHMARKS.md", "CHANGELOG.md"}
NAMED = re.compile(r"codex[-_ ]lsp(?:/[\w-]+)?[-_ @=:v]{1,4}(\d+\.\d+\.\d+)")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The places, elsewhere, and a changelog."""
    for name in version.PLACES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    log = "# Changelog\n\n## Unreleased\n### Added\n- This.\n\n## 0.0.2 - 2020-01-01\n"
    (tmp_path / version.CHANGELOG).write_text(log, encoding="utf-8")
    return tmp_path


def contents(tree: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in tree.rglob("*") if path.is_file()}


def test_all_places_have_the_same_version() -> None:
    assert not version.problems(), "set it everywhere: python -m tests.packages.version NEW"


def test_what_is_not_released_yet_has_its_heading() -> None:
    log = (ROOT / version.CHANGELOG).read_text(encoding="utf-8")
    headings = re.findall(r"^## (.*)$", log, re.MULTILINE)
    assert headings[0] == "Unreleased"
    assert all(re.fullmatch(r"\d+\.\d+\.\d+ - \d{4}-\d\d-\d\d", each) for each in headings[1:])


def test_whatever_names_a_version_of_ours_names_this_one() -> None:
    found = [path for pattern in READ for path in ROOT.glob(pattern) if path.is_file()]
    assert len(found) > 20
    for path in found:
        if path.relative_to(ROOT).as_posix() not in MEASURED:
            told = NAMED.findall(path.read_text(encoding="utf-8"))
            assert set(told) <= {version.current()}, f"{path.name} names another version"


@pytest.mark.parametrize(
    "text", ["codex-lsp 9.9.9", "codex_lsp-9.9.9-py3", "codex-lsp/agents:9.9.9", "codex-lsp==9.9.9"]
)
def test_such_names_are_seen(text: str) -> None:
    assert NAMED.findall(text) == ["9.9.9"]


def test_one_command_sets_all(tree: Path) -> None:
    version.change("9.8.7", tree, DAY)
    assert version.current(tree) == "9.8.7"
    assert version.problems(tree) == []
    package = json.loads((tree / "editors/vscode/package.json").read_text(encoding="utf-8"))
    lock = json.loads((tree / "editors/vscode/package-lock.json").read_text(encoding="utf-8"))
    assert package["version"] == lock["version"] == lock["packages"][""]["version"] == "9.8.7"
    log = (tree / "CHANGELOG.md").read_text(encoding="utf-8")
    assert "\n## Unreleased\n\n## 9.8.7 - 2030-02-01\n### Added\n- This.\n" in log


def test_the_command_line_sets_and_tells(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert version.main([], tree) == 0
    assert version.main(["9.8.7"], tree) == 0
    assert capsys.readouterr().out.split() == [version.current(), "9.8.7"]
    assert version.main(["9.8.7"], tree) == 1
    assert version.main(["1", "2"], tree) == 2
    (tree / version.SOURCE).write_text('__version__ = "0.0.1"\n', encoding="utf-8")
    capsys.readouterr()
    assert version.main([], tree) == 1
    assert "editors/vscode/package.json: ['9.8.7']" in capsys.readouterr().err


def test_nothing_but_the_version_is_changed(tree: Path) -> None:
    version.change("9.8.7", tree, DAY)
    for name, (_, often) in version.PLACES.items():
        before = (ROOT / name).read_text(encoding="utf-8").splitlines()
        after = (tree / name).read_text(encoding="utf-8").splitlines()
        changed = [pair for pair in zip(before, after, strict=True) if pair[0] != pair[1]]
        assert len(changed) == often
        assert all(new == old.replace(version.current(), "9.8.7") for old, new in changed)


@pytest.mark.parametrize("new", ["", "1", "1.2", "v1.2.3", "1.2.3rc1", "1.2.3\n", "١.٢.٣"])
def test_what_is_no_version_changes_nothing(tree: Path, new: str) -> None:
    before = contents(tree)
    with pytest.raises(ValueError, match=r"1\.2\.3"):
        version.change(new, tree, DAY)
    assert contents(tree) == before


def test_a_version_is_released_once(tree: Path) -> None:
    version.change("9.8.7", tree, DAY)
    before = contents(tree)
    with pytest.raises(ValueError, match=r"none for 9\.8\.7"):
        version.change("9.8.7", tree, DAY)
    assert contents(tree) == before


@pytest.mark.parametrize("name", list(version.PLACES))
def test_a_place_that_was_forgotten_is_told(tree: Path, name: str) -> None:
    path = tree / name
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(version.current(), "0.0.1"), encoding="utf-8")
    wrong = [problem.split(":")[0] for problem in version.problems(tree)]
    assert wrong == ([name] if name != version.SOURCE else list(version.PLACES)[1:])
