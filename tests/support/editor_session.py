"""The client's side of a session: what it answers to the server's requests, and what it records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
        self.documents = Documents()
        self.messages: list[dict[str, Any]] = []
        self.logs: list[dict[str, Any]] = []
        self.diagnostics: dict[str, list[dict[str, Any]]] = {}
        self.applied: list[Applied] = []
        self.notifications: list[tuple[str, Any]] = []
        self.registrations: dict[str, dict[str, Any]] = {}
        self.shown_documents: list[dict[str, Any]] = []
        self.refreshes: list[str] = []
        self._progress = ProgressBook()

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
                return {"success": True}
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
        try:
            plan = self._plan(params["edit"])
        except Refusal as error:
            return self._outcome(params, str(error))
        except StrictError as error:
            self.violate(f"an edit that does not fit: {error}")
            return self._outcome(params, str(error))
        said = self.documents.commit(plan.steps)
        answer = self._outcome(params, changed=bool(plan.steps))
        if self.options.change_before_reply:
            self._tell(said)
            return answer
        self._reply(request_id, {"result": answer})
        self._tell(said)
        raise NoReply

    def _outcome(self, params: dict[str, Any], reason: str = "", changed: bool = False) -> dict[str, Any]:
        answer = {"applied": False, "failureReason": reason} if reason else {"applied": True}
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
            confirm=self.options.confirm,
        )
