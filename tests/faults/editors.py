"""An editor that treats the edits it is sent as well, or as badly, as a session wants it to."""

from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import Callable, Mapping
from typing import Any, Literal

from tests.faults.oracle import Errand, Oracle, current, text_edits
from tests.support.buffers import Buffer, StrictError
from tests.support.editor import FakeEditor
from tests.support.editor_edits import Refusal, path_of, read_text
from tests.support.editor_options import Options
from tests.support.editor_rpc import NoReply

Manner = Literal[
    "apply", "reject", "silent_skip", "ignore_versions", "no_reply", "applies without a word", "late answer",
    "applies late", "twice", "error", "malformed", "by hand later", "typed before", "typed after",
    "takes back", "drops an edit",
]  # fmt: skip
MANNERS: tuple[Manner, ...] = Manner.__args__  # type: ignore[attr-defined] # what a Literal holds
# Only what an editor that looks at versions can do without spoiling its own texts.
VERSIONED: tuple[Manner, ...] = ("applies late", "by hand later", "typed before", "typed after")
PLAIN: tuple[Manner, ...] = ("apply", "reject", "silent_skip", "ignore_versions", "no_reply")
LATE_SECONDS = (0.5, 2.0, 10.0, 45.0, 120.0)
MALFORMED: tuple[Any, ...] = (None, {}, {"applied": "yes"}, [], 7, {"applied": None}, {"failureReason": 3})


