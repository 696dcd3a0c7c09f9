"""What the model behind the server says: whole and good, or spoilt in one of the ways that replies are."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Iterable, Sequence
from random import Random

from codex_lsp.agent.model import Delta, ModelError, ModelInfo, Reply, Request, ScriptedModel, ToolCall
from codex_lsp.endpoint import errors
from tests.faults.texts import Change, bare

ORIGIN = "http://127.0.0.1:9"
SPOILT = (
    "ambiguous", "truncated", "unfinished", "empty", "prose", "broken format", "elsewhere", "no change",
    "protected", "error",
)  # fmt: skip

ERRORS: tuple[Callable[[], Exception], ...] = (
    lambda: errors.from_status(401, ORIGIN, "what it said"),
    lambda: errors.from_status(404, ORIGIN),
    lambda: errors.from_status(429, ORIGIN, retry_after=3),
    lambda: errors.from_status(503, ORIGIN, "what it said"),
    lambda: errors.from_status(302, ORIGIN),
    lambda: errors.unreachable(ORIGIN, "nobody listens"),
    lambda: errors.broke_off(ORIGIN),
    lambda: errors.timed_out(ORIGIN, 30, idle=True),
    lambda: errors.bad_reply(ORIGIN, "it is no JSON"),
    lambda: errors.WorkerFailed("The process that talks to the endpoint ended: ask again."),
    errors.Unconfigured,
)  # fmt: skip


def marker(number: int) -> str:
    """How an errand is told from others in all that is sent: a word of the instruction."""
    return f"errand{number}x"


def number_of(text: str) -> int | None:
    """The number of the errand whose marker stands in a text."""
    found = re.search(r"errand(\d+)x", text)
    return int(found[1]) if found else None


class Switchboard:
    """A `Model` that lets each errand be answered by a `ScriptedModel` of its own."""

    def __init__(self, info: ModelInfo) -> None:
        self._info = info
        self._scripts: dict[int, ScriptedModel] = {}
        self.waiting: set[int] = set()
        self.closed = False

    def play(self, number: int, script: Iterable[Reply | Exception | asyncio.Event]) -> None:
        """Answer this errand so."""
        self._scripts[number] = ScriptedModel(script, self._info)

    async def start(self) -> None:
        """Scripts are always ready."""

    async def close(self) -> None:
        """Note that the server let go."""
        self.closed = True

    async def describe(self) -> ModelInfo:
        """What the session's endpoint is."""
        return self._info

    async def complete(self, request: Request, on_delta: Callable[[Delta], None]) -> Reply:
        """Let the errand's own script answer."""
        number = next(filter(None, (number_of(str(each.get("content"))) for each in request.messages)), None)
        if number is None or number not in self._scripts:
            raise ModelError("nobody knows this errand")
        self.waiting.add(number)
        try:
            return await self._scripts[number].complete(request, on_delta)
        finally:
            self.waiting.discard(number)


def patch(changes: Sequence[Change], random: Random) -> str:
    """Changes as a patch in the form that Codex writes."""
    lines = ["*** Begin Patch"]
    for path in dict.fromkeys(change.path for change in changes):
        own = [change for change in changes if change.path == path]
        lines.append(f"*** {'Add' if own[0].creates else 'Update'} File: {path}")
        for change in own:
            if not change.creates:
                lines.append("@@")
            lines += _body(change, random.random() < 0.5)
    return "\n".join([*lines, "*** End Patch"])


def _body(change: Change, with_context: bool) -> list[str]:
    if not (with_context and change.context):
        return [*(f"-{line}" for line in change.before), *(f"+{line}" for line in change.after)]
    names = [bare(line) for line in change.context]
    at = names.index(change.before[0])
    return [
        *(f" {line}" for line in names[:at]),
        *(f"-{line}" for line in change.before),
        *(f"+{line}" for line in change.after),
        *(f" {line}" for line in names[at + len(change.before) :]),
    ]


def blocks(changes: Sequence[Change]) -> str:
    """Changes as SEARCH/REPLACE blocks."""
    return "\n\n".join(
        "\n".join(
            (change.path, "<<<<<<< SEARCH", *change.before, "=======", *change.after, ">>>>>>> REPLACE")
        )
        for change in changes
    )


def good(changes: Sequence[Change], random: Random, agent: bool) -> list[Reply]:
    """The replies that ask for these changes, in one of the ways that there are."""
    simple = all(change.before and not change.creates for change in changes)
    way = random.random()
    text = patch(changes, random)
    if simple and way < 0.2:
        return [Reply(f"Here it is.\n\n{blocks(changes)}\n")]
    if not agent and way < 0.6:
        edit = ToolCall("c1", "edit", json.dumps({"patch": text}))
        finish = ToolCall("c2", "finish", json.dumps({"summary": "All done."}))
        return [Reply(tool_calls=(call,), finish_reason="tool_calls") for call in (edit, finish)]
    if way < 0.65:
        return [Reply("Thinking aloud. " * 60_000 + "\n" + text, reasoning="step one\nstep two\n")]
    return [Reply(f"Done.\n{text}", reasoning="reading\nwriting\n")]


def spoilt(kind: str, path: str, changes: Sequence[Change], random: Random) -> list[Reply | Exception]:
    """Replies that must not change anything, enough of them for every chance to mend."""
    text = patch(changes, random)
    if kind == "error":
        return [random.choice(ERRORS)()]
    replies: dict[str, Reply] = {
        "ambiguous": Reply(_update(path, "-the same line", "+another line")),
        "truncated": Reply(text[: len(text) // 2], finish_reason="length"),
        "unfinished": Reply(text[: len(text) * 2 // 3]),
        "empty": Reply(""),
        "prose": Reply("I would rather not change anything here."),
        "broken format": Reply("*** Begin Patch\n*** Updaet File: " + path + "\n+x\n*** End Patch"),
        "elsewhere": Reply(_update("nowhere/to/be/found.py", "-gone", "+here")),
        "no change": Reply(
            _update(path, *(f" {bare(line)}" for line in changes[0].context)) if changes else ""
        ),
        "protected": Reply("*** Begin Patch\n*** Add File: .git/hooks/pre-commit\n+x\n*** End Patch"),
    }
    return [replies[kind]] * 4


def _update(path: str, *body: str) -> str:
    return "\n".join(("*** Begin Patch", f"*** Update File: {path}", "@@", *body, "*** End Patch"))
