"""One edit from the command line: `codex-lsp ask` beside other people's tools, and beside the least it takes.

All of them ask the same scripted endpoint for the same edit, in turns. `ask` finds a worker that an editor of
the same person has started, `ask_cold` finds none. What such a worker has and does is told apart: `cpu` is
with its part of the work, `peak` is the memory of the processes that the command itself started, and
`peak_with_worker` adds the worker's, which is there for all editors and commands together.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from tests.bench import cli_run, cli_tools, peers, peers_install, proc
from tests.bench.cli_tools import COLD, FLOOR, OURS, PEERS, Tool
from tests.bench.figures import Wrong
from tests.bench.router_lsp import Endpoint, opened
from tests.bench.router_results import Compared
from tests.bench.router_ways import RUNTIME, environ
from tests.support.processes import workers

ENDPOINT = "tests.bench.cli_endpoint"
# Rounds in which memory is looked at, and how often the start is timed in each round.
LOOKS, STARTS = 2, 5
KEPT = ("wall", "first", "cpu", "requests", "sent")
_numbers = count(1)


def measure(folder: Path, quick: bool, rounds: int) -> Sequence[Compared]:
    """All figures; `quick` leaves out what PyPI's peers take, and takes everything once."""
    peers.compile_all()
    with Endpoint.started(ENDPOINT) as endpoint:
        suite = _suite(endpoint, folder, PEERS[2:] if quick else PEERS)
        place = peers.workspace(folder)
        with opened(endpoint, folder, place, settled=True) as server:
            suite.warm = server.env
            for number in range(-1, rounds):
                suite.round(number)
                print(f"round {number + 1} of {rounds}", file=sys.stderr)
            for _ in range(1 if quick else LOOKS):
                suite.look()
            server.shut_down()
    return list(suite.figures.values())


@dataclass
class Suite:
    """The tools, in the order of the tables, and the book of figures."""

    endpoint: Endpoint
    folder: Path
    others: Sequence[Tool]
    figures: Mapping[str, Compared]
    warm: Mapping[str, str] = field(default_factory=dict)

    def round(self, number: int) -> None:
        """Every tool once, and the starts; the round before the first is dropped."""
        turns: list[Callable[[], None]] = [self._ask, self._ask_cold, self._starts]
        turns += [lambda tool=tool: self._other(tool) for tool in self.others]  # type: ignore[misc]
        for turn in turns if number % 2 else turns[::-1]:
            turn()
        if number < 0:
            for each in self.figures.values():
                each.rounds.clear()

    def look(self) -> None:
        """Memory of all of them."""
        url = self.endpoint.base_url
        with self.noting(OURS):
            own = cli_run.peak(self._ours(OURS, self.warm), url)
            self._memory(OURS, own, workers(self.warm[RUNTIME]))
        with self.noting(COLD), self._cold() as tool:
            self._memory(COLD, cli_run.peak(tool, url), workers(tool.env[RUNTIME]))
        for tool in self.others:
            with self.noting(tool.name):
                self._memory(tool.name, cli_run.peak(tool, url), [])

    @contextmanager
    def noting(self, name: str) -> Iterator[None]:
        """What goes wrong inside is noted, and the next thing is measured."""
        try:
            yield
        except Exception as error:
            wrong = self.figures["wall"].wrong
            if (note := f"{name}: {type(error).__name__}: {error}") not in wrong:
                wrong.append(note)

    def _memory(self, name: str, own: float, there: Sequence[int]) -> None:
        shared = sum(proc.rss_mib(pid) for pid in there)
        self.figures["peak"].take(name, [own])
        self.figures["peak_with_worker"].take(name, [own + shared])

    def _ask(self) -> None:
        with self.noting(OURS):
            there = workers(self.warm[RUNTIME])
            sample = cli_run.edit(self._ours(OURS, self.warm), self.endpoint.base_url, there)
            if workers(self.warm[RUNTIME]) != there:
                raise Wrong("it did not use the worker that was there: is the code being changed meanwhile?")
            self._keep(OURS, sample)

    def _ask_cold(self) -> None:
        with self.noting(COLD), self._cold() as tool:
            sample = dict(cli_run.edit(tool, self.endpoint.base_url))
            sample["worker_cpu"] = sum(proc.work(pid).cpu_ms for pid in workers(tool.env[RUNTIME]))
            self._keep(COLD, sample)

    def _other(self, tool: Tool) -> None:
        with self.noting(tool.name):
            self._keep(tool.name, cli_run.edit(tool, self.endpoint.base_url))

    def _keep(self, name: str, sample: Mapping[str, float]) -> None:
        for what in KEPT:
            more = sample["worker_cpu"] if what == "cpu" else 0
            self.figures[what].take(name, [sample[what] + more])

    def _starts(self) -> None:
        """`codex-lsp --version` beside the interpreter's own start."""
        with self.noting("version"):
            ours = [started([*peers.OURS, "--version"]) for _ in range(STARTS)]
            python = [started([sys.executable, "-c", "pass"]) for _ in range(STARTS)]
            self.figures["version"].take("ours", ours)
            self.figures["version"].take("python", python)
            above = [mine - theirs for mine, theirs in zip(sorted(ours), sorted(python), strict=True)]
            self.figures["version_above"].take("ours", above)

    def _ours(self, name: str, env: Mapping[str, str]) -> Tool:
        return cli_tools.ours(name, env, self.folder / OURS / "place")

    @contextmanager
    def _cold(self) -> Iterator[Tool]:
        """Where nobody has a worker; at the end the one that was started has ended."""
        runtime = self.folder / f"cold-{next(_numbers)}"
        yield self._ours(COLD, environ(self.endpoint.base_url, runtime))
        for pid in workers(runtime):
            watch = proc.Watch(pid)
            gone = watch.gone(cli_run.PATIENCE)
            watch.close()
            if not gone:
                raise Wrong(f"its worker {pid} is still there")


