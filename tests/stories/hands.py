"""What a person does with text and code actions in a story; `person` has the rest, and the list of it all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.stories import notes
from tests.stories.scene import Scene
from tests.support.buffers import StrictError

_OURS = "Codex: "


class Hands:
    """Somebody in an editor. `lines` is what is to be told of it."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.editor = scene.editor
        self.lines = [*scene.opening]

    def say(self, text: str) -> None:
        self.lines.append(self.scene.screen.masked(text))

    def note(self, text: str, kind: str = notes.LESS) -> None:
        if kind + text not in self.lines:
            self.lines.append(kind + text)

    def name(self, uri: str) -> str:
        root = self.editor.options.root
        assert root is not None
        return uri.removeprefix(root.as_uri() + "/")

    def place(self, words: str) -> tuple[int, int]:
        """Where these words stand in the document; `START` and `END` are its ends, `…#2` the second place."""
        text = self.scene.text
        if words in ("START", "END"):
            at = 0 if words == "START" else len(text)
            return at, at
        words, _, number = words.replace("\\n", "\n").partition("#")
        at = -1
        for _ in range(int(number or 1)):
            at = text.index(words, at + 1)
        return at, at + len(words)

    # Where the person is

    async def do_select(self, words: str) -> None:
        self.scene.selection = self.place(words)

    async def do_cursor(self, words: str) -> None:
        at = self.place(words)[0]
        self.scene.selection = (at, at)

    async def do_in(self, path: str) -> None:
        self.scene.uri, self.scene.selection = self.editor.uri(path), (0, 0)

    # The text

    async def do_type(self, what: str, where: str, words: str) -> None:
        at = self.place(words)[where == "after"]
        await self._typed(at, at, what)

    async def do_replace(self, words: str, new: str) -> None:
        await self._typed(*self.place(words), new)

    async def _typed(self, start: int, end: int, text: str) -> None:
        text = text.replace("\\n", "\n")
        await self.editor.replace(self.scene.uri, start, end, text)
        self.scene.screen.typed()

    async def do_undo(self) -> None:
        await self.editor.undo(self.scene.uri)

    async def do_save(self) -> None:
        await self.editor.save(self.scene.uri)

    async def do_close(self, path: str) -> None:
        await self.editor.close(self.editor.uri(path))

    async def do_open(self, path: str) -> None:
        await self.editor.open(path)

    async def do_text(self) -> None:
        self.lines += [f"  {line}".rstrip() for line in self.scene.text.splitlines()]

    # Actions

    async def do_problem(self, words: str, message: str) -> None:
        start, end = self.place(words)
        span = self.editor.buffer(self.scene.uri).range(start, end, self.editor.documents.encoding)
        self.scene.problems.append((self.scene.uri, {"range": span, "message": message, "source": "lint"}))

    async def _actions(self, start: int, end: int, *how: str) -> list[dict[str, Any]]:
        only = [how[how.index("only") + 1]] if "only" in how else None
        buffer, encoding = self.editor.buffer(self.scene.uri), self.editor.documents.encoding
        here = [
            each
            for uri, each in self.scene.problems
            if uri == self.scene.uri and buffer.touches(each, start, end, encoding)
        ]
        kind = 2 if "automatic" in how else 1
        return await self.editor.code_actions(
            self.scene.uri, start, end, only=only, diagnostics=here, trigger_kind=kind
        )

    async def do_look(self, *how: str) -> None:
        actions = await self._actions(*self.scene.selection, *how)
        for each in actions:
            title = each["title"].removeprefix(_OURS)
            kind = each.get("kind", "").removesuffix(".codex")
            disabled = f" (disabled: {each['disabled']['reason']})" if "disabled" in each else ""
            self.say(f"- {title} [{kind}]{disabled}")
        if not actions:
            self.say("- nothing is offered")
            if self.scene.server.config.state == "off" and "automatic" not in how:
                self.note(notes.NO_REASON)
        if "automatic" in how and not self.editor.options.quirks.trigger_kind and actions:
            self.note(notes.UNTOLD)

    async def do_choose(self, words: str, *how: str) -> None:
        if not await self.choose(self.scene.selection, (words,), *how):
            self.say("- not offered")
            if words.startswith("fix ") and self.editor.options.quirks.context_diagnostics != "all":
                self.note(notes.OTHERS_UNSEEN, notes.NOT)

    async def choose(self, place: tuple[int, int], titles: Sequence[str], *how: str) -> bool:
        for action in await self._actions(*place, *how):
            title = action["title"].removeprefix(_OURS)
            if not any(title.startswith(each) for each in titles):
                continue
            if "disabled" in action:
                self.say(f"- disabled: {action['disabled']['reason']}")
                return False
            await self._run(action)
            return True
        return False

    async def do_preferred(self) -> None:
        """Press the key that applies what is preferred."""
        actions = await self._actions(*self.scene.selection)
        found = [each["title"] for each in actions if each.get("isPreferred")]
        self.say(f"- {found or 'nothing is preferred'}")

    async def do_stale(self, words: str) -> None:
        """Take an action that was shown before the text changed."""
        actions = await self._actions(*self.scene.selection)
        chosen = next(each for each in actions if each["title"].startswith(_OURS + words))
        await self._typed(0, 0, "# typed\n")
        await self._run(chosen)

    async def _run(self, action: dict[str, Any]) -> None:
        try:
            answer = await self.editor.run_action(action)
        except StrictError as error:
            raise AssertionError(f"{action['title']!r} does not fit: {error}") from error
        if isinstance(answer, dict) and answer.get("error"):
            self.say(f"- refused: {answer['error']['message']}")
