"""The files as a run sees them: snapshots of the live buffers, and on top of them what the run changed.

Every tool reads and writes here and nowhere else; the agent never writes a file.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from codex_lsp.edits import Focus
from codex_lsp.edits.errors import FileMissing, HiddenText, PathRejected
from codex_lsp.edits.paths import is_absolute, normalise
from codex_lsp.records import record
from codex_lsp.review.proposal import FileChange
from codex_lsp.workspace.policy import Root, confirmation, is_commit_message, is_repository
from codex_lsp.workspace.view import View

if TYPE_CHECKING:
    from codex_lsp.edits.apply import EditResult
    from codex_lsp.edits.intents import Intent

T = TypeVar("T")


@record(frozen=True, slots=True)
class Related:
    """A place that a diagnostic refers to, and what it says of it; `line` is zero-based."""

    path: str
    line: int
    message: str


@record(frozen=True, slots=True)
class Diagnostic:
    """One problem in a file: zero-based `line` and `end_line`, the checker's code and name, its message."""

    line: int
    end_line: int
    message: str
    code: str = ""
    source: str = ""
    related: tuple[Related, ...] = ()


@record(frozen=True, slots=True)
class Snapshot:
    """A document at one moment. `path` is relative to the workspace; nothing in it ever changes."""

    path: str
    text: str
    version: int | None = None
    language: str = ""
    diagnostics: tuple[Diagnostic, ...] = field(default=())


