"""One run of a tool: how long, how much of the machine, what it asked, and whether the file is right then."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.bench import proc
from tests.bench.cli_task import AFTER, BEFORE, FILE
from tests.bench.cli_tools import Tool
from tests.bench.figures import Sample, Wrong

PATIENCE = 120.0
LOOK_EVERY = 0.005


@dataclass(frozen=True)
class Ended:
    """A process that has ended: wall and CPU time with that of all its children, and its last words."""

    began: float
    wall_ms: float
    cpu_ms: float
    code: int
    said: str


def repository(place: Path) -> None:
    """A folder as people have it: the file, and a git that knows it."""
    place.mkdir(parents=True)
    (place / FILE).write_text(BEFORE, "utf-8")
    git = ["git", "-C", str(place), "-c", "user.name=bench", "-c", "user.email=bench@localhost"]
    for arguments in (["init", "--quiet"], ["add", "."], ["commit", "--quiet", "--message", "Begin"]):
        subprocess.run([*git, *arguments], check=True, capture_output=True)


def edit(tool: Tool, base_url: str, workers: Sequence[int] = ()) -> Sample:
    """`wall`, `first` and `cpu` (ms), `requests`, `sent` (KiB), and `worker_cpu` of processes that stay.

    `first` is from the start to the first request for a model; raises `Wrong`, also for a wrong file.
    """
    _anew(tool, base_url)
    before = {pid: proc.work(pid).cpu_ms for pid in workers}
    ended = _run(tool)
    asked = _checked(tool, ended, base_url)
    return {
        "wall": ended.wall_ms,
        "first": (min(each["read"] for each in asked) - ended.began) * 1000,
        "cpu": ended.cpu_ms,
        "requests": float(len(asked)),
        "sent": sum(each["bytes"] for each in asked) / 1024,
        "worker_cpu": sum(proc.work(pid).cpu_ms - spent for pid, spent in before.items()),
    }


def peak(tool: Tool, base_url: str) -> float:
    """MiB that it has at most together with all that it started; looked at every 5 ms, which costs time."""
    _anew(tool, base_url)
    found = [0.0]

    def look(pid: int) -> None:
        total = 0.0
        for each in (pid, *proc.descendants(pid)):
            with suppress(OSError, IndexError):
                total += proc.rss_mib(each)
        found[0] = max(found[0], total)

    _checked(tool, _run(tool, look), base_url)
    return found[0]


def _anew(tool: Tool, base_url: str) -> None:
    (tool.place / FILE).write_text(BEFORE, "utf-8")
    _told(base_url)


def _checked(tool: Tool, ended: Ended, base_url: str) -> list[dict[str, Any]]:
    """What the endpoint was asked meanwhile; raises `Wrong`."""
    asked = _told(base_url)
    if ended.code or not asked:
        raise Wrong(f"{tool.name}: exit code {ended.code}, {len(asked)} requests: {ended.said[-500:]}")
    # llm ends what it writes as it likes.
    if (found := (tool.place / FILE).read_text("utf-8")).rstrip() != AFTER.rstrip():
        raise Wrong(f"{tool.name}: the file is another: {found!r}: {ended.said[-500:]}")
    return asked


def _told(base_url: str) -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = httpx.get(f"{base_url}/told", timeout=PATIENCE, trust_env=False).json()
    return told


def _run(tool: Tool, look: Any = None) -> Ended:
    began = time.perf_counter()
    with subprocess.Popen(
        tool.command,
        env=dict(tool.env),
        cwd=tool.cwd or tool.place,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        with _watched(process.pid, look):
            said = process.stdout.read()
            _, status, used = os.wait4(process.pid, 0)
            wall = (time.perf_counter() - began) * 1000
        process.returncode = os.waitstatus_to_exitcode(status)
    cpu = (used.ru_utime + used.ru_stime) * 1000
    return Ended(began, wall, cpu, process.returncode, said.decode(errors="replace"))


@contextmanager
def _watched(pid: int, look: Any) -> Iterator[None]:
    """Ended if it takes too long, and looked at if that is wanted."""
    over = threading.Event()

    def watch() -> None:
        deadline = time.monotonic() + PATIENCE
        while not over.wait(LOOK_EVERY if look else PATIENCE):
            if look:
                look(pid)
            if time.monotonic() >= deadline:
                # Its session is its own: nobody else is in it.
                with suppress(ProcessLookupError):
                    os.killpg(pid, signal.SIGKILL)
                return

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        over.set()
        watcher.join()
