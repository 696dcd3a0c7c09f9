"""RemoteModel with real worker processes. Most tests share one worker: LiteLLM takes seconds to import."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from importlib.metadata import version
from pathlib import Path

import pytest
import pytest_asyncio

from codex_lsp.agent.model import Delta, ModelInfo, Reply, Request, ToolCall, Usage
from codex_lsp.endpoint.config import EndpointConfig
from codex_lsp.endpoint.errors import (
    BadReply,
    EndpointError,
    NotFound,
    Off,
    RateLimited,
    Refused,
    ServerFault,
    Unauthorized,
    Unconfigured,
    Unreachable,
    WorkerFailed,
)
from codex_lsp.endpoint.remote import RemoteModel
from tests.support.endpoint import Answer, Raw, ScriptedEndpoint, Step, call

pytestmark = pytest.mark.asyncio(loop_scope="session")

ROOT = Path(__file__).parents[2]
QUESTION = Request([{"role": "user", "content": "What does this do?"}])
AGENT = {"object": "list", "data": [{"id": "mini"}], "codex_agent": {"workspace": True, "mode": "offline"}}


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def shared() -> AsyncIterator[tuple[RemoteModel, ScriptedEndpoint]]:
    async with ScriptedEndpoint(models=AGENT) as endpoint:
        model = RemoteModel(EndpointConfig(True, endpoint.base_url, "sk-secret-1"))
        yield model, endpoint
        await model.close()


@pytest.fixture
def model(shared: tuple[RemoteModel, ScriptedEndpoint]) -> RemoteModel:
    return shared[0]


@pytest.fixture
def endpoint(shared: tuple[RemoteModel, ScriptedEndpoint]) -> ScriptedEndpoint:
    shared[1].play()
    return shared[1]


def ignore(_: Delta) -> None:
    pass


async def soon(condition: asyncio.Event) -> None:
    await asyncio.wait_for(condition.wait(), 10)


async def ended(process: int) -> None:
    """Wait until the process behind this pidfd is gone."""
    done = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_reader(process, done.set)
    try:
        await soon(done)
    finally:
        loop.remove_reader(process)
        os.close(process)


async def test_a_whole_reply(model: RemoteModel, endpoint: ScriptedEndpoint) -> None:
    calls = (call("a", "read_file", '{"path": "ü.py"}'), call("b", "edit", "{}"))
    endpoint.play(Answer("Some text. 🎉", "Some thought.", calls, "tool_calls"))
    deltas: list[Delta] = []
    tools = [{"type": "function", "function": {"name": "read_file", "parameters": {}}}]
    reply = await model.complete(Request(QUESTION.messages, tools, {"files": []}), deltas.append)
    assert reply == Reply(
        content="Some text. 🎉",
        tool_calls=(ToolCall("a", "read_file", '{"path": "ü.py"}'), ToolCall("b", "edit", "{}")),
        finish_reason="tool_calls",
        usage=Usage(11, 7, 18),
        reasoning="Some thought.",
        model="served-mini",
    )
    assert "".join(delta.text for delta in deltas if delta.kind == "text") == reply.content
    assert "".join(delta.text for delta in deltas if delta.kind == "reasoning") == reply.reasoning
    [request] = endpoint.requests
    assert request.json["tools"] == tools
    assert request.json["codex_agent"] == {"workspace": {"files": []}}
    assert request.headers["authorization"] == "Bearer sk-secret-1"


async def test_without_usage_nothing_is_made_up(model: RemoteModel, endpoint: ScriptedEndpoint) -> None:
    endpoint.play(Answer("Some text.", usage=None))
    reply = await model.complete(QUESTION, ignore)
    assert reply.usage == Usage(0, 0, 0)
    assert "codex_agent" not in endpoint.requests[0].json


async def test_deltas_come_as_they_arrive(model: RemoteModel, endpoint: ScriptedEndpoint) -> None:
    rest, first = asyncio.Event(), asyncio.Event()
    endpoint.play(Answer("early and late", rest=rest))
    asking = asyncio.create_task(model.complete(QUESTION, lambda _: first.set()))
    await soon(first)
    assert not asking.done()
    rest.set()
    assert (await asking).content == "early and late"


async def test_many_at_once(model: RemoteModel, endpoint: ScriptedEndpoint) -> None:
    begin = asyncio.Event()
    endpoint.play(Answer("slow", begin=begin), *[Answer(f"quick {n}") for n in range(8)])
    slow = asyncio.create_task(model.complete(QUESTION, ignore))
    await soon(endpoint.arrived)
    quick = await asyncio.gather(*(model.complete(QUESTION, ignore) for _ in range(8)))
    assert {reply.content for reply in quick} == {f"quick {n}" for n in range(8)}
    assert not slow.done()
    begin.set()
    assert (await slow).content == "slow"


async def test_a_large_request_and_a_large_reply(model: RemoteModel, endpoint: ScriptedEndpoint) -> None:
    text = "lorem ipsum\n" * 200_000
    endpoint.play(Answer(text, piece=50_000))
    request = Request(QUESTION.messages, (), {"files": [{"path": "a.py", "text": text}]})
    assert (await model.complete(request, ignore)).content == text
    assert endpoint.requests[0].json["codex_agent"]["workspace"]["files"][0]["text"] == text


@pytest.mark.parametrize(
    ("step", "kind", "status", "retry_after"),
    [
        (Raw(401, {}, b'{"error": {"message": "no sk-secret-1"}}'), Unauthorized, 401, None),
        (Raw(403), Unauthorized, 403, None),
        (Raw(404), NotFound, 404, None),
        (Raw(429, {"Retry-After": "60"}), RateLimited, 429, 60.0),
        (Raw(503), ServerFault, 503, None),
        (Raw(400), Refused, 400, None),
        (Raw(302, {"Location": "http://127.0.0.1:9"}), Refused, 302, None),
        (Raw(200, {"Content-Type": "text/html"}, b"<html>"), BadReply, None, None),
        (Answer("fragment", finish_reason=None), BadReply, None, None),
        (Answer("fragment", done=False), BadReply, None, None),
        (Answer("fragment", cut_after=300), Unreachable, None, None),
    ],
)
async def test_failures_keep_their_kind(
    model: RemoteModel,
    endpoint: ScriptedEndpoint,
    step: Step,
    kind: type[EndpointError],
    status: int | None,
    retry_after: float | None,
) -> None:
    endpoint.play(step, step, step)  # what may pass is tried again
    with pytest.raises(EndpointError) as caught:
        await model.complete(QUESTION, ignore)
    assert type(caught.value) is kind
    assert (caught.value.status, caught.value.retry_after) == (status, retry_after)
    assert str(caught.value).startswith(f"The endpoint {endpoint.base_url} ")
    assert "sk-secret" not in str(caught.value)


async def test_cancelling_drops_the_connection(model: RemoteModel, endpoint: ScriptedEndpoint) -> None:
    first = asyncio.Event()
    endpoint.play(Answer("some, and no more", rest=asyncio.Event()), Answer("the next"))
    asking = asyncio.create_task(model.complete(QUESTION, lambda _: first.set()))
    await soon(first)
    started = time.monotonic()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert time.monotonic() - started < 0.5
    await asyncio.wait_for(endpoint.disconnected.wait(), 2)
    assert (await model.complete(QUESTION, ignore)).content == "the next"


async def test_a_listener_that_fails_fails_its_own_call(
    model: RemoteModel, endpoint: ScriptedEndpoint
) -> None:
    def listener(_: Delta) -> None:
        raise LookupError("its own fault")

    endpoint.play(Answer("some, and no more", rest=asyncio.Event()), Answer("the next"))
    with pytest.raises(LookupError, match="its own fault"):
        await model.complete(QUESTION, listener)
    await asyncio.wait_for(endpoint.disconnected.wait(), 2)
    assert (await model.complete(QUESTION, ignore)).content == "the next"


async def test_described_once(model: RemoteModel, endpoint: ScriptedEndpoint) -> None:
    expected = ModelInfo("agent", "offline", "mini")
    assert await model.describe() == expected
    endpoint.play()
    assert await model.describe() == expected
    assert endpoint.requests == []


async def test_the_version_of_litellm(model: RemoteModel) -> None:
    assert await model.ready() == version("litellm")


async def test_starting_twice_starts_one(model: RemoteModel) -> None:
    await model.start()
    before = model.pid
    await asyncio.gather(model.start(), model.start())
    assert model.pid == before is not None


@pytest.mark.slow
async def test_an_endpoint_that_dies_in_mid_run() -> None:
    first = asyncio.Event()
    async with ScriptedEndpoint([Answer("some, and no more", rest=asyncio.Event())]) as mortal:
        async with asyncio.timeout(60):
            other = RemoteModel(EndpointConfig(True, mortal.base_url))
            asking = asyncio.create_task(other.complete(QUESTION, lambda _: first.set()))
            await first.wait()
        started = time.monotonic()
        await mortal.kill()
        with pytest.raises(Unreachable, match="broke off before its reply was whole"):
            await asking
        assert time.monotonic() - started < 1
        with pytest.raises(Unreachable, match="nobody listens there"):
            await other.complete(QUESTION, ignore)
        assert other.pid is not None
        worker = os.pidfd_open(other.pid)
        await other.close()
        await ended(worker)
        with pytest.raises(WorkerFailed, match="was closed"):
            await other.complete(QUESTION, ignore)


@pytest.mark.slow
async def test_a_worker_that_dies_in_mid_run(model: RemoteModel, endpoint: ScriptedEndpoint) -> None:
    first = asyncio.Event()
    endpoint.play(Answer("some, and no more", rest=asyncio.Event()), Answer("never", begin=asyncio.Event()))
    asking = [asyncio.create_task(model.complete(QUESTION, lambda _: first.set()))]
    await soon(first)
    endpoint.arrived.clear()
    asking.append(asyncio.create_task(model.complete(QUESTION, ignore)))
    await soon(endpoint.arrived)
    before = model.pid
    assert before is not None
    started = time.monotonic()
    os.kill(before, signal.SIGKILL)
    for task in asking:
        with pytest.raises(WorkerFailed, match="ended: ask again"):
            await task
    assert time.monotonic() - started < 1
    endpoint.play(Answer("new"))
    assert (await model.complete(QUESTION, ignore)).content == "new"
    assert model.pid not in (before, None)


@pytest.mark.parametrize(
    ("config", "kind"),
    [
        (EndpointConfig(False, "http://127.0.0.1:9"), Off),
        (EndpointConfig(True), Unconfigured),
        (EndpointConfig(True, "nowhere"), Unconfigured),
        (EndpointConfig(True, "http://127.0.0.1:9", model="codex-agent/replicate-x"), Unconfigured),
    ],
)
async def test_what_is_not_ready_starts_no_process(config: EndpointConfig, kind: type[EndpointError]) -> None:
    model = RemoteModel(config)
    for attempt in (model.start(), model.describe(), model.complete(QUESTION, ignore)):
        with pytest.raises(kind):
            await attempt
    assert model.pid is None
    await model.close()


async def test_an_interpreter_that_is_none(tmp_path: Path) -> None:
    model = RemoteModel(EndpointConfig(True, "http://127.0.0.1:9"), python=str(tmp_path / "none"))
    with pytest.raises(WorkerFailed, match="could not be started"):
        await model.complete(QUESTION, ignore)
    await model.close()


async def test_a_worker_that_cannot_start_says_why(tmp_path: Path) -> None:
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho \"No module named 'litellm'\" >&2\nexit 3\n", encoding="utf-8")
    broken.chmod(0o755)
    model = RemoteModel(EndpointConfig(True, "http://127.0.0.1:9"), python=str(broken))
    with pytest.raises(WorkerFailed, match=r"ended \(exit code 3\).* It said: No module named 'litellm'"):
        await model.complete(QUESTION, ignore)
    await model.close()


PARENT = """
import asyncio, json, sys
from codex_lsp.agent.model import Request
from codex_lsp.endpoint.config import EndpointConfig
from codex_lsp.endpoint.remote import RemoteModel

async def main():
    model = RemoteModel(EndpointConfig(True, sys.argv[1]))
    await model.complete(Request([{"role": "user", "content": "Hello."}]), lambda _: None)
    print(json.dumps({"pid": model.pid, "modules": sorted(sys.modules)}), flush=True)
    await asyncio.Event().wait()

asyncio.run(main())
"""


@pytest.mark.slow
async def test_the_parent_stays_small_and_leaves_nothing_behind(endpoint: ScriptedEndpoint) -> None:
    endpoint.play(Answer("hello"))
    parent = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PARENT, endpoint.base_url),
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )
    assert parent.stdout is not None
    async with asyncio.timeout(60):
        told = json.loads(await parent.stdout.readline())
    assert {"litellm", "codex_lsp.llm", "httpx", "pygls"}.isdisjoint(told["modules"])
    worker = os.pidfd_open(told["pid"])
    parent.kill()
    await parent.wait()
    await ended(worker)
