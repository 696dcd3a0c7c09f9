"""What checking a run's changes found, as they are by now; asked for more than once, checked once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from codex_lsp.agent.overlay import Overlay
from codex_lsp.agent.trace import Trace
from codex_lsp.review.proposal import FileChange, Verification

Verify = Callable[[tuple[FileChange, ...]], Awaitable[Verification]]


class Verifier:
    """Verifies what a run has changed."""

    def __init__(self, overlay: Overlay, verify: Verify, trace: Trace) -> None:
        self._overlay = overlay
        self._verify = verify
        self._trace = trace
        self._found: tuple[tuple[FileChange, ...], Verification] | None = None

    async def found(self) -> Verification:
        """What checking the changes as they are finds; they are not checked twice."""
        changes = self._overlay.changes()
        if self._found is None or self._found[0] != changes:
            verification = await self._verify(changes)
            self._trace.verified(verification)
            self._found = changes, verification
        return self._found[1]

    def is_current(self) -> bool:
        """Whether the changes are still those that were checked."""
        return self._found is not None and self._found[0] == self._overlay.changes()
