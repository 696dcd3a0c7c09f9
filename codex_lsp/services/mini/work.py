"""A request with a workspace: a run of this project's own loop, over the files that came with it alone."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from codex_lsp import edits
from codex_lsp.agent import overlay as seen
from codex_lsp.agent.asks.ask import Ask
from codex_lsp.agent.limits import Limits
from codex_lsp.agent.memory import Memory
from codex_lsp.agent.model import ModelError, Usage
from codex_lsp.agent.run import Job, Outcome, Plan, new_id
from codex_lsp.agent.talk import Listener
from codex_lsp.agent.tools.extra import Extra
from codex_lsp.edits import EditError
from codex_lsp.edits.errors import PathRejected
from codex_lsp.edits.formats.begin_patch import render_files
from codex_lsp.edits.paths import normalise
from codex_lsp.edits.text import LineIndex
from codex_lsp.services import header
from codex_lsp.services.chat import Ended, Step, Text, Used
from codex_lsp.services.errors import unprocessable
from codex_lsp.services.mini.faults import told
from codex_lsp.services.mini.pump import Say
from codex_lsp.services.mini.upstream import Served
from codex_lsp.services.requests import ChatRequest, Workspace, text_of

_PIECE = 2000
_CLIP = 2000


class Run:
    """One request's run. `progress` is for whoever waits for a word of it."""

    def __init__(
        self,
        request: ChatRequest,
        workspace: Workspace,
        served: Served,
        limits: Limits,
        tools: tuple[Extra, ...],
    ) -> None:
        self._request = request
        self._workspace = workspace
        self._served = served
        self._limits = limits
        self._tools = tools
        self._began = time.monotonic()
        self._characters = 0
        self._used = Usage()

    def progress(self) -> str:
        """How far it is."""
        seconds = time.monotonic() - self._began
        return f"{self._served.name} is at work: {self._characters:,} characters so far, {seconds:.0f} s"

    async def work(self, say: Say) -> None:
        """Run to the end and say what comes of it; raises `ApiError`."""
        files = _files(self._workspace)
        ask = _ask(self._request, self._workspace, files)
        overlay = seen.Overlay(_snapshots(files, ask))
        plan = Plan("model", self._limits, tools=self._tools, **_before(self._request.messages, ask, files))
        listener = Listener(
            on_step=lambda step: say(Step(step)),
            on_text=self._count,
            on_usage=lambda usage: self._tell_use(usage, say),
        )
        try:
            outcome = await Job(ask, overlay, new_id(), plan, listener=listener).run(self._served.model)
        except (ModelError, EditError) as error:
            raise told(error, self._limits) from None
        answer = _answer(outcome)
        for at in range(0, len(answer), _PIECE):
            say(Text(answer[at : at + _PIECE]))
        say(Ended(outcome.reason, asdict(self._limits)))

    def _count(self, text: str) -> None:
        self._characters += len(text)

    def _tell_use(self, usage: Usage, say: Say) -> None:
        """`usage` is that of the whole run so far."""
        before, self._used = self._used, usage
        if usage.total_tokens > before.total_tokens:
            prompt = usage.prompt_tokens - before.prompt_tokens
            say(Used(prompt, usage.completion_tokens - before.completion_tokens))


def _files(workspace: Workspace) -> dict[str, str]:
    if not workspace.files:
        raise unprocessable("codex_agent.workspace.files is empty.")
    for path in workspace.files:
        try:
            clean = normalise(path)
        except PathRejected as error:
            raise unprocessable(f"codex_agent.workspace.files: {error.reason}") from None
        if clean != path:
            raise unprocessable(f"codex_agent.workspace.files: {path!r} must be written as {clean!r}.")
    return dict(workspace.files)


def _ask(request: ChatRequest, workspace: Workspace, files: Mapping[str, str]) -> Ask:
    instruction = header.read(request.messages).instruction
    if not instruction:
        raise unprocessable("The last message of the user must say what to do.", "no_instruction")
    focus = workspace.focus
    if focus is None:
        path = next(iter(files))
        return Ask(instruction, edits.Focus(path, 0, len(files[path])))
    index = LineIndex(files[focus.path])
    start, end = (index.offset(line, column, "utf-32") for line, column in (focus.start, focus.end))
    problems = tuple(
        seen.Diagnostic(each.line, each.end_line, each.message, each.code, each.source)
        for each in focus.diagnostics
    )
    kind = "fix" if problems else "edit"
    return Ask(instruction, edits.Focus(focus.path, start, end), kind, problems)  # type: ignore[arg-type]


def _snapshots(files: Mapping[str, str], ask: Ask) -> dict[str, seen.Snapshot]:
    # The last one was touched last.
    order = [path for path in files if path != ask.focus.path] + [ask.focus.path]
    return {
        path: seen.Snapshot(path, files[path], diagnostics=ask.diagnostics if path == ask.focus.path else ())
        for path in order
    }


def _before(messages: Sequence[Mapping[str, Any]], ask: Ask, files: Mapping[str, str]) -> dict[str, Any]:
    """What was said before this ask, in short."""
    last = max(number for number, each in enumerate(messages) if each["role"] == "user")
    earlier = header.read(messages[:last]).instruction
    if not earlier:
        return {}
    answers = [text_of(each) for each in messages[:last] if each["role"] == "assistant"]
    said = f"You answered:\n{answers[-1][:_CLIP]}" if answers else ""
    memory = Memory.of(Ask(earlier, ask.focus), "", (), files[ask.focus.path])
    return {"memory": memory, "note": said}


def _answer(outcome: Outcome) -> str:
    if outcome.proposal is None:
        return outcome.text
    patch = render_files(outcome.proposal.changes)
    summary = outcome.proposal.summary
    if edits.holds_edits(summary):
        # Whoever reads the answer must find one patch in it.
        summary = f"Changes to {', '.join(change.path for change in outcome.proposal.changes)}."
    return f"{summary}\n\n{patch}" if patch else summary
