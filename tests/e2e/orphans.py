"""Does anything stay behind when an editor dies? `python -m tests.e2e.orphans --n 100 [--json] [--seed S]`.

Each of the n servers belongs to an editor process of its own (`tests.e2e.orphan_editor`) that is killed with
SIGKILL at some moment of the session; some servers get SIGTERM instead. In every second one this process
holds the server's pipes open, as an editor's other children do, so that the server sees no end of its input.
Gone means that the server and all that it ever started have ended, five seconds after the kill at the latest:
descendants are noted before it, and afterwards every process is looked for that has the session's mark in
its environment.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import select
import signal
import subprocess
import sys
import tempfile
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from tests.bench import proc
from tests.bench.peers import slow_endpoint
from tests.e2e.orphan_editor import Spec, Stage
from tests.support.processes import clean_environ

ROOT = Path(__file__).parents[2]
MARK = "CODEX_LSP_TEST_ORPHANS"
LIMIT = 5.0
PATIENCE = 90.0


@dataclass(frozen=True)
class Moment:
    """When and how an end comes: so many seconds, by chance, after a stage; by which signal, and to whom."""

    name: str
    stage: Stage
    within: float = 0.0
    number: signal.Signals = signal.SIGKILL
    to_server: bool = False
    stopped: bool = False


MOMENTS = (
    Moment("at the start", "spawned", 0.5),
    Moment("half of initialize", "half", 0.5),
    Moment("initialize unanswered", "sent", 0.5),
    Moment("worker importing", "initialized", 3.0),
    Moment("in mid-run", "running", 0.3),
    Moment("after shutdown", "shut"),
    Moment("editor stopped", "running", 0.3, stopped=True),
    Moment("editor does not read", "deaf", 1.0),
    Moment("SIGTERM at the start", "sent", 0.5, signal.SIGTERM, to_server=True),
    Moment("SIGTERM while importing", "initialized", 3.0, signal.SIGTERM, to_server=True),
    Moment("SIGTERM in mid-run", "running", 0.3, signal.SIGTERM, to_server=True),
    Moment("SIGTERM, editor does not read", "deaf", 1.0, signal.SIGTERM, to_server=True),
)


@dataclass
class Case:
    """One server's end. `seconds` from the kill until all was gone; `left` are those that were not."""

    moment: str
    held: bool
    processes: int = 0
    seconds: float = 0.0
    left: list[str] = field(default_factory=list)
    error: str = ""


def end_one(moment: Moment, held: bool, seed: int, base_url: str, folder: Path) -> Case:
    """Start an editor with its server, end it as `moment` says, and see what is left."""
    case = Case(moment.name, held)
    mark = uuid.uuid4().hex
    try:
        with _editor(moment, held, mark, base_url, folder) as editor:
            server = _stage(editor, moment.stage)
            if held:
                _begun(server)
            _wait(editor, random.Random(seed).uniform(0, moment.within))
            watches = [proc.Watch(pid) for pid in {server, *proc.descendants(server), *marked(mark)}]
            case.processes = len(watches)
            if any(watch.pid == server and watch.gone(0) for watch in watches):
                raise ValueError("the server had ended before its end came")
            killed = time.monotonic()
            _end(moment, editor.pid, server)
            case.left = [_told(pid) for pid in _left(watches, mark, killed + LIMIT)]
            case.seconds = time.monotonic() - killed
    except (OSError, ValueError, TimeoutError) as error:
        case.error = f"{type(error).__name__}: {error}"
    finally:
        for pid in marked(mark):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    return case


