"""Fifty at once: each gets its answer, in bounded memory; one too many is told when to come again."""

from __future__ import annotations

import asyncio
import json

import httpx
import pytest

from codex_lsp.edits import apply_reply
from tests.services.mini.desk import CHAT, FILES, PATCH, Desk, ask, chat, serving
from tests.support.endpoint import Answer

pytestmark = [pytest.mark.asyncio(loop_scope="package"), pytest.mark.timeout(300)]
MANY = 50


@pytest.mark.slow
async def test_fifty_runs_at_once_are_all_answered(desk: Desk) -> None:
    desk.endpoint.play(Answer(PATCH))
    await desk.post(ask())
    before = desk.memory()
    desk.endpoint.play(*(Answer(PATCH) for _ in range(MANY)))
    async with desk.client() as client, asyncio.timeout(200):
        bodies = [ask(f"Set x to 3, for the {number}th time.", stream=True) for number in range(MANY)]
        answers = await asyncio.gather(*(client.post(CHAT, json=body, timeout=200) for body in bodies))
    assert {answer.status_code for answer in answers} == {200}
    assert all(answer.text.rstrip().endswith("data: [DONE]") for answer in answers)
    assert len(desk.endpoint.requests) == MANY
    asked = {each.json["messages"][-1]["content"].split("\n")[2] for each in desk.endpoint.requests}
    assert len(asked) == MANY
    assert desk.memory() - before < 100 * 1024 * 1024
    assert all(apply_reply(FILES, said(answer)).files["pkg/a.py"] == "x = 3\ny = 2\n" for answer in answers)


@pytest.mark.slow
async def test_one_too_many_is_told_when_to_come_again() -> None:
    held = asyncio.Event()
    options = ("--model", "mini=openai/real", "--max-runs", "1", "--max-queue", "1")
    async with serving(*options) as desk, desk.client() as client, asyncio.timeout(200):
        desk.endpoint.play(Answer("one", begin=held), Answer("two"))
        first = asyncio.create_task(client.post(CHAT, json=chat("1")))
        await desk.endpoint.arrived.wait()
        second = asyncio.create_task(client.post(CHAT, json=chat("2")))
        while "codex_agent_waiting 1.0" not in (await client.get("/metrics")).text:
            await asyncio.sleep(0.02)
        refused = await client.post(CHAT, json=chat("3"))
        assert (refused.status_code, refused.json()["error"]["code"]) == (429, "busy")
        assert refused.headers["retry-after"] == "5"
        held.set()
        assert [content(await each) for each in (first, second)] == ["one", "two"]
        # Whoever leaves while waiting leaves room.
        held.clear()
        desk.endpoint.play(Answer("one", begin=held), Answer("three"))
        first = asyncio.create_task(client.post(CHAT, json=chat("1")))
        await desk.endpoint.arrived.wait()
        second = asyncio.create_task(client.post(CHAT, json=chat("2")))
        while "codex_agent_waiting 1.0" not in (await client.get("/metrics")).text:
            await asyncio.sleep(0.02)
        second.cancel()
        while "codex_agent_waiting 0.0" not in (await client.get("/metrics")).text:
            await asyncio.sleep(0.02)
        third = asyncio.create_task(client.post(CHAT, json=chat("3")))
        held.set()
        assert [content(await each) for each in (first, third)] == ["one", "three"]


def content(answer: httpx.Response) -> str:
    return str(answer.json()["choices"][0]["message"]["content"])


def said(answer: httpx.Response) -> str:
    """The content of a streamed answer."""
    events = [line.removeprefix("data: ") for line in answer.text.splitlines() if line.startswith("data: {")]
    choices = [choice for event in events for choice in json.loads(event)["choices"]]
    return "".join(choice["delta"].get("content") or "" for choice in choices)
