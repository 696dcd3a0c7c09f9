"""What Codex tells of a turn, as pieces of an answer; and a count of what did not work.

A turn that is `completed` proves nothing: a patch that did not fit is told only to the model, and an edit
that was refused is an item like any other. So each call of the model's is followed to its end.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from codex_lsp.services.chat import Piece, Reasoning, Step, Text, Used
from codex_lsp.services.errors import ApiError
from codex_lsp.services.sidecar.peer import Message
from codex_lsp.services.sidecar.words import Words

_PATCH = "*** Begin Patch"
_LONGEST = 200

# What Codex calls an error → the status and code that a client is told.
_ERRORS = {
    "contextWindowExceeded": (400, "context_length_exceeded"),
    "usageLimitExceeded": (429, "usage_limit"),
    "rateLimitExceeded": (429, "rate_limit"),
    "serverOverloaded": (503, "upstream_overloaded"),
    "modelNotFound": (502, "upstream_model_not_found"),
    "unauthorized": (502, "upstream_unauthorized"),
    "sandboxError": (503, "sandbox"),
}
# The same by the status of the model's server.
_STATUSES = {
    401: (502, "upstream_unauthorized"),
    403: (502, "upstream_unauthorized"),
    404: (502, "upstream_model_not_found"),
    429: (429, "rate_limit"),
    503: (503, "upstream_overloaded"),
}


class Turn:
    """One turn. `over` is its end as Codex told it; `failed` an edit that did not work, if none did later."""

    def __init__(self, workspace: Path) -> None:
        self._workspace = workspace
        self._words = Words()
        self._reasoned = ""
        self._patches: set[str] = set()
        self._applied: set[str] = set()
        self._handlers: dict[str, Callable[[Mapping[str, Any]], Iterator[Piece]]] = {
            "item/agentMessage/delta": self._message,
            "item/reasoning/summaryTextDelta": self._reasoning,
            "item/reasoning/textDelta": self._reasoning,
            "item/started": self._started,
            "item/completed": self._completed,
            "rawResponseItem/completed": self._raw,
            "thread/tokenUsage/updated": self._used,
            "error": self._error,
            "turn/completed": self._over,
        }
        self.over: Mapping[str, Any] | None = None
        self.failed = ""

    @property
    def said(self) -> bool:
        """Whether there was a word for the person."""
        return self._words.said

    def pieces(self, message: Message) -> Iterator[Piece]:
        """What a notification comes to."""
        handler = self._handlers.get(str(message.get("method")))
        params = message.get("params")
        if handler is not None and isinstance(params, dict):
            yield from handler(params)

    def check(self) -> None:
        """Raises `ApiError` for a turn that did not end well."""
        over = self.over or {}
        if over.get("status") == "completed":
            return
        error = over.get("error") or {}
        status, code = _told(error.get("codexErrorInfo"))
        message = f"Codex did not finish: {error.get('message') or over.get('status') or 'no reason given'}"
        raise ApiError(status, _shortened(message, 1000), code, agent={"stop_reason": "failed", "limits": {}})

    def _message(self, params: Mapping[str, Any]) -> Iterator[Piece]:
        if said := self._words.add(str(params.get("delta", ""))):
            yield Text(said)

    def _reasoning(self, params: Mapping[str, Any]) -> Iterator[Piece]:
        part = f"{params.get('itemId')} {params.get('summaryIndex', params.get('contentIndex'))}"
        apart = "\n\n" if self._reasoned not in ("", part) else ""
        self._reasoned = part
        yield Reasoning(apart + str(params.get("delta", "")))

    def _started(self, params: Mapping[str, Any]) -> Iterator[Piece]:
        item = params.get("item") or {}
        if item.get("type") == "agentMessage" and self.said:
            yield Text("\n\n")
        elif item.get("type") == "commandExecution":
            yield Step(f"runs {_command(item)}")

    def _completed(self, params: Mapping[str, Any]) -> Iterator[Piece]:
        item = params.get("item") or {}
        status = item.get("status")
        match item.get("type"):
            case "agentMessage":
                if rest := self._words.end():
                    yield Text(rest)
            case "commandExecution" if status == "declined":
                yield Step(f"refused: {_command(item)}")
            case "commandExecution" if status != "completed":
                yield Step(f"exit code {item.get('exitCode')}: {_command(item)}")
            case "fileChange":
                yield self._changed(item, str(status))

    def _changed(self, item: Mapping[str, Any], status: str) -> Step:
        paths = ", ".join(self._name(str(change.get("path"))) for change in item.get("changes", ()))
        self._applied.add(str(item.get("id")))
        if status == "completed":
            self.failed = ""
            return Step(f"changes {paths}")
        self.failed = (
            f"the change of {paths} was refused" if status == "declined" else f"{paths} could not be changed"
        )
        return Step(self.failed)

    def _raw(self, params: Mapping[str, Any]) -> Iterator[Piece]:
        item = params.get("item") or {}
        call = str(item.get("call_id"))
        if item.get("type") in ("function_call", "custom_tool_call"):
            asked = str(item.get("arguments") or item.get("input") or "")
            if _PATCH in asked:
                self._patches.add(call)
        elif call in self._patches:
            self._patches.remove(call)
            # An edit that is none of the items never began.
            if call not in self._applied:
                said = item.get("output")
                said = said if isinstance(said, str) else json.dumps(said)
                self.failed = f"a change did not work: {_first_line(said)}".replace(f"{self._workspace}/", "")
                yield Step(self.failed)

    def _used(self, params: Mapping[str, Any]) -> Iterator[Piece]:
        last = (params.get("tokenUsage") or {}).get("last") or {}
        yield Used(int(last.get("inputTokens", 0)), int(last.get("outputTokens", 0)))

    def _error(self, params: Mapping[str, Any]) -> Iterator[Piece]:
        said = _first_line(str((params.get("error") or {}).get("message", "")))
        yield Step(f"tries again: {said}" if params.get("willRetry") else f"error: {said}")

    def _over(self, params: Mapping[str, Any]) -> Iterator[Piece]:
        self.over = params.get("turn") or {}
        if rest := self._words.end():
            yield Text(rest)

    def _name(self, path: str) -> str:
        return path.removeprefix(f"{self._workspace}/")


def _told(info: object) -> tuple[int, str]:
    """The status and code for what Codex calls an error: a word, or one with the status that it met."""
    unknown = (502, "upstream_failed")
    if not isinstance(info, dict):
        return _ERRORS.get(str(info), unknown)
    met = [each.get("httpStatusCode") for each in info.values() if isinstance(each, dict)]
    return next((_STATUSES[each] for each in met if each in _STATUSES), unknown)


def _command(item: Mapping[str, Any]) -> str:
    actions = item.get("commandActions") or ()
    asked = [str(action.get("command")) for action in actions if action.get("command")]
    return _shortened(_one_line(" && ".join(asked) or str(item.get("command"))), _LONGEST)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _first_line(text: str) -> str:
    lines = text.strip().splitlines()
    return _shortened(lines[0] if lines else "", _LONGEST)


def _shortened(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
