"""What an editor has shown since the last look, as lines that are the same on every machine."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from tests.stories import notes
from tests.support.buffers import StrictError
from tests.support.editor import FakeEditor
from tests.support.editor_edits import path_of

_ORDER = (
    "workspace/applyEdit",
    "$/progress",
    "window/showMessage",
    "window/showMessageRequest",
    "window/showDocument",
)
_KINDS = {1: "error", 2: "warning", 3: "info", 4: "log"}
_SEVERITIES = {1: "error", 2: "warning", 3: "information", 4: "hint"}
# How long something took is not the same twice.
_SECONDS = re.compile(r" ?\((?:\d+ min )?\d+ s\)|(?<=\()(?:\d+ min )?\d+ s, ")
_TOKENS = re.compile(r"(?<=ontext: )[\d,]+(?= of)")
_USED = re.compile(r" \([\d,]+ tokens[^)]*\)$")
_ID = re.compile(r"\b[0-9a-f]{12}\b")
_SHOWN = re.compile(r"/\S*/shown/([\w-]+?)-[0-9a-f]{8}\.")


class Screen:
    """All that one editor shows; `news` gives what is new.

    Of a run's progress only the end, without `steps`; of marks not what they lead to, without `links`.
    """

    def __init__(self, editor: FakeEditor, *, steps: bool, links: bool) -> None:
        self._editor = editor
        self._steps = steps
        self._links = links
        self._heard = 0
        self._marks: dict[str, list[str]] = {}
        self._texts: dict[str, str] = {}
        self._ids: dict[str, str] = {}
        self._last: dict[Any, str] = {}

    def typed(self) -> None:
        """The texts are as the person made them: no news."""
        self._texts = {uri: buffer.text for uri, buffer in self._editor.documents.buffers.items()}

    def news(self) -> Iterator[str]:
        """What has been shown or changed since the last call."""
        wire = self._editor.wire
        heard, self._heard = wire[self._heard :], len(wire)
        lines = [
            (_ORDER.index(method), self.masked(line))
            for frame in heard
            if frame.direction == "in" and (method := frame.message.get("method")) in _ORDER
            for line in self._said(method, frame.message["params"])
        ]
        # What comes through different channels is not in the same order twice.
        yield from (line for _, line in sorted(lines, key=lambda each: each[0]))
        yield from self._edited()
        yield from self._marked()

    def masked(self, text: str) -> str:
        """A text without what is of this run and this machine alone."""
        root = self._editor.options.root
        assert root is not None
        text = _SHOWN.sub(r"STATE/shown/\1.", text).replace(root.as_uri(), "ROOT").replace(str(root), "ROOT")
        text = _TOKENS.sub("…", text)
        return _SECONDS.sub("", _ID.sub(self._named, text))

    def _named(self, found: re.Match[str]) -> str:
        return self._ids.setdefault(found[0], f"RUN-{len(self._ids) + 1}")

    def _said(self, method: str, params: Any) -> Iterator[str]:
        match method:
            case "window/showMessage":
                yield from _block(f"{_KINDS[params['type']]}: {params['message']}")
            case "window/showMessageRequest":
                buttons = " ".join(f"[{each['title']}]" for each in params.get("actions") or ())
                yield from _block(f"{_KINDS[params['type']]}: {params['message']} {buttons}")
            case "window/showDocument":
                yield from self._document(params)
            case "workspace/applyEdit":
                yield from self._asked_for(params)
            case "$/progress":
                yield from self._progress(params["token"], params["value"])

    def _asked_for(self, params: Mapping[str, Any]) -> Iterator[str]:
        annotations = params["edit"].get("changeAnnotations") or {}
        yield f"edit: {params.get('label')}"
        for each in annotations.values():
            if each.get("needsConfirmation"):
                yield f"  to confirm: {each['label']}"

    def _document(self, params: Mapping[str, Any]) -> Iterator[str]:
        uri = params["uri"]
        if "selection" in params:
            start = params["selection"]["start"]
            yield f"goes to {uri.rpartition('/')[2]}:{start['line'] + 1}"
            return
        text = path_of(uri).read_text(encoding="utf-8")
        yield f"document: {path_of(uri)}"
        for line in text.splitlines():
            yield f"  | {line}".rstrip()

    def _progress(self, token: Any, value: Mapping[str, Any]) -> Iterator[str]:
        said = self.masked(value.get("title") or value.get("message") or "")
        if value["kind"] == "end":
            yield from _block(f"progress ends: {said}")
        elif not self._steps:
            return
        elif value["kind"] == "begin":
            yield f"progress: {said}"
        elif (said := _USED.sub("", said)) != self._last.get(token):
            # One that lasts is told again and again, with the time and what was used by then.
            yield f"progress: … {said}"
        self._last[token] = said

    def _edited(self) -> Iterator[str]:
        buffers = self._editor.documents.buffers
        for uri in sorted(buffers.keys() | self._texts.keys()):
            name = self._name(uri)
            before, now = self._texts.get(uri), buffers[uri].text if uri in buffers else None
            if now is None:
                yield f"{name} is not open any more"
            elif before is None:
                yield f"{name} is open"
            elif now != before:
                yield f"{name}:"
                yield from _difference(before, now)
        self.typed()

    def _marked(self) -> Iterator[str]:
        for uri in sorted(self._editor.diagnostics):
            marks = [line for each in self._editor.diagnostics[uri] for line in self._mark(uri, each)]
            if marks != self._marks.get(uri, []):
                yield from marks or [f"{self._name(uri)}: no marks any more"]
                self._marks[uri] = marks

    def _mark(self, uri: str, mark: Mapping[str, Any]) -> Iterator[str]:
        first, *more = mark["message"].splitlines()
        yield self.masked(
            f"{self._name(uri)}:{self._lines(uri, mark)} {_SEVERITIES[mark['severity']]}: {first}"
        )
        for line in more:
            yield f"    {line}".rstrip()
        if not self._links:
            return
        others = mark.get("relatedInformation") or ()
        for each in others:
            place = each["location"]
            line = place["range"]["start"]["line"] + 1
            yield f"    → {self._name(place['uri'])}:{line} {each['message']}"
        if not others and re.search(r"\d+ of \d+", first):
            yield notes.LESS + notes.NO_LINKS

    def _lines(self, uri: str, mark: Mapping[str, Any]) -> str:
        start, end = mark["range"]["start"], mark["range"]["end"]
        if uri in self._editor.documents.buffers:
            try:
                self._editor.buffer(uri).find(mark["range"], self._editor.documents.encoding)
            except StrictError:
                return "(out of place)"
        first, last = start["line"] + 1, end["line"] + (1 if end["character"] or end == start else 0)
        return str(first) if last <= first else f"{first}-{last}"

    def _name(self, uri: str) -> str:
        root = self._editor.options.root
        assert root is not None
        return uri.removeprefix(root.as_uri() + "/")


def _block(text: str) -> Iterator[str]:
    first, *more = text.split("\n")
    yield first.rstrip()
    for line in more:
        yield f"    {line}".rstrip()


def _difference(before: str, now: str) -> Iterator[str]:
    lines = difflib.unified_diff(_shown(before), _shown(now), n=0, lineterm="")
    for line in list(lines)[2:]:
        if not line.startswith("@@"):
            yield f"  {line[0]} {line[1:]}".rstrip()


def _shown(text: str) -> list[str]:
    """The lines, with what is not seen of them."""
    return text.replace("\r", "␍").split("\n")
