from __future__ import annotations

import asyncio

import pytest

from codex_lsp.lsp.delivery.turns import Turns


async def test_one_after_the_other_and_none_for_others() -> None:
    turns, told, go = Turns(), list[str](), asyncio.Event()

    async def first() -> None:
        async with turns.take(["b", "a"], 5):
            told.append("first has it")
            await go.wait()
            told.append("first is done")

    async def second() -> None:
        async with turns.take(["a", "c", "b"], 5):
            told.append("second has it")

    tasks = [asyncio.create_task(first()), asyncio.create_task(second())]
    await asyncio.sleep(0)
    async with turns.take(["d"], 0):
        go.set()
    await asyncio.gather(*tasks)
    assert told == ["first has it", "first is done", "second has it"]


async def test_whoever_waits_too_long_or_is_cancelled_holds_nothing() -> None:
    turns = Turns()
    async with turns.take(["b"], 5):
        with pytest.raises(TimeoutError):
            async with turns.take(["a", "b"], 0.01):
                raise AssertionError("b was taken")
        waiting = asyncio.create_task(_hold(turns, ["a", "b"]))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        async with turns.take(["a"], 0):
            pass
    async with turns.take(["a", "b"], 0):
        pass


async def _hold(turns: Turns, names: list[str]) -> None:
    async with turns.take(names, 60):
        raise AssertionError("it was cancelled")


async def test_nothing_is_awaited_where_nobody_waits() -> None:
    turns, told = Turns(), list[str]()
    asyncio.get_running_loop().call_soon(told.append, "another turn of the loop")
    async with turns.take(["a", "b"], 5):
        told.append("had it")
    assert told == ["had it"]
