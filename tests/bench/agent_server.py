"""The server, and in its process a model that works by tools and forgets: for `agent_memory`."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable

from codex_lsp.__main__ import PARENT, claim_stdio
from codex_lsp.agent.model import Delta, ModelInfo, Reply, Request
from codex_lsp.endpoint import config
from codex_lsp.lsp.wire.stdio import serve_stdio
from codex_lsp.lsp.wiring import create_server
from tests.bench import crowd
from tests.bench.agent_desk import call


class Forgetful:
    """Reads the file it is asked about, changes it by `crowd.patch`, finishes; the chat tells it the turn."""

    async def start(self) -> None:
        """It is ready."""

    async def close(self) -> None:
        """It holds nothing."""

    async def describe(self) -> ModelInfo:
        """A plain chat model."""
        return ModelInfo(name="forgetful")

    async def complete(self, request: Request, on_delta: Callable[[Delta], None]) -> Reply:
        """The reply of this turn."""
        found = re.search(crowd.NAME, json.dumps(list(request.messages)))
        assert found is not None
        turn = sum(message["role"] == "tool" for message in request.messages)
        script = (
            call("read_file", path=found[0]),
            call("edit", patch=crowd.patch(int(found[1]))),
            call("finish", summary="Done."),
        )
        return script[turn]


def main() -> int:
    stdin, stdout = claim_stdio()
    return serve_stdio(create_server(config.load(), Forgetful()), stdin, stdout, PARENT)


if __name__ == "__main__":
    sys.exit(main())
