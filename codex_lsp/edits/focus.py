"""The selection that an edit is for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Focus:
    """What the person selected: `[start, end)` in code points of the file at `path`."""

    path: str
    start: int
    end: int