@contextmanager
def _editor(
    moment: Moment, held: bool, mark: str, base_url: str, folder: Path
) -> Iterator[subprocess.Popen[bytes]]:
    """The editor's process. With `held` the far ends of the server's pipes stay open here too."""
    stdin, write = os.pipe()
    read, stdout = os.pipe()
    ours = [stdin, write, read, stdout]
    # Nobody else's worker, and nobody else for its worker.
    runtime = folder / mark[:8]
    runtime.mkdir(mode=0o700)
    more = {
        "XDG_RUNTIME_DIR": str(runtime),
        "LITELLM_ENABLE_CODEX_AGENT": "1",
        "CODEX_AGENT_API_BASE": base_url,
        "CODEX_AGENT_API_KEY": "key",
    }
    spec = Spec(moment.stage, str(folder), {**more, MARK: mark}, stdin, stdout, read, write)
    try:
        editor = subprocess.Popen(
            [sys.executable, "-m", "tests.e2e.orphan_editor", spec.json()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            bufsize=0,
            pass_fds=ours,
            env=clean_environ(),
            cwd=ROOT,
        )
        for each in (stdin, stdout) if held else ours:
            os.close(each)
        ours = [write, read] if held else []
        with editor:
            try:
                yield editor
            finally:
                editor.kill()
    finally:
        for each in ours:
            os.close(each)


def _stage(editor: subprocess.Popen[bytes], stage: Stage) -> int:
    """Wait until the session is there; returns the server's process id."""
    assert editor.stdout is not None
    poll = select.poll()
    poll.register(editor.stdout, select.POLLIN)
    deadline = time.monotonic() + PATIENCE
    while poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
        if not (line := editor.stdout.readline()):
            raise ValueError("the editor ended")
        told: dict[str, Any] = json.loads(line)
        if told["stage"] == stage:
            return int(told["server"])
    raise TimeoutError(f"the session was not {stage!r} in time")


def _begun(server: int) -> None:
    """Wait until the server's own first line has run.

    Whose child a process was before that nobody can tell it, once its parent is gone; then the end of its
    input is what remains, and that does not come while others hold the pipe.
    """
    deadline = time.monotonic() + PATIENCE
    while str(Path(f"/proc/{server}/fd/0").readlink()) != os.devnull:
        if time.monotonic() > deadline:
            raise TimeoutError("the server did not begin")
        time.sleep(0.001)


def _wait(editor: subprocess.Popen[bytes], seconds: float) -> None:
    """Let the session go on for a while: the moment is meant to be any."""
    watch = proc.Watch(editor.pid)
    if watch.gone(seconds):
        raise ValueError("the editor ended")
    watch.close()


def _end(moment: Moment, editor: int, server: int) -> None:
    if moment.stopped:
        os.kill(editor, signal.SIGSTOP)
    os.kill(server if moment.to_server else editor, moment.number)


def _left(watches: Sequence[proc.Watch], mark: str, deadline: float) -> list[int]:
    """Which processes are still there at the deadline: those that are watched, and all that bear the mark."""
    while watches:
        gone = [watch.gone(deadline - time.monotonic()) for watch in watches]
        left = [watch.pid for watch, ended in zip(watches, gone, strict=True) if not ended]
        for watch in watches:
            watch.close()
        if left:
            return sorted({*left, *marked(mark)})
        watches = [proc.Watch(pid) for pid in marked(mark)]
    return []


def marked(mark: str) -> list[int]:
    """The processes with the mark in their environment, except those that have ended and wait to be seen."""
    wanted = f"{MARK}={mark}".encode()
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            # Most are gone in between, or somebody else's.
            with suppress(OSError):
                if wanted in (entry / "environ").read_bytes().split(b"\0"):
                    found.append(int(entry.name))
    return found


def _told(pid: int) -> str:
    """A process in words."""
    with suppress(OSError):
        place = Path(f"/proc/{pid}")
        command = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace").strip()
        state = (place / "stat").read_text().rpartition(")")[2].split()[0]
        wait = (place / "wchan").read_text()
        return f"{pid} ({state}, {wait}): {command}"
    return str(pid)


def run(n: int, *, at_once: int = 3, seed: int = 0) -> list[Case]:
    """End n servers, some at once; every moment in turns, with and without held pipes."""
    with tempfile.TemporaryDirectory(prefix="codex-lsp-orphans-") as name:
        folder = Path(name)
        with slow_endpoint(folder, 10 * n) as base_url, ThreadPoolExecutor(at_once) as pool:
            one = partial(_numbered, seed, base_url, folder)
            return list(pool.map(one, range(n)))


def _numbered(seed: int, base_url: str, folder: Path, number: int) -> Case:
    moment = MOMENTS[number % len(MOMENTS)]
    # Both ways for each moment, whatever the number of moments is.
    held = (number + number // len(MOMENTS)) % 2 == 0
    case = end_one(moment, held, seed * 1_000_003 + number, base_url, folder)
    said = "gone" if not (case.left or case.error) else f"LEFT {case.left} {case.error}"
    print(f"{number + 1}: {case.moment}, {'held' if held else 'closed'}: {said}", file=sys.stderr)
    return case


def report(cases: Sequence[Case]) -> dict[str, Any]:
    """The one object that `--json` prints."""
    gone = [case for case in cases if not case.left and not case.error]
    worst: dict[str, float] = {}
    for case in gone:
        name = f"{case.moment}, {'held' if case.held else 'closed'}"
        worst[name] = max(worst.get(name, 0.0), round(case.seconds, 2))
    figures = {
        "servers": len(cases),
        "gone": len(gone),
        "worst_seconds": max((round(case.seconds, 2) for case in gone), default=0.0),
        "orphans": sum(len(case.left) for case in cases),
    }
    return {
        "ok": bool(cases) and len(gone) == len(cases),
        "figures": figures,
        "details": {
            "worst_seconds_by_moment": worst,
            "cases_by_moment": Counter(case.moment for case in cases),
            "processes": sum(case.processes for case in cases),
            "not_gone": [vars(case) for case in cases if case.left or case.error],
        },
    }


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.e2e.orphans", description=__doc__)
    parser.add_argument("--n", type=int, default=100, help="how many servers")
    parser.add_argument("--at-once", type=int, default=3, help="how many at a time")
    parser.add_argument("--seed", type=int, default=0, help="for the moments")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout, the rest on stderr")
    asked = parser.parse_args(argv)
    found = report(run(asked.n, at_once=asked.at_once, seed=asked.seed))
    print(json.dumps(found if asked.json else found["figures"], indent=None if asked.json else 1))
    return 0 if found["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