class Overlay:
    """Snapshots by path, files of the root below them, and the run's pending changes above them.

    What the workspace's ignore files hide is neither read nor changed, open or not, unless `hides` is false
    or it was allowed: the file that the person asks about.

    `on_first_read` is told of each file when it is read first, with the text below the run's changes;
    `on_refused` of each path that the policy refuses, and why, `on_guarded` of each whose change the person
    will have to confirm by itself, and what the file does. `guard` is asked of each changed
    file's path, old text (empty for a new file) and new text, and raises an `EditError` against it.
    """

    def __init__(
        self, snapshots: Mapping[str, Snapshot], root: Root | None = None, *, hides: bool = True
    ) -> None:
        self.view = View(root, hides=hides)
        self._snapshots = dict(snapshots)
        self._root = root
        self._base: dict[str, str] = {path: snapshot.text for path, snapshot in snapshots.items()}
        self._pending: dict[str, str | None] = {}
        self._moves: dict[str, str] = {}
        self.leniencies: list[str] = []
        self.on_first_read: Callable[[str, str], None] | None = None
        self.on_refused: Callable[[str, str], None] | None = None
        self.on_guarded: Callable[[str, str], None] | None = None
        self.guard: Callable[[str, str, str], None] | None = None
        self._told: set[str] = set()

    @property
    def root(self) -> Root | None:
        """The workspace folder, if there is one."""
        return self._root

    def allow(self, path: str) -> None:
        """Let the run see this file, whatever hides it."""
        self.view.allowed.add(normalise(path))

    def read(self, path: str) -> str:
        """The file's text as it stands in this run; raises `FileMissing`, `PathRejected` or `NotText`."""
        clean = normalise(path)
        self._allowed(self.view.require, clean)
        if clean in self._pending:
            text = self._pending[clean]
            if text is None:
                raise FileMissing("it was deleted earlier in this run.", path=path)
            return text
        if clean not in self._base:
            self._base[clean] = self._from_disk(clean)
        self._tell_read(clean)
        return self._base[clean]

    def may_have(self, path: str) -> bool:
        """Whether there is something at a path, whoever may see it: cheap, for what mostly is not there."""
        clean = normalise(path)
        if clean in self._pending or clean in self._base:
            return True
        return self._root is not None and os.path.lexists(self._root.folder / clean)

    @property
    def open(self) -> Mapping[str, Snapshot]:
        """The documents that were open when the run began, by path; the last one was touched last.

        What is hidden from the run is among them.
        """
        return self._snapshots

    def diagnostics(self, path: str) -> tuple[Diagnostic, ...]:
        """The problems known of the file when the run began."""
        snapshot = self._snapshots.get(normalise(path))
        return snapshot.diagnostics if snapshot else ()

    def language(self, path: str) -> str:
        """What the editor calls the file's language; "" if it is not open."""
        snapshot = self._snapshots.get(normalise(path))
        return snapshot.language if snapshot else ""

    def live(self) -> dict[str, str]:
        """The texts that are not those of the disk: open documents and what the run changed; by path."""
        return {path: text for path, text in sorted(self._visible().items()) if self._is_live(path)}

    def gone(self) -> set[str]:
        """The files that the run deleted or moved away."""
        return {path for path, text in self._pending.items() if text is None}

    def is_changed(self, path: str) -> bool:
        """Whether the run has changed the file so far."""
        return normalise(path) in self._pending

    def pend(self, changes: Iterable[FileChange]) -> None:
        """Have these changes pending from the beginning, over files that hold their `base`."""
        for change in changes:
            if change.base is not None:
                self._base[change.path] = change.base
            self._pending[change.move_to or change.path] = change.proposed
            if change.move_to is not None:
                self._pending[change.path] = None
                self._moves[change.path] = change.move_to

    def apply(self, reply: str, focus: Focus | None = None, *, format: str = "auto") -> EditResult:
        """Apply a reply's edits to what the run sees, all or nothing; raises `EditError`."""
        # With the first edit, not at the server's start.
        from codex_lsp.agent.replies.reading import as_meant
        from codex_lsp.edits import formats
        from codex_lsp.edits.apply import apply_parsed

        parsed = formats.parse(reply, format)
        if focus is not None and format == "auto":
            parsed = as_meant(parsed, focus, self.read(focus.path))
        for path in _named(parsed.intents):
            # The applier may know an absolute path's file by the end of it; on disk none is looked for.
            if not is_absolute(path) and (clean := normalise(path)) not in self._pending:
                self._try_load(clean)
        result = apply_parsed(self._visible(), parsed, focus=focus)
        came_from = {target: path for path, target in result.moves.items()}
        for path, text in result.files.items():
            self._allowed(self._require_changeable, path)
            if text is not None:
                self._require_fit(path, self._base.get(came_from.get(path, path)) or "", text)
            if path in self._base:
                # An open file that the reply meant by another name has not been read yet.
                self._tell_read(path)
        self._tell_guarded(result)
        self._pending.update(result.files)
        self._moves.update(result.moves)
        self.leniencies += result.leniencies
        return result

    def changes(self) -> tuple[FileChange, ...]:
        """What the run changed, file by file, against what it first saw."""
        targets = set(self._moves.values())
        found = []
        for path, text in self._pending.items():
            base = self._base.get(path)
            if path in self._moves:
                target = self._moves[path]
                found.append(FileChange(path, base, self._pending.get(target), move_to=target))
            elif text != base and path not in targets:
                found.append(FileChange(path, base, text))
        return tuple(found)

    def _visible(self) -> dict[str, str]:
        """All texts known so far that the run may see, as they stand in it."""
        texts = {path: text for path, text in self._base.items() if not self.view.why_not(path)}
        texts |= {path: text for path, text in self._pending.items() if text is not None}
        gone = self.gone()
        return {path: text for path, text in texts.items() if path not in gone}

    def _tell_read(self, path: str) -> None:
        if self.on_first_read and path not in self._told:
            self._told.add(path)
            self.on_first_read(path, self._base[path])

    def _is_live(self, path: str) -> bool:
        return path in self._snapshots or path in self._pending

    def _require_changeable(self, path: str) -> None:
        self.view.require(path)
        names = (path,) if self._root is None else self._root.names(path)
        own = path in self.view.allowed
        if any(is_repository(name) and not (own and is_commit_message(name)) for name in names):
            raise PathRejected("it is protected: it belongs to version control.", path=path)

    def _tell_guarded(self, result: EditResult) -> None:
        """Tell which of the files the person will have to confirm, and why."""
        if not self.on_guarded:
            return
        came_from = {target: path for path, target in result.moves.items()}
        for path, text in result.files.items():
            before = self._base.get(came_from.get(path, path))
            if why := confirmation(self._root, [path], before, text, own=path in self.view.allowed):
                self.on_guarded(path, why)

    def _require_fit(self, path: str, before: str, after: str) -> None:
        # With the first edit, not at the server's start.
        from codex_lsp.workspace.hidden import added

        # A name that is new is read by people, too.
        if found := added(before, after) or added("", "" if path in self._base else path):
            named = ", ".join(map(str, found[:5]))
            raise HiddenText(
                f"the edit adds characters that nobody sees ({named}): leave them out, or write them as "
                "escapes of the language.",
                path=path,
            )
        if self.guard:
            self.guard(path, before, after)

    def _from_disk(self, path: str) -> str:
        if self._root is None:
            raise FileMissing("it is not open, and there is no workspace folder to read it from.", path=path)
        try:
            if path in self.view.allowed:
                return self._allowed(self._root.read, path)
            return self._allowed(partial(self._root.read, why_not=self.view.why_hidden), path)
        except (FileNotFoundError, NotADirectoryError) as error:
            raise FileMissing("there is no such file.", path=path) from error

    def _allowed(self, look: Callable[[str], T], path: str) -> T:
        try:
            return look(path)
        except PathRejected as error:
            if self.on_refused:
                self.on_refused(path, error.reason)
            raise

    def _try_load(self, path: str) -> None:
        try:
            self.read(path)
        except FileMissing:
            return


def _named(intents: Iterable[Intent]) -> Iterator[str]:
    """The paths that the intents name, from which and to which."""
    from codex_lsp.edits.intents import ReplaceSelection, UpdateFile

    for intent in intents:
        if not isinstance(intent, ReplaceSelection) and intent.path is not None:
            yield intent.path
        if isinstance(intent, UpdateFile) and intent.move_to is not None:
            yield intent.move_to
