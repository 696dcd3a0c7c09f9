"""`/readyz` of the mini-agent: what is in the way of an answer, as it is now, and what to do about it."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from codex_lsp.services.ready import AGAIN
from tests.services.mini.desk import CHAT, Desk, chat, serving
from tests.support.endpoint import JSON, Answer, Raw

pytestmark = [pytest.mark.asyncio(loop_scope="package"), pytest.mark.timeout(300)]
REFUSED = Raw(401, {"Content-Type": JSON}, b'{"error": {"message": "no such key"}}')
LOST = Raw(404, {"Content-Type": JSON}, b'{"error": {"message": "no such model"}}')


async def ready(desk: Desk, *, until: int | None = None) -> tuple[int, str]:
    """Status and message once they are known, or once the status is `until`."""
    async with desk.client() as client:
        while True:
            answer = await client.get("/readyz")
            message = answer.json().get("message", "")
            if AGAIN not in message and until in (None, answer.status_code):
                return answer.status_code, message
            await asyncio.sleep(0.1)


async def together(desk: Desk, begin: asyncio.Event) -> set[int]:
    """The statuses of many who ask at once, before the model has answered and after it has."""
    async with desk.client() as client:
        asking = [asyncio.create_task(client.get("/readyz")) for _ in range(5)]
        await desk.endpoint.arrived.wait()
        begin.set()
        answers: list[httpx.Response] = await asyncio.gather(*asking)
        while any(AGAIN in each.text for each in answers):
            answers = await asyncio.gather(*(client.get("/readyz") for _ in range(5)))
    return {each.status_code for each in answers}


async def test_what_is_in_the_way_is_told_as_it_is_now() -> None:
    """One agent from its first moment to its model's end, since each takes seconds to start."""
    async with serving() as desk, asyncio.timeout(280):
        begin, place = asyncio.Event(), desk.endpoint.base_url
        desk.endpoint.play(Answer("OK", begin=begin))
        assert await together(desk, begin) == {200}
        assert len([each for each in desk.endpoint.requests if each.path == CHAT]) == 1
        # What was found would hold for minutes; a request that fails ends that.
        desk.endpoint.play(*[REFUSED] * 2)
        assert (await desk.post(chat())).status_code == 424
        _, message = await ready(desk)
        assert "refused the key: check it where this endpoint runs" in message
        desk.endpoint.play(LOST)
        while "check its name, or pull it" not in message:
            _, message = await ready(desk)
        desk.endpoint.play(*[Answer("OK")] * 9)
        assert await ready(desk, until=200) == (200, "")
        # Nobody has asked for anything when its server goes.
        await desk.endpoint.kill()
        _, message = await ready(desk, until=503)
        assert f"cannot be reached at {place}: see whether its server runs" in message
