"""A Chat Completions request, checked once; behind this nobody looks at raw JSON again.

The part of ours is `codex_agent.workspace`: `{"files": [{"path", "text"}], "focus": {"path", "start":
{"line", "character"}, "end": {"line", "character"}, "diagnostics": [{"line", "end_line", "code", "source",
"message"}]}}`. Lines are zero-based, characters count code points, the end is exclusive.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import field
from typing import Any, TypeVar

from codex_lsp.records import record
from codex_lsp.services.errors import invalid, unprocessable

T = TypeVar("T")

# What is handed on to a model. Everything else in a request is none of its business, an address least of all.
OPTIONS = (
    *("temperature", "top_p", "max_tokens", "max_completion_tokens", "stop", "seed"),
    *("presence_penalty", "frequency_penalty", "response_format", "reasoning_effort"),
    *("tool_choice", "parallel_tool_calls"),
)
_FUNCTION = ("name", "description", "parameters", "strict")


@record(frozen=True, slots=True)
class Diagnostic:
    """What another tool reported: lines zero-based, `end_line` inclusive; code and source may be empty."""

    line: int
    end_line: int
    message: str = ""
    code: str = ""
    source: str = ""


@record(frozen=True, slots=True)
class Focus:
    """What the person selected in the file `path`: from `start` to before `end`, each `(line, character)`."""

    path: str
    start: tuple[int, int]
    end: tuple[int, int]
    diagnostics: tuple[Diagnostic, ...] = ()

    def lines(self) -> tuple[int, int]:
        """The first and the last selected line; a line of which nothing is selected doesn't count."""
        last = self.end[0]
        if self.end[1] == 0 and last > self.start[0]:
            last -= 1
        return self.start[0], last


@record(frozen=True, slots=True)
class Workspace:
    """The files that came with the request, path → text, and the focus, if there is one."""

    files: Mapping[str, str]
    focus: Focus | None


