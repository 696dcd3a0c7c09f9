"""Messages of a plausible session: what an editor sends, with good and bad arguments, before any mutation.

Everything follows from the seed and the messages before, nothing from what a server said: message 812 of
seed 3 is always the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from lsprotocol import types

from tests.fuzz import grow, mutate, values

Json = dict[str, Any]
KEPT_IDS = 20


@dataclass(frozen=True)
class Message:
    """One body to be framed, and what it was made by."""

    index: int
    body: bytes
    origin: str


class Author:
    """Writes the messages of one session, one after the other."""

    def __init__(self, seed: int | str) -> None:
        self._seed = seed
        self._versions: dict[str, int] = {}
        self._ids: list[int | str] = [1]

    def write(self, index: int) -> Message:
        """The next message of a running session. It never ends the session."""
        random = Random(f"{self._seed}/{index}")
        plain = self.plain(random, index)
        # Most documents are really open, else hardly any command would find one.
        kind = random.randrange(60 if plain["method"] == types.TEXT_DOCUMENT_DID_OPEN else 100)
        if kind < 55:
            return Message(index, mutate.encode(random, plain), "plain")
        if kind < 82:
            return Message(index, mutate.encode(random, mutate.member(random, plain)), "member")
        if kind < 88:
            batch = [plain, *(self.plain(random, f"{index}.{each}") for each in range(random.randrange(3)))]
            return Message(index, mutate.encode(random, batch), "batch")
        if kind < 91:
            return Message(index, mutate.encode(random, mutate.no_message(random)), "value")
        if kind < 98:
            return Message(index, mutate.spoil(random, plain), "bytes")
        return Message(index, mutate.nested(random, plain), "nested")

    def early(self, index: int) -> Message:
        """A message for before `initialize` or after `shutdown`, spoilt initialize requests among them."""
        random = Random(f"{self._seed}/{index}")
        if random.randrange(4):
            return self.write(index)
        params = grow.params(random, types.INITIALIZE)
        wrong = mutate.member(random, request(f"m{index}", types.INITIALIZE, params))
        if isinstance(found := wrong.get("params"), dict):
            found["processId"] = None  # a number would be a process to watch, and most are dead
        return Message(index, mutate.encode(random, wrong), "initialize")

    def plain(self, random: Random, number: int | str) -> Json:
        """A message as an editor may send it; requests get an id of their own, rarely one of before."""
        (write,) = random.choices(_WRITERS, _WEIGHTS)
        message = write(self, random)
        if message["method"] in grow.REQUESTS or message["method"].startswith("fuzz/"):
            message["id"] = self._new_id(random, number)
        return message

    def _new_id(self, random: Random, number: int | str) -> int | str:
        kind = random.randrange(20)
        if kind == 0:
            return random.choice(self._ids)
        new: int | str = f"m{number}" if kind < 8 or isinstance(number, str) else number + 10
        self._ids = [*self._ids[-KEPT_IDS:], new]
        return new

    def _document(self, random: Random) -> str:
        return random.choice(list(self._versions)) if self._versions else values.uri(random)

    def _open(self, random: Random) -> Json:
        uri, version = values.uri(random), random.choice((0, 1, 1, 7, -1))
        self._versions[uri] = version
        language = random.choice(("python", "markdown", "plaintext", ""))
        item = {"uri": uri, "languageId": language, "version": version, "text": values.text(random)}
        return notification(types.TEXT_DOCUMENT_DID_OPEN, {"textDocument": item})

    def _change(self, random: Random) -> Json:
        uri = self._document(random)
        version = self._versions.get(uri, 0) + random.choice((1, 1, 1, 1, 0, -1, 100))
        if uri in self._versions:
            self._versions[uri] = version
        changes: list[Json] = []
        for _ in range(random.choice((1, 1, 1, 2, 5))):
            if random.randrange(8) == 0:
                changes.append({"text": values.text(random)})
            else:
                changes.append({"range": values.range_(random), "text": values.piece(random)})
                if random.randrange(5) == 0:
                    changes[-1]["rangeLength"] = random.choice(values.INTEGERS)
        identifier = {"uri": uri, "version": version}
        return notification(
            types.TEXT_DOCUMENT_DID_CHANGE, {"textDocument": identifier, "contentChanges": changes}
        )

    def _close(self, random: Random) -> Json:
        uri = self._document(random)
        self._versions.pop(uri, None)
        return notification(types.TEXT_DOCUMENT_DID_CLOSE, {"textDocument": {"uri": uri}})

    def _rename(self, random: Random) -> Json:
        old, new = self._document(random), values.uri(random)
        return notification(types.WORKSPACE_DID_RENAME_FILES, {"files": [{"oldUri": old, "newUri": new}]})

    def _action(self, random: Random) -> Json:
        context: Json = {"diagnostics": [_diagnostic(random) for _ in range(random.randrange(3))]}
        if random.random() < 0.3:
            context["only"] = [
                random.choice(("quickfix", "source", "refactor.rewrite", "source.codex.fixAll"))
            ]
        if random.random() < 0.6:
            context["triggerKind"] = random.choice((1, 1, 2))
        where = {"uri": self._document(random)}
        return notification(
            types.TEXT_DOCUMENT_CODE_ACTION,
            {"textDocument": where, "range": values.range_(random), "context": context},
        )

    def _command(self, random: Random) -> Json:
        params: Json = {"command": random.choice(values.COMMANDS), "arguments": self._arguments(random)}
        if random.randrange(6) == 0:
            params["command"] = values.string(random)
        if random.randrange(5) == 0:
            del params["arguments"]
        if random.randrange(5) == 0:
            params["workDoneToken"] = random.choice((*self._ids, "token", "", 0))
        return notification(types.WORKSPACE_EXECUTE_COMMAND, params)

    def _ask(self, random: Random) -> Json:
        """What starts a run, where the server is ready."""
        known: Json = {
            "uri": self._document(random),
            "range": values.range_(random),
            "instruction": random.choice(("tidy up", "Set alpha to 2.")),
            "apply": random.choice(("auto", "review", "direct", "annotated")),
        }
        command = random.choice(("codexLsp.ask", "codexLsp.ask", "codexLsp.fix", "codexLsp.explain"))
        return notification(types.WORKSPACE_EXECUTE_COMMAND, {"command": command, "arguments": [known]})

    def _arguments(self, random: Random) -> list[Any]:
        if random.randrange(4) == 0:
            return [values.anything(random) for _ in range(random.randrange(3))]
        uri = self._document(random)
        known: Json = {
            "uri": uri,
            "range": values.range_(random),
            "instruction": random.choice(("tidy up", "explain this", "Set alpha to 2.", "", " ")),
            "version": self._versions.get(uri),
            "apply": random.choice(("auto", "review", "direct", "annotated", "other")),
            "diagnostics": [_diagnostic(random) for _ in range(random.randrange(2))],
            "proposal": random.choice(("p1", "", "1")),
            "run": random.choice(("r1", "", "1")),
            "path": random.choice(("a.py", "", "..")),
            "hunk": random.choice((0, 1, -1, 10**30)),
            "name": random.choice(("tests", "explain", "commit", "")),
            "reach": random.choice(("range", "file", "open", "")),
        }
        return [{name: value for name, value in known.items() if random.randrange(6)}]

    def _cancel(self, random: Random) -> Json:
        id_ = random.choice(self._ids) if random.randrange(4) else values.anything(random, 1)
        return notification(types.CANCEL_REQUEST, {"id": id_})

    def _cancel_progress(self, random: Random) -> Json:
        token = random.choice((*self._ids, "token", "", 0, "codex-lsp/1"))
        return notification(types.WINDOW_WORK_DONE_PROGRESS_CANCEL, {"token": token})

    def _configuration(self, random: Random) -> Json:
        value = random.choice(
            (None, {}, {"codexLsp": {"apply": values.string(random)}}, values.anything(random))
        )
        return notification(types.WORKSPACE_DID_CHANGE_CONFIGURATION, {"settings": value})

    def _folders(self, random: Random) -> Json:
        def some() -> list[Json]:
            return [
                {"uri": random.choice(values.DOCUMENTS).rpartition("/")[0], "name": values.string(random)}
                for _ in range(random.randrange(3))
            ]

        event = {"added": some(), "removed": some()}
        return notification(types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS, {"event": event})

    def _notebook(self, random: Random) -> Json:
        notebook = {"uri": "file:///codex-lsp-fuzz/n.ipynb", "version": random.randrange(9)}
        cells = [f"vscode-notebook-cell:/codex-lsp-fuzz/n.ipynb#c{each}" for each in range(3)]
        kind = random.randrange(4)
        if kind == 0:
            return notification(
                types.NOTEBOOK_DOCUMENT_DID_CLOSE,
                {"notebookDocument": notebook, "cellTextDocuments": [{"uri": each} for each in cells]},
            )
        items = [
            {"uri": each, "languageId": "python", "version": 1, "text": values.text(random, 3)}
            for each in cells
        ]
        if kind < 3:
            notebook |= {
                "notebookType": "jupyter",
                "cells": [{"kind": 2, "document": each} for each in cells],
            }
            return notification(
                types.NOTEBOOK_DOCUMENT_DID_OPEN,
                {"notebookDocument": notebook, "cellTextDocuments": items},
            )
        changes = [{"range": values.range_(random), "text": values.piece(random)}]
        edit = {"document": {"uri": random.choice(cells), "version": 2}, "changes": changes}
        start = random.choice((0, 1, 99))
        array: Json = {"start": start, "deleteCount": random.choice((0, 1, 99)), "cells": []}
        structure = {"array": array, "didOpen": items[:1], "didClose": [{"uri": cells[0]}]}
        cell_change = random.choice(({"textContent": [edit]}, {"structure": structure}))
        return notification(
            types.NOTEBOOK_DOCUMENT_DID_CHANGE,
            {"notebookDocument": notebook, "change": {"cells": cell_change}},
        )

    def _trace(self, random: Random) -> Json:
        value = random.choice(("off", "messages", "verbose", values.string(random)))
        return notification(types.SET_TRACE, {"value": value})

    def _grown(self, random: Random) -> Json:
        method = random.choice(grow.METHODS)
        message = notification(method, grow.params(random, method))
        if message["params"] is None and random.random() < 0.5:
            del message["params"]
        return message

    def _unknown(self, random: Random) -> Json:
        method = "fuzz/" + random.choice(("", "x", "é", "\ud800", "a" * 500, "x/y", "$"))
        return notification(method, random.choice(({}, [], values.anything(random))))

    def _initialize(self, random: Random) -> Json:
        return notification(types.INITIALIZE, grow.params(random, types.INITIALIZE))


def request(id_: int | str, method: str, params: Any) -> Json:
    """A request."""
    return {"jsonrpc": "2.0", "id": id_, "method": method, "params": params}


def notification(method: str, params: Any) -> Json:
    """A notification; with an id it is a request."""
    return {"jsonrpc": "2.0", "method": method, "params": params}


def frame(body: bytes) -> bytes:
    """The body with a header."""
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


def to_frame(message: Json) -> bytes:
    """The message as one frame."""
    return frame(json.dumps(message).encode())


def _diagnostic(random: Random) -> Json:
    found: Json = {"range": values.range_(random), "message": values.string(random)}
    if random.random() < 0.5:
        found |= {"severity": random.choice((1, 2, 3, 4)), "source": random.choice(("ruff", "codex-lsp"))}
    if random.random() < 0.3:
        found["code"] = random.choice(("F401", 7, values.string(random)))
    return found


_TABLE: dict[Callable[[Author, Random], Json], int] = {
    Author._open: 8,
    Author._change: 22,
    Author._close: 4,
    Author._rename: 3,
    Author._action: 10,
    Author._command: 8,
    Author._ask: 5,
    Author._cancel: 5,
    Author._cancel_progress: 3,
    Author._configuration: 3,
    Author._folders: 2,
    Author._notebook: 4,
    Author._trace: 1,
    Author._grown: 18,
    Author._unknown: 4,
    Author._initialize: 1,
}
_WRITERS, _WEIGHTS = tuple(_TABLE), tuple(_TABLE.values())