def started(command: Sequence[str]) -> float:
    """The ms of a program that ends at once."""
    env = peers.environ()
    began = time.perf_counter()
    subprocess.run(command, env=env, cwd=peers.ROOT, check=True, stdout=subprocess.DEVNULL)
    return (time.perf_counter() - began) * 1000


def _suite(endpoint: Endpoint, folder: Path, names: Sequence[str]) -> Suite:
    tools, missing = [cli_tools.other(FLOOR, endpoint.base_url, folder / FLOOR)], {}
    for name in names:
        try:
            tools.append(cli_tools.other(name, endpoint.base_url, folder / name))
        except peers_install.NotHere as error:
            missing[name] = str(error)
    for name in (OURS, *(tool.name for tool in tools)):
        cli_run.repository(folder / name / "place")
    beside = (*(tool.name for tool in tools), COLD)
    figures = [*_edits(beside, missing), Compared("version", "ms", beside=("python",))]
    figures.append(Compared("version_above", "ms", target=60))
    return Suite(endpoint, folder, tools, {each.what: each for each in figures})


def _edits(beside: tuple[str, ...], missing: Mapping[str, str]) -> list[Compared]:
    """Faster and smaller than every peer: those are the targets."""
    ahead = {name: 1.0 for name in beside if name in PEERS}
    return [
        Compared("wall", "s", OURS, beside, beside_targets=ahead, missing=missing),
        Compared("first", "s", OURS, beside, missing=missing),
        Compared("cpu", "s", OURS, beside, missing=missing),
        Compared("peak", "mib", OURS, beside, beside_targets=ahead, missing=missing),
        Compared("peak_with_worker", "mib", OURS, beside, missing=missing),
        Compared("requests", "count", OURS, beside, missing=missing),
        Compared("sent", "kib", OURS, beside, missing=missing),
    ]
