"""The scripted endpoint of the suite `cli`: `python -m tests.bench.cli_endpoint` prints `{"base_url": …}`.

The model `whole` gives the whole file, any other a search-and-replace block, and whoever asks for a response
(Codex does) gets a patch for its shell, then a last word. `GET /told` gives what was asked since the last
time, `[{"read", "bytes"}]`, by `time.perf_counter`.
"""

from __future__ import annotations

import asyncio
import json
import re
from itertools import count
from typing import Any

from tests.bench import cli_task
from tests.bench.router_endpoint import HEAD, Connection, main, wants_stream
from tests.e2e.codex.responses import events, message, patch

WHOLE = re.compile(rb'"model": *"whole"')
_told: list[dict[str, Any]] = []
_numbers = count(1)


class Answering(Connection):
    """Answers by who asks."""

    def _request(self, head: bytes, body: bytes, read: float) -> None:
        method, path, _ = head.split(b" ", 2)
        if path == b"/told":
            self._whole(_told)
            _told.clear()
        elif method == b"GET":
            # `models` is what Codex reads.
            self._whole({"object": "list", "data": [{"id": "bench", "object": "model"}], "models": []})
        else:
            _told.append({"read": read, "bytes": len(body)})
            if path.endswith(b"/responses"):
                self._respond(body)
            else:
                self._reply([cli_task.WHOLE if WHOLE.search(body) else cli_task.BLOCK], wants_stream(body))

    def _respond(self, body: bytes) -> None:
        done = any(item.get("type") == "function_call_output" for item in json.loads(body)["input"])
        self._transport.write(HEAD % (b"text/event-stream", b"Transfer-Encoding: chunked"))
        for event in events(next(_numbers), [message("Done.") if done else patch(cli_task.PATCH)]):
            self._event(json.dumps(event))
        self._transport.write(b"0\r\n\r\n")


if __name__ == "__main__":
    asyncio.run(main(Answering))
