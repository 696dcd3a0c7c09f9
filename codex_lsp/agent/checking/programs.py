"""Where a check's program is on this machine, and what of the machine it needs to see."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from codex_lsp.records import record

# They are seen by whatever runs in the sandbox.
_SYSTEM = tuple(map(Path, ("/usr", "/bin", "/sbin", "/lib", "/lib64", "/opt")))
# Installed for the project by its tools; ignored by git, so in no copy.
_OF_THE_PROJECT = (".venv", "venv", "node_modules")


@record(frozen=True, slots=True)
class Program:
    """A program's path, and the files and folders that it and the project's tools need."""

    path: Path
    readable: tuple[Path, ...]


def find(name: str, folder: Path, readable: Sequence[str] = ()) -> Program | None:
    """The program called `name`: by the user's PATH, or from the workspace `folder` if it has a slash.

    What it needs is seen, never all of a home: the environment or prefix that it is installed in, and what
    `readable` names besides, relative to the workspace or absolute.
    """
    written = Path(name).expanduser()
    path = folder / written if os.sep in name else _on_path(name)
    if path is None or not os.access(path, os.X_OK):
        return None
    needs = [*_needs(path), *(folder / each for each in _OF_THE_PROJECT)]
    needs += [folder / Path(each).expanduser() for each in readable]
    return Program(path, tuple(dict.fromkeys(each for each in needs if each.exists())))


def _on_path(name: str) -> Path | None:
    found = shutil.which(name)
    return Path(found).absolute() if found else None


def _needs(program: Path) -> Iterator[Path]:
    for path in dict.fromkeys((program, program.resolve())):
        if any(path.is_relative_to(each) for each in _SYSTEM):
            continue
        prefix = path.parent.parent
        if path.parent.name == "bin" and _is_its_own(prefix):
            yield prefix
            yield from _behind(prefix)
        else:
            yield path


def _is_its_own(prefix: Path) -> bool:
    """Whether a folder is one program's or environment's, and not a home or what all programs share there."""
    home = Path.home()
    shared = (home, home / ".local", *home.parents)
    return prefix not in shared and ((prefix / "pyvenv.cfg").is_file() or (prefix / "lib").is_dir())


def _behind(prefix: Path) -> Iterator[Path]:
    """The Python that a virtual environment was made from."""
    try:
        lines = (prefix / "pyvenv.cfg").read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    for line in lines:
        key, _, value = line.partition("=")
        if key.strip() == "home":
            base = Path(value.strip())
            for each in dict.fromkeys((base, (base / "python3").resolve().parent)):
                if each.name == "bin" and _is_its_own(each.parent):
                    yield each.parent
