"""The tool `search` beside ripgrep itself, in a folder of ten thousand files."""

from __future__ import annotations

import asyncio
import os
import shlex
import shutil
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from statistics import median

import tests.bench.texts as made
from codex_lsp.agent.overlay import Overlay
from codex_lsp.agent.tools.searching import search_files
from codex_lsp.workspace.policy import Root
from tests.bench.figures import Sample, Wrong
from tests.e2e import debian

LINES = 60
NEEDLE = "needle_in_the_hay"
EVERY = 500
# What is asked for, and the argument of ripgrep that says so.
WAYS: Mapping[str, tuple[str, bool]] = {"search": (NEEDLE, False), "search_regex": (r"needle_\w+_the", True)}


def plant(folder: Path, files: int) -> Path:
    """So many files of so many lines, fifty in a folder; one of five hundred holds the needle."""
    texts = ["".join(made.source(LINES + number)) for number in range(50)]
    for number in range(files):
        file = folder / f"pkg_{number // 50:03}" / f"module_{number:05}.py"
        if number % 50 == 0:
            file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(texts[number % 50] + (f"{NEEDLE} = {number}\n" if number % EVERY == 0 else ""))
    (folder / ".gitignore").write_text("*.pyc\n/build/\n")
    return folder


def ripgrep(scratch: Path) -> Path:
    """A folder with `rg` as a program: the machine's own, or Debian's, unpacked where the tests unpack it."""
    if found := shutil.which("rg"):
        return Path(found).parent
    debian.unpack(debian.RIPGREP)
    script = scratch / "rg"
    script.write_text(f'#!/bin/sh\nexec {shlex.join(debian.RIPGREP.command())} "$@"\n')
    script.chmod(0o755)
    return scratch


def ours(folder: Path, files: int, path: str, times: int, *, own: bool = False) -> Sample:
    """`search_10k` and `search_regex_10k`, ms; with `own` without ripgrep, and the names say so.

    `path` is the PATH; without ripgrep on it, the search is ours.
    """
    before = os.environ["PATH"]
    os.environ["PATH"] = path
    try:
        return asyncio.run(_ours(folder, files, times, "_own" if own else ""))
    finally:
        os.environ["PATH"] = before


async def _ours(folder: Path, files: int, times: int, suffix: str) -> Sample:
    sample = {}
    for name, (pattern, regex) in WAYS.items():
        taken = []
        for _ in range(times):
            # A run of its own each time: its ignore files are read anew.
            overlay = Overlay({}, Root(folder))
            began = time.perf_counter()
            result = await search_files(overlay, {"pattern": pattern, "regex": regex})
            taken.append((time.perf_counter() - began) * 1000)
            _right(result.text.count(NEEDLE), files)
        sample[f"{name}{suffix}_10k"] = median(taken)
    return sample


def theirs(folder: Path, files: int, rg: Path, times: int, *, own: bool = False) -> Sample:
    """The reference: `rg PATTERN`, as anybody calls it."""
    sample = {}
    for name, (pattern, regex) in WAYS.items():
        command = [str(rg / "rg"), "--line-number", *([] if regex else ["--fixed-strings"]), pattern, "."]
        taken = []
        for _ in range(times):
            began = time.perf_counter()
            found = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout
            taken.append((time.perf_counter() - began) * 1000)
            _right(found.count(NEEDLE), files)
        sample[f"{name}{'_own' if own else ''}_10k"] = median(taken)
    return sample


def _right(found: int, files: int) -> None:
    if found != -(-files // EVERY):
        raise Wrong(f"{found} lines were found of {-(-files // EVERY)}")
