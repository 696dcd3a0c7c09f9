"""What goes to the server and what comes back, through a Router."""

from __future__ import annotations

import asyncio
from typing import Any

import litellm
import pytest

from codex_lsp.endpoint.config import API_BASE, API_KEY
from tests.llm.routing import MESSAGES, ask, router
from tests.support.endpoint import USAGE, Answer, Raw, ScriptedEndpoint, call

SSE = {"Content-Type": "text/event-stream"}
TOOLS = [
    {"type": "function", "function": {"name": name, "parameters": {"type": "object", "properties": {}}}}
    for name in ("read_file", "edit")
]
FULL = Answer(
    text="Here is what I found: café 🎉.",
    reasoning="First I look at the file.",
    tool_calls=(call("call_a", "read_file", '{"path": "a.py"}'), call("call_b", "edit", '{"text": "é"}')),
    finish_reason="tool_calls",
)

both = pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])


def events(*data: str) -> Raw:
    return Raw(200, SSE, "".join(f"data: {item}\n\n" for item in data).encode())


def tool_calls(reply: Any) -> list[tuple[str, str, str]]:
    return [(c.id, c.function.name, c.function.arguments) for c in reply.choices[0].message.tool_calls]


@both
async def test_what_the_server_says_survives(endpoint: ScriptedEndpoint, stream: bool) -> None:
    endpoint.play(FULL)
    reply = await ask(router(endpoint.base_url), stream=stream, tools=TOOLS)
    message = reply.choices[0].message
    assert message.content == FULL.text
    assert message.reasoning_content == FULL.reasoning
    assert tool_calls(reply) == [
        ("call_a", "read_file", '{"path": "a.py"}'),
        ("call_b", "edit", '{"text": "é"}'),
    ]
    assert reply.choices[0].finish_reason == "tool_calls"
    assert {name: getattr(reply.usage, name) for name in USAGE} == USAGE


async def test_the_served_model_is_named(endpoint: ScriptedEndpoint) -> None:
    endpoint.play(Answer("hi", model="served-7b"), Answer("hi", model="served-7b"))
    whole = await ask(router(endpoint.base_url), stream=False)
    assert whole.model == "served-7b"
    stream = await router(endpoint.base_url).acompletion("codex-agent-1", MESSAGES, stream=True)
    assert "served-7b" in {chunk.model async for chunk in stream}


@pytest.mark.parametrize(
    ("said", "heard"),
    [
        ("stop", "stop"),
        ("length", "length"),
        ("content_filter", "content_filter"),
        ("end_turn", "stop"),
        ("max_tokens", "length"),
    ],
)
@both
async def test_finish_reasons(endpoint: ScriptedEndpoint, stream: bool, said: str, heard: str) -> None:
    endpoint.play(Answer("half a", finish_reason=said))
    reply = await ask(router(endpoint.base_url), stream=stream)
    assert reply.choices[0].finish_reason == heard


@both
async def test_what_is_sent(endpoint: ScriptedEndpoint, stream: bool) -> None:
    endpoint.play(Answer("ok"))
    await ask(
        router(endpoint.base_url, "sk-1", model="codex_cli_agent/org/mini-7b"),
        stream=stream,
        tools=TOOLS,
        tool_choice="auto",
        temperature=0.25,
        max_tokens=50,
        extra_headers={"X-Team": "blue"},
        extra_body={"codex_agent": {"workspace": {"files": []}}},
    )
    [request] = endpoint.requests
    assert (request.method, request.path) == ("POST", "/v1/chat/completions")
    assert request.headers["authorization"] == "Bearer sk-1"
    assert request.headers["x-team"] == "blue"
    streaming = {"stream_options": {"include_usage": True}} if stream else {}
    assert request.json == streaming | {
        "model": "org/mini-7b",
        "messages": MESSAGES,
        "stream": stream,
        "tools": TOOLS,
        "tool_choice": "auto",
        "temperature": 0.25,
        "max_tokens": 50,
        "codex_agent": {"workspace": {"files": []}},
    }


async def test_a_reply_can_be_sent_back(endpoint: ScriptedEndpoint) -> None:
    endpoint.play(FULL, Answer("done"))
    asked = router(endpoint.base_url)
    first = await ask(asked, stream=False, tools=TOOLS)
    result = {"role": "tool", "tool_call_id": "call_a", "content": "print()"}
    await asked.acompletion("codex-agent-1", [*MESSAGES, first.choices[0].message, result], tools=TOOLS)
    sent = endpoint.requests[1].json["messages"]
    assert [c["id"] for c in sent[1]["tool_calls"]] == ["call_a", "call_b"]
    assert sent[2] == result


@pytest.mark.parametrize("suffix", ["", "/", "/v1", "/v1/", "/v1/chat/completions"])
async def test_forms_of_the_base(endpoint: ScriptedEndpoint, suffix: str) -> None:
    endpoint.play(Answer("ok"))
    await ask(router(endpoint.base_url + suffix), stream=False)
    assert endpoint.requests[0].path == "/v1/chat/completions"


