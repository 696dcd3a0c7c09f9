"""The Codex CLI, put into build/codex: nothing is installed. It needs npm, and no Node to run.

usage: python -m tests.e2e.codex.install

What is there stays until `build` is removed, or what is asked for becomes another.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

from tests.e2e.folders import whole

HERE = Path(__file__).parent
ROOT = HERE.parent.parent.parent
PLACE = ROOT / "build" / "codex"
ASKED = ("package.json", "package-lock.json")


def missing() -> str:
    """What it takes that is not on this machine; empty if all is there."""
    return "" if shutil.which("npm") else "npm"


def install() -> Path:
    """Get it, unless it is there; returns what npm calls `codex`. The folder is whole or not there."""
    wanted = b"\0".join((HERE / name).read_bytes() for name in ASKED)
    folder = whole(PLACE / hashlib.sha256(wanted).hexdigest()[:12], _get)
    return folder / "node_modules" / ".bin" / "codex"


def _get(folder: Path) -> None:
    for name in ASKED:
        shutil.copy(HERE / name, folder)
    npm = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(
        npm, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"npm ci: exit code {done.returncode}\n{done.stdout}{done.stderr}")


if __name__ == "__main__":
    print(os.path.relpath(install()))
