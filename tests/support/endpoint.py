"""A scripted Chat Completions endpoint on loopback, written by hand so that it can misbehave.

    async with ScriptedEndpoint([Answer("Hello."), Raw(429, {"Retry-After": "3"})]) as endpoint:
        ...  # endpoint.base_url, endpoint.requests, endpoint.disconnected

Each POST takes the next step of the script; a script that is used up answers 500 and says so. As a process
of its own, for tests that have no event loop: `python -m tests.support.endpoint SCRIPT.json` prints
`{"base_url": …}` and serves until its standard input ends. SCRIPT.json is
`{"script": [{"text": …} | {"status": …}], "models": {…}}`, with the fields of `Answer` and `Raw`; what it was
asked stands at `GET /requests`.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

JSON = "application/json"
SSE = "text/event-stream; charset=utf-8"
USAGE = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}


@dataclass(frozen=True)
class Answer:
    """A reply of a model, streamed or not as the request asks.

    `piece` is the number of characters in a streamed chunk. `begin` is awaited before anything is sent,
    `rest` after the first piece. `cut_after` drops the connection after so many bytes of the body.
    """

    text: str = ""
    reasoning: str = ""
    tool_calls: tuple[Mapping[str, Any], ...] = ()
    finish_reason: str | None = "stop"
    usage: Mapping[str, int] | None = field(default_factory=lambda: dict(USAGE))
    model: str = "served-mini"
    piece: int = 5
    done: bool = True
    begin: asyncio.Event | None = None
    rest: asyncio.Event | None = None
    cut_after: int | None = None


@dataclass(frozen=True)
class Raw:
    """Any HTTP answer. A `status` of 0 closes the connection without a word.

    With `every`, the body is sent again after each so many seconds, until the client leaves.
    """

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    begin: asyncio.Event | None = None
    cut_after: int | None = None
    every: float = 0


Step = Answer | Raw


def call(id: str, name: str, arguments: str) -> dict[str, Any]:
    """A tool call for `Answer.tool_calls`."""
    return {"id": id, "type": "function", "function": {"name": name, "arguments": arguments}}


@dataclass(frozen=True)
class Recorded:
    """A request as it came. Header names are in lower case; `connection` numbers the TCP connection."""

    method: str
    path: str
    headers: Mapping[str, str]
    json: Any
    connection: int


class ScriptedEndpoint:
    """The server; an asynchronous context manager.

    `models` is the answer to `GET /v1/models`, a `Raw` or JSON. `disconnected` is set when a client leaves
    before its answer is complete.
    """

    def __init__(self, script: Iterable[Step] = (), models: Mapping[str, Any] | Raw | None = None) -> None:
        self.requests: list[Recorded] = []
        self.arrived = asyncio.Event()
        self.disconnected = asyncio.Event()
        self.models = models if models is not None else {"object": "list", "data": [{"id": "mini"}]}
        self._script = list(script)
        self._connections: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._count = 0
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> ScriptedEndpoint:
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.kill()

    @property
    def base_url(self) -> str:
        """`http://127.0.0.1:PORT`"""
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def play(self, *steps: Step) -> None:
        """Begin anew with this script; forgets what was recorded."""
        self._script = list(steps)
        self.requests.clear()
        self.arrived.clear()
        self.disconnected.clear()

    async def kill(self) -> None:
        """End at once: nobody listens any more, and open connections are reset."""
        assert self._server is not None
        self._server.close()
        connections = dict(self._connections)
        for writer in connections.values():
            writer.transport.abort()
        await asyncio.gather(*connections, return_exceptions=True)
        await self._server.wait_closed()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._count += 1
        number = self._count
        task = asyncio.current_task()
        assert task is not None
        self._connections[task] = writer
        try:
            while (request := await _read_request(reader, writer, number)) is not None:
                self.requests.append(request)
                self.arrived.set()
                if not await self._serve(request, reader, writer):
                    break
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            del self._connections[task]
            writer.close()

    async def _serve(
        self, request: Recorded, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Answer one request; False if the connection is to end."""
        answering = asyncio.ensure_future(_send(self._step(request), request, writer))
        gone = asyncio.ensure_future(_end_of(reader))
        await asyncio.wait([answering, gone], return_when=asyncio.FIRST_COMPLETED)
        finished = answering.done() and not answering.exception()
        gone.cancel()
        answering.cancel()
        results = await asyncio.gather(answering, gone, return_exceptions=True)
        if not finished:
            self.disconnected.set()
        return finished and results[0] is True

    def _step(self, request: Recorded) -> Step:
        if request.method == "GET" and request.path == "/v1/models":
            return self.models if isinstance(self.models, Raw) else _json(self.models)
        if request.method == "GET" and request.path == "/requests":
            return _json([vars(recorded) for recorded in self.requests[:-1]])
        if request.path != "/v1/chat/completions":
            return Raw(404, {"Content-Type": JSON}, b'{"error": {"message": "no such path"}}')
        if not self._script:
            return Raw(500, {"Content-Type": JSON}, b'{"error": {"message": "the script is used up"}}')
        return self._script.pop(0)


