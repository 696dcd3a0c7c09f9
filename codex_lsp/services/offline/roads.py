"""The model road: what the rule engine says next as a chat model with tools.

It keeps nothing between requests: where it stands is read off the messages after the last one by the user.
First it asks for the file (`read_file`), then it makes its change (`edit`), then it ends (`finish`). What it
isn't given a tool for, it puts into its answer.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from codex_lsp.records import record
from codex_lsp.services.chat import Call, Piece, Text
from codex_lsp.services.offline.pages import json_object
from codex_lsp.services.requests import ChatRequest, text_of

READ, EDIT, FINISH = "read_file", "edit", "finish"


@record(frozen=True, slots=True)
class Result:
    """What a tool said: its text, and the error if it reported one."""

    text: str
    error: str = ""


@record(frozen=True, slots=True)
class State:
    """The results so far, by tool; the last one counts, of reading all."""

    reads: tuple[Result, ...]
    edit: Result | None
    finished: bool
    calls: int


def state(messages: Sequence[Mapping[str, Any]]) -> State:
    """Where the conversation stands."""
    start = max((n for n, message in enumerate(messages) if message.get("role") == "user"), default=0)
    names: dict[str, str] = {}
    results: dict[str, list[Result]] = {}
    for message in messages[start:]:
        for call in _calls(message):
            names[str(call.get("id"))] = str(call["function"].get("name"))
        if message.get("role") == "tool":
            name = names.get(str(message.get("tool_call_id")), "")
            results.setdefault(name, []).append(_result(text_of(message)))
    edits = results.get(EDIT)
    return State(tuple(results.get(READ, ())), edits[-1] if edits else None, FINISH in results, len(names))


def call(request: ChatRequest, name: str, arguments: Mapping[str, str | int]) -> Call:
    """A tool call with an id that is new to this conversation and the same for the same conversation."""
    number = sum(len(_calls(message)) for message in request.messages) + 1
    return Call(f"call_{number}_{name}", name, json.dumps(arguments))


def ending(request: ChatRequest, summary: str) -> Piece:
    """The end: by the tool if there is one, else as the answer."""
    if FINISH in request.tools:
        return call(request, FINISH, {"summary": summary})
    return Text(summary)


def _calls(message: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    calls = message.get("tool_calls")
    return [
        item
        for item in (calls if isinstance(calls, list) else [])
        if isinstance(item, dict) and isinstance(item.get("function"), dict)
    ]


def _result(text: str) -> Result:
    value = json_object(text)
    if value is None:
        return Result(text, text if text.lstrip().lower().startswith("error:") else "")
    if error := value.get("error"):
        message = error.get("message") if isinstance(error, dict) else error
        return Result(text, str(message))
    return Result(text, text if value.get("ok") is False else "")
