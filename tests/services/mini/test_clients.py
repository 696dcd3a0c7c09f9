"""Clients that are not ours: OpenAI's own for Python, and LiteLLM; chat, streams, tools, errors, runs."""

from __future__ import annotations

from typing import Any

import openai
import pytest

import codex_lsp.llm
from codex_lsp.edits import apply_reply
from tests.services.mini.desk import FILES, PATCH, Desk, ask, calling, chat, finishing
from tests.services.mini.test_runs import TOOLS
from tests.support.endpoint import JSON, Answer, Raw, call

pytestmark = [pytest.mark.asyncio(loop_scope="package"), pytest.mark.timeout(300)]
AFTER = {"pkg/a.py": "x = 3\ny = 2\n"}
MADE = call("c1", "look", '{"at": "x"}')


def client(desk: Desk, token: str = "") -> openai.AsyncOpenAI:
    return openai.AsyncOpenAI(
        base_url=f"{desk.url}/v1", api_key=token or desk.token, max_retries=0, timeout=200
    )


@pytest.mark.slow
async def test_openais_client_chats(desk: Desk) -> None:
    desk.endpoint.play(Answer("Hello."), Answer("Hello again."))
    async with client(desk) as openai_client:
        reply = await openai_client.chat.completions.create(**chat())
        assert reply.choices[0].message.content == "Hello."
        assert reply.choices[0].finish_reason == "stop"
        assert reply.usage is not None
        assert reply.usage.total_tokens == 18
        stream = await openai_client.chat.completions.create(
            **chat(stream=True, stream_options={"include_usage": True})
        )
        chunks = [chunk async for chunk in stream]
        assert "".join(chunk.choices[0].delta.content or "" for chunk in chunks[:-1]) == "Hello again."
        assert chunks[-1].usage.total_tokens == 18
        assert [model.id async for model in openai_client.models.list()] == ["mini", "bare"]


@pytest.mark.parametrize("stream", [False, True])
async def test_openais_client_has_its_tools_called(desk: Desk, stream: bool) -> None:
    desk.endpoint.play(Answer(tool_calls=(MADE,), finish_reason="tool_calls"))
    async with client(desk) as openai_client:
        reply: Any = await openai_client.chat.completions.create(**chat(tools=TOOLS, stream=stream))
        if stream:
            chunks = [chunk async for chunk in reply]
            (made,) = [each for chunk in chunks for each in chunk.choices[0].delta.tool_calls or ()]
            assert chunks[-1].choices[0].finish_reason == "tool_calls"
        else:
            (made,) = reply.choices[0].message.tool_calls
            assert reply.choices[0].finish_reason == "tool_calls"
    assert (made.id, made.function.name, made.function.arguments) == ("c1", "look", '{"at": "x"}')


async def test_openais_client_has_a_run_done(desk: Desk) -> None:
    desk.endpoint.play(calling("edit", patch=PATCH), finishing())
    body = ask()
    extra = {"codex_agent": body.pop("codex_agent")}
    async with client(desk) as openai_client:
        reply = await openai_client.chat.completions.create(**body, extra_body=extra)
    assert dict(apply_reply(FILES, reply.choices[0].message.content).files) == AFTER


async def test_openais_client_knows_our_errors(desk: Desk) -> None:
    desk.endpoint.play(Raw(429, {"Retry-After": "99"}, b"{}"), Raw(400, {"Content-Type": JSON}, b"{}"))
    async with client(desk) as openai_client:
        with pytest.raises(openai.RateLimitError) as limited:
            await openai_client.chat.completions.create(**chat())
        assert limited.value.response.headers["retry-after"] == "99"
        with pytest.raises(openai.BadRequestError):
            await openai_client.chat.completions.create(**chat())
        with pytest.raises(openai.NotFoundError):
            await openai_client.chat.completions.create(**chat(model="other"))
    async with client(desk, "wrong") as openai_client:
        with pytest.raises(openai.AuthenticationError) as refused:
            await openai_client.chat.completions.create(**chat())
        assert refused.value.code == "invalid_api_key"


async def completion(desk: Desk, body: dict[str, Any], token: str = "") -> Any:
    """LiteLLM's own way to an endpoint like OpenAI's."""
    codex_lsp.llm.register()
    import litellm

    return await litellm.acompletion(
        **{**body, "model": "openai/mini"},
        api_base=f"{desk.url}/v1",
        api_key=token or desk.token,
        num_retries=0,
        max_retries=0,
    )


async def test_litellm_chats_streams_and_has_tools_called(desk: Desk) -> None:
    desk.endpoint.play(
        Answer("Hello."), Answer("Hello again."), Answer(tool_calls=(MADE,), finish_reason="tool_calls")
    )
    assert (await completion(desk, chat())).choices[0].message.content == "Hello."
    stream = await completion(desk, chat(stream=True))
    assert "".join([chunk.choices[0].delta.content or "" async for chunk in stream]) == "Hello again."
    (made,) = (await completion(desk, chat(tools=TOOLS))).choices[0].message.tool_calls
    assert made.function.arguments == '{"at": "x"}'


async def test_litellm_has_a_run_done_and_knows_our_errors(desk: Desk) -> None:
    import litellm

    desk.endpoint.play(calling("edit", patch=PATCH), finishing())
    body = ask()
    extra = {"codex_agent": body.pop("codex_agent")}
    reply = await completion(desk, body | {"extra_body": extra})
    assert dict(apply_reply(FILES, reply.choices[0].message.content).files) == AFTER
    with pytest.raises(litellm.AuthenticationError):
        await completion(desk, chat(), "wrong")
    desk.endpoint.play(Raw(400, {"Content-Type": JSON}, b"{}"))
    with pytest.raises(litellm.BadRequestError):
        await completion(desk, chat())
