"""How our client answers the server's requests: mostly well, sometimes late, twice, malformed or never."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from lsprotocol import types

from tests.fuzz import mutate, values

Json = dict[str, Any]


class Manners:
    """Answers by the seed and by how many requests came before."""

    def __init__(self, seed: int | str) -> None:
        self._random = Random(f"{seed}/manners")
        self._late: list[bytes] = []

    def answer(self, request: Json) -> list[bytes]:
        """The bodies to send now, none or several."""
        random = self._random
        proper = encode({"jsonrpc": "2.0", "id": request["id"], "result": _result(random, request)})
        kind = random.randrange(40)
        if kind < 28:
            return [proper]
        if kind < 30:
            return [proper, proper]
        if kind < 32:
            error = {"code": random.choice((-32603, -32800, 1)), "message": values.string(random)}
            return [encode({"jsonrpc": "2.0", "id": request["id"], "error": error})]
        if kind < 36:
            wrong = mutate.answer(random, [request["id"]] * 30)
            return [mutate.encode(random, wrong)] + [proper] * random.randrange(2)
        if kind < 38:
            self._late.append(proper)
        return []

    def late(self) -> list[bytes]:
        """Bodies that should have been sent long ago; now and then."""
        if not self._late or self._random.randrange(30):
            return []
        found, self._late = self._late, []
        return found


def encode(message: Json) -> bytes:
    """JSON, with escapes."""
    return json.dumps(message).encode()


def _result(random: Random, request: Json) -> Any:
    method, params = request.get("method"), request.get("params") or {}
    if method == types.WORKSPACE_APPLY_EDIT:
        return {"applied": random.random() < 0.7}
    if method == types.WORKSPACE_CONFIGURATION:
        some: tuple[Any, ...] = (
            None,
            {},
            {"apply": "review"},
            {"apply": values.string(random)},
            values.anything(random),
        )
        return [random.choice(some) for _ in params.get("items", ())]
    if method == types.WINDOW_SHOW_MESSAGE_REQUEST:
        return random.choice([*(params.get("actions") or ()), None])
    return {"success": True} if method == types.WINDOW_SHOW_DOCUMENT else None
