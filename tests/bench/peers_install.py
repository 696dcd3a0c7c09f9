"""Tools that others make, below build/peers: nothing is installed. `python -m tests.bench.peers_install`.

aider and llm come from PyPI, each into an environment of its own, the Codex CLI from npm (`tests.e2e.codex`).
What is there stays until `build` is removed, or what is asked for becomes another.
"""

from __future__ import annotations

import json
import subprocess
import sys
import venv
from pathlib import Path

from codex_lsp.services.sidecar.options import Options, find
from tests.e2e.codex import install as codex

PLACE = codex.ROOT / "build" / "peers"
VERSIONS = {"aider": ("aider-chat", "0.86.2"), "llm": ("llm", "0.36")}


class NotHere(Exception):
    """It cannot be had on this machine; the words say why."""


def program(name: str) -> Path:
    """The tool's program, got before if need be; raises `NotHere`."""
    return _codex() if name == "codex" else _from_pypi(name)


def version(name: str) -> str:
    """Which one is asked for."""
    if name != "codex":
        return VERSIONS[name][1]
    asked = json.loads((codex.HERE / "package.json").read_text("utf-8"))
    return str(asked["dependencies"]["@openai/codex"])


def _from_pypi(name: str) -> Path:
    package, wanted = VERSIONS[name]
    folder = PLACE / f"{name}-{wanted}-{sys.version_info.major}.{sys.version_info.minor}"
    done = folder / "done"
    if not done.is_file():
        venv.create(folder, clear=True, with_pip=True, symlinks=True)
        pip = [str(folder / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "--quiet"]
        got = subprocess.run(
            [*pip, "install", f"{package}=={wanted}"], capture_output=True, text=True, check=False
        )
        if got.returncode:
            errors = [line for line in got.stderr.splitlines() if line.startswith("ERROR")]
            raise NotHere(f"pip has no {package} {wanted} for this Python: {errors[-1:] or got.returncode}")
        done.touch()
    return folder / "bin" / name


def _codex() -> Path:
    if lacking := codex.missing():
        raise NotHere(f"there is no {lacking} on this machine")
    try:
        # The program itself, without the Node that npm's script would start first.
        return find(Options(codex=str(codex.install())))
    except RuntimeError as error:
        raise NotHere(str(error).splitlines()[0]) from error


def main() -> int:
    for name in (*VERSIONS, "codex"):
        try:
            print(f"{name} {version(name)}: {program(name).relative_to(codex.ROOT)}")
        except NotHere as error:
            print(f"{name}: {error}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
