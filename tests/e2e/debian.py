"""Programs of Debian's, unpacked with all they need into build/debian: nothing is installed, no root needed.

usage: python -m tests.e2e.debian [NAME ...]    (default: all)

They come from the mirror that this machine's apt uses, from a suite of their own, and run with the libraries
that came with them. What was unpacked stays until `build` is removed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.e2e.folders import whole

ROOT = Path(__file__).parent.parent.parent
# What has to fit the loader, which is this machine's, where a program runs with that one.
LIBC = ("libc.", "libm.", "libpthread.", "libdl.", "librt.", "libresolv.", "libutil.", "libmvec.", "ld-linux")
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"


@dataclass(frozen=True)
class Program:
    """A program, and the package (or several, with blanks between) and suite that it is taken from."""

    name: str
    package: str
    suite: str

    @property
    def folder(self) -> Path:
        """Where it is unpacked."""
        return ROOT / "build" / "debian" / f"{self.name}-{self.suite}"

    def command(self) -> list[str]:
        """How to run it, with its own loader and libraries; what it starts uses the machine's."""
        binary = self._one("usr/bin", self.name)
        loader = self._one("usr/lib", "ld-linux*.so.*")
        folders = sorted({path.parent for path in (self.folder / "usr" / "lib").rglob("*.so*")})
        path = ":".join(map(str, folders))
        return [str(loader), "--argv0", self.name, "--library-path", path, str(binary)]

    def _one(self, below: str, pattern: str) -> Path:
        found = sorted((self.folder / below).rglob(pattern))
        if not found:
            raise FileNotFoundError(f"{self.package} of {self.suite} has no {pattern}")
        return found[0]


REDIS = Program("redis-server", "redis-server", "trixie")
# Older suites have no llama.cpp.
LLAMA = Program("llama-server", "llama.cpp-tools", "forky")
BUBBLEWRAP = Program("bwrap", "bubblewrap", "trixie")
RIPGREP = Program("rg", "ripgrep", "trixie")
PROGRAMS = (REDIS, LLAMA, BUBBLEWRAP, RIPGREP)


def missing() -> str:
    """What of Debian's is not on this machine, in a few words; empty if all is there."""
    names = [name for name in ("apt-get", "dpkg-deb") if shutil.which(name) is None]
    if not names and not Path(KEYRING).is_file():
        names = ["debian-archive-keyring"]
    return ", ".join(names)


def unpack(program: Program) -> Path:
    """Get `program` unless it is there already; returns its folder, which is whole or not there."""
    if program.folder.is_dir():
        return program.folder
    if absent := missing():
        raise FileNotFoundError(f"{program.name} is taken from Debian, and this is missing: {absent}")

    def make(made: Path) -> None:
        state = made.parent / "apt"
        _download(program, state)
        for package in state.glob("*.deb"):
            subprocess.run(["dpkg-deb", "-x", package, made], check=True)

    return whole(program.folder, make)


def _download(program: Program, state: Path) -> None:
    """The package and all that it depends on, into `state`: as for a machine that has nothing yet."""
    (state / "lists" / "partial").mkdir(parents=True)
    (state / "status").touch()
    sources = state / "sources.list"
    sources.write_text(f"deb [signed-by={KEYRING}] {_mirror()} {program.suite} main\n", encoding="utf-8")
    _apt(state, "update", "-qq")
    planned = _apt(state, "install", "--simulate", *program.package.split())
    packages = [line.split()[1] for line in planned.splitlines() if line.startswith("Inst ")]
    _apt(state, "download", "-qq", *packages)


def _apt(state: Path, *arguments: str) -> str:
    options = {
        "Dir::Etc::sourcelist": state / "sources.list",
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::Etc::preferencesparts": "/dev/null",
        "Dir::State": state,
        "Dir::State::lists": state / "lists",
        "Dir::State::status": state / "status",
        "Dir::Cache": state / "cache",
        "APT::Sandbox::User": "",
        "APT::Install-Recommends": "false",
    }
    given = [part for name, value in options.items() for part in ("-o", f"{name}={value}")]
    done = subprocess.run(
        ["apt-get", *given, *arguments], cwd=state, stdout=subprocess.PIPE, text=True, check=True
    )
    return done.stdout


def _mirror() -> str:
    told = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI)", "Created-By: Packages"],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found = sorted({line.rstrip("/") for line in told.stdout.split() if line.rstrip("/").endswith("/debian")})
    if not found:
        raise FileNotFoundError("apt on this machine knows no mirror of Debian's")
    return found[0]


def main(names: Sequence[str]) -> int:
    """Unpack the programs of these names, or all."""
    for program in PROGRAMS:
        if not names or program.name in names:
            print(os.path.relpath(unpack(program)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
