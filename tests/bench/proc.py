"""What /proc tells of a process, and waiting for its end. Linux."""

from __future__ import annotations

import os
import select
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PAGE = os.sysconf("SC_PAGESIZE")
TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")


def rss_mib(pid: int) -> float:
    """The process' resident memory, in MiB."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE / 2**20


def children(pid: int) -> list[int]:
    """The process' own children, zombies too; none if it is gone."""
    found: list[int] = []
    with suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            found += map(int, (thread / "children").read_text().split())
    return found


def descendants(pid: int) -> list[int]:
    """Children, their children and so on."""
    found = children(pid)
    for each in found:  # grows on the way
        found += children(each)
    return found


@dataclass(frozen=True)
class Work:
    """What a process did: CPU time in ms, by the kernel's clock ticks and in full, and how often it woke."""

    ticks_ms: float
    cpu_ms: float
    wakeups: int

    def since(self, before: Work) -> Work:
        """What was done between two looks."""
        return Work(
            self.ticks_ms - before.ticks_ms, self.cpu_ms - before.cpu_ms, self.wakeups - before.wakeups
        )


def work(pid: int) -> Work:
    """All that the process' threads have done so far; threads that have ended count in the ticks only."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    spent = wakeups = 0
    for thread in Path(f"/proc/{pid}/task").iterdir():
        # A thread may end while its files are read.
        with suppress(OSError):
            spent += int((thread / "schedstat").read_text().split()[0])
            status = (thread / "status").read_text()
            wakeups += int(status.partition("\nvoluntary_ctxt_switches:")[2].split()[0])
    return Work((int(fields[11]) + int(fields[12])) * TICK_MS, spent / 1e6, wakeups)


class Watch:
    """A process whose end can be waited for without asking again and again. Needs not be a child."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self._poll = select.poll()
        try:
            self._fd = os.pidfd_open(pid)
        except ProcessLookupError:
            self._fd = -1
        else:
            self._poll.register(self._fd, select.POLLIN)

    def gone(self, seconds: float) -> bool:
        """Whether the process has ended, at the latest after so many seconds."""
        return self._fd < 0 or bool(self._poll.poll(max(0.0, seconds) * 1000))

    def close(self) -> None:
        """Let go of the descriptor."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


@dataclass(frozen=True)
class Machine:
    """The whole machine's clock ticks so far, and those of this process and its children that have ended."""

    busy: int
    all: int
    own: float

    @classmethod
    def now(cls) -> Machine:
        """A look at it."""
        with Path("/proc/stat").open() as file:
            values = [int(each) for each in file.readline().split()[1:9]]
        times = os.times()
        own = times.user + times.system + times.children_user + times.children_system
        return cls(sum(values) - values[3] - values[4], sum(values), own * 1000 / TICK_MS)

    def others_since(self, before: Machine) -> float:
        """Which share of the machine's time went to others, from 0 to 1."""
        foreign = self.busy - before.busy - (self.own - before.own)
        return max(0.0, foreign) / max(1, self.all - before.all)
