"""Applying a WorkspaceEdit: everything is checked against buffers and disk before anything changes.

`Plan` checks, `Documents.commit` does. Whoever calls sends the notifications that it returns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

from tests.support.buffers import Buffer, Encoding, StrictError
from tests.support.editor_clients import Quirks

Json = Mapping[str, Any]
Versions = Literal["strict", "skip", "ignore"]
Notification = tuple[str, dict[str, Any]]

_LANGUAGES = {".py": "python", ".pyi": "python", ".md": "markdown", ".toml": "toml", ".json": "json"}


class Refusal(Exception):
    """The edit is well-formed, but this editor will not apply it now: stale, declined, in the way."""


@dataclass(frozen=True, slots=True)
class TextStep:
    """Edits of one document; `opens` is its text on disk if it is not open yet."""

    uri: str
    edits: tuple[Json, ...]
    opens: str | None


@dataclass(frozen=True, slots=True)
class FileStep:
    """One file operation on disk; a document of this name that is open goes along."""

    kind: Literal["create", "rename", "delete"]
    path: Path
    target: Path | None = None
    uri: str = ""
    target_uri: str = ""


def path_of(uri: str) -> Path:
    """The path of a file URI; `StrictError` for any other."""
    parts = urlsplit(uri)
    if parts.scheme != "file" or parts.netloc not in ("", "localhost"):
        raise StrictError(f"{uri} is no file of this machine")
    return Path(unquote(parts.path))


def read_text(path: Path) -> str:
    """A file's text with its line endings as they are."""
    return path.read_bytes().decode("utf-8")


def language_of(uri: str) -> str:
    """The language id that an editor would give a file of this name."""
    return _LANGUAGES.get(Path(urlsplit(uri).path).suffix, "plaintext")


class Plan:
    """The steps of one WorkspaceEdit. Raises `StrictError` or `Refusal` while it is made."""

    def __init__(
        self,
        edit: Json,
        buffers: Mapping[str, Buffer],
        root: Path | None,
        encoding: Encoding,
        *,
        versions: Versions = "strict",
        moves_open_files: bool = False,
        confirm: Callable[[Json], bool] = lambda annotation: True,
    ) -> None:
        self.steps: list[TextStep | FileStep] = []
        self._buffers = buffers
        self._root = root
        self._encoding = encoding
        self._versions = versions
        self._moves_open_files = moves_open_files
        self._edited: set[str] = set()
        self._disk: dict[Path, str | None] = {}
        self._declined = {
            name
            for name, annotation in (edit.get("changeAnnotations") or {}).items()
            if annotation.get("needsConfirmation") and not confirm({"id": name, **annotation})
        }
        changes = list(_document_changes(edit))
        for change in changes:
            self._add(change)
        if changes and not self.steps and self._declined:
            raise Refusal("every change was declined")

    def _add(self, change: Json) -> None:
        if change.get("annotationId") in self._declined:
            return
        match change.get("kind"):
            case None:
                self._add_edits(change["textDocument"], change["edits"])
            case "create":
                self._create(self._free_path(change["uri"]), change.get("options") or {})
            case "rename":
                self._rename(change["oldUri"], change["newUri"], change.get("options") or {})
            case "delete":
                self._delete(change["uri"], change.get("options") or {})
            case kind:
                raise StrictError(f"a document change of the unknown kind {kind!r}")

    def _add_edits(self, document: Json, edits: Sequence[Json]) -> None:
        uri, version = document["uri"], document.get("version")
        if uri in self._edited:
            raise StrictError(f"{uri} is edited twice in one WorkspaceEdit")
        self._edited.add(uri)
        edits = tuple(edit for edit in edits if edit.get("annotationId") not in self._declined)
        buffer = self._buffers.get(uri)
        now = buffer.version if buffer else None
        if version is not None and version != now and self._versions != "ignore":
            if self._versions == "skip":
                return
            raise Refusal(f"{uri} is at version {now}, the edit is for {version}")
        if not edits:
            return
        opens = None
        if buffer is None:
            opens = self._text_on_disk(uri)
            buffer = Buffer(uri, opens)
        buffer.edited(edits, self._encoding)
        self.steps.append(TextStep(uri, edits, opens))

    def _text_on_disk(self, uri: str) -> str:
        path = path_of(uri)
        text = self._present(path)
        if text is None:
            raise Refusal(f"{uri} is neither open nor a file")
        return text

    def _present(self, path: Path) -> str | None:
        """The text a file has after the steps so far; None if there is none."""
        if path in self._disk:
            return self._disk[path]
        return read_text(path) if path.is_file() else None

    def _free_path(self, uri: str, *, may_be_open: bool = False) -> Path:
        path = path_of(uri)
        if self._root is None or not path.resolve().is_relative_to(self._root.resolve()):
            raise StrictError(f"a file operation on {uri}, outside of the workspace")
        if not may_be_open and (uri in self._buffers or uri in self._edited):
            raise Refusal(f"{uri} is open")
        if path.is_dir():
            raise Refusal(f"{uri} is a folder")
        return path

    def _create(self, path: Path, options: Json) -> None:
        if self._present(path) is not None and not options.get("overwrite"):
            if not options.get("ignoreIfExists"):
                raise Refusal(f"{path.name} exists already")
            return
        self._disk[path] = ""
        self.steps.append(FileStep("create", path))

    def _rename(self, uri: str, target_uri: str, options: Json) -> None:
        path = self._free_path(uri, may_be_open=self._moves_open_files)
        target = self._free_path(target_uri)
        text = self._present(path)
        if text is None:
            raise Refusal(f"there is no {path.name} to rename")
        if self._present(target) is not None and not options.get("overwrite"):
            if not options.get("ignoreIfExists"):
                raise Refusal(f"{target.name} exists already")
            return
        self._disk |= {path: None, target: text}
        self.steps.append(FileStep("rename", path, target, uri, target_uri))

    def _delete(self, uri: str, options: Json) -> None:
        path = self._free_path(uri, may_be_open=self._moves_open_files)
        if self._present(path) is None:
            if not options.get("ignoreIfNotExists"):
                raise Refusal(f"there is no {path.name} to delete")
            return
        self._disk[path] = None
        self.steps.append(FileStep("delete", path, uri=uri))


