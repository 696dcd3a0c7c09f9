"""A hundred documents in an editor; people who type, ask, review, cancel, close and look for actions."""

from __future__ import annotations

import asyncio
import os
import random
import re
import signal
from collections import Counter
from contextlib import suppress
from typing import Any

from tests.bench import crowd, texts
from tests.soak.gauges import Waits
from tests.soak.moody import FAULTS, MoodyEndpoint, never
from tests.support.editor import FakeEditor
from tests.support.endpoint import Answer, Step, call
from tests.support.processes import runtime_folder, workers

EVENT = "codexLsp/run"
NEW = "    use(it)\n"
KEPT = 20
TRIES = 10
_TOKEN = re.compile(r"#t\d+\.\n")
_WHOLE = re.compile(r"#t?\d*\.?\n?")
# What a run of each kind comes to where nobody kills its worker.
ENDS = {
    "direct": "applied", "undone": "applied", "tools": "applied", "accepted": "review",
    "rejected": "review", "answered": "answered", "cancelled": "cancelled", "faulty": "failed",
}  # fmt: skip


class Soaked(FakeEditor):
    """An editor that keeps the ends of runs and forgets the rest of an hour's talk."""

    def _note(self, method: str, params: Any) -> None:
        super()._note(method, params)
        for log in (self.notifications, self.wire, self.logs, self.shown_documents, self.messages):
            if len(log) > 1000:
                del log[:500]
        if method == EVENT:
            self.states.setdefault(params["run"], []).append(params["state"])
            if params.get("ended"):
                self.ends[params["run"]] = params

    @property
    def states(self) -> dict[str, list[str]]:
        """What was told of each run."""
        return self.__dict__.setdefault("_states", {})  # type: ignore[no-any-return]

    @property
    def ends(self) -> dict[str, Any]:
        """The last event of each run that has ended."""
        return self.__dict__.setdefault("_ends", {})  # type: ignore[no-any-return]


class Document:
    """What one document must hold: its first text, changed or not, and whatever was typed into it."""

    def __init__(self, number: int) -> None:
        self.name = crowd.name(number)
        self.lines = crowd.lines(number)
        self.changed = False
        self.typed: list[str] = []
        self.areas = crowd.areas(number)
        self.asked = asyncio.Lock()

    def plain(self, *, changed: bool) -> str:
        """Its text without what was typed."""
        lines = list(self.lines)
        if changed:
            lines[crowd.PLACE + 1] = NEW
        return "".join(lines)

    def patch(self) -> str:
        """A reply that changes it, or changes it back."""
        base = self.plain(changed=self.changed).splitlines(keepends=True)
        old = tuple(base[crowd.PLACE : crowd.PLACE + 2])
        new = self.lines[crowd.PLACE + 1] if self.changed else NEW
        return texts.begin_patch(self.name, base, [texts.Change(crowd.PLACE, old, (old[0], new))])

    def lost(self, text: str) -> int:
        """How many characters of `text` are not as they must be."""
        typed, found = sorted(self.typed), sorted(_TOKEN.findall(text))
        plain = _TOKEN.sub("", text)
        wrong = sum(map(len, set(typed) ^ set(found)))
        return wrong + (0 if plain == self.plain(changed=self.changed) else max(1, len(plain)))


