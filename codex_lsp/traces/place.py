"""Where traces are: `runs/TIME-RUN.jsonl` in the user's state folder, the newest of them and not too many."""

from __future__ import annotations

import re
import time
from contextlib import suppress
from pathlib import Path

from codex_lsp import state

MAX_RUNS = 200
MAX_TOTAL_BYTES = 128 * 1024 * 1024
LAST = "last"


class NoTrace(Exception):
    """There is no such trace, or it cannot be read; the message says which, for a person."""


def folder() -> Path:
    """The folder of the traces; it need not exist."""
    return state.folder("runs")


def new_file(place: Path, run_id: str) -> Path:
    """A name for the trace of a run that begins now; by name they are in the order of time."""
    now = time.time()
    stamp = time.strftime("%Y%m%dT%H%M%S", time.gmtime(now)) + f"{int(now % 1 * 1000):03}"
    return place / f"{stamp}-{re.sub(r'[^A-Za-z0-9_]', '_', run_id)[:64]}.jsonl"


def files(place: Path | None = None) -> list[Path]:
    """All traces, the newest first."""
    return sorted((place or folder()).glob("*-*.jsonl"), key=lambda file: file.name, reverse=True)


def run_of(file: Path) -> str:
    """The run whose trace a file is."""
    return file.stem.partition("-")[2]


def find(name: str, place: Path | None = None, *, paths: bool = True) -> Path:
    """The trace of a run: by its id, the beginning of it, `last`, or a file's path, unless `paths` is false.

    Raises `NoTrace`.
    """
    known = files(place)
    if name == LAST and known:
        return known[0]
    exact = [file for file in known if run_of(file) == name]
    found = exact or [file for file in known if name and run_of(file).startswith(name)]
    if len({run_of(file) for file in found}) > 1:
        raise NoTrace(f"More than one run begins with {name}: {', '.join(map(run_of, found[:5]))}.")
    if found:
        return found[0]
    if paths and Path(name).is_file():
        return Path(name)
    raise NoTrace(f"There is no run {name}; `codex-lsp runs` lists those on record.")


def rotate(place: Path, *, runs: int = MAX_RUNS, total: int = MAX_TOTAL_BYTES) -> None:
    """Remove the oldest traces that are too many or too large together; what cannot be removed stays."""
    size = 0
    for number, file in enumerate(files(place), 1):
        with suppress(OSError):
            size += file.stat().st_size
            if number > runs or (size > total and number > 1):
                file.unlink()
