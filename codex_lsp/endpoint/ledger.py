"""What was spent today, of all of the user's programs: lines in a file of the user's state folder.

    spent/2026-11-23.txt    a line for each booking, `ID USD`; the last line of an ID counts

A day is one of UTC, so that it is the same for all programs. A booking is judged and written under a lock, so
that two at the same moment do not both take what is left. The file holds numbers and nothing else, and goes
with the next day. A program that ends in the middle of a call leaves its booking: what the call might have
cost.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from codex_lsp import state
from codex_lsp.endpoint.locks import lock

# The lock is held for a read and a line. Whoever is stopped while it has it must not stop others.
LOCK_SECONDS = 0.5
_PAUSE = 0.002


def folder() -> Path:
    """Where days are kept; it need not exist."""
    return state.folder("spent")


def _today() -> str:
    return time.strftime("%Y-%m-%d", time.gmtime())


class DayLedger:
    """See `codex_lsp.agent.budget.Ledger`. Nothing is read or written until the first booking."""

    def __init__(self, place: Path | None = None, today: Callable[[], str] = _today) -> None:
        self._place = place
        self._today = today

    def book(self, cost: float, limit: float) -> Entry | None:
        """Book `cost` for a call that begins now, unless the day would then be above `limit`; both in USD.

        Takes less than a millisecond. Raises `OSError`.
        """
        place = folder() if self._place is None else self._place
        state.private(place)
        path = place / f"{self._today()}.txt"
        if not path.exists():
            _forget(place, path)
        entry = Entry(path, os.urandom(6).hex(), limit)
        with _locked(path) as descriptor:
            spent = _sum(descriptor)
            if spent + cost > limit:
                return None
            entry.left = limit - spent
            _append(descriptor, entry.id, cost)
        return entry


@dataclass
class Entry:
    """One booking. `left` is what the day had left, in USD, this call not counted."""

    path: Path
    id: str
    left: float

    def settle(self, cost: float) -> None:
        """Put what it has cost in the place of what was booked; if that cannot be written, it stays."""
        with suppress(OSError), _locked(self.path) as descriptor:
            _append(descriptor, self.id, cost)


def spent_today(place: Path | None = None) -> float:
    """USD of all bookings of today."""
    path = (folder() if place is None else place) / f"{_today()}.txt"
    try:
        return _total(path.read_bytes())
    except FileNotFoundError:
        return 0.0


def _sum(descriptor: int) -> float:
    os.lseek(descriptor, 0, os.SEEK_SET)
    data = b""
    while part := os.read(descriptor, 1 << 20):
        data += part
    return _total(data)


def _total(data: bytes) -> float:
    costs: dict[bytes, float] = {}
    for line in data.splitlines():
        name, _, cost = line.partition(b" ")
        # Not one of ours.
        with suppress(ValueError):
            costs[name] = float(cost)
    return sum(costs.values())


def _append(descriptor: int, name: str, cost: float) -> None:
    line, end = f"{name} {cost:.9f}\n".encode("ascii"), os.lseek(descriptor, 0, os.SEEK_END)
    if os.write(descriptor, line) < len(line):
        os.ftruncate(descriptor, end)
        raise OSError("the disk is full")


def _forget(place: Path, today: Path) -> None:
    for old in place.glob("????-??-??.txt"):
        if old.name < today.name:
            with suppress(OSError):
                old.unlink()


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    """The file, made if need be, for this program alone; raises `OSError`."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        until = time.monotonic() + LOCK_SECONDS
        while not lock(descriptor):
            if time.monotonic() > until:
                raise TimeoutError(f"another program holds {path}")
            time.sleep(_PAUSE)
        yield descriptor
    finally:
        os.close(descriptor)  # which gives the lock back
