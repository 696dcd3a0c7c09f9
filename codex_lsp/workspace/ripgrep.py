"""ripgrep, where there is one: how it is found, and how it is called so that nothing but us steers it."""

from __future__ import annotations

import os
import re
import shutil
import time
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from codex_lsp.workspace.ignore import Folder, Ignore
from codex_lsp.workspace.policy import MAX_FILE_BYTES, REPOSITORY_FOLDERS, Root

MAX_COLUMNS = 2_000
# How many folders are looked at for ones to leave out, for how long, and how many are named at most.
LOOKS, LOOK_SECONDS, MAX_FOLDERS = 500, 0.2, 300
EACH = 1_024
# A path without what globs give a meaning to.
_PLAIN = re.compile(r"[\w./@+,=~-]+")

# It reads no ignore file: one that is a pipe would hold it up, a huge one would fill its memory. What is
# shown in the end is for `View` to say; of what that hides it is told the folders, which spares it time.
_ALWAYS = (
    "--no-config",
    "--no-heading",
    "--with-filename",
    "--line-number",
    "--column",
    "--null",
    "--color=never",
    "--no-messages",
    "--crlf",
    "--encoding=none",
    "--no-mmap",
    "--hidden",
    "--no-follow",
    "--no-ignore",
    f"--max-columns={MAX_COLUMNS}",
    "--max-columns-preview",
    f"--max-filesize={MAX_FILE_BYTES}",
)


def find(folder: Path) -> str | None:
    """The program, if there is one; never one that lies in `folder`, the workspace."""
    program = shutil.which("rg")
    if program is None or not Path(program).is_absolute() or Path(program).is_relative_to(folder):
        return None
    return program


def command(
    program: str, pattern: str, *, regex: bool, ignore_case: bool, each: int, globs: Sequence[str] = ()
) -> list[str]:
    """The program with all but `--` and the places to be searched."""
    return [
        program,
        *_ALWAYS,
        "--ignore-case" if ignore_case else "--case-sensitive",
        *(() if regex else ("--fixed-strings",)),
        f"--max-count={each}",
        *(f"--glob={glob}" for glob in globs),
        *(f"--glob=!{name}" for name in sorted(REPOSITORY_FOLDERS)),
        f"--regexp={pattern}",
    ]


def hidden_folders(root: Root, ignore: Ignore, below: str) -> list[str]:
    """Arguments by which it leaves out folders that ignore files hide, as far as a short look finds them."""
    until = time.monotonic() + LOOK_SECONDS
    found: list[str] = []
    level = deque([below])
    for _ in range(LOOKS):
        if not level or len(found) >= MAX_FOLDERS or time.monotonic() > until:
            break
        path = level.popleft()
        for name, hidden in _folders(root.folder / path, ignore.folder(path), until):
            (found if hidden else level).append(f"{path}/{name}" if path else name)
    return [f"--glob=!/{path}" for path in found[:MAX_FOLDERS] if _PLAIN.fullmatch(path)]


def _folders(place: Path, rules: Folder, until: float) -> Iterator[tuple[str, bool]]:
    """The folders in a folder, and whether they are hidden; the rest of a huge one is not looked at."""
    with suppress(OSError), os.scandir(place) as entries:
        for number, entry in enumerate(entries, 1):
            if number % EACH == 0 and time.monotonic() > until:
                return
            if entry.is_dir(follow_symlinks=False) and entry.name not in REPOSITORY_FOLDERS:
                yield entry.name, bool(rules.why(entry.name, folder=True))
