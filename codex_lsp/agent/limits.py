"""How far a run may go. Reaching a limit ends it, by an exception that names it; nothing is applied then.

What costs (`tokens`, `cost`) is counted in `budget`, which raises `OverBudget`; time is watched in `run`.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from typing import Literal

from codex_lsp.agent.model import ModelError, Reply, ToolCall
from codex_lsp.edits import EditError
from codex_lsp.records import record

StopReason = Literal[
    "finished",
    "answered",
    "cancelled",
    "turns",
    "tool_calls",
    "time",
    "tokens",
    "cost",
    "bytes",
    "repeated",
    "bad_arguments",
    "bad_edits",
    "unfinished",
    "failed",
]
"""Why a run ended. `finished`: with changes. `answered`: in words alone. `cancelled`: by the person.
From `turns` to `bad_edits` a limit was reached; the last means that edits did not fit, and were not mended.
`unfinished`: a reply had no proper end. `failed`: there was no reply, or a fault."""


@record(frozen=True, slots=True)
class Limits:
    """`steps`: model calls. `seconds`: the whole time. `repairs`: chances to mend edits in words.

    `tool_calls` are those of all replies, `bytes` those of all replies and tool results. `repeats`: the same
    call with the same result so many times ends the run. `bad_arguments`: so many times in a row the model is
    told that its arguments do not fit. `failed_edits`: so many turns in a row in which edits by tool failed.
    `tokens` and `cost` (USD) are of one run, `cost_per_day` of all runs of a day; 0 is no limit for these.
    """

    steps: int = 24
    seconds: float = 900.0
    repairs: int = 2
    tool_calls: int = 200
    bytes: int = 8_000_000
    repeats: int = 3
    bad_arguments: int = 3
    failed_edits: int = 6
    tokens: int = 0
    cost: float = 0.0
    cost_per_day: float = 0.0


class Unfinished(ModelError):
    """The reply ended before it was whole, or the run reached a limit. Nothing is applied."""

    code = "unfinished"
    reason: StopReason = "unfinished"


class LimitReached(Unfinished):
    """The run reached one of its limits, which `reason` names."""

    code = "limit"

    def __init__(self, reason: StopReason, message: str) -> None:
        self.reason = reason
        super().__init__(f"{message} Nothing was changed.")


def reason_of(error: BaseException) -> StopReason:
    """Why a run ended that ended with this exception."""
    if isinstance(error, asyncio.CancelledError):
        return "cancelled"
    if isinstance(error, EditError):
        return "bad_edits"
    reason: StopReason = getattr(error, "reason", "failed") if isinstance(error, ModelError) else "failed"
    return reason


class Tally:
    """Counts what a run does, and raises `LimitReached` where it does too much."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self.turns = self.calls = self.bytes = 0
        self._bad = self._failed = 0
        self._seen: Counter[tuple[str, str, str]] = Counter()

    def turn(self) -> None:
        """The model is about to be called once more."""
        if self.turns == self._limits.steps:
            raise LimitReached(
                "turns", f"The model did not finish within {self.turns} steps (maxSteps): ask about less."
            )
        self.turns += 1

    def replied(self, reply: Reply) -> None:
        """A reply came; its calls are about to be run."""
        self.calls += len(reply.tool_calls)
        if self.calls > self._limits.tool_calls:
            most = self._limits.tool_calls
            raise LimitReached(
                "tool_calls", f"The model called more than {most} tools (maxToolCalls): ask about less."
            )
        self._add(reply.content, reply.reasoning, *(call.arguments for call in reply.tool_calls))

    def called(self, call: ToolCall, text: str, *, fitted: bool) -> None:
        """A call has the result `text`. Whether its arguments `fitted`: else `turned` judges it."""
        self._add(text)
        if not fitted:
            return
        key = (call.name, canonical(call.arguments), text)
        self._seen[key] += 1
        if self._seen[key] >= self._limits.repeats:
            raise LimitReached(
                "repeated",
                f"The model called {call.name[:40]} {self._seen[key]} times alike, with the same result: "
                "ask in other words.",
            )

    def turned(self, *, bad: bool, failed: bool) -> None:
        """A turn's calls were run. `bad`: none had arguments that fit; `failed`: an edit did not fit."""
        self._bad = self._bad + 1 if bad else 0
        self._failed = self._failed + 1 if failed else 0
        if self._bad > self._limits.bad_arguments:
            raise LimitReached(
                "bad_arguments",
                f"The model called tools with arguments that do not fit {self._bad} times in a row: "
                "one that is better at tools may help.",
            )
        if self._failed >= self._limits.failed_edits:
            raise LimitReached(
                "bad_edits",
                f"The model's edits did not fit the text {self._failed} times in a row: "
                "ask about less, or in other words.",
            )

    def _add(self, *texts: str) -> None:
        self.bytes += sum(len(text.encode("utf-8", "replace")) for text in texts)
        if self.bytes > self._limits.bytes:
            raise LimitReached(
                "bytes",
                f"Replies and tool results have more than {self._limits.bytes:,} bytes (maxBytes): "
                "ask about less.",
            )


def canonical(arguments: str) -> str:
    """The same text for the same arguments, however they are written."""
    try:
        return json.dumps(json.loads(arguments or "{}"), sort_keys=True)
    except (ValueError, RecursionError):
        return arguments
