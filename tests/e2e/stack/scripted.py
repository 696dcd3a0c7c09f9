"""A model that can do one thing: put the spaces of `def add( a,b ):` where they belong.

usage: python -m tests.e2e.stack.scripted PORT

It speaks Chat Completions, streamed, and Responses; it is asked by the mini-agent and by Codex, with their
own prompts, and knows nothing of a conversation but what a request holds. Standard library alone.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.e2e.codex.responses import events, message, patch

# A model takes its time; while it does, its asker has something in its hands.
THINKING_SECONDS = 0.2
NAME = "scripted"
PATCH = """\
*** Begin Patch
*** Update File: {path}
@@
-def add( a,b ):
-    return a+b
+def add(a, b):
+    return a + b
*** End Patch
"""
# The files that the tests ask about; all others that a prompt names are its examples'.
_FILE = re.compile(r"\b(?:doctor|m)\.py\b")
_USAGE = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}


def chat(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The chunks of a chat's next message: a call of the tool `edit`, or words."""
    said = json.dumps(body["messages"])
    path = _FILE.search(said)
    if path and not any(each["role"] == "tool" for each in body["messages"]):
        arguments = json.dumps({"patch": PATCH.format(path=path[0])})
        call = {
            "index": 0,
            "id": "c1",
            "type": "function",
            "function": {"name": "edit", "arguments": arguments},
        }
        yield _chunk({"role": "assistant", "content": None, "tool_calls": [call]})
        yield _chunk({}, "tool_calls")
    else:
        yield _chunk({"role": "assistant", "content": "OK"})
        yield _chunk({}, "stop")
    yield {**_chunk({}), "choices": [], "usage": _USAGE}


def _chunk(delta: dict[str, Any], finish_reason: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": delta, "finish_reason": finish_reason}
    return {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": NAME, "choices": [choice]}


def respond(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The events of a response: a patch by way of the shell, or words."""
    path = _FILE.search(json.dumps(body["input"]))
    done = any(each.get("type") == "function_call_output" for each in body["input"])
    return events(1, [patch(PATCH.format(path=path[0]))] if path and not done else [message("Tidied.")])


class Handler(BaseHTTPRequestHandler):
    """One request a connection."""

    def log_message(self, *_: object) -> None:
        """Nothing."""

    def do_GET(self) -> None:
        """The models."""
        self._begin("application/json")
        models = [{"id": NAME, "object": "model"}]
        self.wfile.write(json.dumps({"object": "list", "data": models, "models": []}).encode())

    def do_POST(self) -> None:
        """An answer as a stream of events."""
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        time.sleep(THINKING_SECONDS)
        self._begin("text/event-stream")
        if self.path.endswith("/responses"):
            for event in respond(body):
                self.wfile.write(f"event: {event['type']}\ndata: {json.dumps(event)}\n\n".encode())
            return
        for chunk in chat(body):
            self.wfile.write(f"data: {json.dumps(chunk)}\n\n".encode())
        self.wfile.write(b"data: [DONE]\n\n")

    def _begin(self, kind: str) -> None:
        self.send_response(200)
        self.send_header("content-type", kind)
        self.end_headers()


if __name__ == "__main__":
    ThreadingHTTPServer(("0.0.0.0", int(sys.argv[1])), Handler).serve_forever()
