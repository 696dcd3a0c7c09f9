"""Requests to the offline agent, and what comes of its answers."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
from httpx_sse import connect_sse

from codex_lsp.edits import apply_reply
from codex_lsp.edits.formats.begin_patch import render
from codex_lsp.edits.text import dominant_end, line_end, split_lines
from codex_lsp.services.offline.engine import Outcome, Task, run
from codex_lsp.services.offline.ruff import Ruff
from codex_lsp.services.requests import Diagnostic

CHAT = "/v1/chat/completions"


@dataclass
class Streamed:
    """A streamed answer, put together from its events."""

    events: list[dict[str, Any]] = field(default_factory=list)
    done: bool = False

    @property
    def deltas(self) -> list[dict[str, Any]]:
        return [choice["delta"] for event in self.events for choice in event.get("choices", ())]

    @property
    def content(self) -> str:
        return "".join(delta.get("content") or "" for delta in self.deltas)

    @property
    def steps(self) -> list[str]:
        return [delta["reasoning_content"] for delta in self.deltas if "reasoning_content" in delta]

    @property
    def finish_reasons(self) -> list[str]:
        choices = [choice for event in self.events for choice in event.get("choices", ())]
        return [choice["finish_reason"] for choice in choices if choice["finish_reason"] is not None]


def stream(client: httpx.Client, body: Mapping[str, Any]) -> Streamed:
    streamed = Streamed()
    with connect_sse(client, "POST", CHAT, json={**body, "stream": True}) as source:
        source.response.raise_for_status()
        for event in source.iter_sse():
            assert not streamed.done
            if event.data == "[DONE]":
                streamed.done = True
            else:
                streamed.events.append(json.loads(event.data))
    return streamed


def workspace(
    path: str, text: str, first: int, last: int, diagnostics: Sequence[Mapping[str, Any]] = ()
) -> dict[str, Any]:
    """`codex_agent` for a selection of whole lines, zero-based and inclusive."""
    focus = {
        "path": path,
        "start": {"line": first, "character": 0},
        "end": {"line": last + 1, "character": 0},
        "diagnostics": list(diagnostics),
    }
    return {"workspace": {"files": [{"path": path, "text": text}], "focus": focus}}


@dataclass(frozen=True)
class Done:
    """What one task came to, after its patch went through `codex_lsp.edits`."""

    text: str
    summary: str
    steps: list[str]
    changed: bool


def work(
    ruff: Ruff,
    text: str,
    instruction: str,
    first: int = 0,
    last: int = 10**6,
    *,
    path: str = "pkg/m.py",
    diagnostics: Sequence[Diagnostic] = (),
) -> Done:
    """Run the engine on a text and apply the patch it is worth, as the person's editor would."""
    steps: list[str] = []
    task = Task(path, text, first, last, instruction, tuple(diagnostics), ("pkg",))
    outcome = run(task, ruff.session(), steps.append)
    return Done(applied(task, outcome), outcome.summary, steps, outcome.after is not None)


def applied(task: Task, outcome: Outcome) -> str:
    if outcome.after is None:
        return task.text
    patch = render(task.path, task.text, outcome.after)
    result = apply_reply({task.path: task.text}, f"{outcome.summary}\n\n{patch}")
    assert result.leniencies == ()
    text = result.files[task.path]
    assert text is not None
    return text


def outside(text: str, first: int, last: int) -> tuple[list[str], list[str]]:
    """The lines before and behind the selection, ends included."""
    lines = split_lines(text)
    return lines[:first], lines[last + 1 :]


def keeps_outside(before: str, after: str, first: int, last: int) -> bool:
    """Whether the lines outside the selection are still the text's first and last ones, byte for byte."""
    # The mark is the file's, not its first line's, and so is a missing end, not its last line's.
    missing = "" if line_end(before) else dominant_end(split_lines(before))
    head, tail = outside(before.removeprefix("\ufeff") + missing, first, last)
    lines = split_lines(after.removeprefix("\ufeff") + missing)
    return (
        len(lines) >= len(head) + len(tail)
        and lines[: len(head)] == head
        and lines[len(lines) - len(tail) :] == tail
    )
