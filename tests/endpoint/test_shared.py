"""One worker for many programs, with real workers. Each test has a runtime folder, so workers, of its own."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import signal
import socket
import stat
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from codex_lsp.agent.model import Delta, Request
from codex_lsp.endpoint import connection, place, shared
from codex_lsp.endpoint.config import EndpointConfig
from codex_lsp.endpoint.errors import WorkerFailed
from codex_lsp.endpoint.identity import identity
from codex_lsp.endpoint.place import Unshareable
from codex_lsp.endpoint.remote import RemoteModel
from tests.support.endpoint import Answer, ScriptedEndpoint
from tests.support.processes import workers

ROOT = Path(__file__).parents[2]
QUESTION = Request([{"role": "user", "content": "What does this do?"}])
NOWHERE = EndpointConfig(True, "http://127.0.0.1:9", "sk-secret-1")

USER = """
import asyncio, sys
from codex_lsp.agent.model import Request
from codex_lsp.endpoint.config import EndpointConfig
from codex_lsp.endpoint.remote import RemoteModel

async def main():
    model = RemoteModel(EndpointConfig(True, sys.argv[1], "sk-secret-1"))
    await model.start()
    print(model.pid, flush=True)
    if sys.argv[2] == "ask":
        await model.complete(Request([{"role": "user", "content": "Hello."}]), lambda _: None)
    await asyncio.Event().wait()

asyncio.run(main())
"""


def ignore(_: Delta) -> None:
    pass


@asynccontextmanager
async def endpoint_and(*configs: dict[str, Any]) -> AsyncIterator[tuple[ScriptedEndpoint, list[RemoteModel]]]:
    """An endpoint, and a model for each change of a configuration that points to it."""
    async with ScriptedEndpoint() as endpoint:
        config = EndpointConfig(True, endpoint.base_url, "sk-secret-1")
        models = [RemoteModel(replace(config, **changed)) for changed in configs]
        yield endpoint, models
        for model in models:
            await model.close()


@asynccontextmanager
async def user(
    base_url: str, what: str = "start", **options: Any
) -> AsyncIterator[asyncio.subprocess.Process]:
    """Another program of the user's, which may ask."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", USER, base_url, what),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=ROOT,
        **options,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def worker_of(process: asyncio.subprocess.Process) -> int:
    assert process.stdout is not None
    async with asyncio.timeout(30):
        return int(await process.stdout.readline())


async def gone(pid: int, seconds: float) -> None:
    async with asyncio.timeout(seconds):
        while Path(f"/proc/{pid}").exists():
            await asyncio.sleep(0.02)


async def stopped(pid: int) -> None:
    """Wait until every thread of it stands still."""
    async with asyncio.timeout(10):
        while {
            (each / "stat").read_text().rpartition(")")[2].split()[0]
            for each in Path(f"/proc/{pid}/task").iterdir()
        } != {"T"}:
            await asyncio.sleep(0.01)


async def within(event: asyncio.Event, seconds: float) -> None:
    await asyncio.wait_for(event.wait(), seconds)


async def test_ten_that_start_at_the_same_moment_make_one(runtime: Path) -> None:
    async with asyncio.TaskGroup() as group:
        ready, leave = asyncio.Barrier(11), asyncio.Event()

        async def one() -> int:
            async with user("http://127.0.0.1:9") as process:
                pid = await worker_of(process)
                await ready.wait()
                await leave.wait()
                return pid

        tasks = [group.create_task(one()) for _ in range(10)]
        await ready.wait()
        found = workers(runtime)
        leave.set()
    assert [task.result() for task in tasks] == found * 10
    assert len(found) == 1
    # With the last of them it goes, even while it imports LiteLLM.
    await gone(found[0], 5)
    assert sorted(each.name for each in (runtime / "codex-lsp").iterdir()) == ["lock", "salt"]


