"""Whether and when a request is sent again: the one place where it is.

Neither the provider nor its transport repeats anything, and LiteLLM's Router is told not to (`router` sends
`num_retries=0` with each call); a Router of somebody else's has its own rules, and only those. What is worth
another try says `endpoint.errors.is_passing`; nothing is repeated once a piece of a reply was used.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from dataclasses import field

from codex_lsp.agent.model import Delta
from codex_lsp.endpoint.errors import (
    EndpointError,
    RateLimited,
    StatusError,
    Unreachable,
    duration,
    is_passing,
)
from codex_lsp.llm.chat import Patience
from codex_lsp.records import record


@record(frozen=True, slots=True)
class Stamina:
    """How often and how long; times in seconds.

    `retries`: tries after the first. `backoff`: the mean wait before the second, doubled for each later one,
    where the endpoint names none. `longest`: what an endpoint may ask to wait at most; beyond it the person
    is told at once, with the time.
    """

    retries: int = 2
    backoff: float = 0.5
    longest: float = 20.0
    patience: Patience = field(default_factory=Patience)


class Tries:
    """The tries of one ask, over all deployments and fallbacks. `tell` hears of each wait, as a step."""

    def __init__(self, stamina: Stamina, tell: Callable[[Delta], None] | None) -> None:
        self._stamina = stamina
        self._tell = tell
        self._made = 0
        self.until = time.monotonic() + stamina.patience.total

    @property
    def left(self) -> float:
        """Seconds until the end of the ask."""
        return max(0.0, self.until - time.monotonic())

    async def again(self, error: EndpointError, *, elsewhere: bool = False) -> bool:
        """Wait for the next try after `error`; False, at once, if there is to be none.

        `elsewhere`: another deployment is asked next, which nobody asked to wait for.
        """
        if not is_passing(error) or self._made >= self._stamina.retries:
            return False
        wait = 0.0 if elsewhere else self._wait(error)
        if wait > self._longest() or wait >= self.left:
            return False
        self._made += 1
        self.say(_sentence(error, wait, elsewhere))
        await asyncio.sleep(wait)
        return True

    def say(self, sentence: str) -> None:
        """Tell the person what happens on the way to the reply."""
        if self._tell is not None:
            self._tell(Delta("step", sentence))

    def _wait(self, error: EndpointError) -> float:
        # Jittered, so that many that were turned away at once do not come back at once.
        own: float = self._stamina.backoff * 2**self._made * random.uniform(0.5, 1.5)  # noqa: S311
        if error.retry_after is None:
            return own
        return error.retry_after + min(own, error.retry_after / 10)

    def _longest(self) -> float:
        # A wait of which nobody is told must not be felt.
        untold = 4 * self._stamina.backoff
        return self._stamina.longest * 1.1 if self._tell is not None else untold


def _sentence(error: EndpointError, wait: float, elsewhere: bool) -> str:
    if isinstance(error, Unreachable):
        what = "the endpoint does not answer"
    elif isinstance(error, RateLimited):
        what = "the endpoint has too many requests"
    else:
        what = "the endpoint failed"
    status = f" ({error.status})" if isinstance(error, StatusError) and error.status is not None else ""
    if elsewhere:
        return f"{what}{status}; asking another one"
    if error.retry_after:
        return f"the endpoint asks to wait {duration(error.retry_after)}{status}; trying again then"
    return f"{what}{status}; trying again in {duration(wait)}"
