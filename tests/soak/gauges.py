"""What a process holds, looked at again and again, and whether it stayed the same. Linux."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import mean
from typing import TypeVar

from tests.bench.editing import p99
from tests.bench.proc import children, rss_mib

T = TypeVar("T")

# More than this is growth: a part of what it was, or so many MiB, whatever is more.
GROWTH, GROWTH_MIB = 0.05, 6.0
# Descriptors, threads and processes come and go with the runs.
MORE = {"handles": 6, "threads": 3, "children": 1}


@dataclass(frozen=True)
class Look:
    """One look at a process. `rss` in MiB."""

    rss: float
    handles: int
    threads: int
    children: int


@dataclass
class Series:
    """The looks at one process, or at one after another that do the same."""

    name: str
    looks: list[Look]

    def look(self, pid: int | None) -> None:
        """Look at it, unless it is gone."""
        if pid is not None:
            # It may end while it is looked at.
            with suppress(OSError):
                folder = Path(f"/proc/{pid}")
                handles = sum(1 for _ in (folder / "fd").iterdir())
                threads = sum(1 for _ in (folder / "task").iterdir())
                self.looks.append(Look(rss_mib(pid), handles, threads, len(children(pid))))

    def figures(self) -> dict[str, float]:
        """The second quarter's and the last one's: means of memory, the most of the rest."""
        if len(self.looks) < 4:
            return {}
        early, late = quarters(self.looks)
        found = {f"{self.name}_rss_early.mib": mean(each.rss for each in early)}
        found[f"{self.name}_rss_late.mib"] = mean(each.rss for each in late)
        found[f"{self.name}_rss.ratio"] = found[f"{self.name}_rss_late.mib"] / mean(e.rss for e in early)
        for what in MORE:
            found[f"{self.name}_{what}_early.count"] = max(getattr(each, what) for each in early)
            found[f"{self.name}_{what}_late.count"] = max(getattr(each, what) for each in late)
        return {name: round(value, 3) for name, value in found.items()}

    def grown(self) -> list[str]:
        """What did not stay flat, in words."""
        if len(self.looks) < 4:
            return [f"{self.name}: looked at {len(self.looks)} times only"]
        figures = self.figures()
        early, late = (figures[f"{self.name}_rss_{when}.mib"] for when in ("early", "late"))
        wrong = []
        if late > early + max(early * GROWTH, GROWTH_MIB):
            wrong.append(f"{self.name}: memory grew from {early:.1f} to {late:.1f} MiB")
        for what, more in MORE.items():
            before, after = (figures[f"{self.name}_{what}_{when}.count"] for when in ("early", "late"))
            if after > before + more:
                wrong.append(f"{self.name}: {what} grew from {before:g} to {after:g}")
        return wrong


@dataclass
class Waits:
    """How long each request took, in ms, in the order of time."""

    times: list[float]

    def timed(self) -> Callable[[], None]:
        """Begin a measurement; calling the result ends it."""
        began = time.perf_counter()
        return lambda: self.times.append((time.perf_counter() - began) * 1000)

    def figures(self) -> dict[str, float]:
        """p99 of the second quarter and of the last one."""
        if len(self.times) < 8:
            return {}
        early, late = (p99(part) for part in quarters(self.times))
        return {
            "code_action_p99_early.ms": round(early, 2),
            "code_action_p99_late.ms": round(late, 2),
            "code_action_p99.ratio": round(late / early, 3),
        }


def quarters(values: Sequence[T]) -> tuple[Sequence[T], Sequence[T]]:
    """The second quarter, when all is warm, and the last one."""
    size = len(values) // 4
    return values[size : 2 * size], values[-size:]
