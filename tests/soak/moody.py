"""An endpoint with moods: what it answers, or how it fails, is planned for each document."""

from __future__ import annotations

import asyncio
import json
import re
from collections import deque
from typing import Self

from tests.bench import crowd
from tests.support.endpoint import JSON, Answer, Raw, Recorded, ScriptedEndpoint, Step

_NAME = re.compile(crowd.NAME)

# Each ends a run at the first try: what is tried again would make the person wait for seconds.
FAULTS: tuple[Step, ...] = (
    Raw(401, {"Content-Type": JSON}, b'{"error": {"message": "no such key"}}'),
    Raw(404, {"Content-Type": JSON}, b'{"error": {"message": "no such model"}}'),
    Raw(200, {"Content-Type": "text/html"}, b"<html>Sign in</html>"),
    Answer("*** Begin Patch\n*** Update File: ", cut_after=300),
    Answer("*** Begin Patch\n", finish_reason="length"),
    Answer("Half of it", finish_reason=None, done=False),
    Answer(""),
)


class MoodyEndpoint(ScriptedEndpoint):
    """Answers the next step that was planned for the document that a request is about."""

    def __init__(self) -> None:
        super().__init__()
        self._plans: dict[str, deque[Step]] = {}
        self.answered = 0

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        return self

    def plan(self, name: str, *steps: Step) -> None:
        """From now on, these are the answers for the document of this name."""
        self._plans[name] = deque(steps)

    def _step(self, request: Recorded) -> Step:
        # An hour's prompts are not kept.
        self.requests.clear()
        if request.path != "/v1/chat/completions":
            return super()._step(request)
        self.answered += 1
        plan = self._plans.get(_document(request), deque())
        return plan.popleft() if plan else Answer("There is nothing to do.")


def never() -> asyncio.Event:
    """What nobody sets: the answer stays away until the client leaves."""
    return asyncio.Event()


def _document(request: Recorded) -> str:
    """The document that was asked about: it is named first."""
    asked = json.dumps([each["content"] for each in request.json["messages"] if each["role"] == "user"])
    found = _NAME.search(asked)
    return found[0] if found else ""
