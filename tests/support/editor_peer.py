"""A server by hand, of which a test decides every message, for testing the editor itself."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from tests.support.editor import FakeEditor, in_process_streams

URI = "file:///code/a.py"
TEXT = "one = 1\ntwo = 2\n"
SERVER = {
    "positionEncoding": "utf-16",
    "textDocumentSync": {"openClose": True, "change": 2, "save": True},
    "codeActionProvider": True,
    "executeCommandProvider": {"commands": ["do.it"]},
}


class Peer:
    """A server by hand: it says what the test tells it to, and keeps what it heard."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.heard: list[dict[str, Any]] = []
        self.answers: dict[str, Any] = {"initialize": {"capabilities": SERVER}, "shutdown": None}
        self.news = asyncio.Condition()
        self.before_answer: Callable[[], None] = lambda: None

    def send(self, message: dict[str, Any]) -> None:
        self.send_bytes(json.dumps({"jsonrpc": "2.0", **message}).encode())

    def send_bytes(self, body: bytes) -> None:
        self.writer.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)

    async def serve(self) -> None:
        while header := await self.reader.readline():
            length = int(header.removeprefix(b"Content-Length: "))
            assert await self.reader.readline() == b"\r\n"
            message = json.loads(await self.reader.readexactly(length))
            if message.get("method") in self.answers and "id" in message:
                self.before_answer()
                self.send({"id": message["id"], "result": self.answers[message["method"]]})
            async with self.news:
                self.heard.append(message)
                self.news.notify_all()
        self.writer.close()

    async def hears(self, matches: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        async with asyncio.timeout(10), self.news:
            await self.news.wait_for(lambda: any(map(matches, self.heard)))
        return next(filter(matches, self.heard))

    async def ask(self, method: str, params: Any, request_id: int | str = 1) -> dict[str, Any]:
        self.heard = [m for m in self.heard if m.get("id") != request_id or "method" in m]
        self.send({"id": request_id, "method": method, "params": params})
        return await self.hears(lambda m: m.get("id") == request_id and "method" not in m)

    def methods(self) -> list[str]:
        return [m.get("method", "(answer)") for m in self.heard]


@asynccontextmanager
async def session(
    *, answers: dict[str, Any] | None = None, **options: Any
) -> AsyncIterator[tuple[FakeEditor, Peer]]:
    (near_reader, near_writer), far = await in_process_streams()
    peer = Peer(*far)
    peer.answers |= answers or {}
    serving = asyncio.create_task(peer.serve())
    try:
        async with FakeEditor.connect(near_reader, near_writer, **options) as editor:
            yield editor, peer
        await asyncio.wait_for(serving, 10)
    finally:
        serving.cancel()
        await asyncio.wait([serving])
        peer.writer.close()


def span(line: int, start: int, end: int) -> dict[str, Any]:
    return {"start": {"line": line, "character": start}, "end": {"line": line, "character": end}}


def versioned(version: int | None, *edits: tuple[int, int, int, str], uri: str = URI) -> dict[str, Any]:
    texts = [{"range": span(*place), "newText": text} for *place, text in edits]
    return {"textDocument": {"uri": uri, "version": version}, "edits": texts}


def workspace_edit(*changes: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"edit": {"documentChanges": list(changes), **more}}
