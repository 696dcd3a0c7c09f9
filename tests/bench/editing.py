"""What a server costs while one person works with it: changes, code actions, memory over many requests."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from statistics import median, quantiles
from typing import Any

from tests.bench import bare, proc
from tests.bench.figures import Sample, Wrong
from tests.bench.lsp_process import Refused, Server, notification
from tests.bench.peers import Peer
from tests.bench.person import Person
from tests.bench.texts import source

CHANGES = 200
BURSTS = 3
WARM = 500
INVALID_PARAMS = -32602


def changes(peer: Peer, lines: Sequence[int]) -> Sample:
    """`changes_<lines>`: ms from the first of 200 changes to the answer of a request after them.

    `change_<lines>` is the same by change. The median of three bursts; the text is checked at the end.
    """
    sample: dict[str, float] = {}
    with peer.session() as server:
        for count in lines:
            person = Person(peer.uri(f"changes_{count}.py"), source(count, plain=False), count)
            server.open(person.uri, person.text)
            peer.act(server, person, person.selection())
            spent = median(_burst(peer, server, person) for _ in range(BURSTS))
            peer.check_text(server, person)
            name = f"{count // 1000}k"
            sample |= {f"changes_{name}": spent, f"change_{name}": spent / CHANGES}
            server.notify("textDocument/didClose", {"textDocument": {"uri": person.uri}})
    return sample


def _burst(peer: Peer, server: Server, person: Person) -> float:
    frames = [notification("textDocument/didChange", person.change()) for _ in range(CHANGES)]
    range_ = person.selection()
    started = time.perf_counter()
    for frame in frames:
        server.send(frame)
    peer.act(server, person, range_)
    return (time.perf_counter() - started) * 1000


def code_actions(peer: Peer, lines: int, requests: int) -> Sample:
    """`code_action_p50` and `code_action_p99`, ms, at random cursors and selections of one document."""
    with peer.session() as server:
        person = Person(peer.uri("actions.py"), source(lines, plain=False), lines)
        server.open(person.uri, person.text)
        times = [timed(lambda: peer.act(server, person, person.selection())) for _ in range(requests)]
    return {"code_action_p50": median(times), "code_action_p99": p99(times)}


def memory(peer: Peer, lines: int, requests: int) -> Sample:
    """`memory`: MiB by which the server grows over so many requests of all kinds, after 500 to get warm."""
    with peer.session() as server:
        person = Person(peer.uri("memory.py"), source(lines, plain=False), 1)
        server.open(person.uri, person.text)
        for number in range(WARM):
            _mixed(peer, server, person, number)
        before = proc.rss_mib(server.pid)
        for number in range(requests):
            _mixed(peer, server, person, number)
        return {"memory": proc.rss_mib(server.pid) - before}


def _mixed(peer: Peer, server: Server, person: Person, number: int) -> None:
    """One request: code actions, a command that is refused, one that is unknown, a status; and changes."""
    if number % 3 == 0:
        server.notify("textDocument/didChange", person.change())
    kind = number % 10
    if kind < 6:
        peer.act(server, person, person.selection())
    elif kind == 6:
        _refused(server, "no.such.command", {})
    elif peer.name == "bare":
        server.request("workspace/executeCommand", {"command": bare.COMMAND, "arguments": [person.uri]})
    elif kind == 7:
        _refused(server, "codexLsp.ask", {"uri": person.uri})
    elif kind == 8:
        ask = {"uri": person.uri, "range": person.selection(), "instruction": "no", "version": -1}
        result = _command(server, "codexLsp.ask", ask)
        if result["run"] is not None or result["error"]["code"] != "stale":
            raise Wrong(f"an ask for an old version got {result}")
    elif _command(server, "codexLsp.status", {})["runs"]:
        raise Wrong("there are runs that nobody asked for")


def _command(server: Server, command: str, argument: Any) -> Any:
    return server.request("workspace/executeCommand", {"command": command, "arguments": [argument]})


def _refused(server: Server, command: str, argument: Any) -> None:
    try:
        result = _command(server, command, argument)
    except Refused as error:
        if error.code != INVALID_PARAMS:
            raise Wrong(f"{command} was refused with {error.code}") from error
        return
    raise Wrong(f"{command} got {result!r}")


def timed(work: Callable[[], object]) -> float:
    """How many ms it took."""
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def p99(times: Sequence[float]) -> float:
    """The 99th percentile."""
    return quantiles(times, n=100, method="inclusive")[98]
