"""How far a run may go. Reaching a limit ends it; nothing is applied then."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """`steps`: model calls. `seconds`: the whole time. `repairs`: chances to mend an edit that failed."""

    steps: int = 24
    seconds: float = 900.0
    repairs: int = 2
