"""The client's side of a session: what it answers to the server's requests, and what it records."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.support.buffers import StrictError
from tests.support.editor_checks import (
    ProgressBook,
    check_diagnostics,
    check_method,
    check_registration,
    check_workspace_edit,
)
from tests.support.editor_edits import Documents, Notification, Plan, Refusal, Versions
from tests.support.editor_options import Options, lookup
from tests.support.editor_rpc import METHOD_NOT_FOUND, NoReply, RpcClient
from tests.support.editor_wire import ResponseError

INTERNAL_ERROR = -32603
REQUEST_FAILED = -32803


@dataclass(slots=True)
class Applied:
    """One workspace/applyEdit. `answer` is what the server was told: `{"applied", "failureReason"?}`.

    `answer` is None if it was told nothing. `changed` says whether any buffer or file really changed.
    """

    params: dict[str, Any]
    answer: dict[str, Any] | None
    changed: bool

    @property
    def applied(self) -> bool:
        """What the server was told."""
        return bool(self.answer and self.answer["applied"])


class Session(RpcClient):
    """Records what a server says and answers what it asks. `FakeEditor` adds what a person does."""

    def __init__(self, options: Options) -> None:
        super().__init__(options.timeout)
        self.options = options
        self.capabilities = options.client_capabilities()
        self.documents = Documents(options.quirks)
        self.messages: list[dict[str, Any]] = []
        self.logs: list[dict[str, Any]] = []
        self.diagnostics: dict[str, list[dict[str, Any]]] = {}
        self.applied: list[Applied] = []
        self.by_hand: list[dict[str, Any]] = []
        self.notifications: list[tuple[str, Any]] = []
        self.registrations: dict[str, dict[str, Any]] = {}
        self.shown_documents: list[dict[str, Any]] = []
        self.refreshes: list[str] = []
        self._progress = ProgressBook()
        self._last_command: float | None = None

    @property
    def progress(self) -> Mapping[int | str, list[dict[str, Any]]]:
        """The values of each work-done progress, by token, in the order they came."""
        return self._progress.values

    @property
    def initialized(self) -> bool:
        """Whether the server has answered initialize."""
        return "initialize" in self._answered.values()

    def _violate_all(self, texts: Iterable[str]) -> None:
        for text in texts:
            self.violate(text)

    def _tell(self, said: Iterable[Notification]) -> None:
        for method, params in said:
            self._notify(method, params)

    # Notifications from the server

    def _note(self, method: str, params: Any) -> None:
        self.notifications.append((method, params))
        self._violate_all(check_method(method, self.capabilities, self.initialized))
        match method:
            case "window/showMessage":
                self.messages.append(params)
            case "window/logMessage":
                self.logs.append(params)
            case "textDocument/publishDiagnostics":
                self._take_diagnostics(params)
            case "$/progress":
                self._violate_all(self._progress.take(params["token"], params["value"]))

    def _take_diagnostics(self, params: dict[str, Any]) -> None:
        buffer = self.documents.buffers.get(params["uri"])
        self._violate_all(check_diagnostics(params, buffer, self.documents.encoding, self.capabilities))
        self.diagnostics[params["uri"]] = params["diagnostics"]

    # Requests from the server

    def _result(self, request_id: Any, method: str, params: Any) -> Any:
        self._violate_all(check_method(method, self.capabilities, self.initialized))
        match method:
            case "workspace/applyEdit":
                return self._take_edit(request_id, params)
            case "window/workDoneProgress/create":
                return self._create_progress(params["token"])
            case "client/registerCapability":
                return self._register(params["registrations"])
            case "client/unregisterCapability":
                return self._unregister(params["unregisterations"])
            case "workspace/configuration":
                return [self._setting(item.get("section")) for item in params["items"]]
            case "workspace/workspaceFolders":
                return self.options.initialize_params().get("workspaceFolders")
            case "window/showMessageRequest":
                self.messages.append(params)
                return self.options.answer_message(params)
            case "window/showDocument":
                self.shown_documents.append(params)
                if self.options.shows_documents is None:
                    raise NoReply
                return {"success": self.options.shows_documents}
            case "workspace/codeLens/refresh" | "workspace/diagnostic/refresh":
                return self.refreshes.append(method)
            case _:
                self.violate(f"a request that no client knows: {method}")
                raise ResponseError(METHOD_NOT_FOUND, f"no such method: {method}")

    def _create_progress(self, token: int | str) -> None:
        self._violate_all(self._progress.create(token, self.options.accept_progress))
        if not self.options.accept_progress:
            raise ResponseError(REQUEST_FAILED, "no progress here")

    def _register(self, registrations: list[dict[str, Any]]) -> None:
        for registration in registrations:
            self._violate_all(check_registration(registration, self.capabilities))
            self.registrations[registration["id"]] = registration

    def _unregister(self, registrations: list[dict[str, Any]]) -> None:
        for registration in registrations:
            if self.registrations.pop(registration["id"], None) is None:
                self.violate(f"unregistered, but never registered: {registration!r}")

    def _setting(self, section: str | None) -> Any:
        return lookup(self.options.settings, *section.split(".")) if section else self.options.settings

    def _take_edit(self, request_id: Any, params: dict[str, Any]) -> dict[str, Any]:
        """Do with an applyEdit what `apply_behaviour` says, and answer it."""
        behaviour = self.options.apply_behaviour
        self._violate_all(check_workspace_edit(params["edit"], self.capabilities))
        if behaviour == "no_reply":
            self.applied.append(Applied(params, None, False))
            raise NoReply
        if behaviour == "reject":
            return self._outcome(params, "the person said no")
        if self._too_late():
            return self._outcome(params, "")
        try:
            plan = self._plan(params["edit"])
        except Refusal as error:
            return self._refused(params, str(error))
        except StrictError as error:
            self.violate(f"an edit that does not fit: {error}")
            return self._outcome(params, str(error))
        if behaviour == "by_hand":
            self.by_hand.append(params["edit"])
            return self._outcome(params, None if self.options.by_hand_answer else "")
        said = self.documents.commit(plan.steps)
        answer = self._outcome(params, changed=bool(plan.steps))
        if self.options.change_before_reply:
            self._tell(said)
            return answer
        self._reply(request_id, {"result": answer})
        self._tell(said)
        raise NoReply

    def _too_late(self) -> bool:
        """Whether this editor takes edits only for a while after a command, and that is over."""
        limit = self.options.quirks.apply_seconds
        if limit is None:
            return False
        return self._last_command is None or self.options.clock() - self._last_command > limit

    def _refused(self, params: dict[str, Any], reason: str) -> dict[str, Any]:
        if self.options.apply_behaviour == "stale_error":
            self.applied.append(Applied(params, None, False))
            raise ResponseError(INTERNAL_ERROR, reason)
        own = self.options.quirks.reason
        return self._outcome(params, reason if own is None else own)

    def _outcome(
        self, params: dict[str, Any], reason: str | None = None, changed: bool = False
    ) -> dict[str, Any]:
        """The answer: applied, unless there is a reason against it, which may be an empty one."""
        answer: dict[str, Any] = {"applied": reason is None}
        if reason:
            answer["failureReason"] = reason
        self.applied.append(Applied(params, answer, changed))
        return answer

    def _plan(self, edit: Mapping[str, Any]) -> Plan:
        versions: dict[str, Versions] = {"silent_skip": "skip", "ignore_versions": "ignore"}
        return Plan(
            edit,
            self.documents.buffers,
            self.options.root,
            self.documents.encoding,
            versions=versions.get(self.options.apply_behaviour, "strict"),
            moves_open_files=self.options.quirks.moves_open_files,
            confirm=self.options.confirm,
        )

    # Waiting for what the server does

    async def wait_for_progress_begin(self, count: int = 1) -> int | str:
        """Wait until `count` progresses have begun; returns the last one's token."""
        begun = await self.wait(lambda: [t for t, values in self.progress.items() if values][count - 1 :])
        return begun[0]

    async def wait_for_progress_end(
        self, token: int | str | None = None, *, count: int = 1
    ) -> list[dict[str, Any]]:
        """Wait for the end of a progress, or of `count` of them; returns the (last) one's values."""
        if token is None:
            token = (await self.wait(lambda: self._progress.ended[count - 1 :]))[0]
        await self.wait(lambda: token in self._progress.ended)
        return self.progress[token]

    async def wait_for_apply(self, n: int = 1) -> Applied:
        """Wait until `n` applyEdits came in all; returns the n-th."""
        await self.wait(lambda: len(self.applied) >= n)
        return self.applied[n - 1]

    async def wait_for_message(self, pattern: str) -> dict[str, Any]:
        """Wait for a message to the person that matches a regular expression; returns the first."""
        found = await self.wait(lambda: [m for m in self.messages if re.search(pattern, m["message"])])
        return found[0]

    async def wait_for_notification(
        self, method: str, matches: Callable[[Any], bool] = lambda params: True
    ) -> Any:
        """Wait for a notification whose params match; returns the params of the first."""
        found = await self.wait(lambda: [p for m, p in self.notifications if m == method and matches(p)][:1])
        return found[0]
