"""The protocol subclass: what pygls leaves undone or does otherwise than an editor needs."""

from __future__ import annotations

from typing import Any, Protocol

from lsprotocol import types
from pygls.protocol import LanguageServerProtocol, lsp_method

from codex_lsp.lsp.commands import execute
from codex_lsp.lsp.documents import Documents
from codex_lsp.lsp.session import Session


class Host(Session, Protocol):
    """A session whose main loop can be ended and whose runs have progress."""

    def stop(self) -> None:
        """Let the main loop end after the message at hand."""
        ...

    def cancel_progress(self, token: types.ProgressToken) -> None:
        """Cancel the run that a progress belongs to."""
        ...


class CodexProtocol(LanguageServerProtocol):
    """pygls' protocol with synchronous commands and a cancel that reaches the run.

    Commands are handled in the very turn in which they arrive: an asynchronous handler would start a turn
    later and see changes that came after the command.
    """

    _server: Host  # type: ignore[assignment] # pygls names its own base class

    @property
    def ended_orderly(self) -> bool:
        """Whether a shutdown was asked for."""
        return self._shutdown

    def use(self, documents: Documents) -> None:
        """Keep documents of ours from now on, in place of pygls' workspace."""
        self._workspace = documents

    @lsp_method(types.EXIT)
    def lsp_exit(self, *arguments: object) -> None:  # type: ignore[override] # any handler may be plain
        """End the session: the main loop stops, and whoever started it decides on the exit code."""
        self._server.stop()

    @lsp_method(types.WORKSPACE_EXECUTE_COMMAND)
    def lsp_workspace__execute_command(self, params: types.ExecuteCommandParams) -> Any:
        """Answer a command at once; its work goes on as a run."""
        return execute(self._server, params)

    @lsp_method(types.WINDOW_WORK_DONE_PROGRESS_CANCEL)
    def lsp_work_done_progress_cancel(self, params: types.WorkDoneProgressCancelParams) -> None:
        """Cancel the run that the progress belongs to."""
        self._server.cancel_progress(params.token)
