"""Each direct dependency is justified, everything is locked by hashes, and the bill of materials is whole."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.supply import audit, sbom
from tests.supply.__main__ import main
from tests.supply.lock import DEV, ROOT, RUNTIME, Locked, NotLocked, direct, read, refused

DOCUMENT = (ROOT / "docs" / "DEPENDENCIES.md").read_text(encoding="utf-8")


def told(heading: str) -> list[str]:
    """The names in the table below a heading."""
    (section,) = re.findall(rf"^## {heading}\n(.*?)(?=^## |\Z)", DOCUMENT, re.DOTALL | re.MULTILINE)
    return sorted(
        name
        for row in re.findall(r"^\| (`.*?) \|", section, re.MULTILINE)
        for name in re.findall(r"`(.+?)`", row)
    )


@pytest.mark.parametrize(
    ("heading", "where"),
    [("At run time", "runtime"), ("Extras", "fleet"), ("For development", "dev"), ("To build", "build")],
)
def test_every_direct_dependency_has_its_reason(heading: str, where: str) -> None:
    assert told(heading) == direct()[where]


def test_what_is_direct_is_locked() -> None:
    asked, names = direct(), {each.name for each in read(DEV)}
    assert set(asked["runtime"]) <= {each.name for each in read(RUNTIME)}
    assert set(asked["runtime"] + asked["dev"]) <= names


@pytest.mark.parametrize("file", [RUNTIME, DEV], ids=lambda file: file.name)
def test_nothing_is_wrong_with_what_is_locked(file: Path) -> None:
    assert list(audit.problems(read(file))) == []


def test_the_audit_can_fail() -> None:
    name, version = next(iter(refused()))
    found = list(audit.problems([Locked(name, version, ("a" * 64,)), Locked("pytest", "1", ())]))
    assert len(found) == 2
    assert not audit.is_free("GNU General Public License (GPL)")
    assert audit.is_free("MIT OR GPL-2.0")


def test_a_line_without_a_version_is_no_lock(tmp_path: Path) -> None:
    (tmp_path / "lock.txt").write_text("httpx>=0.27 --hash=sha256:" + "a" * 64)
    with pytest.raises(NotLocked):
        read(tmp_path / "lock.txt")


def test_no_lock_names_an_address() -> None:
    assert not re.search(r"https?://", RUNTIME.read_text() + DEV.read_text())


def test_the_bill_of_materials_has_what_is_locked(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sbom"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert made == json.loads(json.dumps(sbom.bill()))
    assert (made["bomFormat"], made["specVersion"], made["version"]) == ("CycloneDX", "1.5", 1)
    assert re.fullmatch(r"urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", made["serialNumber"])
    listed = [(each["name"], each["version"]) for each in made["components"]]
    assert listed == [(each.name, each.version) for each in read(RUNTIME)]
    references = [each["bom-ref"] for each in made["components"]]
    assert len(set(references)) == len(references)
    for each in made["components"]:
        assert each["type"] == "library"
        assert each["purl"].startswith("pkg:pypi/")
        assert each["hashes"]
        assert all(re.fullmatch("[0-9a-f]{64}", digest["content"]) for digest in each["hashes"])
    (top,) = made["dependencies"]
    assert top["ref"] == made["metadata"]["component"]["bom-ref"]
    assert set(top["dependsOn"]) <= set(references)
    assert {ref.split("/")[1].split("@")[0] for ref in top["dependsOn"]} == set(direct()["runtime"])
