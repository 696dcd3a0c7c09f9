"""The server in this very event loop, with scripted models; its time is the loop's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from codex_lsp.agent.model import ModelInfo
from codex_lsp.lsp.server import CodexServer
from codex_lsp.lsp.wiring import create_server
from tests.faults.clock import Loop
from tests.faults.editors import PlayedEditor
from tests.faults.endpoints import Switchboard
from tests.faults.oracle import Errand, Oracle
from tests.support.editor import in_process_streams
from tests.support.serving import READY

SHUTDOWN_SECONDS = 30.0


class InProcess:
    """See `play.Stage`. `options` are the editor's, the same for every server it has."""

    timeless = True
    editor: PlayedEditor

    def __init__(
        self,
        oracle: Oracle,
        agent: bool,
        options: dict[str, Any],
        editor: type[PlayedEditor] = PlayedEditor,
    ) -> None:
        loop = asyncio.get_running_loop()
        assert isinstance(loop, Loop)
        self._loop = loop
        self._oracle = oracle
        self._info = ModelInfo("agent", "echo", "echo") if agent else ModelInfo(name="scripted")
        self._options = options
        self._kind = editor
        self._server: CodexServer
        self._model: Switchboard
        self._serving: asyncio.Task[None]

    async def start(self, prepare: Callable[[PlayedEditor], None]) -> None:
        """Start a server and connect an editor; `prepare` completes the editor."""
        self._prepare = prepare
        ours, theirs = await in_process_streams()
        self._model = Switchboard(self._info)
        self._server = create_server(READY, self._model)
        self._serving = asyncio.create_task(self._server.serve(*ours))
        self.editor = self._kind.connect(*theirs, check_violations=False, **self._options)
        prepare(self.editor)
        await self.editor.__aenter__()

    async def settle(self) -> None:
        """Wait until all has happened that needs no time."""
        await self._loop.idle()

    async def pass_time(self, seconds: float) -> None:
        """Let time go by."""
        await asyncio.sleep(seconds)
        await self._loop.idle()

    def now(self) -> float:
        """The loop's time."""
        return self._loop.time()

    def play(self, errand: Errand, replies: Sequence[Any]) -> None:
        """Prepare the replies; the first waits for `errand.release`."""
        gate = asyncio.Event()
        errand.release = gate.set
        self._model.play(errand.number, [gate, *replies])

    def server_text(self, uri: str) -> str | None:
        """The server's own text."""
        document = self._server.documents.find(uri)
        return document.source if document is not None else "(not open)"

    async def replace_server(self, how: str) -> None:
        """End this server, and start another with the same texts."""
        texts = {uri: (each.text, each.language_id) for uri, each in self.editor.documents.buffers.items()}
        await self.end(how)
        self._oracle.forget()
        await self.start(self._prepare)
        for uri, (text, language) in texts.items():
            await self.editor.open(uri, text, language)
        self._oracle.look(self.editor)

    async def end(self, how: str) -> None:
        """End the session in one of several ways; the server must leave nothing behind."""
        editor = self.editor
        editor.leaving = how != "shutdown"
        sent = len(editor.applied)
        for errand in self._oracle.errands:
            errand.stopping = True
        with suppress(ConnectionError):
            if how == "shutdown":
                await editor.shutdown()
                sent = len(editor.applied)
                await editor.exit()
            elif how == "exit at once":
                await editor.exit()
            elif how == "abort":
                await editor.kill()
            else:
                editor._polite = False
        await editor.__aexit__(None, None, None)
        await self._ended(how)
        if how == "shutdown" and len(editor.applied) > sent:
            self._oracle.violate("an edit after shutdown")
        if how == "shutdown" and editor._calls:
            names = [method for method, _ in editor._calls.values()]
            self._oracle.violate(f"never answered: {names}")

    async def _ended(self, how: str) -> None:
        try:
            async with asyncio.timeout(SHUTDOWN_SECONDS):
                await self._serving
        except TimeoutError:
            self._oracle.violate(f"the server does not end ({how})")
            return
        except Exception as error:
            self._oracle.violate(f"the server ended ({how}) with {error!r}")
        await self._loop.idle()
        if self._server.ended_orderly != (how == "shutdown"):
            self._oracle.violate(f"after {how} ended_orderly is {self._server.ended_orderly}")
        if not self._model.closed:
            self._oracle.violate("the model was not closed")
        if self._model.waiting:
            self._oracle.violate(f"requests to the model live on: {self._model.waiting}")
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        if tasks:
            self._oracle.violate(f"tasks are left: {tasks}")
            for task in tasks:
                task.cancel()
