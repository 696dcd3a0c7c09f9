"""The model that attacks: an endpoint that speaks to each ask by that ask's own script, many at a time."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable

from tests.attacks.case import calls
from tests.support.endpoint import Answer, Raw, Recorded, ScriptedEndpoint, Step, call

_NUMBER = re.compile(r"^Instruction: case(\d+)x", re.MULTILINE)
KEY = "endpoint-key-4711-0815"


class Hostile(ScriptedEndpoint):
    """A `ScriptedEndpoint` with a script for each ask. `asked` are its requests, `strangers` the rest."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: dict[int, list[Recorded]] = defaultdict(list)
        self.strangers: list[Recorded] = []
        self._scripts: dict[int, list[Step]] = {}

    def arm(self, number: int, script: Iterable[Step]) -> None:
        """Answer the ask of this number so; after that it is done."""
        self._scripts[number] = list(script)

    def _step(self, request: Recorded) -> Step:
        if request.path != "/v1/chat/completions" or request.json is None:
            if request.path != "/v1/models":
                self.strangers.append(request)
            return super()._step(request)
        number = number_of(request)
        if number is None or number not in self._scripts:
            self.strangers.append(request)
            return Raw(500, {"Content-Type": "application/json"}, b'{"error": {"message": "who is that?"}}')
        self.asked[number].append(request)
        script = self._scripts[number]
        return script.pop(0) if script else _done(request)


def _done(request: Recorded) -> Step:
    if not request.json.get("tools"):
        return Answer("That is all.")
    return calls(call("done", "finish", json.dumps({"summary": "done"})))


def instruction(number: int, text: str) -> str:
    """An instruction by which the ask is known."""
    return f"case{number}x {text}"


def number_of(request: Recorded) -> int | None:
    """The number of the ask that a request belongs to."""
    for message in reversed(request.json.get("messages", ())):
        content = message.get("content")
        if message.get("role") == "user" and isinstance(content, str) and (found := _NUMBER.search(content)):
            return int(found[1])
    return None


def body(request: Recorded) -> str:
    """All that the endpoint was told, as text without escapes."""
    return json.dumps(request.json, ensure_ascii=False) + json.dumps(dict(request.headers))
