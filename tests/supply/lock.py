"""The lock files, read."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
RUNTIME, DEV = ROOT / "requirements" / "runtime.txt", ROOT / "requirements" / "dev.txt"
REFUSED = ROOT / "requirements" / "refused.txt"
_PINNED = re.compile(
    r"(?P<name>[A-Za-z0-9._-]+)(?:\[[^\]]*\])?==(?P<version>[^\s;]+)(?:\s*;\s*(?P<marker>.+))?$"
)
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_NAME = re.compile(r"[A-Za-z0-9._-]+")


@dataclass(frozen=True)
class Locked:
    """One requirement as it is locked; `hashes` are the SHA-256 of its files."""

    name: str
    version: str
    hashes: tuple[str, ...]
    marker: str = ""


class NotLocked(ValueError):
    """A line of a lock file that pins nothing."""


def canonical(name: str) -> str:
    """A package's name as all spell it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def read(file: Path) -> list[Locked]:
    """The requirements of a lock file; raises `NotLocked`."""
    return list(_locked(file.read_text(encoding="utf-8")))


def _locked(text: str) -> Iterator[Locked]:
    for line in re.sub(r"\\\n", " ", text).splitlines():
        wanted = line.split("#")[0].strip()
        if not wanted:
            continue
        bare = _HASH.sub("", wanted).strip()
        found = _PINNED.match(bare)
        if not found:
            raise NotLocked(f"{bare!r} names no version")
        name, marker = canonical(found["name"]), found["marker"] or ""
        yield Locked(name, found["version"], tuple(_HASH.findall(wanted)), marker)


def refused(file: Path = REFUSED) -> dict[tuple[str, str], str]:
    """Versions that must never be locked, and why: `name==version  # reason` a line."""
    found = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        wanted, _, reason = line.partition("#")
        if wanted.strip():
            name, _, version = wanted.strip().partition("==")
            found[canonical(name), version] = reason.strip()
    return found


def direct() -> dict[str, list[str]]:
    """What pyproject.toml asks for itself, by where it does: `runtime`, each extra, each group."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    asked = {"runtime": project["project"]["dependencies"], "build": project["build-system"]["requires"]}
    asked |= project["project"].get("optional-dependencies", {}) | project.get("dependency-groups", {})
    return {where: sorted({_bare(each) for each in wanted}) for where, wanted in asked.items()}


def _bare(requirement: str) -> str:
    found = _NAME.match(requirement)
    assert found, requirement
    return canonical(found[0])
