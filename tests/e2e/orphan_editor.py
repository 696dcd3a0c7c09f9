"""A tiny editor that is there to be killed: `python -m tests.e2e.orphan_editor SPEC`.

SPEC is `Spec` as JSON. It starts the server, takes it as far as `until` says, tells each stage on standard
output as `{"stage": …, "server": pid}`, and then does nothing until somebody kills it.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from tests.bench.lsp_process import CAPABILITIES, Client, frame, notification
from tests.support.processes import CODEX_LSP

Stage = Literal["spawned", "half", "sent", "initialized", "running", "shut", "deaf"]
TEXT = "import os, sys\n\n\ndef f(x):\n    return (x)\n"
WHOLE = {"start": {"line": 0, "character": 0}, "end": {"line": 5, "character": 0}}
# More answers than pipes and buffers hold.
UNREAD = 20_000


@dataclass(frozen=True)
class Spec:
    """How far the session goes, where its documents are, and the pipes to the server.

    `stdin` and `stdout` are inherited descriptors, the server's ends of pipes whose other ends are `write`
    and `read`. `environ` is what the server's environment has beside ours.
    """

    until: Stage
    folder: str
    environ: dict[str, str]
    stdin: int
    stdout: int
    read: int
    write: int

    def json(self) -> str:
        """The argument of this program."""
        return json.dumps(asdict(self))


def main(spec: Spec) -> None:
    server = subprocess.Popen(
        CODEX_LSP,
        stdin=spec.stdin,
        stdout=spec.stdout,
        stderr=subprocess.DEVNULL,
        env={**os.environ, **spec.environ},
    )
    # What stays open here would keep the server's pipes open for itself.
    os.close(spec.stdin)
    os.close(spec.stdout)
    _tell("spawned", server.pid)
    _session(spec, Client(spec.read, spec.write), server.pid)
    while True:
        signal.pause()


def _session(spec: Spec, client: Client, pid: int) -> None:
    """Up to the stage that was asked for."""
    if spec.until == "spawned":
        return
    first = _initialize(spec)
    if spec.until == "half":
        client.send(first[: len(first) // 2])
        return _tell("half", pid)
    if spec.until == "sent":
        client.send(first)
        return _tell("sent", pid)
    client.initialize(Path(spec.folder), {"events": True})
    client.notify("initialized", {})
    _tell("initialized", pid)
    if spec.until == "running":
        _run(spec, client)
        _tell("running", pid)
    elif spec.until == "shut":
        client.request("shutdown", None)
        _tell("shut", pid)
    elif spec.until == "deaf":
        _run(spec, client)
        _tell("deaf", pid)
        _flood(client)


def _initialize(spec: Spec) -> bytes:
    params = {"processId": os.getpid(), "rootUri": Path(spec.folder).as_uri(), "capabilities": CAPABILITIES}
    return frame({"id": 1, "method": "initialize", "params": params})


def _run(spec: Spec, client: Client) -> None:
    """A run on a document, up to the model's first word."""
    uri = (Path(spec.folder) / "m.py").as_uri()
    item = {"uri": uri, "languageId": "python", "version": 1, "text": TEXT}
    client.notify("textDocument/didOpen", {"textDocument": item})
    said: list[Any] = []
    client.on_note["codexLsp/run"] = lambda event: said.append(event) if event["state"] == "text" else None
    ask = {"uri": uri, "range": WHOLE, "instruction": "tidy up"}
    client.request("workspace/executeCommand", {"command": "codexLsp.ask", "arguments": [ask]})
    deadline = time.monotonic() + 60
    while not said:
        client.receive(deadline)


def _flood(client: Client) -> None:
    """Ask and ask and never read an answer, until the pipes are full and this blocks."""
    for _ in range(UNREAD):
        client.ask("workspace/executeCommand", {"command": "codexLsp.status", "arguments": [{}]})
    client.send(notification("textDocument/didClose", {"textDocument": {"uri": "file:///gone"}}))


def _tell(stage: Stage, pid: int) -> None:
    print(json.dumps({"stage": stage, "server": pid}), flush=True)


if __name__ == "__main__":
    main(Spec(**json.loads(sys.argv[1])))
