"""Review: fifty changes that wait in a long document, and what each thing that the person does costs.

The server is a process, and so are its worker and its endpoint, whose one reply is the patch. The reference
is the same document and the same typing with a bare server, which knows of no changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench import peers, proc, reviewed
from tests.bench.editing import p99
from tests.bench.figures import Figure, Measured, Sample, Session
from tests.bench.figures import measure as measure_sessions
from tests.bench.peers import Peer
from tests.bench.review_desk import Desk
from tests.bench.reviewed import Reviewer
from tests.bench.stalls import OPTIONS

FEW, TWICE = 5, 2
NAME = "review.py"
ACCEPTED = 5
BACK_AND_FORTH = 3


def measure(folder: Path, quick: bool, rounds: int) -> Sequence[Measured]:
    """All sessions; `quick` makes the document shorter and the requests few."""
    peers.compile_all()
    place, log = peers.workspace(folder), folder / "stderr.log"
    bare = Peer("bare", peers.BARE, peers.environ(), place, log)
    ready = Peer("ready", peers.OURS, peers.environ(), place, log, worker=True)
    count, times, kept = (1_000, 20, 3) if quick else (10_000, 100, 10)
    return measure_sessions(
        [
            Session(
                _figures(),
                partial(under_review, ready, folder, count, times),
                partial(unreviewed, bare, count, times),
                FEW,
            ),
            Session(
                (Figure("rss_waiting", "kib", digits=0), Figure("rss_accepted", "kib", digits=0)),
                partial(memory, ready, folder, count, kept),
                rounds=TWICE,
            ),
        ],
        rounds,
    )


def _figures() -> tuple[Figure, ...]:
    return (
        Figure("action_p50", "ms"),
        Figure("action_p99", "ms", target=20),
        Figure("action_file_p50", "ms"),
        Figure("action_file_p99", "ms", target=20),
        Figure("action_key_p50", "ms"),
        Figure("action_key_p99", "ms", target=20),
        Figure("key_cpu", "ms"),
        Figure("key_marks_p50", "ms"),
        Figure("key_marks_p99", "ms"),
        Figure("accept_one", "ms"),
        Figure("accept_all", "ms"),
        Figure("undo", "ms"),
        Figure("redo", "ms"),
    )


def under_review(peer: Peer, folder: Path, count: int, times: int) -> Sample:
    """Ours: one proposal, from the first look at it to the last redo; all figures but those of memory."""
    text = reviewed.lines(count)
    script = [reviewed.patch(NAME, text)]
    with peers.scripted_endpoint(folder, script) as base_url, _ready(peer, base_url) as server:
        desk = Desk(peer, server, Reviewer(peer.uri(NAME), text, count))
        desk.ask()
        sample = {**_actions(desk, times), "key_cpu": _typing(desk, times)}
        spent = [desk.key_to_marks() for _ in range(times)]
        sample |= {"key_marks_p50": median(spent), "key_marks_p99": p99(spent)}
        sample |= _decisions(desk)
        server.shut_down()
    return sample


def unreviewed(peer: Peer, count: int, times: int) -> Sample:
    """The reference: code actions and keystrokes where nothing waits."""
    with peer.session() as server:
        desk = Desk(peer, server, Reviewer(peer.uri(NAME), reviewed.lines(count), count))
        sample = {**_actions(desk, times), "key_cpu": _typing(desk, times)}
        peer.check_text(server, desk.person)
        server.shut_down()
    return sample


def memory(peer: Peer, folder: Path, count: int, kept: int) -> Sample:
    """KiB by document and proposal: `rss_waiting`, by which the server grows; `rss_accepted` of all accepted.

    The documents are open before; one run more than are counted is for what is loaded.
    """
    names = [f"kept_{number}.py" for number in range(kept + 1)]
    texts = [reviewed.lines(count + number) for number in range(kept + 1)]
    script = [reviewed.patch(name, text) for name, text in zip(names, texts, strict=True)]
    with peers.scripted_endpoint(folder, script) as base_url, _ready(peer, base_url) as server:
        people = [Reviewer(peer.uri(name), text, 1) for name, text in zip(names, texts, strict=True)]
        desks = [Desk(peer, server, person) for person in people]
        warm, *counted = desks
        warm.ask()
        before = proc.rss_mib(server.pid)
        for desk in counted:
            desk.ask()
        waiting = proc.rss_mib(server.pid)
        for desk in desks:
            desk.command("codexLsp.accept", desk.person.all_accepted(), "applied")
        accepted = proc.rss_mib(server.pid)
        server.shut_down()
    return {
        "rss_waiting": (waiting - before) * 1024 / kept,
        "rss_accepted": (accepted - before) * 1024 / kept,
    }


def _ready(peer: Peer, base_url: str) -> Any:
    return replace(peer, env=peers.environ(base_url)).session(OPTIONS)


def _actions(desk: Desk, times: int) -> dict[str, float]:
    """Code actions at one change, over the whole file, and right behind a keystroke."""
    desk.act_at(desk.person.waiting[0])
    one = [desk.act_at(number) for number in desk.choice(times)]
    whole = [desk.act_everywhere() for _ in range(times)]
    typed = []
    for number in desk.choice(times):
        desk.type()
        typed.append(desk.act_at(number))
        desk.listen()
    found = (("action", one), ("action_file", whole), ("action_key", typed))
    return {f"{name}_p50": median(spent) for name, spent in found} | {
        f"{name}_p99": p99(spent) for name, spent in found
    }


def _typing(desk: Desk, times: int) -> float:
    """The server's CPU time by keystroke, ms, at a pace that lets it do all that it does after each."""
    before = proc.work(desk.server.pid)
    for _ in range(times):
        desk.type()
        desk.listen()
    desk.act_at(desk.person.waiting[0])
    return proc.work(desk.server.pid).since(before).cpu_ms / times


def _decisions(desk: Desk) -> dict[str, float]:
    """Some accepted by their edits, the others at once, all taken back and brought back; typing between."""
    sample = {"accept_one": median(desk.accept_one() for _ in range(ACCEPTED))}
    sample["accept_all"] = desk.command("codexLsp.accept", desk.person.all_accepted(), "applied")
    undone, redone = [], []
    for _ in range(BACK_AND_FORTH):
        desk.type()
        undone.append(desk.command("codexLsp.undo", desk.person.taken_back(), "undone"))
        desk.type()
        redone.append(desk.command("codexLsp.undo", desk.person.all_accepted(), "applied"))
    return sample | {"undo": median(undone), "redo": median(redone)}
