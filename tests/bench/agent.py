"""The agent without its model: turns, context, large folders, search beside ripgrep, what runs leave."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from tests.bench import agent_memory, agent_own, agent_search
from tests.bench.agent_desk import state_folder
from tests.bench.figures import Figure, Measured, Session
from tests.bench.figures import measure as measure_sessions

TWICE = 2
# What figures are beside.
LOOP, PARSER, FEW, RG = "a bare loop", "ast.parse", "100 files", "rg"


def measure(folder: Path, quick: bool, rounds: int) -> Sequence[Measured]:
    """All sessions; `quick` makes the folders small and the runs few."""
    folder.mkdir()
    many, hay, lines = (2_000, 1_000, 10_000) if quick else (100_000, 10_000, 10_000)
    runs, times = (2, 3) if quick else (10, 7)
    crowd, few, large, stack, scratch = (
        _folder(folder, name) for name in ("crowd", "few", "large", "hay", "rg")
    )
    agent_own.plant(few, 100)
    agent_own.plant(large, many)
    agent_search.plant(stack, hay)
    rg = agent_search.ripgrep(scratch)
    memory = partial(agent_memory.left, crowd, *((12, 20) if quick else (40, 200)))
    with state_folder(folder):
        return measure_sessions(
            [
                Session(
                    _turns(),
                    partial(agent_own.turns, crowd, runs),
                    partial(agent_own.bare_turns, crowd, runs),
                ),
                Session(
                    (Figure("context_10k", "ms", target=50, beside=PARSER),),
                    partial(agent_own.context, lines, times),
                    partial(agent_own.parsing, lines, times),
                ),
                Session(
                    _first(),
                    partial(agent_own.first_turn, large, many),
                    partial(agent_own.first_turn, few, 100),
                ),
                _search(stack, hay, rg, times, own=False),
                _search(stack, hay, rg, times, own=True),
                Session((Figure("rss_per_run", "kib", target=25, digits=1),), memory, rounds=TWICE),
            ],
            rounds,
        )


def _folder(folder: Path, name: str) -> Path:
    made = folder / name
    made.mkdir()
    return made


def _turns() -> tuple[Figure, ...]:
    return (
        Figure("turn_p50", "ms", target=10, beside=LOOP),
        Figure("turn_p99", "ms", beside=LOOP),
        Figure("first_request_p50", "ms", beside=LOOP),
    )


def _first() -> tuple[Figure, ...]:
    return (
        Figure("first_turn_100k", "ms", target=300, beside=FEW),
        Figure("list_100k", "ms", beside=FEW, digits=0),
        Figure("outline_100k", "ms", beside=FEW),
    )


def _search(folder: Path, files: int, rg: Path, times: int, *, own: bool) -> Session:
    name = "_own" if own else ""
    path = os.devnull if own else f"{rg}:{os.environ['PATH']}"
    return Session(
        tuple(Figure(f"{way}{name}_10k", "ms", beside=RG, digits=1) for way in agent_search.WAYS),
        partial(agent_search.ours, folder, files, path, times, own=own),
        partial(agent_search.theirs, folder, files, rg, times, own=own),
    )
