"""What is in the wheel and the sdist, what is not, and what they say of themselves."""

from __future__ import annotations

import tarfile
import tomllib
import zipfile
from email.message import Message
from email.parser import BytesParser
from pathlib import Path

import pytest

from tests.packages import pythons
from tests.packages.built import Built, build
from tests.packages.version import ROOT, current

INFO = f"codex_lsp-{current()}.dist-info"
TOP = f"codex_lsp-{current()}"
# Beside these: the package itself, and docs.
OF_THE_SDIST = {
    ".gitignore",
    "CHANGELOG.md",
    "LICENSE",
    "PKG-INFO",
    "README.md",
    "pyproject.toml",
    "requirements/runtime.txt",
}


def names(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as opened:
        return set(opened.namelist())


def in_the_sdist(sdist: Path) -> set[str]:
    with tarfile.open(sdist) as opened:
        assert all(member.isfile() for member in opened)
        return {member.name.removeprefix(f"{TOP}/") for member in opened}


def below(*folders: str) -> set[str]:
    """The files of the checkout, without what Python leaves there."""
    found = (path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file())
    return {path.relative_to(ROOT).as_posix() for path in found if path.suffix != ".pyc"}


def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as opened:
        return BytesParser().parsebytes(opened.read(f"{INFO}/METADATA"))


def test_the_wheel_has_the_whole_package_and_nothing_else(built: Built) -> None:
    info = {f"{INFO}/{name}" for name in ("METADATA", "RECORD", "WHEEL", "entry_points.txt")}
    assert names(built.wheel) == below("codex_lsp") | info | {f"{INFO}/licenses/LICENSE"}
    assert {Path(name).suffix for name in below("codex_lsp")} == {".py", ".md", ".css", ".typed"}


def test_what_is_no_code_is_in_the_wheel_as_it_is(built: Built) -> None:
    with zipfile.ZipFile(built.wheel) as opened:
        for name in below("codex_lsp"):
            assert opened.read(name) == (ROOT / name).read_bytes()
        assert opened.read(f"{INFO}/licenses/LICENSE") == (ROOT / "LICENSE").read_bytes()


def test_the_sdist_has_what_it_takes_to_build_and_to_read(built: Built) -> None:
    assert in_the_sdist(built.sdist) == below("codex_lsp", "docs") | OF_THE_SDIST


def test_the_sdist_builds_the_same_wheel_byte_for_byte(built: Built, tmp_path: Path) -> None:
    with tarfile.open(built.sdist) as opened:
        opened.extractall(tmp_path, filter="data")
    again = build(tmp_path / "dist", tmp_path / TOP)
    assert again.wheel.name == built.wheel.name
    assert again.wheel.read_bytes() == built.wheel.read_bytes()


def test_it_is_for_the_pythons_that_it_is_tried_on(built: Built) -> None:
    told = metadata(built.wheel)
    prefix = "Programming Language :: Python :: "
    claimed = [
        each.removeprefix(prefix) for each in told.get_all("Classifier", []) if each.startswith(prefix)
    ]
    assert claimed == ["3 :: Only", *pythons.VERSIONS]
    assert told["Requires-Python"] == f">={pythons.OLDEST}"


def test_what_an_index_shows_is_there(built: Built) -> None:
    told = metadata(built.wheel)
    assert told["Name"] == "codex-lsp"
    assert told["Version"] == current()
    assert told["License-Expression"] == "Apache-2.0"
    assert told.get_all("License-File") == ["LICENSE"]
    assert told["Summary"]
    assert told["Keywords"]
    assert told["Author"]
    assert told["Description-Content-Type"] == "text/markdown"
    assert told.get_payload() == (ROOT / "README.md").read_text(encoding="utf-8")


def test_it_asks_for_what_pyproject_says_and_the_rest_is_extra(built: Built) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    told = metadata(built.wheel)
    asked = told.get_all("Requires-Dist", [])
    assert len([each for each in asked if "extra ==" not in each]) == len(project["dependencies"])
    assert [each for each in asked if "extra ==" in each] == ["redis>=5; extra == 'fleet'"]
    assert told.get_all("Provides-Extra") == list(project["optional-dependencies"])


@pytest.mark.parametrize("name", ["wheel", "sdist"])
def test_nothing_tells_where_it_was_built(built: Built, name: str) -> None:
    file: Path = getattr(built, name)
    with tarfile.open(file) if name == "sdist" else zipfile.ZipFile(file) as opened:
        if isinstance(opened, tarfile.TarFile):
            texts = [read.read() for member in opened if (read := opened.extractfile(member))]
        else:
            texts = [opened.read(each) for each in opened.namelist()]
    here = str(ROOT).encode()
    assert texts
    assert not [text for text in texts if here in text]
