"""The offline agent behind the endpoint: a request in, the pieces of an answer out.

Three roads: a workspace in the request is answered with a patch; tools are used as a chat model would use
them; and without either it says what it is.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import aclosing
from types import MappingProxyType
from typing import Any

from codex_lsp.edits.formats.begin_patch import render
from codex_lsp.edits.text import split_lines
from codex_lsp.records import record
from codex_lsp.services import header
from codex_lsp.services.chat import Mode, Piece, Step, Text
from codex_lsp.services.errors import unprocessable
from codex_lsp.services.offline import pages, roads
from codex_lsp.services.offline.engine import ABILITIES, Outcome, Task, run
from codex_lsp.services.offline.ruff import Cancelled, Ruff
from codex_lsp.services.requests import ChatRequest, Workspace

MAX_AT_ONCE = 2

# A server ends a run after some two dozen turns; a file that needs more than this is too long for that.
MAX_READS = 16
_PIECE = 2000


@record(frozen=True, slots=True)
class _Done:
    """What came of a task: what to say, and the patch, empty if nothing is to be changed."""

    summary: str
    patch: str

    def answer(self) -> str:
        return f"{self.summary}\n\n{self.patch}" if self.patch else self.summary


class OfflineAgent:
    """An `Answerer`. All its requests share one `Ruff`."""

    models: Mapping[str, str] = MappingProxyType({"offline": "offline"})
    mode: Mode = "offline"
    workspace = True

    def __init__(self, ruff: Ruff) -> None:
        self._ruff = ruff
        self._turn = asyncio.Semaphore(MAX_AT_ONCE)

    async def ready(self) -> str:
        """Rules need nothing but themselves."""
        return ""

    async def about(self) -> Mapping[str, Any]:
        """There is no more to tell."""
        return {}

    async def answer(self, request: ChatRequest) -> AsyncGenerator[Piece, None]:
        """Answer by the road that the request opens."""
        if request.workspace is not None:
            road = self._with_workspace(request, request.workspace)
        elif request.tools:
            road = self._with_tools(request)
        else:
            road = _alone()
        async with aclosing(road) as pieces:
            async for piece in pieces:
                yield piece

    async def _with_workspace(
        self, request: ChatRequest, workspace: Workspace
    ) -> AsyncGenerator[Piece, None]:
        task = _workspace_task(header.read(request.messages).instruction, workspace)
        async with aclosing(self._work(task)) as work:
            async for item in work:
                if isinstance(item, Step):
                    yield item
                else:
                    for piece in _in_pieces(item.answer()):
                        yield piece

    async def _with_tools(self, request: ChatRequest) -> AsyncGenerator[Piece, None]:
        asked = header.read(request.messages)
        at = roads.state(request.messages)
        if at.finished:
            yield Text("Done.")
        elif at.edit is not None and at.edit.error:
            yield roads.ending(request, f"The edit was refused, and nothing was changed: {at.edit.error}")
        elif not asked.path or roads.READ not in request.tools:
            yield roads.ending(request, _cannot_read(request, asked))
        elif not at.reads:
            yield roads.call(request, roads.READ, {"path": asked.path})
        elif at.reads[-1].error:
            yield roads.ending(request, f"{asked.path} could not be read: {at.reads[-1].error}")
        else:
            async with aclosing(self._having_read(request, asked, at)) as pieces:
                async for piece in pieces:
                    yield piece

    async def _having_read(
        self, request: ChatRequest, asked: header.Header, at: roads.State
    ) -> AsyncGenerator[Piece, None]:
        file = pages.read([each.text for each in at.reads])
        if file.missing and len(at.reads) < MAX_READS and not file.partial:
            yield roads.call(request, roads.READ, {"path": asked.path, "start_line": file.missing})
        elif file.missing or file.partial:
            yield roads.ending(
                request, f"Only a part of {asked.path} could be read; the rules need the whole file."
            )
        else:
            async with aclosing(self._after_reading(request, asked, file.text, at.edit)) as pieces:
                async for piece in pieces:
                    yield piece

    async def _after_reading(
        self, request: ChatRequest, asked: header.Header, text: str, edited: roads.Result | None
    ) -> AsyncGenerator[Piece, None]:
        task = _file_task(asked, text)
        async with aclosing(self._work(task)) as work:
            async for item in work:
                if isinstance(item, Step):
                    # After the edit the work is done again only for its summary: those steps are known.
                    if edited is None:
                        yield item
                    continue
                if not item.patch or edited is not None:
                    yield roads.ending(request, item.summary)
                elif roads.EDIT in request.tools:
                    yield roads.call(request, roads.EDIT, {"patch": item.patch})
                else:
                    for piece in _in_pieces(item.answer()):
                        yield piece

    async def _work(self, task: Task) -> AsyncGenerator[Step | _Done, None]:
        """Run the engine in a thread of its own; its steps as they happen, then its outcome."""
        loop = asyncio.get_running_loop()
        queue: asyncio.Queue[Step | _Done | BaseException] = asyncio.Queue()
        session = self._ruff.session()

        def put(item: Step | _Done | BaseException) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(queue.put_nowait, item)

        def work() -> None:
            try:
                put(_done(task, run(task, session, lambda text: put(Step(text)))))
            except Cancelled:
                pass
            except BaseException as error:
                put(error)

        async with self._turn:
            # A daemon: a pool's threads would hold up the end of the process until they are done.
            threading.Thread(target=work, name="offline-rules", daemon=True).start()
            try:
                while True:
                    item = await queue.get()
                    if isinstance(item, BaseException):
                        raise item
                    yield item
                    if isinstance(item, _Done):
                        return
            finally:
                session.cancel()


async def _alone() -> AsyncGenerator[Piece, None]:
    """There is neither a workspace nor a tool: say what would be needed."""
    yield Text(
        f"{ABILITIES} I need a file to work on: send it as `codex_agent.workspace`, or declare the tools "
        "read_file and edit."
    )


def _cannot_read(request: ChatRequest, asked: header.Header) -> str:
    if roads.READ not in request.tools:
        return f"{ABILITIES} I would need the tool {roads.READ} to see the file."
    return f"{ABILITIES} The message must have a line `Path: FILE` and a line `Instruction: …`."


def _workspace_task(instruction: str, workspace: Workspace) -> Task:
    focus = workspace.focus
    if not workspace.files:
        raise unprocessable("codex_agent.workspace.files is empty.")
    path = focus.path if focus else next(iter(workspace.files))
    text = workspace.files[path]
    first, last = focus.lines() if focus else (0, _last_line(text))
    return Task(
        path=path,
        text=text,
        first=first,
        last=last,
        instruction=instruction,
        diagnostics=focus.diagnostics if focus else (),
        first_party=_packages(workspace.files),
    )


def _file_task(asked: header.Header, text: str) -> Task:
    first, last = asked.lines or (0, _last_line(text))
    packages = _packages([asked.path])
    return Task(asked.path, text, first, last, asked.instruction, asked.diagnostics, packages)


def _packages(paths: Iterable[str]) -> tuple[str, ...]:
    """The top-level names that the paths speak of: those imports are the project's own."""
    names = {path.removeprefix("src/").split("/")[0].removesuffix(".py") for path in paths}
    return tuple(sorted(names))


def _last_line(text: str) -> int:
    return max(0, len(split_lines(text)) - 1)


def _done(task: Task, outcome: Outcome) -> _Done:
    patch = "" if outcome.after is None else render(task.path, task.text, outcome.after)
    return _Done(outcome.summary, patch)


def _in_pieces(text: str) -> list[Text]:
    return [Text(text[at : at + _PIECE]) for at in range(0, len(text), _PIECE)]
