"""Who is told of everything that happens in a run, so that it can be looked at and played again later.

`codex_lsp.traces` writes a file of it. All methods are called on the event loop, take no time worth measuring
(what is slow they leave to a thread) and keep what they are given. Each event is stamped when it is told, so
nobody has to measure. None raises, but a replay's trace, which ends a run by `CancelledError` where the
recorded one was cancelled.

The order of one run: `started`; `described`; then `asked` and, for each `asked`, one of `replied` and
`failed`, unless the run was stopped meanwhile; for each tool call `calling`, then `called`; `verified` for
each verification; last, exactly once, `ended`. `read`, `refused`, `guarded` and `step` come whenever they
happen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from codex_lsp.agent.asks.ask import Ask
    from codex_lsp.agent.limits import Limits
    from codex_lsp.agent.model import ModelInfo, Reply, Request, ToolCall, Usage
    from codex_lsp.agent.overlay import Overlay
    from codex_lsp.review.proposal import Proposal, Verification
    from codex_lsp.settings import Road


class Trace(Protocol):
    """Takes the events of one run."""

    def started(self, ask: Ask, overlay: Overlay, limits: Limits, *, road: Road = "auto") -> None:
        """The run begins and has read nothing. What `overlay` holds as pending is what it goes on from."""
        ...

    def described(self, info: ModelInfo) -> None:
        """What the model says of itself."""
        ...

    def read(self, path: str, text: str) -> None:
        """A file was read for the first time in this run: its text before any change by the run."""
        ...

    def refused(self, path: str, why: str) -> None:
        """A path was refused by the policy, for reading or for changing."""
        ...

    def guarded(self, path: str, why: str) -> None:
        """A file was changed whose change a person must confirm by itself; `why` is what the file does."""
        ...

    def step(self, text: str) -> None:
        """What the person was told on the way, one line."""
        ...

    def asked(self, request: Request) -> None:
        """A request goes out, whole as it is given."""
        ...

    def replied(self, reply: Reply) -> None:
        """A reply came, as the loop takes it from the model."""
        ...

    def failed(self, error: Exception) -> None:
        """No reply came: a `ModelError`, `NoTools` among them. What else ends a run is told by `ended`."""
        ...

    def calling(self, call: ToolCall) -> None:
        """A tool call begins."""
        ...

    def called(self, call: ToolCall, text: str, problem: str) -> None:
        """It is done: what goes back to the model, and `Result.problem` (empty if nothing was wrong)."""
        ...

    def verified(self, verification: Verification) -> None:
        """What a verification found."""
        ...

    def ended(
        self, reason: str, message: str, usage: Usage, *, model: str = "", proposal: Proposal | None = None
    ) -> None:
        """The run is over: its stop reason, what the person is told, the served model, what was proposed.

        A stopped run (limit, cancel, error) gives what it had changed by then as a proposal, too.
        """
        ...


class NullTrace:
    """Keeps nothing: where traces are switched off."""

    def started(self, ask: Ask, overlay: Overlay, limits: Limits, *, road: Road = "auto") -> None:
        """See `Trace`."""

    def described(self, info: ModelInfo) -> None:
        """See `Trace`."""

    def read(self, path: str, text: str) -> None:
        """See `Trace`."""

    def refused(self, path: str, why: str) -> None:
        """See `Trace`."""

    def guarded(self, path: str, why: str) -> None:
        """See `Trace`."""

    def step(self, text: str) -> None:
        """See `Trace`."""

    def asked(self, request: Request) -> None:
        """See `Trace`."""

    def replied(self, reply: Reply) -> None:
        """See `Trace`."""

    def failed(self, error: Exception) -> None:
        """See `Trace`."""

    def calling(self, call: ToolCall) -> None:
        """See `Trace`."""

    def called(self, call: ToolCall, text: str, problem: str) -> None:
        """See `Trace`."""

    def verified(self, verification: Verification) -> None:
        """See `Trace`."""

    def ended(
        self, reason: str, message: str, usage: Usage, *, model: str = "", proposal: Proposal | None = None
    ) -> None:
        """See `Trace`."""
