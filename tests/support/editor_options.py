"""What a `FakeEditor` can do and how it behaves; the defaults are a rich, well-behaved editor."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from tests.support.buffers import ENCODINGS, Encoding
from tests.support.editor_clients import Client, Quirks

ApplyBehaviour = Literal[
    "apply", "reject", "silent_skip", "stale_error", "ignore_versions", "by_hand", "no_reply"
]

SYMBOL_KINDS = list(range(1, 27))
CODE_ACTION_KINDS = ["", "quickfix", "refactor", "refactor.rewrite", "source", "source.fixAll"]

RICH_CAPABILITIES: dict[str, Any] = {
    "workspace": {
        "applyEdit": True,
        "workspaceEdit": {
            "documentChanges": True,
            "resourceOperations": ["create", "rename", "delete"],
            "failureHandling": "transactional",
            "normalizesLineEndings": False,
            "changeAnnotationSupport": {"groupsOnLabel": True},
        },
        "didChangeConfiguration": {"dynamicRegistration": True},
        "didChangeWatchedFiles": {"dynamicRegistration": True},
        "executeCommand": {"dynamicRegistration": False},
        "workspaceFolders": True,
        "configuration": True,
        "codeLens": {"refreshSupport": True},
        "diagnostics": {"refreshSupport": True},
    },
    "textDocument": {
        "synchronization": {"didSave": True, "willSave": False, "willSaveWaitUntil": False},
        "codeAction": {
            "codeActionLiteralSupport": {"codeActionKind": {"valueSet": CODE_ACTION_KINDS}},
            "isPreferredSupport": True,
            "disabledSupport": True,
            "dataSupport": True,
            "resolveSupport": {"properties": ["edit"]},
            "honorsChangeAnnotations": True,
        },
        "codeLens": {},
        "documentSymbol": {
            "hierarchicalDocumentSymbolSupport": True,
            "symbolKind": {"valueSet": SYMBOL_KINDS},
        },
        "publishDiagnostics": {
            "relatedInformation": True,
            "versionSupport": True,
            "tagSupport": {"valueSet": [1, 2]},
            "codeDescriptionSupport": True,
            "dataSupport": True,
        },
    },
    "window": {
        "workDoneProgress": True,
        "showMessage": {"messageActionItem": {"additionalPropertiesSupport": False}},
        "showDocument": {"support": True},
    },
}


def merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """`base` with `over` on top, mapping by mapping; a value of None takes the entry away."""
    merged = dict(base)
    for name, value in over.items():
        if value is None:
            merged.pop(name, None)
        elif isinstance(value, Mapping):
            below = merged.get(name)
            merged[name] = merge(below if isinstance(below, Mapping) else {}, value)
        else:
            merged[name] = value
    return merged


def accept(annotation: Mapping[str, Any]) -> bool:
    """Confirm every annotated change."""
    return True


def dismiss(params: Mapping[str, Any]) -> dict[str, Any] | None:
    """Close every message box without choosing."""
    return None


@dataclass
class Options:
    """The options of `FakeEditor.connect` and `.spawn`; those that say so may be changed at any time.

    - `client`: an editor of the field, whose capabilities and quirks take the place of the rich ones.
    - `capabilities`: merged over the client's or `RICH_CAPABILITIES`; None takes an entry away.
    - `position_encodings`: offered, best first; empty offers none, which means utf-16. A client has its own.
    - `root`: becomes rootUri and the first workspace folder; files come and go only below it.
    - `more_roots`: workspace folders behind it.
    - `apply_behaviour` (changeable): `"apply"` strictly; `"reject"` with `applied: false`; `"silent_skip"`
      leaves stale edits out and says `applied: true` (Neovim); `"stale_error"` answers them with an error
      (Eglot); `"ignore_versions"` (Kate); `"by_hand"` shows the edit, which `FakeEditor.apply_by_hand`
      applies (Eglot's diffs); `"no_reply"`.
    - `by_hand_answer` (changeable): the `applied` that `"by_hand"` answers.
    - `change_before_reply` (changeable): didChange goes out before the answer to applyEdit, or after it.
    - `confirm` (changeable): asked, with `{"id", "label", "description"?, ...}`, for each annotation that
      `needsConfirmation`; the edits of one that is declined are left out.
    - `answer_message` (changeable): the answer to window/showMessageRequest.
    - `shows_documents` (changeable): the `success` of window/showDocument; None gives no answer.
    - `accept_progress` (changeable): False answers window/workDoneProgress/create with an error.
    - `settings` (changeable): what workspace/configuration is answered from, by dotted section.
    - `clock`: what time it is, in seconds, for a client's limits.
    - `timeout`: seconds for every wait that names none.
    - `auto_initialize`: whether `async with` does the handshake.
    - `check_violations`: whether leaving `async with` raises for what is in `violations`.
    """

    client: Client | None = None
    capabilities: Mapping[str, Any] = field(default_factory=dict)
    position_encodings: Sequence[Encoding] = ("utf-16", *(e for e in ENCODINGS if e != "utf-16"))
    root: Path | None = None
    more_roots: Sequence[Path] = ()
    initialization_options: Any = None
    process_id: int | None = None
    client_name: str = "FakeEditor"
    apply_behaviour: ApplyBehaviour = "apply"
    by_hand_answer: bool = False
    change_before_reply: bool = True
    confirm: Callable[[Mapping[str, Any]], bool] = accept
    answer_message: Callable[[Mapping[str, Any]], dict[str, Any] | None] = dismiss
    shows_documents: bool | None = True
    accept_progress: bool = True
    settings: Mapping[str, Any] = field(default_factory=dict)
    clock: Callable[[], float] = time.monotonic
    timeout: float = 20.0
    auto_initialize: bool = True
    check_violations: bool = True

    @property
    def quirks(self) -> Quirks:
        """The client's, or none."""
        return self.client.quirks if self.client else Quirks()

    def client_capabilities(self) -> dict[str, Any]:
        """The ClientCapabilities as they are sent."""
        if self.client:
            return merge(self.client.capabilities, self.capabilities)
        rich = merge(RICH_CAPABILITIES, self.capabilities)
        if not self.position_encodings:
            return rich
        return merge({"general": {"positionEncodings": list(self.position_encodings)}}, rich)

    def initialize_params(self) -> dict[str, Any]:
        """The InitializeParams as they are sent."""
        params: dict[str, Any] = {"processId": self.process_id, "rootUri": None}
        if self.client and self.process_id is None and "processId" in self.client.sends:
            params["processId"] = os.getpid()
        params["capabilities"] = self.client_capabilities()
        if self.root is not None:
            params |= self._roots(self.root)
        info = self.client.info if self.client else {"name": self.client_name, "version": "1"}
        if info:
            params["clientInfo"] = info
        if self.initialization_options is not None:
            params["initializationOptions"] = self.initialization_options
        return params

    def _roots(self, root: Path) -> dict[str, Any]:
        uri = root.as_uri()
        told = {
            "rootPath": str(root),
            "rootUri": uri,
            "workspaceFolders": [
                {"uri": each.as_uri(), "name": each.name} for each in (root, *self.more_roots)
            ],
        }
        sends = self.client.sends if self.client else ("rootUri", "workspaceFolders")
        return {name: value for name, value in told.items() if name in sends}


def lookup(tree: Any, *path: str) -> Any:
    """The value at a path of mappings, or None."""
    for name in path:
        tree = tree.get(name) if isinstance(tree, Mapping) else None
    return tree