async def test_base_and_key_from_the_environment(
    endpoint: ScriptedEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(API_BASE, endpoint.base_url)
    monkeypatch.setenv(API_KEY, "sk-env")
    endpoint.play(Answer("ok"), Answer("ok"))
    await ask(router(None), stream=False)
    await ask(router(endpoint.base_url + "/v1", None), stream=True)
    assert [r.headers["authorization"] for r in endpoint.requests] == ["Bearer sk-env"] * 2


@both
async def test_the_environments_key_goes_to_its_own_server_only(
    endpoint: ScriptedEndpoint, monkeypatch: pytest.MonkeyPatch, stream: bool
) -> None:
    monkeypatch.setenv(API_BASE, "http://127.0.0.1:9")
    monkeypatch.setenv(API_KEY, "sk-env")
    endpoint.play(Answer("ok"))
    await ask(router(endpoint.base_url), stream=stream)
    assert "authorization" not in endpoint.requests[0].headers


@both
async def test_openai_settings_and_proxies_are_ignored(
    endpoint: ScriptedEndpoint, monkeypatch: pytest.MonkeyPatch, stream: bool
) -> None:
    async with ScriptedEndpoint() as other:
        monkeypatch.setenv("OPENAI_API_KEY", "sk-openai")
        monkeypatch.setenv("OPENAI_LIKE_API_KEY", "sk-like")
        for name in ("OPENAI_BASE_URL", "OPENAI_API_BASE", "OPENAI_LIKE_API_BASE"):
            monkeypatch.setenv(name, other.base_url)
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, other.base_url)
        endpoint.play(Answer("ok"))
        await ask(router(endpoint.base_url), stream=stream)
        assert "authorization" not in endpoint.requests[0].headers
        with pytest.raises(litellm.BadRequestError, match="No agent endpoint is configured"):
            await ask(router(None, None), stream=stream)
        assert other.requests == []


async def test_connections_are_used_again(endpoint: ScriptedEndpoint) -> None:
    endpoint.play(Answer("one"), Answer("two"), Answer("three"), Raw(429), Answer("four"))
    asked = router(endpoint.base_url)
    for stream in (False, True, True):
        await ask(asked, stream=stream)
    with pytest.raises(litellm.RateLimitError):
        await ask(asked, stream=True)
    await ask(asked, stream=True)
    assert {request.connection for request in endpoint.requests} == {1}


async def test_whole_calls_under_one_index_stay_apart(endpoint: ScriptedEndpoint) -> None:
    def chunk(fragment: str) -> str:
        return '{"choices": [{"index": 0, "delta": {"tool_calls": [' + fragment + "]}}]}"

    endpoint.play(
        events(
            chunk('{"index": 0, "id": "a", "function": {"name": "f", "arguments": "{}"}}'),
            chunk('{"index": 0, "id": "b", "function": {"name": "g", "arguments": "{\\"x\\""}}'),
            chunk('{"index": 0, "id": "b", "function": {"arguments": ": 1}"}}'),
            '{"choices": [{"index": 0, "delta": {}, "finish_reason": "tool_calls"}]}',
            "[DONE]",
        )
    )
    reply = await ask(router(endpoint.base_url), stream=True, tools=TOOLS)
    assert tool_calls(reply) == [("a", "f", "{}"), ("b", "g", '{"x": 1}')]


async def test_cancelling_closes_the_connection(endpoint: ScriptedEndpoint) -> None:
    endpoint.play(Answer("never", begin=asyncio.Event()))
    task = asyncio.create_task(ask(router(endpoint.base_url), stream=False))
    await asyncio.wait_for(endpoint.arrived.wait(), 5)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.wait_for(endpoint.disconnected.wait(), 2)


async def test_closing_a_stream_closes_the_connection(endpoint: ScriptedEndpoint) -> None:
    endpoint.play(Answer("first, and the rest never", rest=asyncio.Event()))
    stream = await router(endpoint.base_url).acompletion("codex-agent-1", MESSAGES, stream=True)
    await anext(stream)
    await stream.aclose()
    await asyncio.wait_for(endpoint.disconnected.wait(), 2)


async def test_without_an_event_loop(endpoint: ScriptedEndpoint) -> None:
    def call_it() -> tuple[Any, Any]:
        asked = router(endpoint.base_url, "sk-1")
        whole = asked.completion("codex-agent-1", MESSAGES, tools=TOOLS)
        stream = asked.completion("codex-agent-1", MESSAGES, tools=TOOLS, stream=True)
        return whole, litellm.stream_chunk_builder(list(stream))

    endpoint.play(FULL, FULL)
    for reply in await asyncio.to_thread(call_it):
        assert reply.choices[0].message.content == FULL.text
        assert reply.choices[0].message.reasoning_content == FULL.reasoning
        assert len(tool_calls(reply)) == 2
        assert reply.usage.total_tokens == USAGE["total_tokens"]
    assert endpoint.requests[1].headers["authorization"] == "Bearer sk-1"
