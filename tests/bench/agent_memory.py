"""What a finished run leaves in the server's memory."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

from tests.bench import agent_server, crowd, peers, proc
from tests.bench.figures import Sample, Wrong
from tests.bench.lsp_process import Server
from tests.bench.peers import Peer

DOCUMENTS = 10
EVENT = "codexLsp/run"
OPTIONS = {"apply": "review", "events": True}
WHOLE = {"start": {"line": 0, "character": 0}, "end": {"line": 9, "character": 0}}


def left(folder: Path, warm: int, runs: int) -> Sample:
    """`rss_per_run`, KiB: each run changes a document by tools, and what it proposes is dropped.

    The first runs are not counted: modules are loaded, and the runs that a session remembers come to their
    number.
    """
    env = peers.environ("http://127.0.0.1:9") | {"XDG_STATE_HOME": str(folder / "state")}
    peer = Peer("ready", (sys.executable, "-m", agent_server.__name__), env, folder, folder / "stderr.log")
    with peer.session(OPTIONS) as server:
        for number in range(DOCUMENTS):
            server.open(peer.uri(crowd.name(number)), "".join(crowd.lines(number)))
        asker = _Asker(peer, server)
        for number in range(warm):
            asker.run(number % DOCUMENTS)
        before = proc.rss_mib(server.pid)
        for number in range(runs):
            asker.run(number % DOCUMENTS)
        grown = (proc.rss_mib(server.pid) - before) * 1024
        server.shut_down()
    return {"rss_per_run": grown / runs}


class _Asker:
    """Asks, waits for the end, drops the proposal."""

    def __init__(self, peer: Peer, server: Server) -> None:
        self._peer, self._server = peer, server
        self._ended: list[dict[str, Any]] = []
        server.on_note[EVENT] = self._told

    def run(self, number: int) -> None:
        """One run, from the ask to its end."""
        self._ended.clear()
        uri = self._peer.uri(crowd.name(number))
        run = self._command("codexLsp.ask", {"uri": uri, "range": WHOLE, "instruction": "Tidy it up."})["run"]
        deadline = time.monotonic() + 30
        while not self._ended:
            self._server.receive(deadline)
        if self._ended[0]["state"] != "review":
            raise Wrong(f"a run ended with {self._ended[0]}")
        if not self._command("codexLsp.reject", {"proposal": run})["rejected"]:
            raise Wrong("there was no proposal to drop")

    def _told(self, event: dict[str, Any]) -> None:
        if event.get("ended"):
            self._ended.append(event)

    def _command(self, command: str, argument: Any) -> Any:
        return self._server.request("workspace/executeCommand", {"command": command, "arguments": [argument]})
