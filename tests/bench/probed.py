"""The server as people start it, and a probe in its loop: `python -m tests.bench.probed REPORT [script]`.

Every 2 ms the loop is to call the probe. How late it comes is how long the loop was busy with something else,
or, on a machine that is itself busy, how long it did not run; so the CPU time that the loop's thread spent
since the last call is kept beside. With `script` the model is one in the same process, which says a word
every 10 ms and ends with a patch; else it is the real one, in its worker.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path

from codex_lsp.__main__ import PARENT, claim_stdio
from codex_lsp.agent.model import Delta, Model, ModelInfo, Reply, Request
from codex_lsp.endpoint import config
from codex_lsp.endpoint.remote import RemoteModel
from codex_lsp.lsp.wire.stdio import serve_stdio
from codex_lsp.lsp.wiring import create_server
from tests.bench import crowd

STEP = 0.002
# Below this, in ms, the probe is on time.
LATE = 2.0
WORDS = 100
WORD_SECONDS = 0.01


class WordByWord:
    """A model that takes a second to say a hundred words and then proposes `crowd.patch` of the file."""

    async def start(self) -> None:
        """It is ready."""

    async def close(self) -> None:
        """It holds nothing."""

    async def describe(self) -> ModelInfo:
        """A plain chat model."""
        return ModelInfo(name="words")

    async def complete(self, request: Request, on_delta: Callable[[Delta], None]) -> Reply:
        """Say a word every 10 ms, then the patch."""
        found = re.search(crowd.NAME, json.dumps(list(request.messages)))
        assert found is not None
        for _ in range(WORDS):
            await asyncio.sleep(WORD_SECONDS)
            on_delta(Delta("text", "word "))
        return Reply(content=crowd.patch(int(found[1])))


class Probed:
    """A model whose server's loop is watched from its start to its end; then `report` is written.

    The report is a list of `[when, ms late, ms of CPU]`, of all that was later than 2 ms; `when` is by
    `time.perf_counter`.
    """

    def __init__(self, model: Model, report: Path) -> None:
        self._model = model
        self._report = report
        self._late: list[tuple[float, float, float]] = []
        self._due = self._spent = 0.0
        self.describe, self.complete = model.describe, model.complete

    async def start(self) -> None:
        """Start the model, and the probe."""
        self._expect()
        await self._model.start()

    async def close(self) -> None:
        """Write the report, close the model."""
        self._report.write_text(json.dumps(self._late), "utf-8")
        await self._model.close()

    def _expect(self) -> None:
        self._due, self._spent = time.perf_counter() + STEP, time.thread_time()
        asyncio.get_running_loop().call_later(STEP, self._look)

    def _look(self) -> None:
        now = time.perf_counter()
        late = (now - self._due) * 1000
        if late > LATE:
            self._late.append((now, late, (time.thread_time() - self._spent) * 1000))
        self._expect()


def main() -> int:
    stdin, stdout = claim_stdio()
    configuration = config.load()
    scripted = sys.argv[2:] == ["script"]
    model: Model = WordByWord() if scripted else RemoteModel(configuration)
    server = create_server(configuration, Probed(model, Path(sys.argv[1])))
    return serve_stdio(server, stdin, stdout, PARENT)


if __name__ == "__main__":
    sys.exit(main())
