"""The ways to ask, each in a process of its own (`tests.bench.router_driver`)."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from tests.bench import peers
from tests.bench.figures import Wrong

RUNTIME = "XDG_RUNTIME_DIR"
WAYS = ("httpx", "openai", "router", "remote")


@dataclass(frozen=True)
class Way:
    """A process that asks when it is told to."""

    name: str
    process: subprocess.Popen[str]

    def times(self, do: str, words: int, times: int) -> list[float]:
        """The ms of each time; see `router_driver`. Raises `Wrong`."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps({"do": do, "words": words, "times": times}) + "\n")
        self.process.stdin.flush()
        answer = self._read()
        if not isinstance(answer, list):
            raise Wrong(f"{self.name}: {answer}")
        return [float(each) for each in answer]

    def chunks(self, count: int, times: int) -> list[float]:
        """The ms of one chunk of so many: what a long stream takes beyond one with a single chunk."""
        alone = median(self.times("stream", 1, times))
        return [(each - alone) / (count - 1) for each in self.times("stream", count, times)]

    def _read(self) -> object:
        assert self.process.stdout is not None
        if not (line := self.process.stdout.readline()):
            raise Wrong(f"{self.name} ended")
        answer: object = json.loads(line)
        return answer


@contextmanager
def started(name: str, base_url: str, folder: Path) -> Iterator[Way]:
    """The process, ready; it ends at the end."""
    env = environ(base_url, folder / name)
    command = [sys.executable, "-m", "tests.bench.router_driver", name, base_url]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=env, cwd=peers.ROOT
    ) as process:
        way = Way(name, process)
        try:
            way._read()
            yield way
        finally:
            assert process.stdin is not None
            process.stdin.close()
            process.wait(10)


def environ(base_url: str, runtime: Path) -> dict[str, str]:
    """For programs that share a worker, as people's do, with all who have the same `runtime` folder."""
    runtime.mkdir(mode=0o700, exist_ok=True)
    return peers.environ(base_url) | {RUNTIME: str(runtime), "CODEX_AGENT_SHARE_WORKER": "1"}
