"""An endpoint without a model: `python -m tests.bench.router_endpoint` prints `{"base_url": …}` and serves.

What it answers stands in the request, so that one process serves everybody, for ever, and its own time is the
same for all: `say N` is a reply of N `words`, a chunk each, the first of them alone if it ends with `slowly`;
`edit N to M [in pieces]` is a fenced block (see `tests.bench.router_edits`), in one chunk or in chunks of
four characters; `wait` is one word and no end. Of edits and waits it prints one line each, by
`time.perf_counter`: `{"n", "read", "sent"}`, request read whole and last byte of the reply, or
`{"n", "read", "gone"}` in two lines, the second when the client has closed the connection.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
import time
from typing import Any, cast

from tests.bench import router_edits

ASKED = re.compile(rb"say (\d+)( slowly)?|edit (\d+) to (\d+)( in pieces)?|wait(?= forever)")
LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
SLOWLY = 0.01
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: %b\r\n%b\r\n\r\n"
USAGE = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}


class Connection(asyncio.Protocol):
    """One client. Requests come one after the other, with a length."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._waits: int | None = None
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember it."""
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell it if something was to come."""
        if self._waits is not None:
            _tell(n=self._waits, gone=time.perf_counter())

    def data_received(self, data: bytes) -> None:
        """Answer once the request is whole."""
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        length = LENGTH.search(self._buffer, 0, end)
        whole = end + 4 + (int(length[1]) if length else 0)
        if len(self._buffer) < whole:
            return
        read = time.perf_counter()
        head, body = bytes(self._buffer[:end]), bytes(self._buffer[end + 4 : whole])
        del self._buffer[:whole]
        self._request(head, body, read)

    def _request(self, head: bytes, body: bytes, read: float) -> None:
        """Answer one; `read` is when it was there, by `time.perf_counter`."""
        if head.split(b" ", 2)[1].endswith(b"/models"):
            self._whole({"object": "list", "data": [{"id": "bench"}]})
        else:
            self._answer(body, read)

    def _answer(self, body: bytes, read: float) -> None:
        # The last one is the person's: what stands before it, in the prompt, is the text of a file.
        *_, asked = ASKED.finditer(body)
        say, slowly, block, value, pieces = asked.groups()
        streamed = wants_stream(body)
        if say:
            self._reply(words(int(say)), streamed, after=SLOWLY if slowly else 0)
        elif block:
            text = router_edits.reply(int(block), int(value))
            size = 4 if pieces else len(text)
            self._reply([text[at : at + size] for at in range(0, len(text), size)], streamed)
            _tell(n=int(value), read=read, sent=time.perf_counter())
        else:
            self._waits = 0
            self._begin(words(1))
            _tell(n=0, read=read)

    def _reply(self, words: list[str], streamed: bool, after: float = 0) -> None:
        if not streamed:
            message = {"role": "assistant", "content": "".join(words)}
            choice = {"index": 0, "message": message, "finish_reason": "stop"}
            self._whole(_object("chat.completion", [choice], usage=USAGE))
        elif after:
            self._begin(words[:1])
            asyncio.get_running_loop().call_later(after, self._rest, words[1:])
        else:
            self._begin(words[:1])
            self._rest(words[1:])

    def _whole(self, value: Any) -> None:
        body = json.dumps(value).encode()
        length = b"Content-Length: %d" % len(body)
        self._transport.write(HEAD % (b"application/json", length) + body)

    def _begin(self, words: list[str]) -> None:
        self._transport.write(HEAD % (b"text/event-stream", b"Transfer-Encoding: chunked"))
        self._event(_piece({"role": "assistant", "content": ""}))
        for word in words:
            self._event(_piece({"content": word}))

    def _rest(self, words: list[str]) -> None:
        for word in words:
            self._event(_piece({"content": word}))
        self._event(_piece({}, "stop"))
        self._event(json.dumps(_object("chat.completion.chunk", [], usage=USAGE)))
        self._event("[DONE]")
        self._transport.write(b"0\r\n\r\n")

    def _event(self, data: str) -> None:
        event = f"data: {data}\n\n".encode()
        self._transport.write(b"%x\r\n%b\r\n" % (len(event), event))


def wants_stream(body: bytes) -> bool:
    """Whether the reply is to come in pieces."""
    return b'"stream":true' in body.replace(b'": ', b'":')


def words(number: int) -> list[str]:
    """So many words, each another than the one before: LiteLLM ends a reply that says the same for long."""
    return [f"word{each} " for each in range(number)]


def _piece(delta: dict[str, str], reason: str | None = None) -> str:
    choice = {"index": 0, "delta": delta, "finish_reason": reason}
    return json.dumps(_object("chat.completion.chunk", [choice]))


def _object(kind: str, choices: list[Any], **more: Any) -> dict[str, Any]:
    return {"id": "chatcmpl-1", "object": kind, "created": 1, "model": "bench", "choices": choices, **more}


def _tell(**what: float) -> None:
    os.write(1, json.dumps(what).encode() + b"\n")


async def main(connection: type[Connection] = Connection) -> None:
    """Serve until standard input ends."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(connection, "127.0.0.1", 0)
    print(json.dumps({"base_url": f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"}), flush=True)
    await asyncio.to_thread(sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(main())
