"""A scripted model behind `POST /v1/responses`, which is what Codex speaks. Standard library alone.

    with ScriptedResponses({"tidy": [[patch("…")], [message("Done.")]]}) as model:
        ...  # model.url, model.requests

Which script a conversation follows is decided by the first of the words that its last message of a person's
holds, so several can be on their way at once; each request of a conversation takes the next turn, the last
one again and again. As a process of its own: `python responses.py SCRIPT.json [HOST [PORT]]` prints
`{"url": …}` and serves until its standard input ends.
"""

from __future__ import annotations

import json
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Item = Mapping[str, Any]
PIECE = 12


@dataclass(frozen=True)
class Refuse:
    """A turn that is answered with an HTTP error."""

    status: int


@dataclass(frozen=True)
class Hold:
    """A turn that says a first word and goes on only when the server ends."""

    text: str = "Well"


Turn = Sequence[Item] | Refuse | Hold


def message(text: str) -> Item:
    """The model's words to the person."""
    return {
        "type": "message",
        "role": "assistant",
        "content": [{"type": "output_text", "text": text, "annotations": []}],
    }


def thought(text: str) -> Item:
    """The summary of what the model thought."""
    return {"type": "reasoning", "summary": [{"type": "summary_text", "text": text}]}


def command(line: str, **arguments: object) -> Item:
    """A shell command that the model wants to run."""
    return {
        "type": "function_call",
        "name": "exec_command",
        "call_id": f"call_{abs(hash(line))}",
        "arguments": json.dumps({"cmd": line, **arguments}),
    }


def patch(text: str) -> Item:
    """A patch by way of the shell, as models do that have no tool for it."""
    return command(f"apply_patch <<'EOF'\n{text}EOF\n")


class ScriptedResponses:
    """The server; a context manager. `requests` are the bodies, in the order in which they came.

    With `keys`, the list of models is only for who has one of them.
    """

    def __init__(self, scripts: Mapping[str, Sequence[Turn]], host: str = "127.0.0.1", port: int = 0) -> None:
        self.scripts = dict(scripts)
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.keys: frozenset[str] = frozenset()
        self.asked = threading.Event()
        self.left = threading.Event()
        self.ended = threading.Event()
        self._turns: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._server = _Server((host, port), self)

    @property
    def url(self) -> str:
        """`http://HOST:PORT/v1`, the base that Codex is configured with."""
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}/v1"

    def __enter__(self) -> ScriptedResponses:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        self._server.shutdown()
        self._server.server_close()

    def turn(self, body: dict[str, Any], headers: dict[str, str]) -> Turn:
        """The next turn of the conversation that this request belongs to."""
        conversation = str(body.get("prompt_cache_key"))
        said = _last_words(body)
        with self._lock:
            self.requests.append(body)
            self.headers.append(headers)
            number = self._turns[conversation]
            self._turns[conversation] += 1
        self.asked.set()
        for word, turns in self.scripts.items():
            if word in said:
                return turns[min(number, len(turns) - 1)]
        return [message(f"No script has a word of this: {said[:200]}")]


def _last_words(body: Mapping[str, Any]) -> str:
    asked = [item for item in body.get("input", ()) if item.get("role") == "user"]
    return "\n".join(str(part.get("text", "")) for part in asked[-1]["content"]) if asked else ""


def events(number: int, items: Sequence[Item]) -> Iterator[dict[str, Any]]:
    """What a response consists of, in OpenAI's words."""
    response = {"id": f"resp_{number}", "object": "response"}
    yield {"type": "response.created", "response": {**response, "status": "in_progress", "output": []}}
    done = []
    for index, item in enumerate(items):
        whole = {"id": f"item_{number}_{index}", **item}
        done.append(whole)
        empty: dict[str, Any] = {key: [] for key in ("content", "summary") if key in whole}
        yield {"type": "response.output_item.added", "output_index": index, "item": {**whole, **empty}}
        yield from _deltas(index, whole)
        yield {"type": "response.output_item.done", "output_index": index, "item": whole}
    usage = {
        "input_tokens": 11,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": 7,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": 18,
    }
    yield {
        "type": "response.completed",
        "response": {**response, "status": "completed", "output": done, "usage": usage},
    }


def _deltas(index: int, item: Item) -> Iterator[dict[str, Any]]:
    place = {"item_id": item["id"], "output_index": index}
    for part in item.get("content", ()):
        for piece in _pieces(part["text"]):
            yield {"type": "response.output_text.delta", **place, "content_index": 0, "delta": piece}
    for number, part in enumerate(item.get("summary", ())):
        at = {**place, "summary_index": number}
        yield {"type": "response.reasoning_summary_part.added", **at, "part": {**part, "text": ""}}
        for piece in _pieces(part["text"]):
            yield {"type": "response.reasoning_summary_text.delta", **at, "delta": piece}


def _pieces(text: str) -> list[str]:
    return [text[at : at + PIECE] for at in range(0, len(text), PIECE)]


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], model: ScriptedResponses) -> None:
        self.model = model
        super().__init__(address, _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Nothing: what matters is recorded."""

    def do_GET(self) -> None:
        models = [{"id": "scripted", "object": "model"}]
        key = self.headers.get("authorization", "").removeprefix("Bearer ")
        self._whole(
            401 if self.server.model.keys and key not in self.server.model.keys else 200,
            {"object": "list", "data": models, "models": []},
        )

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers.get("content-length", 0))))
        match self.server.model.turn(body, {name.lower(): value for name, value in self.headers.items()}):
            case Refuse(status):
                self._whole(status, {"error": {"message": "The script refuses.", "type": "server_error"}})
            case Hold(text):
                self._hold(text)
            case items:
                self._begin()
                for event in events(len(self.server.model.requests), items):
                    self._event(event)

    def _hold(self, text: str) -> None:
        self._begin()
        for event in list(events(len(self.server.model.requests), [message(text)]))[:3]:
            self._event(event)
        while not self.server.model.ended.wait(0.05):
            try:
                self._event({"type": "response.in_progress", "response": {"id": "held"}})
            except OSError:
                self.server.model.left.set()
                return

    def _begin(self) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("connection", "close")
        self.end_headers()
        self.close_connection = True

    def _event(self, event: Mapping[str, Any]) -> None:
        self.wfile.write(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode())
        self.wfile.flush()

    def _whole(self, status: int, value: object) -> None:
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        with suppress(OSError):
            self.wfile.write(data)


def main(script: str, host: str = "127.0.0.1", port: str = "0") -> None:
    """Serve the script in this file until standard input ends."""
    with (
        open(script, encoding="utf-8") as stream,  # noqa: PTH123
        ScriptedResponses(json.load(stream), host, int(port)) as model,
    ):
        print(json.dumps({"url": model.url}), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