class PlayedEditor(FakeEditor):
    """Tells the oracle all it sees. `manners` says what is done with the next edits; then it applies."""

    oracle: Oracle
    type_now: Callable[[str], None]
    pick: Callable[[Any], Any]
    leaving = False

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        self.manners: deque[Manner] = deque()
        self.on_answer: dict[int, Callable[[Any], None]] = {}
        self._versions: dict[str, int] = {}

    def violate(self, text: str) -> None:
        """Note a breach of the protocol, now and in its place."""
        super().violate(text)
        if self.leaving and text.startswith("the stream ended after"):
            return  # We hung up in the midst of a message.
        self.oracle.violate(f"protocol: {text}")

    def _receive_response(self, message: dict[str, Any]) -> None:
        then = self.on_answer.pop(message.get("id", 0), None)
        super()._receive_response(message)
        if then is not None and "result" in message:
            then(message["result"])

    def _note(self, method: str, params: Any) -> None:
        super()._note(method, params)
        if method == "codexLsp/run":
            self.oracle.event(params)

    async def close(self, uri: str) -> None:
        """Close a document."""
        self._versions[uri] = self.documents.buffers[uri].version
        await super().close(uri)

    async def open(
        self, path_or_uri: str | os.PathLike[str], text: str | None = None, language_id: str | None = None
    ) -> Buffer:
        """Open a document; one that was open before goes on with its versions.

        With versions that begin anew, nobody could tell an edit for the former text from one for the new.
        """
        uri = self.uri(path_or_uri)
        text = read_text(path_of(uri)) if text is None else text
        buffer = self.documents.new(uri, text, language_id)
        buffer.version = self._versions.get(uri, 0) + 1
        self._tell(self.documents.opened(buffer))
        await self._drain()
        return buffer

    def _take_edit(self, request_id: Any, params: dict[str, Any]) -> dict[str, Any]:
        errand = self.oracle.edit_arrives(self, params["edit"])
        manner: Manner = self.manners.popleft() if self.manners else "apply"
        if manner in ("no_reply", "applies without a word") and params["edit"].get("changeAnnotations"):
            manner = "late answer"  # A person who is asked to confirm may take long, but not for ever.
        try:
            return self._treat(manner, request_id, params, errand)
        finally:
            self.oracle.look(self)

    def _treat(
        self, manner: Manner, request_id: Any, params: dict[str, Any], errand: Errand | None
    ) -> dict[str, Any]:
        if errand is not None and manner != "apply":
            errand.hindered = True
        if manner == "ignore_versions" and self._is_stale(params["edit"]):
            manner = "reject"  # What came of it would be this editor's own fault.
        if manner in PLAIN:
            self.options.apply_behaviour = manner  # type: ignore[assignment] # it is one of those
            try:
                return super()._take_edit(request_id, params)
            finally:
                self.options.apply_behaviour = "apply"
        return self._treat_oddly(manner, request_id, params, errand)

    def _treat_oddly(
        self, manner: Manner, request_id: Any, params: dict[str, Any], errand: Errand | None
    ) -> dict[str, Any]:
        delay = self.pick(LATE_SECONDS)
        match manner:
            case "late answer" | "applies without a word":
                answer = self._apply_quietly(params)
                if manner == "late answer":
                    self._later(delay, request_id, lambda: answer)
            case "applies late":
                self._later(delay, request_id, lambda: self._apply_quietly(params))
            case "by hand later":
                asyncio.get_running_loop().call_later(delay, self._apply_quietly, params)
                return {"applied": False, "failureReason": "shown as a diff"}
            case "error":
                self._reply(request_id, {"error": {"code": -32603, "message": "this editor failed"}})
            case "malformed":
                self._reply(request_id, {"result": self.pick(MALFORMED)})
            case _:
                return self._apply_oddly(manner, request_id, params, errand)
        raise NoReply

    def _apply_oddly(
        self, manner: Manner, request_id: Any, params: dict[str, Any], errand: Errand | None
    ) -> dict[str, Any]:
        uris = [uri for uri, _, _ in text_edits(params["edit"]) if uri in self.documents.buffers]
        if manner == "typed before" and uris:
            self.type_now(self.pick(uris))
        if manner == "drops an edit":
            params = {**params, "edit": without_one(params["edit"])}
        answer = self._apply_quietly(params)
        if manner == "twice":
            self._reply(request_id, {"result": answer})
        if manner == "typed after" and uris:
            self.type_now(self.pick(uris))
        if manner == "takes back" and answer["applied"]:
            for uri in uris:
                self._tell(self.documents.changed(self.documents.buffers[uri], [self._undone(uri)]))
            if errand is not None:
                errand.taken_back = True
                errand.landed.clear()
        return answer

    def _is_stale(self, edit: Mapping[str, Any]) -> bool:
        buffers = self.documents.buffers
        return any(
            version is not None and (uri not in buffers or buffers[uri].version != version)
            for uri, version, _ in text_edits(edit)
        )

    def _undone(self, uri: str) -> dict[str, Any]:
        return self.documents.buffers[uri].undo(self.documents.encoding)

    def _later(self, delay: float, request_id: Any, answer: Callable[[], Any]) -> None:
        def send() -> None:
            if not self.closed:
                self._reply(request_id, {"result": answer()})

        asyncio.get_running_loop().call_later(delay, send)

    def _apply_quietly(self, params: dict[str, Any]) -> dict[str, Any]:
        """Apply what fits, tell the server of the texts, and return what it may be answered."""
        if self.closed:
            return {"applied": False}
        try:
            self.oracle.look(self)
            self._tell(self.documents.commit(self._plan(params["edit"]).steps))
        except (Refusal, StrictError) as error:
            return {"applied": False, "failureReason": str(error)}
        finally:
            self.oracle.look(self)
        return {"applied": True}

    # What a person does, at once and without waiting

    def splice(self, uri: str, start: int, end: int, text: str) -> None:
        """Replace a part of a text, and tell the server."""
        buffer = self.documents.buffers[uri]
        change = buffer.splice(start, end, text, self.documents.encoding)
        self._tell(self.documents.changed(buffer, [change]))
        self.oracle.look(self)

    def take_back(self, uri: str) -> None:
        """Undo the last step."""
        self._tell(self.documents.changed(self.documents.buffers[uri], [self._undone(uri)]))
        self.oracle.look(self)

    def rewrite(self, uri: str, text: str) -> None:
        """Replace the whole text by a change without a range, as a formatter's result comes."""
        buffer = self.documents.buffers[uri]
        buffer.splice(0, len(buffer.text), text, self.documents.encoding)
        self._tell(self.documents.changed(buffer, [{"text": text}]))
        self.oracle.look(self)

    def text(self, uri: str) -> str:
        """The text of a document, open or not."""
        return current(self, uri)


def without_one(edit: Mapping[str, Any]) -> dict[str, Any]:
    """A WorkspaceEdit of which a broken editor has lost the first text edit."""
    changes = [dict(change) for change in edit.get("documentChanges") or ()]
    for change in changes:
        if change.get("edits"):
            change["edits"] = change["edits"][1:]
            return {**edit, "documentChanges": changes}
    plain = {uri: list(edits) for uri, edits in (edit.get("changes") or {}).items()}
    for edits in plain.values():
        if edits:
            del edits[0]
            return {**edit, "changes": plain}
    return dict(edit)
