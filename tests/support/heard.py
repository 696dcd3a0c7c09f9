"""A program as a process, from when it says that it is ready; all that it says is in a file."""

from __future__ import annotations

import queue
import subprocess
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO


@contextmanager
def heard(
    command: Sequence[str],
    log: Path,
    ready: str,
    *,
    env: Mapping[str, str],
    seconds: float,
    cwd: Path | None = None,
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process, ended at the end, and what the line that holds `ready` has behind that."""
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    with subprocess.Popen(
        command,
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        assert process.stdout is not None
        listening = threading.Thread(target=_listen, args=(process.stdout, log, ready, lines), daemon=True)
        listening.start()
        try:
            yield process, _first(lines, seconds, log)
        finally:
            _end(process)
            listening.join(10)


def _listen(said: IO[str], log: Path, ready: str, lines: queue.SimpleQueue[str | None]) -> None:
    # To its end, or the program would stand still once nobody takes what it says.
    with log.open("w", encoding="utf-8") as written:
        for line in said:
            written.write(line)
            written.flush()
            if ready in line:
                lines.put(line.partition(ready)[2].strip())
    lines.put(None)


def _first(lines: queue.SimpleQueue[str | None], seconds: float, log: Path) -> str:
    try:
        found = lines.get(timeout=seconds)
    except queue.Empty:
        found = None
    assert found is not None, f"{log.stem} is not ready: {log.read_text(encoding='utf-8')[-4_000:]}"
    return found


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(10)