def _document_changes(edit: Json) -> Iterator[Json]:
    """The changes of an edit in the form of documentChanges, which come first if there are both."""
    if edit.get("documentChanges") is not None:
        yield from edit["documentChanges"]
        return
    for uri, edits in (edit.get("changes") or {}).items():
        yield {"textDocument": {"uri": uri, "version": None}, "edits": edits}


class Documents:
    """The open buffers, and how the server wants to hear of them (its textDocumentSync)."""

    def __init__(self, quirks: Quirks) -> None:
        self._quirks = quirks
        self.buffers: dict[str, Buffer] = {}
        self.encoding: Encoding = "utf-16"
        self.sync: Json = {}

    def settle(self, capabilities: Json) -> None:
        """Take the encoding and the kind of synchronisation from ServerCapabilities."""
        self.encoding = capabilities.get("positionEncoding", "utf-16")
        sync = capabilities.get("textDocumentSync", 0)
        self.sync = sync if isinstance(sync, Mapping) else {"openClose": sync != 0, "change": sync}

    def new(self, uri: str, text: str, language_id: str | None = None) -> Buffer:
        """A buffer as this editor makes one; it is not open yet."""
        language_id = language_id or language_of(uri)
        return Buffer(uri, text, language_id, one_line_end=self._quirks.one_line_end)

    def opened(self, buffer: Buffer) -> Iterator[Notification]:
        """Hold a buffer; what to tell the server."""
        self.buffers[buffer.uri] = buffer
        if self.sync.get("openClose"):
            item = {
                "uri": buffer.uri,
                "languageId": buffer.language_id,
                "version": buffer.version,
                "text": buffer.text,
            }
            yield "textDocument/didOpen", {"textDocument": item}

    def closed(self, uri: str) -> Iterator[Notification]:
        """Let go of a buffer; what to tell the server."""
        del self.buffers[uri]
        if self.sync.get("openClose"):
            yield "textDocument/didClose", {"textDocument": {"uri": uri}}

    def changed(self, buffer: Buffer, changes: Sequence[Json]) -> Iterator[Notification]:
        """What to tell the server of changes that a buffer has just taken."""
        kind = self.sync.get("change", 0)
        if kind and changes:
            document = {"uri": buffer.uri, "version": buffer.version}
            said = list(changes) if kind == 2 else [{"text": buffer.text}]
            yield "textDocument/didChange", {"textDocument": document, "contentChanges": said}

    def commit(self, steps: Sequence[TextStep | FileStep]) -> list[Notification]:
        """Do the steps of a `Plan`; what to tell the server, in order."""
        said: list[Notification] = []
        for step in steps:
            if isinstance(step, FileStep):
                _on_disk(step)
                said += self._moved(step)
                continue
            if step.opens is not None:
                said += self.opened(self.new(step.uri, step.opens))
            buffer = self.buffers[step.uri]
            changes = buffer.apply(step.edits, self.encoding)
            if changes and self._quirks.one_change:
                changes = [buffer.last_change(self.encoding)]
            said += self.changed(buffer, changes)
        return said

    def _moved(self, step: FileStep) -> Iterator[Notification]:
        if step.uri not in self.buffers:
            return
        text = self.buffers[step.uri].text
        yield from self.closed(step.uri)
        if step.target_uri:
            yield from self.opened(self.new(step.target_uri, text))


def _on_disk(step: FileStep) -> None:
    if step.kind == "delete":
        step.path.unlink()
    elif step.target is not None:
        step.target.parent.mkdir(parents=True, exist_ok=True)
        step.path.replace(step.target)
    else:
        step.path.parent.mkdir(parents=True, exist_ok=True)
        step.path.write_bytes(b"")