@record(frozen=True, slots=True)
class ChatRequest:
    """One question. `messages` are objects with a `role`; `tools` are the names of the declared functions.

    `declared` are those functions as they were declared, `options` what else a model may be told.
    """

    model: str
    messages: tuple[Mapping[str, Any], ...]
    tools: frozenset[str] = frozenset()
    declared: tuple[Mapping[str, Any], ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    workspace: Workspace | None = None
    stream: bool = False
    include_usage: bool = False


def parse(body: bytes) -> ChatRequest:
    """The request in `body`; raises `ApiError` 400 for what is no chat request, 422 for a bad workspace."""
    try:
        value = json.loads(body, parse_constant=_no_number, parse_float=_finite)
    except (ValueError, RecursionError):
        raise invalid("The body is not JSON.", "invalid_json") from None
    if not isinstance(value, dict):
        raise invalid("The body must be a JSON object.", "invalid_json")
    messages = value.get("messages")
    if not isinstance(messages, list) or not messages:
        raise invalid("`messages` must be a list with at least one message.", "missing_messages")
    for number, message in enumerate(messages):
        _require_message(message, f"messages[{number}]")
    if value.get("n") not in (None, 1):
        raise invalid("`n` must be 1.", "unsupported_parameter")
    stream_options = value.get("stream_options")
    # Names first: they say whether these are tools at all.
    names = _tool_names(value.get("tools"))
    wanted = bool(names) and value.get("tool_choice") != "none"
    return ChatRequest(
        model=str(value.get("model") or ""),
        messages=tuple(messages),
        tools=names if wanted else frozenset(),
        declared=tuple(map(_declared, value["tools"])) if wanted else (),
        options={name: value[name] for name in OPTIONS if value.get(name) is not None},
        workspace=_workspace(value.get("codex_agent")),
        stream=value.get("stream") is True,
        include_usage=isinstance(stream_options, dict) and stream_options.get("include_usage") is True,
    )


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is too large")
    return number


def _require_message(message: object, where: str) -> None:
    if not isinstance(message, dict) or not isinstance(message.get("role"), str):
        raise invalid(f"{where} must be an object with a `role`.", "invalid_messages")
    if not isinstance(message.get("content"), str | list | None):
        raise invalid(f"{where}.content must be a string or a list of parts.", "invalid_messages")


def text_of(message: Mapping[str, Any]) -> str:
    """A message's text: its content, or the text parts of its content, joined."""
    content = message.get("content")
    if isinstance(content, list):
        parts = [part.get("text") for part in content if isinstance(part, dict)]
        return "\n".join(part for part in parts if isinstance(part, str))
    return content if isinstance(content, str) else ""


def _tool_names(tools: object) -> frozenset[str]:
    if tools is None:
        return frozenset()
    if not isinstance(tools, list):
        raise invalid("`tools` must be a list.", "invalid_tools")
    kinds = [tool.get("type", "function") if isinstance(tool, dict) else None for tool in tools]
    if any(kind != "function" for kind in kinds):
        raise invalid("Each of `tools` must be a function.", "invalid_tools")
    functions = [tool.get("function") for tool in tools]
    names = [function.get("name") if isinstance(function, dict) else None for function in functions]
    if not all(isinstance(name, str) and name for name in names):
        raise invalid("Each of `tools` must be a function with a name.", "invalid_tools")
    return frozenset(name for name in names if isinstance(name, str))


def _declared(tool: Mapping[str, Any]) -> dict[str, Any]:
    """A tool without what is no part of a function: some servers would call an address that stands there."""
    function = tool["function"]
    return {"type": "function", "function": {key: function[key] for key in _FUNCTION if key in function}}


def _workspace(codex_agent: object) -> Workspace | None:
    if codex_agent is None:
        return None
    raw = _as(codex_agent, dict, "codex_agent").get("workspace")
    if raw is None:
        return None
    where = "codex_agent.workspace"
    files: dict[str, str] = {}
    for number, item in enumerate(_as(_as(raw, dict, where).get("files"), list, f"{where}.files")):
        file = _as(item, dict, f"{where}.files[{number}]")
        path = _as(file.get("path"), str, f"{where}.files[{number}].path")
        if not path or not path.isprintable():
            raise unprocessable(f"{where}.files[{number}].path holds characters that no path should hold.")
        if path in files:
            raise unprocessable(f"{where}.files holds {path!r} twice.")
        files[path] = _as(file.get("text"), str, f"{where}.files[{number}].text")
    return Workspace(files, _focus(raw.get("focus"), files))


def _focus(raw: object, files: Mapping[str, str]) -> Focus | None:
    if raw is None:
        return None
    where = "codex_agent.workspace.focus"
    raw = _as(raw, dict, where)
    path = _as(raw.get("path"), str, f"{where}.path")
    if path not in files:
        raise unprocessable(f"{where}.path is none of the workspace's files.")
    start, end = (_position(raw.get(side), f"{where}.{side}") for side in ("start", "end"))
    if end < start:
        raise unprocessable(f"{where}.end lies before its start.")
    raw_diagnostics = _as(raw.get("diagnostics", []), list, f"{where}.diagnostics")
    diagnostics = [
        _diagnostic(item, f"{where}.diagnostics[{number}]") for number, item in enumerate(raw_diagnostics)
    ]
    return Focus(path, start, end, tuple(diagnostics))


def _diagnostic(raw: object, where: str) -> Diagnostic:
    raw = _as(raw, dict, where)
    line = _count(raw.get("line"), f"{where}.line")
    end_line = line if raw.get("end_line") is None else _count(raw["end_line"], f"{where}.end_line")
    code, source, message = (
        "" if raw.get(key) is None else str(raw[key]) for key in ("code", "source", "message")
    )
    return Diagnostic(line, max(line, end_line), message, code, source)


def _position(raw: object, where: str) -> tuple[int, int]:
    raw = _as(raw, dict, where)
    return _count(raw.get("line"), f"{where}.line"), _count(raw.get("character"), f"{where}.character")


def _count(value: object, where: str) -> int:
    number = _as(value, int, where)
    if isinstance(value, bool) or number < 0:
        raise unprocessable(f"{where} must be a number from 0 on.")
    return number


def _as(value: object, kind: type[T], where: str) -> T:
    if not isinstance(value, kind):
        names = {dict: "an object", list: "a list", str: "a string", int: "a number"}
        raise unprocessable(f"{where} must be {names[kind]}.")
    return value