async def test_two_users_and_the_death_of_one(runtime: Path) -> None:
    async with endpoint_and({}) as (endpoint, [model]), user(endpoint.base_url, "ask") as other:
        first = asyncio.Event()
        await model.start()
        assert await worker_of(other) == model.pid
        endpoint.play(
            Answer("for the other", rest=asyncio.Event()), Answer("for us", rest=(rest := asyncio.Event()))
        )
        await within(endpoint.arrived, 60)
        asking = asyncio.create_task(model.complete(QUESTION, lambda _: first.set()))
        await within(first, 60)
        other.kill()
        killed = time.monotonic()
        await within(endpoint.disconnected, 5)
        assert time.monotonic() - killed < 0.5
        assert not asking.done()
        rest.set()
        assert (await asking).content == "for us"


@pytest.mark.slow
async def test_it_is_nobodys_child_and_nobody_hears_it(runtime: Path) -> None:
    model = RemoteModel(NOWHERE)
    await model.ready()
    pid = model.pid
    assert pid is not None
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    assert str(pid) not in children
    assert os.getsid(pid) not in (os.getsid(0), pid)
    links = {each.name: str(each.readlink()) for each in Path(f"/proc/{pid}/fd").iterdir()}
    assert {links[stream] for stream in "012"} == {os.devnull}
    assert Path(f"/proc/{pid}/cwd").readlink() == Path("/")
    await model.close()


async def test_each_gets_their_own_answers(runtime: Path) -> None:
    async with endpoint_and({}, {}, {}) as (endpoint, models):
        for model in models:
            await model.ready()
        assert len({model.pid for model in models}) == 1

        def answer(number: int) -> Answer:
            return Answer(f"answer {number}")

        endpoint.play(*(answer(n) for n in range(30)))
        replies = await asyncio.gather(
            *(model.complete(QUESTION, ignore) for _ in range(10) for model in models)
        )
        assert {reply.content for reply in replies} == {f"answer {n}" for n in range(30)}


@pytest.mark.slow
@pytest.mark.parametrize("share", [True, False])
async def test_killed_while_idle_the_next_ask_does_not_notice(runtime: Path, share: bool) -> None:
    async with endpoint_and({"share_worker": share}) as (endpoint, [model]):
        await model.ready()
        before = model.pid
        assert before is not None
        endpoint.play(Answer("from another"))
        os.kill(before, signal.SIGKILL)
        # The loop has not turned since, so nobody has seen it.
        assert (await model.complete(QUESTION, ignore)).content == "from another"
        assert model.pid not in (before, None)
        assert len([each for each in endpoint.requests if each.method == "POST"]) == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("share", "how"), [(True, "ended: ask again"), (False, "ended \\(signal 9\\): ask again")]
)
async def test_killed_in_mid_call_it_is_told(runtime: Path, share: bool, how: str) -> None:
    async with endpoint_and({"share_worker": share}) as (endpoint, [model]):
        await model.ready()
        assert model.pid is not None
        endpoint.play(Answer("never", begin=asyncio.Event()), Answer("the next"))
        endpoint.arrived.clear()
        asking = asyncio.create_task(model.complete(QUESTION, ignore))
        await within(endpoint.arrived, 10)
        os.kill(model.pid, signal.SIGKILL)
        with pytest.raises(WorkerFailed, match=how):
            await asking
        assert (await model.complete(QUESTION, ignore)).content == "the next"


async def test_others_have_other_workers_and_no_key_is_to_be_seen(runtime: Path) -> None:
    changes: list[dict[str, Any]] = [
        {},
        {"api_key": "sk-secret-2"},
        {"model": "codex-agent/other"},
        {"share_worker": False},
    ]
    async with endpoint_and(*changes) as (_, models):
        for model in models:
            await model.start()
        assert len({model.pid for model in models}) == len(models)
        seen = b"".join(Path(f"/proc/{model.pid}/cmdline").read_bytes() for model in models)
        names = " ".join(each.name for each in (runtime / "codex-lsp").iterdir())
        assert b"sk-secret" not in seen
        assert "sk-secret" not in names
        for each in (runtime / "codex-lsp").iterdir():
            assert stat.S_IMODE(each.stat().st_mode) == 0o600
            assert each.is_socket() or b"sk-secret" not in each.read_bytes()


