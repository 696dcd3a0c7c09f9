"""What the runs of a session have used, and what failed last."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from codex_lsp.agent.model import Usage


@dataclass(slots=True)
class Sums:
    """`runs` are over, and have `used` so much; `error` is `{code, message, run}` of the last failure.

    A run that ends well, or that the person cancels, leaves no error behind.
    """

    runs: int = 0
    used: Usage = field(default_factory=lambda: Usage(cost=0.0))
    error: dict[str, Any] | None = None

    def ended(self, run: str, usage: Usage, code: str, message: str) -> None:
        """A run is over; `code` is empty unless it failed."""
        self.runs += 1
        # One that came to no call has no price, and needs none.
        self.used += usage if usage.total_tokens else Usage(cost=0.0)
        self.error = {"code": code, "message": message, "run": run} if code else None

    def refused(self, code: str, message: str) -> None:
        """A command began no run."""
        self.error = {"code": code, "message": message, "run": None}


def usage_json(usage: Usage) -> dict[str, Any]:
    """Tokens, and USD or null where no price is known."""
    return {
        "prompt": usage.prompt_tokens,
        "completion": usage.completion_tokens,
        "total": usage.total_tokens,
        "cost": usage.cost,
    }
