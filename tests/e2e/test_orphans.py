"""No server outlives its editor. `python -m tests.e2e.orphans --n 100` is the long run of this."""

from __future__ import annotations

import subprocess
import sys
import time

from tests.bench.proc import Watch
from tests.e2e import orphans


def test_no_server_outlives_its_editor_and_none_survives_sigterm() -> None:
    found = orphans.report(orphans.run(len(orphans.MOMENTS), at_once=4))
    assert found["details"]["not_gone"] == []
    assert found["figures"]["servers"] == found["figures"]["gone"] == len(orphans.MOMENTS)
    assert found["figures"]["worst_seconds"] < orphans.LIMIT
    # Most of them had a worker when the end came.
    assert found["details"]["processes"] > len(orphans.MOMENTS) * 1.3


def test_whoever_bears_the_mark_is_found_and_one_that_stays_is_told() -> None:
    """The means of the test above: a process that stays is noticed, whoever its parent is."""
    with subprocess.Popen(
        [sys.executable, "-c", "import sys; print(flush=True); sys.stdin.read()"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={orphans.MARK: "here"},
    ) as staying:
        try:
            # Popen returns while the kernel still replaces the program: its environment cannot be read yet.
            assert staying.stdout is not None
            staying.stdout.readline()
            assert orphans.marked("here") == [staying.pid]
            assert orphans.marked("her") == []
            watches = [Watch(staying.pid)]
            assert orphans._left(watches, "here", time.monotonic() + 0.1) == [staying.pid]
        finally:
            staying.kill()
        assert orphans._left([Watch(staying.pid)], "here", time.monotonic() + 10) == []