async def _read_request(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, connection: int
) -> Recorded | None:
    start = await reader.read(1)
    if not start.isalpha():
        if start:  # TLS, for one, which would never send the end of a head
            writer.write(b"HTTP/1.1 400 Scripted\r\n\r\n")
        return None
    head = (start + await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.split("\r\n")
    method, path, _ = first.split(" ")
    headers = {
        name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines if line)
    }
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Recorded(method, path, headers, json.loads(body) if body else None, connection)


async def _end_of(reader: asyncio.StreamReader) -> None:
    # Clients of Chat Completions send nothing while they wait, so that the end is all that can come.
    if await reader.read(1):
        raise AssertionError("a client sent a second request before its first was answered")


async def _send(step: Step, request: Recorded, writer: asyncio.StreamWriter) -> bool:
    if step.begin is not None:
        await step.begin.wait()
    if isinstance(step, Raw):
        if step.every:
            await _drip(writer, step)
        elif step.status:
            await _send_whole(writer, step.status, step.headers, step.body, step.cut_after)
        return bool(step.status) and step.cut_after is None
    if not request.json.get("stream"):
        body = json.dumps(_completion(step)).encode()
        await _send_whole(writer, 200, {"Content-Type": JSON}, body, step.cut_after)
    else:
        await _send_events(writer, step)
    return step.cut_after is None


async def _send_whole(
    writer: asyncio.StreamWriter, status: int, headers: Mapping[str, str], body: bytes, cut: int | None
) -> None:
    lines = [f"HTTP/1.1 {status} Scripted", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    writer.write("\r\n".join([*lines, "", ""]).encode("latin-1") + body[:cut])
    await writer.drain()


async def _drip(writer: asyncio.StreamWriter, step: Raw) -> None:
    lines = [
        f"HTTP/1.1 {step.status} Scripted",
        *(f"{name}: {value}" for name, value in step.headers.items()),
    ]
    writer.write("\r\n".join([*lines, "", ""]).encode("latin-1"))
    while True:
        writer.write(step.body)
        await writer.drain()
        await asyncio.sleep(step.every)


async def _send_events(writer: asyncio.StreamWriter, answer: Answer) -> None:
    writer.write(
        f"HTTP/1.1 200 OK\r\nContent-Type: {SSE}\r\nTransfer-Encoding: chunked\r\n\r\n".encode("latin-1")
    )
    left = answer.cut_after
    for number, event in enumerate(_events(answer)):
        if number == 2 and answer.rest is not None:
            await answer.rest.wait()
        data = event[:left]
        if left is not None:
            left -= len(data)
        writer.write(b"%x\r\n%b\r\n" % (len(data), data) if data else b"")
        await writer.drain()
        if left == 0:
            return
    writer.write(b"0\r\n\r\n")
    await writer.drain()


def _completion(answer: Answer) -> dict[str, Any]:
    message: dict[str, Any] = {"role": "assistant", "content": answer.text or None}
    if answer.reasoning:
        message["reasoning"] = answer.reasoning
    if answer.tool_calls:
        message["tool_calls"] = list(answer.tool_calls)
    choice = {"index": 0, "message": message, "finish_reason": answer.finish_reason}
    whole = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": answer.model}
    return whole | {"choices": [choice]} | ({"usage": answer.usage} if answer.usage else {})


def _events(answer: Answer) -> Iterable[bytes]:
    def event(delta: Mapping[str, Any] | None, **more: Any) -> bytes:
        choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": None} | more]
        chunk = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": answer.model}
        usage = {"usage": answer.usage} if delta is None else {}
        return b"data: " + json.dumps(chunk | {"choices": choices} | usage).encode() + b"\n\n"

    yield event({"role": "assistant", "content": ""})
    for piece in _pieces(answer.reasoning, answer.piece):
        yield event({"reasoning": piece})
    for piece in _pieces(answer.text, answer.piece):
        yield event({"content": piece})
    for index, tool in enumerate(answer.tool_calls):
        function = tool["function"]
        yield event({"tool_calls": [{**tool, "index": index, "function": {**function, "arguments": ""}}]})
        for piece in _pieces(function["arguments"], answer.piece):
            yield event({"tool_calls": [{"index": index, "function": {"arguments": piece}}]})
    if answer.finish_reason is not None:
        yield event({}, finish_reason=answer.finish_reason)
    if answer.usage:
        yield event(None)
    if answer.done:
        yield b"data: [DONE]\n\n"


def _pieces(text: str, size: int) -> list[str]:
    return [text[start : start + size] for start in range(0, len(text), size)]


def _json(value: Any) -> Raw:
    return Raw(200, {"Content-Type": JSON}, json.dumps(value).encode())


def _from_json(step: Mapping[str, Any]) -> Step:
    if "status" in step:
        return Raw(**dict(step) | {"body": str(step.get("body", "")).encode()})
    return Answer(**dict(step) | {"tool_calls": tuple(step.get("tool_calls", ()))})


async def _main(path: Path) -> None:
    content = json.loads(path.read_text(encoding="utf-8"))
    script = [_from_json(step) for step in content.get("script", ())]
    async with ScriptedEndpoint(script, content.get("models")) as endpoint:
        print(json.dumps({"base_url": endpoint.base_url}), flush=True)
        await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_main(Path(sys.argv[1])))
