"""Work-done progress of one run: server-created where the client can, on the request's token else.

The client answers `window/workDoneProgress/create` whenever it likes; the run does not wait for it, and what
happened meanwhile is reported then.
"""

from __future__ import annotations

import uuid
from concurrent.futures import Future
from typing import Any

from lsprotocol import types
from pygls.protocol import LanguageServerProtocol


class RunProgress:
    """Begins at construction; `report` and `end` may be called at any time and in any state."""

    def __init__(
        self, wire: LanguageServerProtocol, title: str, *, can_create: bool, token: types.ProgressToken | None
    ) -> None:
        self._wire = wire
        self._title = title
        self._early: list[str] = []
        self._begun = self._ended = False
        self._end_message = ""
        self.token: types.ProgressToken | None = token
        if token is not None:
            self._begin()
        elif can_create:
            self.token = f"codex-lsp/{uuid.uuid4().hex}"
            params = types.WorkDoneProgressCreateParams(self.token)
            future = wire.send_request(types.WINDOW_WORK_DONE_PROGRESS_CREATE, params)
            future.add_done_callback(self._created)

    def report(self, step: str) -> None:
        """Tell the step that the run is at."""
        if self._ended:
            return
        if self._begun:
            self._notify(types.WorkDoneProgressReport(message=step, cancellable=True))
        else:
            self._early.append(step)

    def end(self, message: str) -> None:
        """End the progress with a last message; a second end does nothing."""
        if self._ended:
            return
        self._ended, self._end_message = True, message
        if self._begun:
            self._notify(types.WorkDoneProgressEnd(message=message))

    def _created(self, future: Future[Any]) -> None:
        if future.cancelled() or future.exception() is not None:
            return
        self._begin()
        if self._ended:
            self._notify(types.WorkDoneProgressEnd(message=self._end_message))

    def _begin(self) -> None:
        self._begun = True
        self._notify(types.WorkDoneProgressBegin(title=self._title, cancellable=True))
        for step in self._early:
            self._notify(types.WorkDoneProgressReport(message=step, cancellable=True))

    def _notify(
        self, value: types.WorkDoneProgressBegin | types.WorkDoneProgressReport | types.WorkDoneProgressEnd
    ) -> None:
        assert self.token is not None
        self._wire.notify(types.PROGRESS, types.ProgressParams(self.token, value))
