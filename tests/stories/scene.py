"""A story played in one editor: the real server in this process, the agent as the story says."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from codex_lsp.agent.model import ModelError, ModelInfo, Reply, ScriptedModel, ToolCall, Usage
from codex_lsp.lsp.server import CodexServer
from tests.stories.shown import Screen
from tests.stories.story import CLOSE, CURSOR, OPEN, Section, Story
from tests.support.editor import FakeEditor
from tests.support.editor_clients import NAMES, client
from tests.support.serving import OFF, READY, UNCONFIGURED, serving

MODEL, AGENT = ModelInfo(name="a model"), ModelInfo("agent", "llm", "an agent")
_PARTS_OF_MODELS = ("agent calls",)
_SECONDS = 20.0
_TURN = 0.002
# The person's own folders, which a story must not meet.
_FOLDERS = ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "HOME", "APPDATA")


class Pause(asyncio.Event):
    """Where the agent waits until the person lets it go on."""

    def __init__(self) -> None:
        super().__init__()
        self.reached = asyncio.Event()

    async def wait(self) -> Any:
        self.reached.set()
        try:
            return await super().wait()
        finally:
            self.reached.clear()


class Scene:
    """One editor with one server, and where the person is. `problems` are other servers' diagnostics."""

    def __init__(
        self, editor: FakeEditor, server: CodexServer, pauses: Sequence[Pause], feature: str
    ) -> None:
        self.editor = editor
        self.server = server
        self.screen = Screen(editor, steps=feature == "progress", links=feature == "jump")
        self.pauses = list(pauses)
        self.uri = ""
        self.selection = (0, 0)
        self.problems: list[tuple[str, dict[str, Any]]] = []
        self.opening: list[str] = []
        self.press = ""
        self.declines = 0

    @property
    def text(self) -> str:
        """The text of the document that the person is in."""
        return self.editor.buffer(self.uri).text

    async def settle(self) -> None:
        """Wait until nothing is under way but what waits for the person."""
        async with asyncio.timeout(_SECONDS):
            while True:
                if busy := self._busy():
                    await asyncio.wait(busy, timeout=_TURN)
                    continue
                # What was said before the answer is here with it.
                await self.editor.execute("codexLsp.status", {})
                if not self._busy():
                    return

    def _busy(self) -> set[asyncio.Task[None]]:
        held = sum(pause.reached.is_set() and not pause.is_set() for pause in self.pauses)
        runs = [run.task for run in self.server.runs._runs.values() if run.task and not run.task.done()]
        busy = {task for task in self.server._tasks if not task.done()}
        return busy | set(runs) if len(runs) > held else busy


@asynccontextmanager
async def scene(story: Story, editor_name: str, folder: Path) -> AsyncIterator[Scene]:
    """The story's beginning: its files, its documents open, the cursor where it says."""
    root = folder / editor_name
    root.mkdir()
    script, pauses = _script(story)
    is_model = any(each.kind in _PARTS_OF_MODELS for each in story.sections)
    settings = dict(story.settings)
    config = {"off": OFF, "unconfigured": UNCONFIGURED}.get(settings.pop("state", ""), READY)
    options = client(editor_name, initialization_options={"traces": False, **settings})
    for each in story.sections:
        if each.kind == "on disk":
            _write(root / each.name, each.text, crlf=story.crlf)
    model = ScriptedModel(script, MODEL if is_model else AGENT)
    async with serving(model, root, config=config, **options) as (editor, server):
        made = Scene(editor, server, pauses, story.feature)
        editor.options.answer_message = lambda params: _pressed(made, params)
        editor.options.confirm = lambda annotation: _confirmed(made)
        for each in reversed([each for each in story.sections if each.kind == "open"]):
            await _open(made, each, root, crlf=story.crlf)
        await made.settle()
        made.opening = [line for line in made.screen.news() if not line.endswith(" is open")]
        yield made


async def _open(made: Scene, section: Section, root: Path, *, crlf: bool) -> None:
    text = section.text.replace("\n", "\r\n") if crlf else section.text
    start = text.find(OPEN) if OPEN in text else text.find(CURSOR)
    text = text.replace(OPEN, "").replace(CURSOR, "")
    end = text.find(CLOSE)
    text = text.replace(CLOSE, "")
    _write(root / section.name, text)
    made.uri = (await made.editor.open(section.name, text)).uri
    made.selection = (max(start, 0), end if end >= 0 else max(start, 0))


def _write(path: Path, text: str, *, crlf: bool = False) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes((text.replace("\n", "\r\n") if crlf else text).encode())


def _pressed(made: Scene, params: Any) -> dict[str, Any] | None:
    return next((each for each in params.get("actions") or () if each["title"] == made.press), None)


def _confirmed(made: Scene) -> bool:
    made.declines -= 1
    return made.declines < 0


def _script(story: Story) -> tuple[list[Reply | Exception | asyncio.Event], list[Pause]]:
    script: list[Reply | Exception | asyncio.Event] = []
    for each in story.sections:
        match each.kind.split():
            case ["agent"]:
                script.append(Reply(each.text.rstrip("\n")))
            case ["agent", "waits"]:
                script.append(Pause())
            case ["agent", "fails"]:
                script.append(ModelError(each.text.strip()))
            case ["agent", "calls"]:
                script.append(_calls(each.text))
            case ["agent", tokens, "tokens"]:
                usage = Usage(int(tokens) - 100, 100, int(tokens), 0.0125)
                script.append(Reply(each.text.rstrip("\n"), usage=usage))
    return script, [each for each in script if isinstance(each, Pause)]


def _calls(text: str) -> Reply:
    parts = [line.split(" ", 1) for line in text.splitlines()]
    calls = [ToolCall(str(at), name, json.dumps(json.loads(said))) for at, (name, said) in enumerate(parts)]
    return Reply(tool_calls=tuple(calls), finish_reason="tool_calls")


@contextmanager
def home(story: Story) -> Iterator[Path]:
    """A folder for the story, with the person's own folders in it, to which the environment points."""
    before = {name: os.environ.get(name) for name in _FOLDERS}
    with TemporaryDirectory(prefix="story-") as folder:
        place = Path(folder).resolve()
        os.environ.update({name: str(place / "home") for name in _FOLDERS})
        for each in story.sections:
            if each.kind == "own ask":
                _write(place / "home" / "codex-lsp" / "asks" / each.name, each.text)
        try:
            yield place
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value


async def _played(story: Story, editor_name: str, folder: Path) -> str:
    from tests.stories.person import Person

    try:
        async with scene(story, editor_name, folder) as made:
            lines = await Person(made).live(story.does)
    except BaseException as error:
        error.add_note(f"in the story {story.name}, with {editor_name}")
        raise
    return "\n".join(lines) + "\n"


async def play(story: Story, editors: Sequence[str] = NAMES) -> dict[str, str]:
    """The story's transcript in each of these editors, all at the same time."""
    with home(story) as folder:
        told = await asyncio.gather(*(_played(story, name, folder) for name in editors))
    return dict(zip(editors, told, strict=True))
