"""The session with one client: its state, its services, and what it says to the client."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from typing import Any, Protocol

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from codex_lsp import __version__
from codex_lsp.agent.asks.ask import Ask
from codex_lsp.agent.model import Model, ModelError, ModelInfo
from codex_lsp.edits.text import Encoding
from codex_lsp.endpoint.config import EndpointConfig
from codex_lsp.lsp.capabilities import ClientCapabilities
from codex_lsp.lsp.custom_asks import CustomAsks
from codex_lsp.lsp.delivery import words
from codex_lsp.lsp.delivery.hunks import PendingHunks
from codex_lsp.lsp.delivery.turns import Turns
from codex_lsp.lsp.documents import NOTEBOOKS, Document, Documents
from codex_lsp.lsp.places import Places
from codex_lsp.lsp.plain import plain
from codex_lsp.lsp.runs.past import GoingOn, PastRuns
from codex_lsp.lsp.runs.running import Runs
from codex_lsp.lsp.runs.sums import Sums
from codex_lsp.lsp.session import Origin
from codex_lsp.lsp.settings_sync import SettingsSync
from codex_lsp.lsp.shown import Shown
from codex_lsp.lsp.wire.faults import INTERNAL, fault
from codex_lsp.lsp.wire.messages import Id
from codex_lsp.lsp.wire.protocol import CodexProtocol, converter
from codex_lsp.review.follow import FileConflict
from codex_lsp.settings import Apply, Settings
from codex_lsp.workspace.policy import Root

# A worker ends after half an hour of rest; editors ask for actions with every move of the cursor.
WAKE_SECONDS = 60.0

_log = logging.getLogger(__name__)


class Writer(Protocol):
    """Where messages to the client go: at once, or into a buffer."""

    def write(self, data: bytes, /) -> None:
        """Take one message."""
        ...

    def close(self) -> None:
        """No more will come."""
        ...


class Process(Protocol):
    """What surrounds the server where it is a process of its own."""

    def watch(self, process_id: int) -> None:
        """End when this process does."""
        ...

    def settle(self) -> None:
        """Begin to rest: the session is set up."""
        ...


class CodexServer(LanguageServer):
    """One server for one client; `model` answers its runs and is started and closed with it."""

    protocol: CodexProtocol

    def __init__(self, config: EndpointConfig, model: Model) -> None:
        super().__init__(
            "codex-lsp",
            __version__,
            protocol_cls=CodexProtocol,
            converter_factory=converter,
            notebook_document_sync=NOTEBOOKS,
        )
        self.config = config
        self.settings = SettingsSync(self)
        self.client = ClientCapabilities()
        self.roots: Sequence[Root] = ()
        self.mode = ""
        self.info: ModelInfo | None = None
        self.sums = Sums()
        self.shown = Shown(self)
        self.runs = Runs(self)
        self.turns = Turns()
        self.pending = PendingHunks(self._find, self._publish, self._conflict)
        self.past = PastRuns(self.pending.ids)
        self.asks = CustomAsks(lambda text: self.tell(types.MessageType.Warning, text), lambda: self.roots)
        self.model = model
        self.process: Process | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._told: set[str] = set()
        self._closing: asyncio.Task[None] | None = None
        self._wake_again = 0.0

    @property
    def documents(self) -> Documents:
        """The open documents."""
        assert isinstance(self.workspace, Documents)
        return self.workspace

    @property
    def encoding(self) -> Encoding:
        """The position encoding agreed with the client."""
        return self.documents.encoding

    async def serve(self, reader: asyncio.StreamReader, writer: Writer) -> None:
        """Serve one client on open streams, until it ends the session or hangs up."""
        asyncio.get_running_loop().set_exception_handler(_log_fault)
        self.protocol.set_writer(writer)
        try:
            await self.protocol.serve(reader)
        finally:
            await self.close()
            writer.close()

    def stop(self) -> None:
        """Let the main loop end after the message at hand."""
        self.protocol.stop()

    def watch(self, process_id: int) -> None:
        """End when this process does, if the server is a process of its own."""
        if self.process is not None:
            self.process.watch(process_id)

    @property
    def ended_orderly(self) -> bool:
        """Whether the client asked for a shutdown."""
        return self.protocol.ended_orderly

    @property
    def wire(self) -> CodexProtocol:
        """What messages to the client go through."""
        return self.protocol

    @property
    def problems(self) -> Sequence[str]:
        """What is wrong with the configuration and the settings, a sentence each."""
        return self.settings.problems

    def settings_for(self, uri: str) -> Settings:
        """The settings that hold for a document at this moment."""
        return self.settings.for_uri(uri)

    @property
    def settings_known(self) -> bool:
        """Whether the client has told its settings, or is not waited for any more."""
        return self.settings.known

    async def until_settings(self) -> None:
        """Wait a moment for the client's settings, if it has not told them yet."""
        await self.settings.until_known()

    def start_run(
        self, ask: Ask, places: Places, apply: Apply | None, origin: Origin, going_on: GoingOn | None = None
    ) -> str:
        """Begin a run, which may go on from another one; returns its id at once.

        `apply` is for this run; without it the settings say how.
        """
        return self.runs.start(ask, places, apply, origin, going_on)

    def cancel_runs(self, run_id: str | None) -> list[str]:
        """Cancel one run or all; returns the ids of those that will stop."""
        return self.runs.cancel(run_id)

    def cancel_progress(self, token: types.ProgressToken) -> None:
        """Cancel the run that a progress belongs to."""
        self.runs.cancel_progress(token)

    def cancel_run_of(self, request: Id) -> None:
        """Cancel the run that a request has begun."""
        self.runs.cancel_run_of(request)

    def active_runs(self) -> list[dict[str, Any]]:
        """Each run in progress, and how far it is."""
        return self.runs.active()

    def tell(self, kind: types.MessageType, text: str) -> None:
        """Show a message to the person."""
        self.window_show_message(types.ShowMessageParams(kind, plain(text)))

    def tell_once(self, kind: types.MessageType, text: str) -> None:
        """Show a message, the first time in this session that there is reason to."""
        if text not in self._told:
            self._told.add(text)
            self.tell(kind, text)

    def log(self, text: str) -> None:
        """Write a line to the client's log."""
        self.window_log_message(types.LogMessageParams(types.MessageType.Info, text))

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run `work` in the background and keep hold of it until it is done."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def wake_model(self) -> None:
        """Let the model's worker start, if it is not there: somebody may be about to ask."""
        now = asyncio.get_running_loop().time()
        if self.config.state == "ready" and now >= self._wake_again:
            self._wake_again = now + WAKE_SECONDS
            self.spawn(_start_model(self))

    async def end_runs(self) -> None:
        """Stop all runs, and let the model's worker begin to end."""
        for task in self._tasks:
            task.cancel()
        await self.runs.close()
        if self._closing is None:
            self._closing = asyncio.create_task(self.model.close())

    async def close(self) -> None:
        """Stop all runs and the model's worker, and wait until they are gone."""
        await self.end_runs()
        assert self._closing is not None
        await self._closing

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None and self._closing is None:
            _log.error("Work in the background failed: %s", fault(error))
            self.tell(types.MessageType.Error, INTERNAL)

    def _find(self, uri: str) -> Document | None:
        return self.documents.find(uri)

    def _publish(self, uri: str, version: int | None, diagnostics: list[types.Diagnostic]) -> None:
        for each in diagnostics:
            each.data = each.data if self.client.diagnostic_data else None
            each.related_information = each.related_information if self.client.related_places else None
        version = version if self.client.diagnostic_versions else None
        params = types.PublishDiagnosticsParams(uri, diagnostics, version=version)
        self.text_document_publish_diagnostics(params)

    def _conflict(self, conflicts: tuple[FileConflict, ...]) -> None:
        text = f"A proposed change no longer fits: {words.conflicts(conflicts)}"
        # Lines are marked where the person is; of a whole file nothing else would tell.
        if any(each.line is None for each in conflicts):
            self.tell(types.MessageType.Warning, text)
        else:
            self.log(text)


def _log_fault(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    error = context.get("exception")
    _log.error("%s: %s", context.get("message"), fault(error) if error else "no exception")


async def _start_model(server: CodexServer) -> None:
    try:
        await server.model.start()
    except ModelError as error:
        # The first ask will say it to the person; before that nobody wanted to know.
        _log.warning("%s", error)
