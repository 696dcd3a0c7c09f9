"""What a person does in a story, a line each, and what comes of it.

select "…"   cursor "…"   in PATH                to another text, another document
look [automatic] [only KIND]   choose "…"        the code actions: see them, take one
ask "…" [HOW]   begin "…" [HOW]   go on   cancel  codexLsp.ask, to its end or only begun
refine "…"                                       codexLsp.refine, of the last proposal
type "…" before|after "…"   replace "…" "…"      in the text
save   close PATH   open PATH   undo             as everybody does
accept "…"|all   reject "…"|all   take           what waits: here, all; take: whatever is needed
problem "…" "…"                                  another server has a diagnostic there
press "…"   decline                              what to answer when asked next
show "…"   prompt "…"   offer   jump             what is to be read, got back, gone to
stale "…"   preferred                            an action that is old, or that a key takes
command NAME {json}   status   usage             a command; what is said of the state
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from typing import Any

from tests.stories import notes
from tests.stories.hands import Hands
from tests.support.editor import ResponseError
from tests.support.editor_edits import path_of

_APPLY = ("auto", "review", "annotated", "direct")
_ACCEPT = ("accept this change", "put the proposed lines in place of mine")
_REJECT = ("reject this change", "keep my lines, drop the proposed ones")


class Person(Hands):
    """One who does what the lines say, and writes down what is to be seen."""

    async def live(self, does: Sequence[str]) -> list[str]:
        """Do all of it; what was done and seen, and the texts in the end."""
        for line in does:
            self.lines.append(f"> {line}")
            words = shlex.split(line) if "{" not in line else line.split(" ", 2)
            await getattr(self, f"do_{words[0]}")(*words[1:])
            await self.scene.settle()
            for each in self.scene.screen.news():
                if not each.startswith((notes.LESS, notes.NOT)) or each not in self.lines:
                    self.lines.append(each)
        self._end()
        return self.lines

    def _end(self) -> None:
        for uri, buffer in sorted(self.editor.documents.buffers.items()):
            self.lines.append(f"= {self.name(uri)}")
            self.lines += [f"  {line}".rstrip() for line in buffer.text.replace("\r", "␍").splitlines()]
        root = self.editor.options.root
        assert root is not None
        opened = {path_of(uri) for uri in self.editor.documents.buffers}
        for path in sorted(set(root.rglob("*")) - opened):
            if path.is_file():
                self.lines.append(f"= {path.relative_to(root).as_posix()} on disk")
                self.lines += [f"  {line}".rstrip() for line in path.read_text().splitlines()]

    # Review

    def _marks(self) -> list[tuple[str, dict[str, Any]]]:
        found = self.editor.diagnostics.items()
        return [(uri, each) for uri, marks in found for each in marks if uri in self.editor.documents.buffers]

    async def _review(self, which: str, titles: Sequence[str]) -> bool:
        if which != "all":
            at = self.place(which)[0]
            return await self.choose((at, at), titles)
        for uri, mark in self._marks():
            at = self.editor.buffer(uri).offset(mark["range"]["start"], self.editor.documents.encoding)
            self.scene.uri, self.scene.selection = uri, (at, at)
            return await self.choose((at, at), titles)
        return False

    async def do_accept(self, which: str) -> None:
        if not await self._review(which, ("accept all",) if which == "all" else _ACCEPT):
            self.say("- not offered")

    async def do_reject(self, which: str) -> None:
        if not await self._review(which, ("reject all",) if which == "all" else _REJECT):
            self.say("- not offered")

    async def do_take(self) -> None:
        """See to it that all that was proposed is in the texts, by whatever it takes here."""
        status = await self.editor.execute("codexLsp.status", {})
        if not status["proposals"]:
            return
        if not self.editor.capabilities["workspace"].get("applyEdit"):
            self.note(notes.WAITS)
        if await self._review("all", ("accept all",)):
            return
        files = [file for each in status["review"] for file in each["files"] if file["kind"] != "changed"]
        if not files:
            return
        for file in files:
            await self._by_hand(file)
        await self.scene.settle()
        while self._marks() and await self._review("all", _ACCEPT):
            await self.scene.settle()

    async def _by_hand(self, file: dict[str, Any]) -> None:
        path = path_of(self.editor.uri(file["path"]))
        if file["kind"] == "moved":
            return self.note(notes.NOT_MOVED, notes.NOT)
        self.note(notes.FILE_BY_HAND)
        if file["kind"] == "new":
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
            await self.editor.open(file["path"])
        else:
            if file["uri"] in self.editor.documents.buffers:
                await self.editor.close(file["uri"])
            path.unlink()

    async def do_jump(self) -> None:
        if not await self.choose(self.scene.selection, ("go to the next change",)):
            self.note(notes.NO_JUMP)

    async def do_show(self, *words: str) -> None:
        """`show "…"`: a code action that shows something, or a command that does."""
        before = len(self.editor.shown_documents)
        if not await self.choose(self.scene.selection, words):
            self.say("- not offered")
        await self.scene.settle()
        if len(self.editor.shown_documents) == before:
            self.note(notes.AS_MESSAGE)

    # Runs

    async def _ask(self, instruction: str, how: Sequence[str]) -> None:
        buffer = self.editor.buffer(self.scene.uri)
        span = buffer.range(*self.scene.selection, self.editor.documents.encoding)
        arguments = {"uri": self.scene.uri, "range": span, "instruction": instruction}
        if chosen := [each for each in how if each in _APPLY]:
            arguments["apply"] = chosen[0]
        answer = await self.editor.execute("codexLsp.ask", arguments)
        if answer.get("error"):
            self.say(f"- refused: {answer['error']['message']}")

    async def do_ask(self, instruction: str, *how: str) -> None:
        await self._ask(instruction, how)
        await self.scene.settle()
        if "annotated" in how and not any(
            each.params["edit"].get("changeAnnotations") for each in self.editor.applied
        ):
            self.note(notes.NO_PREVIEW)

    async def do_prompt(self, instruction: str) -> None:
        """codexLsp.showPrompt, for the selection."""
        before = len(self.editor.shown_documents)
        arguments = self._filled({"uri": "DOCUMENT", "range": "HERE"}) | {"instruction": instruction}
        await self.editor.execute("codexLsp.showPrompt", arguments)
        await self.scene.settle()
        if len(self.editor.shown_documents) == before:
            self.note(notes.AS_MESSAGE)

    async def do_begin(self, instruction: str, *how: str) -> None:
        await self._ask(instruction, how)

    async def do_go(self, on: str) -> None:
        next(each for each in self.scene.pauses if not each.is_set()).set()

    async def do_cancel(self) -> None:
        await self.editor.cancel_progress(list(self.editor.progress)[-1])

    async def do_refine(self, instruction: str) -> None:
        """Go on from the last proposal with words."""
        status = await self.editor.execute("codexLsp.status", {})
        last = status["review"][-1]["proposal"]
        await self.editor.execute("codexLsp.refine", {"proposal": last, "instruction": instruction})

    async def do_press(self, words: str) -> None:
        self.scene.press = words

    async def do_decline(self) -> None:
        self.scene.declines = 1

    async def do_offer(self) -> None:
        """See what a run that was stopped had made."""
        if any(each.get("actions") for each in self.editor.messages):
            return
        self.note(notes.NO_BUTTON)
        if not await self.choose(self.scene.selection, ("show what the stopped run had changed",)):
            self.say("- not offered")

    async def do_command(self, name: str, arguments: str = "{}") -> None:
        try:
            answer = await self.editor.execute(name, self._filled(json.loads(arguments)))
        except ResponseError as error:
            self.say(f"- refused: {error.message}")
            return
        self.say(f"- {json.dumps(answer, ensure_ascii=False)}")

    def _filled(self, arguments: dict[str, Any]) -> dict[str, Any]:
        span = self.editor.buffer(self.scene.uri).range(*self.scene.selection, self.editor.documents.encoding)
        here = {"HERE": span, "DOCUMENT": self.scene.uri}
        return {
            name: here.get(each, each) if isinstance(each, str) else each for name, each in arguments.items()
        }

    async def do_usage(self) -> None:
        found = await self.editor.execute("codexLsp.status", {})
        self.say(f"- {json.dumps(found['usage'])}")

    async def do_status(self) -> None:
        found = await self.editor.execute("codexLsp.status", {})
        self.say(f"- {found['line']}")
        for each in found["review"]:
            undo = ", can be taken back" if each["canUndo"] else ""
            self.say(f"- proposal: {each['state']}{undo}")
        if found["lastError"]:
            self.say(f"- last error: {found['lastError']['code']}")
