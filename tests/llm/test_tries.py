"""When a request is sent again, how long is waited before, and what is told."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from codex_lsp.agent.model import Delta
from codex_lsp.endpoint.errors import (
    EndpointError,
    bad_reply,
    broke_off,
    from_status,
    is_passing,
    timed_out,
    unreachable,
)
from codex_lsp.llm.chat import Patience
from codex_lsp.llm.failures import retry_after_seconds
from codex_lsp.llm.tries import Stamina, Tries

ORIGIN = "http://127.0.0.1:1"
QUICK = Stamina(retries=2, backoff=0.02, longest=0.2, patience=Patience(total=5.0))
PASSING: list[EndpointError] = [
    *(from_status(status, ORIGIN) for status in (408, 429, 500, 502, 503, 504, 529)),
    *(unreachable(ORIGIN, "nobody listens"), broke_off(ORIGIN)),
]
LASTING: list[EndpointError] = [
    *(from_status(status, ORIGIN) for status in (301, 400, 401, 403, 404, 409, 413, 422)),
    *(timed_out(ORIGIN, 1, idle=True), bad_reply(ORIGIN, "no"), unreachable(ORIGIN, "TLS", lasting=True)),
]


def test_which() -> None:
    assert [error for error in PASSING if not is_passing(error)] == []
    assert [error for error in LASTING if is_passing(error)] == []


@pytest.mark.parametrize("error", PASSING, ids=lambda error: f"{error.code}-{error.status}")
async def test_twice_and_no_more(error: EndpointError) -> None:
    told: list[Delta] = []
    tries = Tries(QUICK, told.append)
    begun = time.monotonic()
    assert [await tries.again(error) for _ in range(4)] == [True, True, False, False]
    assert 0.03 <= time.monotonic() - begun < 2  # half of 20 and of 40 ms at least
    assert [delta.kind for delta in told] == ["step", "step"]
    assert all("trying again in 0.1 s" in delta.text for delta in told)


async def test_what_lasts_is_not_tried_again() -> None:
    told: list[Delta] = []
    assert [await Tries(QUICK, told.append).again(error) for error in LASTING] == [False] * len(LASTING)
    assert told == []


async def test_the_endpoint_says_how_long() -> None:
    told: list[Delta] = []
    tries = Tries(QUICK, told.append)
    begun = time.monotonic()
    assert await tries.again(from_status(429, ORIGIN, retry_after=0.2))
    assert 0.2 <= time.monotonic() - begun < 2
    assert told == [Delta("step", "the endpoint asks to wait 0.2 s (429); trying again then")]
    assert not await tries.again(from_status(429, ORIGIN, retry_after=0.5))  # longer than is waited
    hurried = Stamina(retries=2, longest=60, patience=Patience(total=1.0))
    assert not await Tries(hurried, told.append).again(from_status(503, ORIGIN, retry_after=2))


async def test_another_place_is_asked_at_once_however_long_the_first_asks_for() -> None:
    told: list[Delta] = []
    begun = time.monotonic()
    assert await Tries(QUICK, told.append).again(from_status(429, ORIGIN, retry_after=3600), elsewhere=True)
    assert time.monotonic() - begun < 0.1
    assert told == [Delta("step", "the endpoint has too many requests (429); asking another one")]


async def test_a_cancel_ends_the_wait() -> None:
    waiting = asyncio.ensure_future(
        Tries(Stamina(), lambda delta: None).again(from_status(429, ORIGIN, retry_after=15))
    )
    await asyncio.sleep(0)
    waiting.cancel()
    begun = time.monotonic()
    await asyncio.gather(waiting, return_exceptions=True)
    assert waiting.cancelled()
    assert time.monotonic() - begun < 0.1


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        *(("0", 0.0), ("7", 7.0), (" 7 ", 7.0), ("0.5", 0.5), ("9" * 18, float("9" * 18))),
        *(
            (text, None)
            for text in ("", "soon", "-5", "1e9", "inf", "nan", "9" * 19, "7 s", "١٢", "Mon, 99", "\x00")
        ),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0.0),
        ("Wed, 21 Oct 2015 07:28:00", 0.0),
        ("Fri, 31 Dec 99999 23:59:59 GMT", None),
    ],
)
def test_retry_after(value: str, seconds: float | None) -> None:
    assert retry_after_seconds(value) == seconds


def test_retry_after_as_a_date() -> None:
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    assert 85 <= (retry_after_seconds(moment) or 0) <= 91
