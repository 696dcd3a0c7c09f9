"""What a run may use: judged before each call, while its reply comes, and over a day."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codex_lsp.agent.budget import AHEAD, BYTES_PER_TOKEN, Meter, OverBudget
from codex_lsp.agent.limits import Limits
from codex_lsp.agent.model import Delta, ModelError, ModelInfo, Prices, Reply, Request, ScriptedModel, Usage
from codex_lsp.endpoint.ledger import DayLedger, spent_today

PRICED = ModelInfo(name="mini", prices=Prices(0.001, 0.01))
REQUEST = Request(({"role": "user", "content": "x" * 300},))
PROMPT = 114  # the bound for it: 342 bytes of JSON, with brackets, an empty list of tools, and null
REPLY = Reply("yes", usage=Usage(100, 10, 110, 0.2))


def ignore(_: Delta) -> None:
    pass


def meter(*replies: Reply | Exception | asyncio.Event, **limits: Any) -> tuple[Meter, ScriptedModel]:
    model = ScriptedModel(replies)
    more = {name: limits.pop(name) for name in ("tell", "on_usage", "ledger") if name in limits}
    return Meter(model, limits.pop("info", PRICED), Limits(**limits), **more), model


async def test_what_all_calls_used_is_told_after_each() -> None:
    told: list[Usage] = []
    counted, _ = meter(REPLY, REPLY, on_usage=told.append)
    assert [await counted.complete(REQUEST, ignore) for _ in range(2)] == [REPLY, REPLY]
    assert told == [Usage(100, 10, 110, 0.2), Usage(200, 20, 220, 0.4)]
    assert str(told[1]) == "220 tokens, $0.4000"
    assert str(Usage(1000, 234, 1234)) == "1,234 tokens"
    assert str(Usage()) == ""


async def test_a_sum_with_an_unknown_cost_is_unknown() -> None:
    counted, _ = meter(REPLY, Reply("yes", usage=Usage(1, 1, 2)), REPLY)
    for _ in range(3):
        await counted.complete(REQUEST, ignore)
    assert counted.used == Usage(201, 21, 222, None)


@pytest.mark.parametrize(
    ("limits", "sentence"),
    [
        ({"tokens": 110 + PROMPT + AHEAD - 1}, r"723 tokens for a run \(maxTokens\)"),
        ({"cost": 0.2 + PROMPT * 0.001 + AHEAD * 0.01 - 0.001}, r"for a run \(maxCost\)"),
    ],
)
async def test_a_call_that_could_go_beyond_is_not_sent(limits: dict[str, Any], sentence: str) -> None:
    limits = {name: type(value)(value) for name, value in limits.items()}
    counted, model = meter(REPLY, REPLY, **limits)
    assert await counted.complete(REQUEST, ignore) == REPLY
    with pytest.raises(OverBudget, match=sentence) as caught:
        await counted.complete(REQUEST, ignore)
    assert len(model.requests) == 1
    assert caught.value.code == "budget"
    assert counted.used == REPLY.usage

    (name, value), *_ = limits.items()
    enough, model = meter(REPLY, REPLY, **{name: value + 0.002 if name == "cost" else value + 1})
    for _ in range(2):
        await enough.complete(REQUEST, ignore)
    assert len(model.requests) == 2


async def test_a_reply_that_goes_beyond_while_it_comes_is_stopped() -> None:
    heard: list[str] = []
    counted, _ = meter(Reply("y" * 9000, usage=Usage(100, 3000, 3100, 30.1)), tokens=2000)
    with pytest.raises(OverBudget):
        await counted.complete(REQUEST, lambda delta: heard.append(delta.text))
    assert heard == []
    assert counted.used is not None
    assert replace(counted.used, cost=None) == Usage(PROMPT, 3000, PROMPT + 3000)
    assert counted.used.cost == pytest.approx(PROMPT * 0.001 + 30)


async def test_where_no_price_is_known_that_is_said_once_and_tokens_count() -> None:
    told: list[str] = []
    unpriced = Reply("yes", usage=Usage(100, 10, 110))
    counted, _ = meter(
        unpriced, unpriced, unpriced, info=ModelInfo(name="mini"), cost=0.01, tokens=830, tell=told.append
    )
    for _ in range(2):
        await counted.complete(REQUEST, ignore)
    with pytest.raises(OverBudget, match="maxTokens"):
        await counted.complete(REQUEST, ignore)
    assert told == ["the price of mini is not known: only tokens are counted, and no cost is limited"]


async def test_an_endpoint_that_counts_nothing_is_counted_for() -> None:
    counted, _ = meter(Reply("y" * 300), tokens=10_000, info=ModelInfo())
    reply = await counted.complete(REQUEST, ignore)
    assert reply.usage == counted.used
    assert replace(reply.usage, cost=None) == Usage(PROMPT, 100, PROMPT + 100)
    assert reply.usage.cost is None


async def test_a_day_is_shared_and_ends_for_all(tmp_path: Path) -> None:
    ledger = DayLedger(tmp_path)
    could = PROMPT * 0.001 + AHEAD * 0.01
    first, _ = meter(REPLY, cost_per_day=could + 0.1, ledger=ledger)
    second, model = meter(REPLY, cost_per_day=could + 0.1, ledger=DayLedger(tmp_path))
    await first.complete(REQUEST, ignore)
    assert spent_today(tmp_path) == pytest.approx(0.2)
    with pytest.raises(OverBudget, match=r"for a day \(maxCostPerDay\)"):
        await second.complete(REQUEST, ignore)
    assert model.requests == []
    assert spent_today(tmp_path) == pytest.approx(0.2)


async def test_what_others_book_counts_while_a_call_goes_on(tmp_path: Path) -> None:
    could = PROMPT * 0.001 + AHEAD * 0.01
    go = asyncio.Event()
    first, _ = meter(go, REPLY, cost_per_day=could + 1, ledger=DayLedger(tmp_path))
    second, _ = meter(REPLY, cost_per_day=could + 1, ledger=DayLedger(tmp_path))
    task = asyncio.create_task(first.complete(REQUEST, ignore))
    await asyncio.sleep(0)
    with pytest.raises(OverBudget):
        await second.complete(REQUEST, ignore)
    go.set()
    await task
    assert await second.complete(REQUEST, ignore) == REPLY


async def test_a_call_that_failed_before_a_word_costs_nothing_and_a_cancelled_one_its_prompt(
    tmp_path: Path,
) -> None:
    ledger = DayLedger(tmp_path)
    counted, _ = meter(ModelError("no"), asyncio.Event(), cost_per_day=100.0, ledger=ledger)
    with pytest.raises(ModelError):
        await counted.complete(REQUEST, ignore)
    assert (spent_today(tmp_path), counted.used) == (0, Usage(cost=0.0))
    task = asyncio.create_task(counted.complete(REQUEST, ignore))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert spent_today(tmp_path) == pytest.approx(PROMPT * 0.001)


async def test_an_account_that_cannot_be_kept_allows_nothing(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    counted, model = meter(REPLY, cost_per_day=100.0, ledger=DayLedger(file / "below"))
    with pytest.raises(OverBudget, match="cannot be kept, so nothing was sent"):
        await counted.complete(REQUEST, ignore)
    assert model.requests == []


async def test_without_a_limit_for_a_day_nothing_is_written(tmp_path: Path) -> None:
    counted, _ = meter(REPLY, cost=100.0, tokens=10_000, ledger=DayLedger(tmp_path / "spent"))
    await counted.complete(REQUEST, ignore)
    assert not list(tmp_path.iterdir())


@given(
    st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 3000)), max_size=6),
    st.integers(1, 6000),
    st.floats(0.01, 20),
)
def test_no_run_uses_more_than_it_may(sizes: list[tuple[int, int]], tokens: int, cost: float) -> None:
    """For endpoints whose tokens are not shorter than the bound says."""

    async def run() -> None:
        replies = []
        for asked, answered in sizes:
            used = (asked // BYTES_PER_TOKEN, answered // BYTES_PER_TOKEN)
            price = used[0] * 0.001 + used[1] * 0.01
            replies.append(Reply("y" * answered, usage=Usage(*used, sum(used), price)))
        counted, _ = meter(*replies, tokens=tokens, cost=cost)
        for asked, _ in sizes:
            try:
                await counted.complete(Request(({"role": "user", "content": "x" * asked},)), ignore)
            except OverBudget:
                # What it is stopped at is the piece that would have gone beyond.
                return
            assert counted.used is not None
            assert counted.used.total_tokens <= tokens
            assert counted.used.cost is not None
            assert counted.used.cost <= cost + 1e-9

    asyncio.run(run())
