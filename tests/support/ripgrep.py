"""A folder with ripgrep as `rg`: the machine's own, or Debian's, unpacked into build/debian."""

from __future__ import annotations

import os
import shlex
import shutil
from pathlib import Path

import pytest

from tests.e2e import debian

PROGRAM = debian.Program("rg", "ripgrep", "trixie")


def folder(scratch: Path) -> Path:
    """The folder, for PATH; `scratch` is a folder for what has to be made. Under CI there is always one."""
    if found := shutil.which("rg"):
        return Path(found).parent
    if debian.missing() and not os.environ.get("CI") and not PROGRAM.folder.is_dir():
        pytest.skip("ripgrep is neither installed nor to be had: this machine is not Debian")
    debian.unpack(PROGRAM)
    script = scratch / "rg"
    script.write_text(f'#!/bin/sh\nexec {shlex.join(PROGRAM.command())} "$@"\n')
    script.chmod(0o755)
    return scratch
