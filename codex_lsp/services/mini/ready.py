"""Whether the models behind the mini-agent answer: asked for a word, and not more often than needed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping

from codex_lsp.agent.model import ModelError, Request
from codex_lsp.services.mini.upstream import Served

# What was found holds for so long. Each question costs a few tokens.
GOOD_SECONDS = 300.0
BAD_SECONDS = 5.0
# A health check does not wait for a model that is being loaded; the question goes on meanwhile.
WAIT_SECONDS = 4.0
_QUESTION = Request([{"role": "user", "content": "Answer with OK."}])


class Readiness:
    """What is known of each model. Belongs to one event loop."""

    def __init__(self, served: Mapping[str, Served]) -> None:
        self._served = served
        self._found = "the models have not been asked yet"
        self._until = 0.0
        self._asking: asyncio.Task[str] | None = None

    async def found(self) -> str:
        """Empty if all of them answer, else what is to be done."""
        if time.monotonic() < self._until:
            return self._found
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask())
        done, _ = await asyncio.wait([self._asking], timeout=WAIT_SECONDS)
        if not done:
            return "A model has not answered yet: it is slow, or being loaded. Ask again in a moment."
        self._found, self._asking = self._asking.result(), None
        self._until = time.monotonic() + (BAD_SECONDS if self._found else GOOD_SECONDS)
        return self._found

    async def _ask(self) -> str:
        return " ".join(filter(None, [await _problem(each) for each in self._served.values()]))


async def _problem(served: Served) -> str:
    try:
        await served.model.complete(_QUESTION, lambda delta: None, {"max_tokens": 16})
    except ModelError as error:
        return str(error)
    return ""
