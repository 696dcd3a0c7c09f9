"""Garbage goes, and not in the middle of a context variable's being set."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import weakref
from collections.abc import Iterator

import pytest

from codex_lsp import collector

# Dies of a signal within a second on Python 3.11 if the collector may start anywhere.
SETTING = """
import contextvars, gc, sys
from codex_lsp import collector

VARS = [contextvars.ContextVar(str(number)) for number in range(40)]

class Node:
    pass

def closing():
    try:
        yield
    finally:
        for each in VARS[:20]:
            each.set(object())

def garbage():
    node = Node()
    node.itself, node.closing = node, closing()
    next(node.closing)

def work():
    for number in range(200):
        garbage()
        for each in VARS:
            each.set(number)

gc.set_threshold(1, 1, 1)
collector.start()
for _ in range(10):
    contextvars.copy_context().run(work)
    collector.look()
"""


class Node:
    """Garbage, once it refers to itself."""


def garbage() -> weakref.ref[Node]:
    node = Node()
    node.__dict__["itself"] = node
    return weakref.ref(node)


@pytest.fixture
def _as_before() -> Iterator[None]:
    enabled, thresholds = gc.isenabled(), gc.get_threshold()
    yield
    gc.set_threshold(*thresholds)
    (gc.enable if enabled else gc.disable)()


def test_variables_that_finalisers_set_too() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SETTING], check=False, capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.usefixtures("_as_before")
def test_a_look_collects_what_is_due_and_nothing_before() -> None:
    gc.disable()
    gc.collect()
    seen = garbage()
    gc.set_threshold(10_000, 10, 10)
    collector.look()
    assert seen() is not None
    kept = [list[int]() for _ in range(10_001)]
    collector.look()
    assert seen() is None
    assert len(kept) == 10_001


@pytest.mark.usefixtures("_as_before")
async def test_garbage_goes_while_it_is_tended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collector, "EVERY_SECONDS", 0.01)
    gc.set_threshold(100, 10, 10)
    tending = asyncio.create_task(collector.tend())
    seen, kept = garbage(), list[object]()
    async with asyncio.timeout(30):
        while seen() is not None:
            kept.append([list[int]() for _ in range(100)])
            await asyncio.sleep(0)
    tending.cancel()
