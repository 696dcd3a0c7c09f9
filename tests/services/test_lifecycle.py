"""The process from start to end: what it prints, when it refuses, and that it leaves nothing behind."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from codex_lsp.cli import agent
from codex_lsp.services import serve
from codex_lsp.services.chat import Mode, Piece, Step, Text
from codex_lsp.services.requests import ChatRequest
from codex_lsp.services.response import ChatResponse
from tests.services.asking import CHAT, workspace
from tests.support.processes import CODEX_LSP, clean_environ

BIG = "import os\n" + "".join(f"def function_{n}(a, b):\n    return   a\n" for n in range(11_000))


@contextmanager
def running(*options: str, **environ: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The agent and its first line; killed at the end, if it still runs."""
    command = [*CODEX_LSP, "agent", "--port", "0", *options]
    with subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=clean_environ(**environ),
    ) as process:
        try:
            assert process.stdout is not None
            yield process, process.stdout.readline()
        finally:
            if process.poll() is None:
                process.kill()


def headers(said: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {said['token']}"}


def refused(*options: str) -> int:
    """The exit code of an agent that must not start, in this process."""
    parser = argparse.ArgumentParser()
    agent.add_parser(parser.add_subparsers())
    args = parser.parse_args(["agent", "--port", "0", *options])
    return int(args.func(args))


def test_json_is_one_line_and_all_of_stdout() -> None:
    with running("--model", "offline", "--json", "--until-eof") as (process, line):
        said = json.loads(line)
        assert set(said) == {"url", "token", "mode", "pid"}
        assert (said["mode"], said["pid"]) == ("offline", process.pid)
        assert len(said["token"]) >= 32
        assert httpx.get(f"{said['url']}/v1/models", headers=headers(said), trust_env=False).is_success
        out, err = process.communicate("", timeout=5)
        assert (process.returncode, out, err) == (0, "", "")


def test_people_are_told_what_to_set() -> None:
    with running("--token", "correct-horse") as (process, line):
        assert "offline" in line
        process.send_signal(signal.SIGINT)
        assert process.stdout is not None
        out = process.stdout.read()
        assert process.wait(5) == 0
        assert "export LITELLM_ENABLE_CODEX_AGENT=1\n" in out
        assert "export CODEX_AGENT_API_BASE=http://127.0.0.1:" in out
        # Whoever chose a token has it, and output ends in logs.
        assert "export CODEX_AGENT_API_KEY=the token that it was given\n" in out
        assert "correct-horse" not in line + out


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_it_within_a_second(number: signal.Signals) -> None:
    with running("--json") as (process, line):
        said = json.loads(line)
        with httpx.Client(base_url=said["url"], headers=headers(said), trust_env=False) as client:
            assert client.get("/v1/models").is_success
            before = time.monotonic()
            process.send_signal(number)
            assert process.wait(5) == 0
            assert time.monotonic() - before < 1


def test_the_end_of_stdin_ends_it_within_a_second() -> None:
    with running("--json", "--exit-with-parent") as (process, _):
        assert process.stdin is not None
        before = time.monotonic()
        process.stdin.close()
        assert process.wait(5) == 0
        assert time.monotonic() - before < 1


def test_without_that_option_the_end_of_stdin_means_nothing() -> None:
    with running("--json") as (process, line):
        said = json.loads(line)
        assert process.stdin is not None
        process.stdin.close()
        for _ in range(2):
            assert httpx.get(f"{said['url']}/healthz", trust_env=False).is_success
        assert process.poll() is None


def test_a_parent_that_is_killed_takes_it_along() -> None:
    script = (
        "import subprocess, sys, time; p = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE);p.wait()"
    )
    command = [CODEX_LSP[0], "-c", script, *CODEX_LSP, "agent", "--port", "0", "--json", "--until-eof"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=clean_environ()) as parent:
        assert parent.stdout is not None
        said = json.loads(parent.stdout.readline())
        parent.kill()
        # The agent holds the other end of the pipe until it is gone.
        assert parent.stdout.read() == ""
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{said['url']}/healthz", trust_env=False)


@pytest.mark.slow
def test_a_stop_in_mid_answer_breaks_the_stream_off_without_a_finish() -> None:
    body = {
        "messages": [{"role": "user", "content": "format and add docstrings"}],
        "codex_agent": workspace("big.py", BIG, 0, 10**6),
        "stream": True,
    }
    with running("--json") as (process, line):
        said = json.loads(line)
        url = said["url"] + CHAT
        with httpx.stream(
            "POST", url, json=body, headers=headers(said), timeout=10, trust_env=False
        ) as answer:
            lines = answer.iter_lines()
            begun = [next(lines)]
            process.send_signal(signal.SIGTERM)
            begun += lines
        assert process.wait(20) == 0
        events = [json.loads(each.removeprefix("data: ")) for each in begun if each]
        assert [choice["finish_reason"] for event in events for choice in event["choices"]] == [None] * len(
            events
        )
        assert process.stderr is not None
        assert "Traceback" not in process.stderr.read()


def test_the_token_comes_from_the_environment_or_a_file(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("from-a-file\n")
    with running("--json", CODEX_AGENT_API_KEY="from-the-environment") as (_, line):
        assert json.loads(line)["token"] == "from-the-environment"
    with running("--json", "--token-file", str(file), CODEX_AGENT_API_KEY="no") as (_, line):
        assert json.loads(line)["token"] == "from-a-file"


def test_every_start_has_its_own_token() -> None:
    with running("--json") as (_, one), running("--json") as (_, other):
        assert json.loads(one)["token"] != json.loads(other)["token"]


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_beyond_loopback_a_token_of_ones_own_is_needed(
    host: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CODEX_AGENT_API_KEY", raising=False)
    assert refused("--host", host) == 1
    assert "--token-file" in capsys.readouterr().err


def test_beyond_loopback_with_a_token_only_named_hosts_are_served() -> None:
    options = ("--host", "0.0.0.0", "--json", "--allow-host", "agent.example")
    with running(*options, CODEX_AGENT_API_KEY="chosen") as (_, line):
        said = json.loads(line)
        port = said["url"].rpartition(":")[2]
        assert said["url"] == f"http://127.0.0.1:{port}"
        for host, status in ((f"agent.example:{port}", 200), (f"other.example:{port}", 403)):
            answer = httpx.get(
                said["url"] + "/v1/models", headers=headers(said) | {"Host": host}, trust_env=False
            )
            assert answer.status_code == status


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (("--model", "mini"), 2, "no model 'mini'"),
        (("--token", ""), 1, "token"),
        (("--token", "two words"), 1, "token"),
        (("--token", "schlüssel"), 1, "token"),
        (("--token-file", "/nowhere/at/all"), 1, "/nowhere/at/all"),
        (("--host", "203.0.113.1", "--token", "x"), 1, "Cannot listen"),
        (("--port", "70000"), 1, "Cannot listen"),
    ],
)
def test_what_cannot_start_says_why(
    options: tuple[str, ...], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert refused(*options) == code
    printed = capsys.readouterr()
    assert said in printed.err
    assert printed.out == ""


def test_a_port_in_use_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert refused("--port", str(port)) == 1
        assert f"127.0.0.1:{port}" in capsys.readouterr().err


class Slow:
    """An answerer that says one thing and then waits, until it is closed."""

    models: Mapping[str, str] = {"slow": "slow"}
    mode: Mode = "echo"
    workspace = False

    def __init__(self) -> None:
        self.closed = threading.Event()

    async def ready(self) -> str:
        return ""

    async def about(self) -> Mapping[str, Any]:
        return {}

    async def answer(self, request: ChatRequest) -> AsyncGenerator[Piece, None]:
        try:
            yield Step("begun")
            await asyncio.Event().wait()
            yield Text("never")
        finally:
            self.closed.set()


@pytest.mark.parametrize("stream", [True, False])
async def test_a_client_that_hangs_up_stops_the_work(stream: bool) -> None:
    slow = Slow()
    gone = asyncio.Event()
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    request = ChatRequest("x", ({"role": "user", "content": "hi"},), stream=stream)
    task = asyncio.create_task(
        ChatResponse(slow.answer(request), request, "slow", "echo")({"type": "http"}, receive, send)
    )
    async with asyncio.timeout(5):
        while stream and len(sent) < 3:
            await asyncio.sleep(0)
        gone.set()
        await task
    assert slow.closed.is_set()


async def test_over_real_sockets_too() -> None:
    slow = Slow()
    listener = serve.listen("127.0.0.1", 0, "t")
    loop = asyncio.get_running_loop()
    ready = asyncio.Event()
    stop_reading, stop_writing = os.pipe()
    thread = threading.Thread(
        target=serve.run,
        args=(slow, listener),
        kwargs={"ready": lambda: loop.call_soon_threadsafe(ready.set), "until_eof": stop_reading},
    )
    thread.start()
    try:
        async with asyncio.timeout(10), httpx.AsyncClient(trust_env=False) as client:
            await ready.wait()
            body = {"messages": [{"role": "user", "content": "hi"}], "stream": True}
            url, bearer = listener.url + CHAT, {"Authorization": "Bearer t"}
            async with client.stream("POST", url, json=body, headers=bearer) as answer:
                async for line in answer.aiter_lines():
                    if "begun" in line:
                        break
        assert await asyncio.to_thread(slow.closed.wait, 5)
    finally:
        os.close(stop_writing)
        await asyncio.to_thread(thread.join, 5)
        os.close(stop_reading)
    assert not thread.is_alive()
