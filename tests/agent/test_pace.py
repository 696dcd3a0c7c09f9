"""Work of several runs that wake at once: each in a turn of the loop of its own."""

from __future__ import annotations

import asyncio

import pytest

from codex_lsp.agent.pace import in_turn

RUNS = 10


class Turns:
    """Counts the turns of the running loop."""

    def __init__(self) -> None:
        self.count = 0
        self._next()

    def _next(self) -> None:
        self.count += 1
        self._handle = asyncio.get_running_loop().call_soon(self._next)

    def stop(self) -> None:
        self._handle.cancel()


async def test_who_is_woken_at_once_passes_one_by_one_in_the_order_of_coming() -> None:
    turns, woken, passed = Turns(), asyncio.Event(), list[tuple[int, int]]()

    async def run(number: int) -> None:
        await woken.wait()
        await in_turn()
        passed.append((turns.count, number))

    runs = [asyncio.create_task(run(number)) for number in range(RUNS)]
    await asyncio.sleep(0)
    woken.set()
    await asyncio.gather(*runs)
    turns.stop()
    assert [number for _, number in passed] == list(range(RUNS))
    assert len({turn for turn, _ in passed}) == RUNS


@pytest.mark.parametrize("left", [0, 1, RUNS - 1])
async def test_who_leaves_the_queue_holds_nobody_up(left: int) -> None:
    passed = []

    async def run(number: int) -> None:
        await in_turn()
        passed.append(number)

    runs = [asyncio.create_task(run(number)) for number in range(RUNS)]
    await asyncio.sleep(0)
    runs[left].cancel()
    await asyncio.gather(*runs, return_exceptions=True)
    assert passed == [number for number in range(RUNS) if number != left]


def test_each_loop_has_its_own() -> None:
    for _ in range(2):
        asyncio.run(asyncio.wait_for(in_turn(), 5))
