"""A folder with bubblewrap as `bwrap`: the machine's own, or Debian's, unpacked into build/debian."""

from __future__ import annotations

import os
import shlex
import shutil
from pathlib import Path

import pytest

from tests.e2e import debian


def put_on_path(scratch: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make `bwrap` be found; `scratch` is a folder for what has to be made. Under CI there is always one."""
    if shutil.which("bwrap"):
        return
    program = debian.BUBBLEWRAP
    if debian.missing() and not os.environ.get("CI") and not program.folder.is_dir():
        pytest.skip("bubblewrap is neither installed nor to be had: this machine is not Debian")
    debian.unpack(program)
    script = scratch / "bwrap"
    script.write_text(f'#!/bin/sh\nexec {shlex.join(program.command())} "$@"\n')
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{scratch}{os.pathsep}{os.environ['PATH']}")
