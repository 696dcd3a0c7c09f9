"""What a run has used, and the model calls that its limits still allow.

A call is judged before it is sent: by what the run has used, and by a bound for its prompt, a token for each
three bytes. While the reply comes it is judged again by what has come, and stopped where it would go beyond;
the arguments of tool calls are not seen before their end, so `AHEAD` tokens are counted for them in advance.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from codex_lsp.agent.limits import Limits, StopReason
from codex_lsp.agent.model import Delta, Model, ModelError, ModelInfo, Prices, Reply, Request, Usage

BYTES_PER_TOKEN = 3
AHEAD = 500


class OverBudget(ModelError):
    """The next call could go beyond a limit that the person set; it was not sent, or was stopped."""

    code = "budget"

    def __init__(self, message: str, reason: StopReason = "cost") -> None:
        self.reason = reason
        super().__init__(message)


class Booking(Protocol):
    """What one call may cost, on the account of its day. `left` of the day's limit, in USD, beside it."""

    @property
    def left(self) -> float:
        """USD."""
        ...

    def settle(self, cost: float) -> None:
        """Put what the call has cost in the place of what it might have."""
        ...


class Ledger(Protocol):
    """A day's costs, of all that write to it."""

    def book(self, cost: float, limit: float) -> Booking | None:
        """Book `cost` on today's account, unless it would then be above `limit`; both in USD.

        Raises `OSError` if the account cannot be kept.
        """
        ...


class Meter:
    """A `Model` (its `complete`) that counts, and refuses what is beyond the limits.

    `used` is the sum of all calls so far. `tell` hears, once, that no price is known.
    """

    def __init__(
        self,
        model: Model,
        info: ModelInfo,
        limits: Limits,
        *,
        ledger: Ledger | None = None,
        tell: Callable[[str], None] = lambda step: None,
        on_usage: Callable[[Usage], None] = lambda usage: None,
    ) -> None:
        self.used: Usage | None = None
        self._model = model
        self._prices = info.prices
        self._limits = limits
        self._ledger = ledger if limits.cost_per_day else None
        self._on_usage = on_usage
        self._limited = bool(limits.tokens or limits.cost or limits.cost_per_day)
        if (limits.cost or limits.cost_per_day) and info.prices is None:
            name = info.name or "this model"
            tell(f"the price of {name} is not known: only tokens are counted, and no cost is limited")

    async def complete(self, request: Request, on_delta: Callable[[Delta], None]) -> Reply:
        """Answer `request`; raises `OverBudget` for what could go beyond a limit."""
        if not self._limited:
            reply = await self._model.complete(request, on_delta)
            self._add(reply.usage)
            return reply
        call = _Call(_tokens(_size(request)))
        self._require(call.usage(self._prices, ahead=AHEAD))
        booking = self._book(call.usage(self._prices, ahead=AHEAD))
        day = booking.left if booking else None

        def watched(delta: Delta) -> None:
            call.received += len(delta.text.encode("utf-8", "replace")) if delta.kind != "step" else 0
            self._require(call.usage(self._prices), day)
            on_delta(delta)

        usage = Usage(cost=0.0)
        try:
            reply = await self._model.complete(request, watched)
            # An endpoint that counts nothing is counted for.
            usage = reply.usage if reply.usage.total_tokens else call.usage(self._prices, replied=reply)
            return replace(reply, usage=usage)
        except BaseException as error:
            # What was refused before a word came is not paid; what was cancelled may be.
            if call.received or not isinstance(error, Exception):
                usage = call.usage(self._prices)
            raise
        finally:
            self._add(usage)
            if booking:
                booking.settle(usage.cost if usage.cost is not None else call.cost(self._prices))

    def _require(self, call: Usage, day: float | None = None) -> None:
        used = (self.used or Usage(cost=0.0)) + call
        limits = self._limits
        if limits.tokens and used.total_tokens > limits.tokens:
            raise _over(f"{limits.tokens:,} tokens", "maxTokens", "a run", "tokens")
        if limits.cost and used.cost is not None and used.cost > limits.cost:
            raise _over(f"${limits.cost:g}", "maxCost", "a run")
        if day is not None and call.cost is not None and call.cost > day:
            raise _over(f"${limits.cost_per_day:g}", "maxCostPerDay", "a day")

    def _book(self, call: Usage) -> Booking | None:
        if self._ledger is None or call.cost is None:
            return None
        try:
            booking = self._ledger.book(call.cost, self._limits.cost_per_day)
        except OSError as error:
            raise OverBudget(
                f"What was spent today cannot be kept, so nothing was sent: {error}. Mend that, or set "
                "maxCostPerDay to 0."
            ) from None
        if booking is None:
            raise _over(f"${self._limits.cost_per_day:g}", "maxCostPerDay", "a day")
        return booking

    def _add(self, usage: Usage) -> None:
        self.used = usage if self.used is None else self.used + usage
        self._on_usage(self.used)


@dataclass(slots=True)
class _Call:
    """One call, by what is sent (in tokens) and what has come (in bytes)."""

    prompt: int
    received: int = 0

    def usage(self, prices: Prices | None, *, ahead: int = 0, replied: Reply | None = None) -> Usage:
        size = self.received
        if replied is not None:
            size = len(replied.content.encode("utf-8", "replace")) + len(
                replied.reasoning.encode("utf-8", "replace")
            )
            size += sum(len(each.name) + len(each.arguments) for each in replied.tool_calls)
        reply = _tokens(size) + ahead
        cost = None if prices is None else self.prompt * prices.prompt + reply * prices.completion
        return Usage(self.prompt, reply, self.prompt + reply, cost)

    def cost(self, prices: Prices | None) -> float:
        return self.usage(prices).cost or 0.0


def _tokens(size: int) -> int:
    return -(-size // BYTES_PER_TOKEN)


def _size(request: Request) -> int:
    parts = [list(request.messages), list(request.tools), request.workspace]
    return len(json.dumps(parts, separators=(",", ":")))


def _over(limit: str, setting: str, per: str, reason: StopReason = "cost") -> OverBudget:
    return OverBudget(
        f"The budget of {limit} for {per} ({setting}) does not allow another call, so nothing was changed: "
        "ask about less, or raise it.",
        reason,
    )
