"""The server beside a bare pygls server: what it costs to have it, and how soon it answers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from tests.bench import busy, editing, peers, stalls, starting
from tests.bench.figures import Figure, Measured, Session
from tests.bench.figures import measure as measure_sessions
from tests.bench.peers import Peer

# In how many rounds sessions are held that need some seconds, or half a minute.
FEW, TWICE = 5, 2
# More than all runs will ask for.
ANSWERS = 10_000


def measure(folder: Path, quick: bool, rounds: int) -> Sequence[Measured]:
    """All sessions; `quick` makes the documents small and the requests few."""
    peers.compile_all()
    place = peers.workspace(folder)
    with peers.slow_endpoint(folder, ANSWERS) as base_url:
        closed, opened = peers.environ(), peers.environ(base_url)
        log = folder / "stderr.log"
        bare = Peer("bare", peers.BARE, closed, place, log)
        off = Peer("off", peers.OURS, closed, place, log)
        ready = Peer("ready", peers.OURS, opened, place, log, worker=True)
        sessions = [*_costs(bare, off, ready, quick), *_speed(bare, ready, folder, quick)]
        return measure_sessions(sessions, rounds)


def _costs(bare: Peer, off: Peer, ready: Peer, quick: bool) -> list[Session]:
    """Start, memory, rest, end."""
    seconds = 1.0 if quick else 5.0
    lives = [
        Session(
            (
                Figure(f"start_{name}", "ms", ratio_target=1.15, digits=0),
                Figure(f"start_cpu_{name}", "ms", digits=0),
                Figure(f"rss_{name}", "mib", ratio_target=1.2, digits=1),
                Figure(f"shutdown_{name}", "ms", digits=0),
            ),
            partial(starting.life, peer, name),
            partial(starting.life, bare, name),
        )
        for name, peer in (("off", off), ("ready", ready))
    ]
    resting = (
        Figure("idle", "ms", target=0),
        Figure("idle_exact", "ms", digits=3),
        Figure("idle_wakeups", "per_second"),
        Figure("idle_worker", "ms", target=0),
        Figure("idle_worker_exact", "ms", digits=3),
        Figure("idle_worker_wakeups", "per_second"),
        Figure("rss_idle", "mib", ratio_target=1.2, digits=1),
        Figure("rss_worker", "mib", digits=0),
        Figure("shutdown_rest", "ms", digits=0),
    )
    rest = Session(
        resting, partial(starting.rest, ready, seconds), partial(starting.rest, bare, seconds), FEW
    )
    return [*lives, rest]


def _speed(bare: Peer, ready: Peer, folder: Path, quick: bool) -> list[Session]:
    """Changes, code actions, a crowd of documents and runs, memory over many requests."""
    lines, both = (1_000, [1_000]) if quick else (10_000, [10_000, 100_000])
    asked, many = (150, 500) if quick else (600, 10_000)
    name = f"{lines // 1000}k"
    changed = [Figure(f"changes_{name}", "ms", target=40), Figure(f"change_{name}", "ms", digits=3)]
    if not quick:
        changed += [Figure("changes_100k", "ms"), Figure("change_100k", "ms", target=0.3, digits=3)]
    acting = (Figure("code_action_p50", "ms"), Figure("code_action_p99", "ms", target=20))
    changes, actions = partial(editing.changes, lines=both), partial(editing.code_actions, lines=lines)
    memory = partial(editing.memory, lines=lines, requests=many)
    return [
        Session(tuple(changed), partial(changes, ready), partial(changes, bare), FEW),
        Session(acting, partial(actions, ready, requests=asked), partial(actions, bare, requests=asked), FEW),
        _crowd(bare, ready, asked, folder, scripted=False),
        _crowd(bare, ready, asked, folder, scripted=True),
        Session(_stalls(), partial(stalls.one_run, ready, lines, folder / "one.json"), rounds=FEW),
        Session((Figure("memory", "mib", target=10),), partial(memory, ready), partial(memory, bare), TWICE),
    ]


def _stalls() -> tuple[Figure, ...]:
    return tuple(
        figure
        for name in ("first_run", "long_run")
        for figure in (
            Figure(f"{name}_stall", "ms", target=50, digits=1),
            Figure(f"{name}_stall_cpu", "ms", digits=1),
        )
    )


def _crowd(bare: Peer, ready: Peer, requests: int, folder: Path, *, scripted: bool) -> Session:
    name = "scripted" if scripted else "busy"
    figures = (
        Figure(f"{name}_code_action_p50", "ms"),
        Figure(f"{name}_code_action_p99", "ms", target=50),
        Figure(f"{name}_stall", "ms", target=50, digits=1),
        Figure(f"{name}_stall_cpu", "ms", digits=1),
        Figure(f"{name}_runs", "count", digits=0),
    )
    ours = partial(busy.busy, ready, requests, folder / f"{name}.json", scripted=scripted)
    return Session(figures, ours, partial(busy.calm, bare, requests, name), FEW)
