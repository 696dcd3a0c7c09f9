"""Run a program that nobody vouches for, on a folder, so that it can do no harm: Linux, by bubblewrap.

It sees the system's programs and libraries, the folder and what it is given to read, and nothing else: no
network, no home, no environment, no other process. It is limited in time, memory, processes and what it says,
and ends with all that it started.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from codex_lsp.sandbox.bubblewrap import PATH, Unavailable, command, environment, filesystem, shown
from codex_lsp.sandbox.process import MEGABYTE, Ended, Finished, Limits, Run

__all__ = ["MEGABYTE", "PATH", "Ended", "Finished", "Limits", "Unavailable", "available", "run"]


async def available() -> str | None:
    """Why nothing can be run in a sandbox here; None if it can. Found out once for each bubblewrap."""
    try:
        await command()
    except Unavailable as error:
        return str(error)
    return None


async def run(
    argv: Sequence[str],
    *,
    folder: Path,
    at: Path | None = None,
    writable: bool = True,
    readable: Sequence[Path] = (),
    limits: Limits | None = None,
    env: Mapping[str, str] | None = None,
) -> Finished:
    """Run a program in `folder`, which it sees as `at` (default: where it is), and may change if `writable`.

    `readable` are further files and folders that it sees, at their places, and cannot change. `argv[0]` is a
    path or is looked for on the sandbox's PATH; `env` is all of its environment but PATH, HOME, LANG, TMPDIR.
    Raises `Unavailable`. If the task is cancelled, the program is killed with all that it started.
    """
    limits = limits or Limits()
    options = filesystem(limits.scratch)
    options += shown(folder, at or folder, readable, writable=writable)
    options += environment(env or {})
    return await Run(await command(), options, argv, limits).finish()