class Desk:
    """The people. Each of their methods is one thing that they do; `problems` is what went wrong."""

    def __init__(self, editor: Soaked, endpoint: MoodyEndpoint, seed: int, documents: int) -> None:
        self.editor, self.endpoint = editor, endpoint
        self.documents = [Document(number) for number in range(documents)]
        self.counts: Counter[str] = Counter()
        self.problems: list[str] = []
        self.waits = Waits([])
        self.lost = self.kills = 0
        self._chance = random.Random(seed)
        self._token = 0

    async def open_all(self) -> None:
        """Open every document."""
        for each in self.documents:
            await self.editor.open(each.name, each.plain(changed=False))

    # Typing

    async def type(self) -> None:
        """Type a word of a new line, character by character; old ones are taken out."""
        document = self._chance.choice(self.documents)
        self._token += 1
        token, uri = f"#t{self._token}.\n", self.editor.uri(document.name)
        if uri not in self.editor.documents.buffers:
            return
        line = self._chance.randrange(*document.areas[0])
        at = sum(map(len, self.editor.buffer(uri).text.splitlines(keepends=True)[:line]))
        # The line end comes first, so that every moment of it is a whole line.
        await self.editor.type(uri, at, "\n")
        for size in range(1, len(token)):
            await self.editor.type(uri, at + size - 1, token[size - 1])
            self.counts["keystrokes"] += 1
            await asyncio.sleep(0.001)
        document.typed.append(token)
        if len(document.typed) > KEPT:
            await self._take_out(document, uri)

    async def _take_out(self, document: Document, uri: str) -> None:
        token = document.typed.pop(0)
        at = self.editor.buffer(uri).text.index(token)
        await self.editor.delete(uri, at, at + len(token))

    async def look(self) -> None:
        """Ask for the code actions of some lines."""
        document = self._chance.choice(self.documents)
        uri = self.editor.uri(document.name)
        if uri not in self.editor.documents.buffers:
            return
        at = self._chance.randrange(len(self.editor.buffer(uri).text))
        done = self.waits.timed()
        await self.editor.code_actions(uri, at, at)
        done()
        self.counts["code actions"] += 1

    async def reopen(self) -> None:
        """Save a document, close it, open it again."""
        document = self._chance.choice(self.documents)
        if document.asked.locked():
            return
        async with document.asked:
            uri = self.editor.uri(document.name)
            text = self.editor.buffer(uri).text
            if _WHOLE.sub("", text) != _TOKEN.sub("", text):
                return  # Somebody types in it just now.
            await self.editor.save(uri)
            await self.editor.close(uri)
            await self.editor.open(document.name, text)
            self.counts["reopened"] += 1

    # Asking

    async def ask(self) -> None:
        """One run of some kind in a document where there is none, to its end."""
        free = [each for each in self.documents if not each.asked.locked()]
        document, kind = self._chance.choice(free), self._chance.choice(list(ENDS))
        async with document.asked:
            kills = self.kills
            self.endpoint.plan(document.name, *self._plan(document, kind))
            run = await self._asked(document, kind)
            if kind == "cancelled":
                await self._cancel(run)
            await self.editor.wait(lambda: run in self.editor.ends, 90)
            end = self.editor.ends[run]["state"]
            self.counts[f"runs {kind}"] += 1
            self.counts[f"ended {end}"] += 1
            if end == "applied":
                document.changed = not document.changed
            if not self._expected(kind, end) and kills == self.kills:
                return self._wrong(document, f"a run to be {kind} ended with {self.editor.ends[run]}")
            await self._after(document, kind, run, end)
            self.editor.states.pop(run, None)
            self.editor.ends.pop(run, None)
            self._check(document)

    def _expected(self, kind: str, end: str) -> bool:
        """What somebody typed in the very moment turns a direct change into one to review."""
        return end == ENDS[kind] or (ENDS[kind], end) == ("applied", "review")

    def _plan(self, document: Document, kind: str) -> list[Step]:
        patch = document.patch()
        match kind:
            case "answered":
                return [Answer("It computes a sum. " * 20)]
            case "cancelled":
                return [Answer("Let me think. " * 20, rest=never())]
            case "faulty":
                # What is not whole may be asked for once more.
                return [self._chance.choice(FAULTS)] * 4
            case "tools":
                read = call("c1", "read_file", f'{{"path": "{document.name}"}}')
                return [Answer(tool_calls=(read,)), Answer(patch)]
            case _:
                return [Answer(patch)]

    async def _asked(self, document: Document, kind: str) -> str:
        apply = "review" if ENDS[kind] == "review" else "direct"
        lines = {
            "start": {"line": crowd.PLACE - 5, "character": 0},
            "end": {"line": crowd.PLACE + 5, "character": 0},
        }
        ask = {"uri": self.editor.uri(document.name), "range": lines, "instruction": "use it", "apply": apply}
        return str((await self.editor.execute("codexLsp.ask", ask))["run"])

    async def _cancel(self, run: str) -> None:
        await self.editor.wait(
            lambda: run in self.editor.ends or "text" in self.editor.states.get(run, ()), 90
        )
        await self.editor.execute("codexLsp.cancel", {"run": run})

    async def _after(self, document: Document, kind: str, run: str, end: str) -> None:
        if end == "review" and kind == "rejected":
            if not (await self.editor.execute("codexLsp.reject", {"proposal": run}))["rejected"]:
                self._wrong(document, "there was no proposal to reject")
        elif end == "review":
            await self._until_changed(document, "codexLsp.accept", {"proposal": run})
        if kind == "undone" and end in ("applied", "review"):
            await self._until_changed(document, "codexLsp.undo", {"run": run})

    async def _until_changed(self, document: Document, command: str, argument: dict[str, str]) -> None:
        """Say it again where the edit met what was typed in the very moment, and changed nothing."""
        answers = []
        for _ in range(TRIES):
            answers.append(await self.editor.execute(command, argument))
            with suppress(TimeoutError):
                await self.editor.wait(lambda: self._is(document, not document.changed), 3)
                document.changed = not document.changed
                return
            if answers[-1].get("proposal", "") is None:
                # Meanwhile more proposals came to their end than a server remembers.
                self.counts["forgotten"] += 1
                return
            self.counts["said again"] += 1
        self._wrong(document, f"{command} changed nothing, {TRIES} times: {answers}")

    def _is(self, document: Document, changed: bool) -> bool:
        text = self.editor.buffer(document.name).text
        return _WHOLE.sub("", text).replace("\n", "") == document.plain(changed=changed).replace("\n", "")

    # Trouble

    async def kill(self) -> None:
        """Kill the worker, as a system short of memory does."""
        for pid in workers(runtime_folder()):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                self.kills += 1

    def _check(self, document: Document) -> None:
        text = self.editor.buffer(document.name).text
        if _WHOLE.sub("", text) != _TOKEN.sub("", text):
            return  # Somebody types in it just now; it is looked at again at the end.
        if not self._is(document, document.changed):
            self._wrong(document, "its text is not what it must be")

    def check_all(self) -> None:
        """Once everybody has stopped: every character of every document."""
        for each in self.documents:
            if lost := each.lost(self.editor.buffer(each.name).text):
                self.lost += lost
                self._wrong(each, f"{lost} characters are not as they must be")

    def _wrong(self, document: Document, what: str) -> None:
        self.problems.append(f"{document.name}: {what}")