async def test_a_folder_that_is_open_to_others_means_an_own_worker(
    runtime: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (runtime / "codex-lsp").mkdir()
    (runtime / "codex-lsp").chmod(0o755)
    model = RemoteModel(NOWHERE)
    with caplog.at_level(logging.WARNING):
        await model.start()
    assert "is open to others): this process runs its own" in caplog.text
    children = Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()
    assert str(model.pid) in children
    assert list((runtime / "codex-lsp").iterdir()) == []
    await model.close()


async def test_one_that_does_not_answer_is_not_waited_for(
    runtime: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(shared, "GREETING_SECONDS", 1.0)
    one, two = RemoteModel(NOWHERE), RemoteModel(NOWHERE)
    await one.start()
    assert one.pid is not None
    os.kill(one.pid, signal.SIGSTOP)
    try:
        await stopped(one.pid)
        started = time.monotonic()
        with caplog.at_level(logging.WARNING):
            await two.start()
        assert time.monotonic() - started < 3
        assert "it does not answer within 1 s): this process runs its own" in caplog.text
        assert two.pid not in (one.pid, None)
    finally:
        os.kill(one.pid, signal.SIGCONT)
        await one.close()
        await two.close()


async def test_an_impostor_is_not_believed(runtime: Path) -> None:
    model = RemoteModel(NOWHERE)
    await model.start()
    (path,) = (runtime / "codex-lsp").glob("*.sock")
    await model.close()
    for pid in workers(runtime):
        await gone(pid, 5)

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        writer.close()

    async with await asyncio.start_unix_server(serve, path):
        with pytest.raises(Unshareable):
            await shared.join(sys.executable, NOWHERE)


@pytest.mark.slow
@pytest.mark.parametrize("share", [True, False])
async def test_one_that_does_not_get_ready_is_ended(
    runtime: Path, monkeypatch: pytest.MonkeyPatch, share: bool
) -> None:
    model = RemoteModel(replace(NOWHERE, share_worker=share))
    await model.start()
    before = model.pid
    assert before is not None
    with monkeypatch.context() as patched:
        patched.setattr(connection, "HELLO_SECONDS", 0.1)
        with pytest.raises(WorkerFailed, match=r"was not ready within 0\.1 s"):
            await model.ready()
    await gone(before, 5)
    await model.ready()
    assert model.pid not in (before, None)
    await model.close()


async def test_one_that_is_just_ending_is_followed_by_another(runtime: Path) -> None:
    where = place.find(identity(NOWHERE, sys.executable, os.environ))

    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ending.close()
        writer.close()

    ending = await asyncio.start_unix_server(serve, where.socket)
    model = RemoteModel(NOWHERE)
    await model.start()
    assert [model.pid] == workers(runtime)
    await model.close()


@pytest.mark.slow
async def test_ctrl_c_and_the_end_of_the_starters_group_are_not_the_others_business(runtime: Path) -> None:
    async with user("http://127.0.0.1:9", start_new_session=True) as starter:
        pid = await worker_of(starter)
        async with user("http://127.0.0.1:9") as other:
            assert await worker_of(other) == pid
            for number in (signal.SIGINT, signal.SIGHUP, signal.SIGKILL):
                try:
                    os.killpg(starter.pid, number)
                except ProcessLookupError:
                    assert number != signal.SIGINT
            # Python drops an interrupt that comes within a callback: only the last one ends it for certain.
            await starter.wait()
            model = RemoteModel(NOWHERE)
            await model.ready()
            assert model.pid == pid
            await model.close()
        await gone(pid, 5)


@pytest.mark.slow
async def test_rubbish_is_its_senders_problem(runtime: Path) -> None:
    async with endpoint_and({}) as (endpoint, [model]):
        await model.ready()
        (path,) = (runtime / "codex-lsp").glob("*.sock")
        rest, first = asyncio.Event(), asyncio.Event()
        endpoint.play(Answer("whole in spite of it", rest=rest))
        asking = asyncio.create_task(model.complete(QUESTION, lambda _: first.set()))
        await within(first, 10)
        for rubbish in (b"GET / HTTP/1.1\r\n\r\n", frame(b"{"), frame(b"[]"), frame(b"{}"), *WRONG):
            reader, writer = await asyncio.open_unix_connection(path)
            writer.write(rubbish)
            async with asyncio.timeout(10):
                said = await reader.read(-1)
            assert said.count(b'"event"') == 2  # greeting and hello, then the end
            writer.close()
        assert not asking.done()
        rest.set()
        assert (await asking).content == "whole in spite of it"


def frame(body: bytes) -> bytes:
    return len(body).to_bytes(4, "big") + body


WRONG = [
    frame(json.dumps(message).encode())
    for message in (
        {"id": [], "op": "describe"},
        {"id": None, "op": "cancel"},
        {"id": "1", "op": "complete"},
        {"id": 1, "op": "shutdown"},
        {"id": 1, "op": ["complete"]},
        {"op": "complete", "request": {}},
    )
]


@pytest.mark.slow
async def test_what_a_client_says_changes_no_configuration(runtime: Path) -> None:
    async with endpoint_and({}) as (endpoint, [model]):
        await model.ready()
        (path,) = (runtime / "codex-lsp").glob("*.sock")
        endpoint.play(Answer("whole"))
        reader, writer = await asyncio.open_unix_connection(path)
        request: dict[str, Any] = {"messages": QUESTION.messages, "tools": [], "workspace": None}
        request |= {"api_base": "http://127.0.0.1:9", "api_key": "sk-other", "model": "other"}
        more = {"api_base": "http://127.0.0.1:9", "config": {"api_base": "http://127.0.0.1:9"}}
        writer.write(frame(json.dumps({"id": 1, "op": "complete", "request": request, **more}).encode()))
        async with asyncio.timeout(10):
            await reader.readuntil(b'"result"')
        writer.close()
        [asked] = endpoint.requests
        assert asked.headers["authorization"] == "Bearer sk-secret-1"
        assert asked.json["model"] == "mini"


async def test_why_it_could_not_start_is_told_to_everybody(
    runtime: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "litellm.py").write_text("raise ImportError('it is half installed')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    models = [RemoteModel(NOWHERE) for _ in range(3)]
    results = await asyncio.gather(*(model.ready() for model in models), return_exceptions=True)
    for result in results:
        assert isinstance(result, WorkerFailed)
        assert "It said: ImportError: it is half installed" in str(result)
    for model in models:
        await model.close()


async def test_what_a_killed_one_left_is_cleared_away(runtime: Path) -> None:
    models = [RemoteModel(replace(NOWHERE, api_key=key)) for key in ("one", "two", "one")]
    for model in models[:2]:
        await model.start()
        assert model.pid is not None
        os.kill(model.pid, signal.SIGKILL)
        await gone(model.pid, 5)
    left = {each.name for each in (runtime / "codex-lsp").glob("*.sock")}
    # The second's start took the first's away.
    assert len(left) == 1
    await models[2].start()
    assert models[2].pid in workers(runtime)
    (path,) = (runtime / "codex-lsp").glob("*.sock")
    assert path.name not in left
    for model in models:
        await model.close()


@pytest.mark.slow
async def test_over_tcp_with_a_token(runtime: Path) -> None:
    """As on Windows, where there are no Unix sockets in Python."""
    async with ScriptedEndpoint([Answer("over TCP")]) as endpoint:
        config = EndpointConfig(True, endpoint.base_url, "sk-secret-1")
        one, two = await asyncio.gather(*(shared.join(sys.executable, config, unix=False) for _ in range(2)))
        assert one.worker.pid == two.worker.pid
        await one.ready()
        environ = Path(f"/proc/{one.worker.pid}/cmdline").read_bytes()
        (address,) = (runtime / "codex-lsp").glob("*.json")
        said = json.loads(address.read_text())
        assert said["token"].encode() not in environ
        request = {"messages": QUESTION.messages, "tools": [], "workspace": None}
        reply = await two.call({"op": "complete", "request": request})
        assert reply["content"] == "over TCP"
        await one.close()
        await two.close()
        # Somebody else on the port of a worker that is gone is not believed.
        for pid in workers(runtime):
            os.kill(pid, signal.SIGKILL)
            await gone(pid, 5)
        address.write_text(json.dumps(said))

        async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.write(frame(b'{"event":"greeting","pid":1,"proof":""}'))
            writer.close()

        impostor = await asyncio.start_server(serve, "127.0.0.1", said["port"], family=socket.AF_INET)
        async with impostor:
            with pytest.raises(Unshareable, match="does not greet"):
                await shared.join(sys.executable, config, unix=False)
