"""What commands, runs and delivery may use of the server: one session with one client.

`server.CodexServer` is it. The modules between depend on this and not on the server, so that wiring stays
at the top.
"""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from typing import Any, Protocol

from lsprotocol import types
from pygls.protocol import LanguageServerProtocol

from codex_lsp.agent.asks.ask import Ask
from codex_lsp.agent.model import Model, ModelInfo
from codex_lsp.edits.text import Encoding
from codex_lsp.endpoint.config import EndpointConfig
from codex_lsp.lsp.capabilities import ClientCapabilities
from codex_lsp.lsp.custom_asks import CustomAsks
from codex_lsp.lsp.delivery.hunks import PendingHunks
from codex_lsp.lsp.delivery.turns import Turns
from codex_lsp.lsp.documents import Documents
from codex_lsp.lsp.places import Places
from codex_lsp.lsp.runs.past import GoingOn, PastRuns
from codex_lsp.lsp.runs.sums import Sums
from codex_lsp.lsp.shown import Shown
from codex_lsp.lsp.wire.messages import Id
from codex_lsp.records import record
from codex_lsp.settings import Apply, Settings
from codex_lsp.workspace.policy import Root


@record(frozen=True, slots=True)
class Origin:
    """What the client knows a run by that a command began: its progress token, if it gave one, and its id."""

    token: types.ProgressToken | None = None
    request: Id | None = None


class Session(Protocol):
    """The state and the services of one session."""

    config: EndpointConfig
    client: ClientCapabilities
    roots: Sequence[Root]
    model: Model
    mode: str
    info: ModelInfo | None
    sums: Sums
    shown: Shown
    turns: Turns
    pending: PendingHunks
    past: PastRuns
    asks: CustomAsks

    @property
    def documents(self) -> Documents:
        """The open documents."""
        ...

    @property
    def encoding(self) -> Encoding:
        """The position encoding agreed with the client."""
        ...

    @property
    def wire(self) -> LanguageServerProtocol:
        """What messages to the client go through."""
        ...

    @property
    def problems(self) -> Sequence[str]:
        """What is wrong with the configuration and the settings, a sentence each."""
        ...

    def settings_for(self, uri: str) -> Settings:
        """The settings that hold for a document at this moment."""
        ...

    @property
    def settings_known(self) -> bool:
        """Whether the client has told its settings, or is not waited for any more."""
        ...

    async def until_settings(self) -> None:
        """Wait a moment for the client's settings, if it has not told them yet."""
        ...

    def tell(self, kind: types.MessageType, text: str) -> None:
        """Show a message to the person."""
        ...

    def tell_once(self, kind: types.MessageType, text: str) -> None:
        """Show a message, the first time in this session that there is reason to."""
        ...

    def log(self, text: str) -> None:
        """Write a line to the client's log."""
        ...

    def start_run(
        self, ask: Ask, places: Places, apply: Apply | None, origin: Origin, going_on: GoingOn | None = None
    ) -> str:
        """Begin a run, which may go on from another one; returns its id at once.

        `apply` is for this run; without it the settings say how.
        """
        ...

    def cancel_runs(self, run_id: str | None) -> list[str]:
        """Cancel one run or all; returns the ids of those that will stop."""
        ...

    def active_runs(self) -> list[dict[str, Any]]:
        """Each run in progress, and how far it is."""
        ...

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Run `work` in the background and keep hold of it until it is done."""
        ...
