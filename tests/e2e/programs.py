"""Programs that tests drive, and how to start them.

Where one cannot be had CI fails, and anybody else's test is skipped.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.e2e import debian

_TMUX = debian.Program("tmux", "tmux", "trixie")


@dataclass(frozen=True)
class Command:
    """How to start a program, and what it needs in its environment."""

    argv: Sequence[str]
    env: dict[str, str] = field(default_factory=dict)


def tmux() -> Command:
    """The machine's own, or Debian's."""
    if found := shutil.which("tmux"):
        return Command([found])
    unpacked(_TMUX)
    return Command(_TMUX.command())


def unpacked(program: debian.Program) -> Path:
    """The folder of a program of Debian's."""
    if (absent := debian.missing()) and not program.folder.is_dir():
        missing(f"{program.name} is taken from Debian, and this is missing: {absent}")
    return debian.unpack(program)


def missing(why: str) -> None:
    """What the tests need is not to be had here."""
    if os.environ.get("CI"):
        raise FileNotFoundError(why)
    pytest.skip(why)
