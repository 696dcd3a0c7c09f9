"""How long one run keeps the server's loop busy at a stretch: a session's first, and one on a long file."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from tests.bench import crowd
from tests.bench.figures import Sample, Wrong
from tests.bench.lsp_process import Server
from tests.bench.peers import Peer
from tests.bench.person import Person

PROBED = "tests.bench.probed"
EVENT = "codexLsp/run"
OPTIONS = {"apply": "review", "events": True}
SHORTEST = len(crowd.lines(0))


def probed(peer: Peer, report: Path) -> Peer:
    """The server with a probe in its loop."""
    return replace(peer, command=[sys.executable, "-m", PROBED, str(report)])


def scripted(peer: Peer, report: Path) -> Peer:
    """The same, with a model in the server's own process."""
    return replace(peer, command=[*probed(peer, report).command, "script"], worker=False)


def one_run(peer: Peer, lines: int, report: Path) -> Sample:
    """`first_run_stall` and `long_run_stall`, ms, and each with `_cpu`.

    The first run of a session, on 300 lines, and then one on so many; both end with a proposal to review.
    """
    with scripted(peer, report).session(OPTIONS) as server:
        spans = [_run(peer, server, number) for number in (0, lines - SHORTEST)]
        server.shut_down()
    sample: dict[str, float] = {}
    for name, (started, ended) in zip(("first_run", "long_run"), spans, strict=True):
        sample |= stall(name, report, started, ended)
    return sample


def stall(name: str, report: Path, started: float, ended: float) -> Sample:
    """`<name>_stall` and `<name>_stall_cpu` of the time between: the longest, 0 if none was above 2 ms."""
    late = [(wall, cpu) for when, wall, cpu in json.loads(report.read_text()) if started < when < ended]
    return {
        f"{name}_stall": max((wall for wall, _ in late), default=0.0),
        f"{name}_stall_cpu": max((min(each) for each in late), default=0.0),
    }


def _run(peer: Peer, server: Server, number: int) -> Sequence[float]:
    """One run from the ask to its end; returns when it began and when it ended."""
    ended: list[dict[str, Any]] = []
    server.on_note[EVENT] = lambda event: ended.append(event) if event.get("ended") else None
    person = Person(peer.uri(crowd.name(number)), crowd.lines(number), number)
    server.open(person.uri, person.text)
    # An answer says that it is open.
    peer.act(server, person, person.selection())
    whole = {"start": {"line": 0, "character": 0}, "end": {"line": len(person.lines), "character": 0}}
    ask = {"uri": person.uri, "range": whole, "instruction": "use it"}
    started = time.perf_counter()
    server.request("workspace/executeCommand", {"command": "codexLsp.ask", "arguments": [ask]})
    deadline = time.monotonic() + 60
    while not ended:
        server.receive(deadline)
    # What the end sets off is over with the next answer.
    peer.act(server, person, person.selection())
    if ended[0]["state"] != "review":
        raise Wrong(f"the run ended with {ended[0]['state']}: {ended[0].get('text')}")
    return started, time.perf_counter()
