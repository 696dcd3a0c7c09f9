"""What the server answers to messages that no well-behaved editor sends, and what it does not."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from codex_lsp.agent.model import ScriptedModel
from codex_lsp.lsp.server import CodexServer
from codex_lsp.lsp.wiring import create_server
from tests.support.editor import in_process_streams
from tests.support.serving import OFF

INITIALIZE: dict[str, Any] = {"processId": None, "rootUri": None, "capabilities": {}}
SECRET = "the-text-of-a-document"


class Wire:
    """A client that sends what it is told and keeps every answer."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    def send(self, value: Any, *, raw: bytes | None = None) -> None:
        body = json.dumps(value).encode() if raw is None else raw
        self.writer.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))

    def request(self, id_: Any, method: str, params: Any = None) -> None:
        self.send({"jsonrpc": "2.0", "id": id_, "method": method, "params": params})

    async def answer(self) -> dict[str, Any]:
        async with asyncio.timeout(10):
            length = int((await self.reader.readline()).removeprefix(b"Content-Length: "))
            await self.reader.readline()
            answer: dict[str, Any] = json.loads(await self.reader.readexactly(length))
            return answer

    async def ask(self, id_: Any, method: str, params: Any = None) -> dict[str, Any]:
        self.request(id_, method, params)
        return await self.answer()

    async def code(self, id_: Any, method: str, params: Any = None) -> int:
        answer = await self.ask(id_, method, params)
        assert answer["id"] == id_
        return int(answer["error"]["code"])


@asynccontextmanager
async def wired(*, initialize: bool = True) -> AsyncIterator[tuple[Wire, CodexServer, asyncio.Task[None]]]:
    ours, theirs = await in_process_streams()
    server = create_server(OFF, ScriptedModel([]))
    task = asyncio.create_task(server.serve(*ours))
    wire = Wire(*theirs)
    if initialize:
        assert "result" in await wire.ask(0, "initialize", INITIALIZE)
    try:
        yield wire, server, task
    finally:
        wire.writer.close()
        async with asyncio.timeout(10):
            await task


async def test_before_initialize_there_is_only_initialize() -> None:
    async with wired(initialize=False) as (wire, _, _):
        assert await wire.code(1, "textDocument/codeAction", {}) == -32002
        assert await wire.code(2, "no/such", {}) == -32002
        wire.send({"jsonrpc": "2.0", "method": "initialized", "params": {}})
        assert await wire.code(3, "shutdown") == -32002
        assert await wire.code(4, "initialize", {"capabilities": 5}) == -32602
        assert "result" in await wire.ask("five", "initialize", INITIALIZE)
        assert await wire.code(6, "initialize", INITIALIZE) == -32600


async def test_after_shutdown_there_is_only_exit() -> None:
    async with wired() as (wire, server, task):
        wire.request(1, "shutdown")
        wire.request(2, "textDocument/codeAction", {})
        answers = {answer["id"]: answer for answer in (await wire.answer(), await wire.answer())}
        assert answers[1]["result"] is None
        assert answers[2]["error"]["code"] == -32600
        assert await wire.code(3, "shutdown") == -32600
        wire.send({"jsonrpc": "2.0", "method": "exit"})
        async with asyncio.timeout(10):
            await task
        assert server.ended_orderly


async def test_an_exit_right_behind_a_shutdown_leaves_it_answered() -> None:
    async with wired() as (wire, _, _):
        wire.request(1, "shutdown")
        wire.send({"jsonrpc": "2.0", "method": "exit"})
        assert await wire.answer() == {"jsonrpc": "2.0", "id": 1, "result": None}


@pytest.mark.parametrize(
    ("method", "params", "code"),
    [
        ("no/such", None, -32601),
        ("$/no/such", {}, -32601),
        ("textDocument/hover", {"textDocument": {"uri": "file:///a"}, "position": {}}, -32601),
        ("window/showMessage", {"type": 1, "message": "x"}, -32600),
        ("textDocument/didOpen", {}, -32600),
        ("exit", None, -32600),
        ("textDocument/codeAction", None, -32602),
        ("textDocument/codeAction", [1, 2], -32602),
        ("textDocument/codeAction", {"textDocument": {"uri": 5}}, -32602),
        ("workspace/executeCommand", {"command": "no.such"}, -32602),
        ("workspace/executeCommand", {"command": "codexLsp.ask", "arguments": [1]}, -32602),
    ],
)
async def test_each_request_has_its_answer(method: str, params: Any, code: int) -> None:
    async with wired() as (wire, _, _):
        assert await wire.code("id", method, params) == code
        assert (await wire.ask(9, "workspace/executeCommand", {"command": "codexLsp.status"}))["id"] == 9


