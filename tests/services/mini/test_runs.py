"""A workspace in, a summary and one patch out: by tools, in words, to a limit; and a plain chat beside it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest
from httpx_sse import aconnect_sse
from prometheus_client.parser import text_string_to_metric_families

from codex_lsp.edits import apply_reply
from tests.services.mini.desk import CHAT, FILES, PATCH, Desk, ask, calling, chat, finishing
from tests.support.endpoint import JSON, Answer, Raw, call

pytestmark = [pytest.mark.asyncio(loop_scope="package"), pytest.mark.timeout(300)]
TOOLS = [{"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}}]


async def streamed(desk: Desk, body: dict[str, Any]) -> list[dict[str, Any]]:
    """The events of an answer; the last word must have come."""
    events: list[dict[str, Any]] = []
    async with (
        desk.client() as client,
        aconnect_sse(client, "POST", CHAT, json=body | {"stream": True}) as source,
    ):
        source.response.raise_for_status()
        async for event in source.aiter_sse():
            if event.data == "[DONE]":
                return events
            events.append(json.loads(event.data))
    raise AssertionError("no [DONE]")


def deltas(events: list[dict[str, Any]], name: str) -> list[str]:
    found = [choice["delta"].get(name) for event in events for choice in event.get("choices", ())]
    return [each for each in found if each]


async def test_a_run_by_tools_ends_with_a_summary_and_one_patch(desk: Desk) -> None:
    patch = PATCH.replace(
        "*** End Patch", "*** Add File: new.py\n+z = 1\n*** Delete File: b.txt\n*** End Patch"
    )
    desk.endpoint.play(calling("read_file", path="b.txt"), calling("edit", 2, patch=patch), finishing())
    events = await streamed(desk, ask(stream_options={"include_usage": True}))
    content = "".join(deltas(events, "content"))
    assert content.startswith("Set x.\n\n*** Begin Patch\n")
    assert content.count("*** Begin Patch") == 1
    result = apply_reply(FILES, content)
    assert dict(result.files) == {"pkg/a.py": "x = 3\ny = 2\n", "new.py": "z = 1\n", "b.txt": None}
    assert result.leniencies == ()
    assert "read b.txt\n" in deltas(events, "reasoning_content")
    *_, last, usage = events
    assert last["choices"][0]["finish_reason"] == "stop"
    assert last["codex_agent"]["stop_reason"] == "finished"
    assert last["codex_agent"]["limits"]["steps"] == 24
    assert usage["usage"] == {"prompt_tokens": 33, "completion_tokens": 21, "total_tokens": 54}
    assert {event["codex_agent"]["mode"] for event in events} == {"llm"}
    assert {event["model"] for event in events} == {"mini"}


async def test_steps_arrive_while_the_model_is_at_work(desk: Desk) -> None:
    begin = asyncio.Event()
    desk.endpoint.play(calling("read_file", path="b.txt"), Answer(PATCH, begin=begin))
    async with (
        desk.client() as client,
        aconnect_sse(client, "POST", CHAT, json=ask(stream=True)) as source,
        asyncio.timeout(200),
    ):
        content = ""
        async for event in source.aiter_sse():
            if "read b.txt" in event.data:
                assert not begin.is_set()
                begin.set()
            if event.data != "[DONE]":
                content += (json.loads(event.data)["choices"] or [{"delta": {}}])[0]["delta"].get(
                    "content"
                ) or ""
    assert begin.is_set()
    assert apply_reply(FILES, content).files["pkg/a.py"] == "x = 3\ny = 2\n"


async def test_a_model_without_tools_answers_in_words(desk: Desk) -> None:
    desk.endpoint.play(
        Raw(400, {"Content-Type": JSON}, b'{"error": {"message": "real does not support tools"}}'),
        Answer(PATCH),
    )
    # An alias of its own: what is known of a model's tools is kept.
    body = (await desk.post(ask(model="bare"))).json()
    assert apply_reply(FILES, body["choices"][0]["message"]["content"]).files["pkg/a.py"] == "x = 3\ny = 2\n"
    assert "tools" not in desk.endpoint.requests[-1].json


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "a/../../b", "./a.py", "a\\b"])
async def test_paths_that_name_no_file_of_a_workspace_are_refused(desk: Desk, path: str) -> None:
    desk.endpoint.play()
    body = chat("Instruction: x", codex_agent={"workspace": {"files": [{"path": path, "text": ""}]}})
    answer = await desk.post(body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (422, "invalid_workspace")
    assert desk.endpoint.requests == []


async def test_only_what_came_with_the_request_can_be_read_or_changed(desk: Desk) -> None:
    wanted = ["/etc/passwd", "../../etc/passwd", "pyproject.toml", "pkg"]
    outside = PATCH.replace(
        "*** Update File: pkg/a.py\n@@\n-x = 1\n+x = 3\n y = 2", "*** Add File: ../evil.py\n+1"
    )
    desk.endpoint.play(
        *(calling("read_file", number, path=path) for number, path in enumerate(wanted)),
        calling("edit", 7, patch=outside),
        calling("list_files", 8),
        finishing("Nothing."),
        finishing("Nothing."),
    )
    body = (await desk.post(ask())).json()
    said = [each["content"] for each in desk.endpoint.requests[-1].json["messages"] if each["role"] == "tool"]
    assert all(each.startswith("error: ") for each in said[:5]), said
    assert said[5] == "b.txt\npkg/a.py"
    assert "*** Begin Patch" not in body["choices"][0]["message"]["content"]


async def test_a_limit_is_an_error_that_names_it(desk: Desk) -> None:
    desk.endpoint.play(*(calling("read_file", path="b.txt") for _ in range(5)))
    answer = await desk.post(ask())
    assert answer.status_code == 422
    assert answer.json()["error"]["code"] == "repeated"
    assert answer.json()["codex_agent"]["stop_reason"] == "repeated"
    assert answer.json()["codex_agent"]["limits"]["repeats"] == 3
    assert desk.endpoint.requests[3:] == []


async def test_a_stream_that_is_stopped_has_no_finish(desk: Desk) -> None:
    desk.endpoint.play(*(calling("read_file", path="b.txt") for _ in range(5)))
    async with desk.client() as client, aconnect_sse(client, "POST", CHAT, json=ask(stream=True)) as source:
        events = [json.loads(event.data) async for event in source.aiter_sse()]
    assert events[-1]["error"]["code"] == "repeated"
    assert events[-1]["codex_agent"]["stop_reason"] == "repeated"
    assert not [each for event in events[:-1] for each in event["choices"] if each["finish_reason"]]


async def test_what_was_asked_before_is_told(desk: Desk) -> None:
    desk.endpoint.play(Answer("Nothing to do."))
    before = [
        {"role": "user", "content": "Instruction: Name it well."},
        {"role": "assistant", "content": "It is."},
    ]
    body = ask("Now set x.")
    await desk.post(body | {"messages": [*before, *body["messages"]]})
    prompt = desk.endpoint.requests[0].json["messages"][-1]["content"]
    assert "The person asked before: Name it well." in prompt
    assert "You answered:\nIt is." in prompt


async def test_a_plain_chat_goes_through_with_its_tools_and_options(desk: Desk) -> None:
    made = call("c1", "look", '{"at": "x"}')
    desk.endpoint.play(Answer("Let me see.", reasoning="Hm.", tool_calls=(made,), finish_reason="tool_calls"))
    more: dict[str, Any] = {
        "temperature": 0.5,
        "max_tokens": 9,
        "tools": TOOLS,
        "tool_choice": "auto",
        "api_base": "http://x.invalid",
    }
    body = (await desk.post(chat(**more))).json()
    choice = body["choices"][0]
    assert choice["finish_reason"] == "tool_calls"
    assert choice["message"] == {
        "role": "assistant",
        "content": "Let me see.",
        "reasoning_content": "Hm.",
        "tool_calls": [made],
    }
    assert body["usage"] == {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}
    sent = desk.endpoint.requests[0].json
    assert (sent["temperature"], sent["max_tokens"], sent["tools"]) == (0.5, 9, TOOLS)
    assert "api_base" not in sent


async def test_a_chat_streams_as_it_comes(desk: Desk) -> None:
    rest = asyncio.Event()
    desk.endpoint.play(Answer("first then the rest", rest=rest, finish_reason="length"))
    reasons, content = [], ""
    async with desk.client() as client, aconnect_sse(client, "POST", CHAT, json=chat(stream=True)) as source:
        async for event in source.aiter_sse():
            if event.data != "[DONE]":
                choice = json.loads(event.data)["choices"][0]
                content += choice["delta"].get("content") or ""
                reasons += [choice["finish_reason"]] if choice["finish_reason"] else []
            if content == "first":
                rest.set()
    assert (content, reasons) == ("first then the rest", ["length"])


@pytest.mark.parametrize(
    ("step", "status", "code"),
    [
        (Raw(401, {"Content-Type": JSON}, b'{"error": {"message": "no"}}'), 424, "upstream_unauthorized"),
        (Raw(404, {"Content-Type": JSON}, b'{"error": {"message": "no"}}'), 424, "upstream_not_found"),
        (Raw(400, {"Content-Type": JSON}, b'{"error": {"message": "too long"}}'), 400, "upstream_refused"),
        (Raw(429, {"Retry-After": "77"}, b"{}"), 429, "upstream_rate_limited"),
        (Answer("half an ans", finish_reason=None, done=False), 502, "upstream_bad_reply"),
    ],
)
@pytest.mark.parametrize("body", [chat(), ask()], ids=["chat", "run"])
async def test_what_fails_behind_it_is_told_as_it_is(
    desk: Desk, body: dict[str, Any], step: Raw | Answer, status: int, code: str
) -> None:
    desk.endpoint.play(step, step)
    answer = await desk.post(body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)
    assert answer.headers.get("retry-after") == ("77" if status == 429 else None)
    assert "openai/real" in answer.json()["error"]["message"]


async def test_a_name_that_is_none_of_several_is_refused(desk: Desk) -> None:
    answer = await desk.post(chat(model="other"))
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "model_not_found")


@pytest.mark.parametrize(
    "part",
    [
        {"type": "image_url", "image_url": {"url": "http://127.0.0.1/secret"}},
        {"type": "image_url", "image_url": "file:///etc/passwd"},
        {"type": "file", "file": {"file_id": "x"}},
        "words",
    ],
)
async def test_nothing_is_fetched_for_a_client(desk: Desk, part: object) -> None:
    desk.endpoint.play()
    answer = await desk.post(chat() | {"messages": [{"role": "user", "content": [part]}]})
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "unsupported_content")
    assert desk.endpoint.requests == []


@pytest.mark.parametrize(
    "body", [chat(stream=True), ask(), ask(stream=True)], ids=["chat", "run", "streamed run"]
)
async def test_a_client_that_leaves_ends_the_run(desk: Desk, body: dict[str, Any]) -> None:
    desk.endpoint.play(Answer("never", begin=asyncio.Event()))
    async with asyncio.timeout(200):
        async with desk.client() as client:
            asking = asyncio.create_task(client.post(CHAT, json=body))
            await desk.endpoint.arrived.wait()
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
        await desk.endpoint.disconnected.wait()


@pytest.mark.parametrize(
    "part",
    [
        {"type": "mcp", "server_url": "http://127.0.0.1:1/", "function": {"name": "look"}},
        {"type": "web_search", "function": {"name": "look"}},
        {"type": "function", "function": {"name": ""}},
    ],
)
async def test_tools_that_are_no_functions_are_refused(desk: Desk, part: dict[str, Any]) -> None:
    desk.endpoint.play()
    answer = await desk.post(chat(tools=[part]))
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_tools")
    assert desk.endpoint.requests == []


async def test_of_a_tool_only_what_a_function_has_goes_on(desk: Desk) -> None:
    desk.endpoint.play(Answer("No."))
    function = {"name": "look", "description": "Look.", "parameters": {"type": "object"}}
    more = {"server_url": "http://127.0.0.1:1/"}
    await desk.post(chat(tools=[{"type": "function", "function": function | more, **more}]))
    assert desk.endpoint.requests[0].json["tools"] == [{"type": "function", "function": function}]


async def test_half_a_character_is_no_fault_of_the_models(desk: Desk) -> None:
    desk.endpoint.play(Answer("Seen."))
    async with desk.client() as client:
        body = json.dumps(chat("a\ud800b")).encode()
        answer = await client.post(CHAT, content=body, headers={"Content-Type": JSON})
    assert answer.status_code == 200
    assert desk.endpoint.requests[0].json["messages"][0]["content"] == "a?b"


async def test_figures_are_what_prometheus_reads(desk: Desk) -> None:
    desk.endpoint.play(Answer("Hello."))
    async with desk.client() as client:
        await client.post(CHAT, json=chat())
        shown = await client.get("/metrics")
    assert shown.headers["content-type"].startswith("text/plain; version=")
    families = {each.name: each for each in text_string_to_metric_families(shown.text)}
    kinds = {name: family.type for name, family in families.items() if not name.endswith("_created")}
    assert kinds == {
        "codex_agent_requests": "counter",
        "codex_agent_runs": "counter",
        "codex_agent_tokens": "counter",
        "codex_agent_run_seconds": "histogram",
        "codex_agent_queue_seconds": "histogram",
        "codex_agent_running": "gauge",
        "codex_agent_waiting": "gauge",
    }


async def test_ready_and_figures(desk: Desk) -> None:
    desk.endpoint.play(Answer("OK"), Answer("OK"), Answer("Hello."))
    async with desk.client() as client:
        ready = (await client.get("/readyz")).json()
        assert (ready["status"], ready["mode"]) == ("ready", "llm")
        assert ready["run_tools"] == ["run_python", "run_command"]
        listed, _ = (await client.get("/v1/models")).json()["data"]
        assert (listed["id"], listed["codex_agent"]["model"]) == ("mini", "openai/real")
        await client.post(CHAT, json=chat())
        lines = (await client.get("/metrics")).text.splitlines()
        figures = dict(line.rsplit(" ", 1) for line in lines if not line.startswith("#"))
        assert float(figures['codex_agent_runs_total{reason="answered"}']) >= 1
        assert float(figures["codex_agent_running"]) == 0
        assert float(figures['codex_agent_tokens_total{kind="prompt"}']) >= 11
    bare = httpx.AsyncClient(base_url=desk.url, trust_env=False)
    async with bare:
        assert (await bare.get("/healthz")).json() == {"status": "ok", "mode": "llm"}
        assert [(await bare.get(path)).status_code for path in ("/readyz", "/metrics")] == [401, 401]
