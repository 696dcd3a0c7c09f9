"""How far a run may go. Reaching a limit ends it; nothing is applied then. See `budget` for what costs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """`steps`: model calls. `seconds`: the whole time. `repairs`: chances to mend an edit that failed.

    `tokens` and `cost` (USD) are of one run, `cost_per_day` of all runs of a day; 0 is no limit.
    """

    steps: int = 24
    seconds: float = 900.0
    repairs: int = 2
    tokens: int = 0
    cost: float = 0.0
    cost_per_day: float = 0.0