async def test_notifications_and_answers_are_never_answered(caplog: pytest.LogCaptureFixture) -> None:
    async with wired() as (wire, _, _):
        for method in (
            "no/such",
            "textDocument/codeAction",
            "initialize",
            "shutdown",
            "textDocument/didOpen",
        ):
            wire.send({"jsonrpc": "2.0", "method": method, "params": {"textDocument": SECRET}})
        answers: list[dict[str, Any]] = [
            {"id": 5, "result": 1},
            {"id": 5, "error": 7},
            {"id": [], "result": 0},
        ]
        for answer in answers:
            wire.send({"jsonrpc": "2.0", **answer})
        wire.send({"jsonrpc": "2.0", "method": "$/cancelRequest", "params": {"id": 77}})
        wire.send({"jsonrpc": "2.0", "method": "$/cancelRequest", "params": SECRET})
        assert (await wire.ask(1, "no/such"))["id"] == 1
    assert SECRET not in caplog.text


async def test_an_internal_error_tells_nothing_of_the_text(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with wired() as (wire, server, _):

        def broken(params: Any) -> None:
            raise KeyError(SECRET)

        server.feature("textDocument/hover")(broken)
        with caplog.at_level(logging.DEBUG, "codex_lsp"):
            params = {"textDocument": {"uri": "file:///a"}, "position": {"line": 0, "character": 0}}
            answer = await wire.ask(1, "textDocument/hover", params)
        assert answer["error"]["code"] == -32603
        assert SECRET not in json.dumps(answer)
        ours = [each.getMessage() for each in caplog.records if each.name.startswith("codex_lsp")]
        assert any("KeyError in test_protocol.py" in each for each in ours)
        assert not any(SECRET in each or "Traceback" in each for each in ours)


async def test_an_unreadable_header_ends_the_session() -> None:
    async with wired() as (wire, server, task):
        wire.writer.write(b"Content-Length: many\r\n\r\n{}")
        async with asyncio.timeout(10):
            await task
        assert not server.ended_orderly


async def test_a_burst_of_messages_lets_others_have_their_turn() -> None:
    async with wired() as (wire, _, _):
        loop = asyncio.get_running_loop()
        turns = 0

        def count() -> None:
            nonlocal turns
            turns += 1
            loop.call_soon(count)

        loop.call_soon(count)
        bodies = [{"jsonrpc": "2.0", "id": n, "method": "no/such"} for n in range(2000)]
        wire.writer.write(
            b"".join(
                b"Content-Length: %d\r\n\r\n%b" % (len(b), b)
                for b in (json.dumps(x).encode() for x in bodies)
            )
        )
        for number in range(2000):
            assert (await wire.answer())["id"] == number
        assert turns > 2


async def test_parameters_with_very_many_faults_are_refused_at_once() -> None:
    async with wired() as (wire, _, _):
        wrong = {"textDocument": {"uri": "file:///a"}, "contentChanges": "x" * 100_000}
        wire.send({"jsonrpc": "2.0", "method": "textDocument/didChange", "params": wrong})
        async with asyncio.timeout(2):
            assert await wire.code(1, "no/such") == -32601


@pytest.mark.parametrize("root", [{"rootPath": "/a\0"}, {"rootUri": "file:///a%00"}])
async def test_a_root_that_can_be_no_folder_is_none(root: dict[str, str]) -> None:
    async with wired(initialize=False) as (wire, server, _):
        assert "result" in await wire.ask(0, "initialize", {"capabilities": {}} | root)
        assert not server.roots


@pytest.mark.parametrize("root", [{"rootPath": "\ud800"}, {"rootUri": "http://[::1"}])
async def test_a_root_that_is_no_uri_does_not_fit(root: dict[str, str]) -> None:
    async with wired(initialize=False) as (wire, _, _):
        assert await wire.code(0, "initialize", {"capabilities": {}} | root) == -32602
        assert "result" in await wire.ask(1, "initialize", INITIALIZE)
