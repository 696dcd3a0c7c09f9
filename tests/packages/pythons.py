"""The Pythons that codex-lsp is for, where they can be had.

The one that runs this, the machine's, pyenv's, or Debian's, unpacked into build/debian.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.e2e import debian

VERSIONS = ("3.11", "3.12", "3.13", "3.14")
OLDEST, NEWEST = VERSIONS[0], VERSIONS[-1]
_DEBIAN = {
    version: debian.Program(f"python{version}", f"python{version} python{version}-venv", suite)
    for version, suite in (("3.13", "trixie"), ("3.14", "forky"))
}
_INSTALL = ("--disable-pip-version-check", "--quiet", "install")
_WHO = "import sys, ensurepip; print('%d.%d' % sys.version_info[:2])"


@dataclass(frozen=True)
class Python:
    """A Python: how to start it, and the folder with its pip where that does not come with it."""

    program: Path
    wheels: Path | None = None


def find(version: str) -> Python:
    """A Python of this version ("3.14"); `FileNotFoundError` tells why there is none."""
    for program in _candidates(version):
        if _is(program, version):
            return Python(program)
    if version not in _DEBIAN:
        raise FileNotFoundError(f"no Python {version} here, and no suite of Debian's that is asked has it")
    if absent := debian.missing():
        raise FileNotFoundError(f"Python {version} is taken from Debian, and this is missing: {absent}")
    return _unpacked(_DEBIAN[version])


def environment(python: Python, folder: Path) -> Path:
    """A clean environment in `folder`, with pip; returns where its programs are."""
    alone = ["--without-pip"] if python.wheels else []
    run(python.program, "-m", "venv", "--clear", *alone, folder)
    if python.wheels:
        (pip,) = python.wheels.glob("pip-*.whl")
        run(folder / "bin" / "python", pip / "pip", *_INSTALL, "--no-index", pip)
    return folder / "bin"


def install(bin_: Path, *what: object) -> None:
    """Let the environment's own pip install what these arguments say."""
    run(bin_ / "python", "-m", "pip", *_INSTALL, *what)


def run(*command: object) -> None:
    """Run a command to its end; an error tells what it said."""
    done = subprocess.run(
        [str(part) for part in command],
        env=without_python(dict(os.environ)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{shlex.join(map(str, command))}: exit code {done.returncode}\n{done.stdout}")


def without_python(environ: dict[str, str]) -> dict[str, str]:
    """This environment without what is meant for the Python that runs the tests."""
    return {name: value for name, value in environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}


def _candidates(version: str) -> Iterator[Path]:
    yield Path(sys.executable)
    if found := shutil.which(f"python{version}"):
        yield Path(found)
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    yield from sorted(pyenv.glob(f"versions/{version}.*/bin/python"), reverse=True)


def _is(program: Path, version: str) -> bool:
    """Whether it runs, is of this version, and can make environments."""
    command = [str(program), "-I", "-c", _WHO]
    try:
        told = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    except OSError:
        return False
    return told.returncode == 0 and told.stdout.strip() == version


def _unpacked(program: debian.Program) -> Python:
    """Debian's, as a program that environments can be made with: it runs with the libraries it came with."""
    folder = debian.unpack(program) / "usr"
    # Beside `bin`, from where it finds its own library.
    start = folder / "own" / program.name
    start.parent.mkdir(exist_ok=True)
    line = shlex.join(program.command()).replace(f"--argv0 {program.name}", '--argv0 "$0"')
    with tempfile.NamedTemporaryFile("w", dir=start.parent, delete=False, encoding="utf-8") as made:
        made.write(f'#!/bin/sh\nexec {line} "$@"\n')
    Path(made.name).chmod(0o755)
    Path(made.name).replace(start)
    return Python(start, folder / "share" / "python-wheels")
