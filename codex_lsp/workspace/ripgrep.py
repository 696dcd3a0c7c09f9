"""ripgrep, where there is one: how it is found, and how it is called so that nothing but us steers it."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from codex_lsp.workspace.ignore import NAMES
from codex_lsp.workspace.policy import MAX_FILE_BYTES, REPOSITORY_FOLDERS

MAX_COLUMNS = 2_000

# It leaves out what git ignores, which spares it time; what is shown in the end is for `View` to say, so it
# must not leave out more: no settings of the person's, no rules but those that `ignore` knows. (Before 14 it
# cannot be kept from `.rgignore`.)
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
    "--no-ignore-dot",
    "--no-ignore-global",
    "--no-ignore-parent",
    "--no-ignore-messages",
    "--no-require-git",
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


def ignore_files(folder: Path) -> list[str]:
    """Arguments by which it leaves out what the files for agents hide at the top, too."""
    return [f"--ignore-file={folder / name}" for name in NAMES[1:] if (folder / name).is_file()]
