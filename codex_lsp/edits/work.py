"""The files as they become, intent by intent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from codex_lsp.edits.chunks import apply_chunks
from codex_lsp.edits.errors import (
    AlreadyApplied,
    EditError,
    FileExists,
    FileMissing,
    Overlap,
    PathRejected,
)
from codex_lsp.edits.focus import Focus
from codex_lsp.edits.intents import (
    AddFile,
    Chunk,
    DeleteFile,
    Intent,
    ReplaceRanges,
    ReplaceSelection,
    ReplaceText,
    UpdateFile,
    WriteFile,
)
from codex_lsp.edits.paths import collision, is_absolute, known_head, known_tail, normalise
from codex_lsp.edits.replace import replace_ranges, replace_text, write_whole
from codex_lsp.edits.selection import replace_selection, selected_lines

BOM = "\ufeff"
_PLACEHOLDER = "path/to/"
Change = Callable[[str, Focus | None], tuple[str, list[str]]]


class Work:
    """The texts, deletions, moves and leniencies so far. `end` is the line end for a text that has none."""

    def __init__(self, files: Mapping[str, str], focus: Focus | None, end: str = "\n") -> None:
        self.files = dict(files)
        self.deleted: set[str] = set()
        self.moves: dict[str, str] = {}
        self.leniencies: list[str] = []
        self._focus = focus
        self._end = end
        self._original = files
        self._known = {normalise(path): path for path in files}

    def take(self, intent: Intent) -> None:
        """Do what one intent asks; raises `EditError`, and then the work is of no use any more."""
        match intent:
            case UpdateFile():
                self._update(intent)
            case ReplaceText():
                self._replace_text(intent)
            case ReplaceRanges():
                self._replace_ranges(intent)
            case WriteFile():
                self._write(intent)
            case AddFile():
                self._add(intent)
            case DeleteFile():
                path = self._existing(intent.path)
                del self.files[path]
                self.deleted.add(path)
            case ReplaceSelection():
                self._replace_selection(intent)

    def _update(self, intent: UpdateFile) -> None:
        path = self._existing(intent.path, located=bool(intent.chunks))
        if intent.chunks:
            self._change(
                path,
                lambda text, focus: apply_chunks(
                    text,
                    tuple(map(_unmarked, intent.chunks)),
                    path=path,
                    focus=None if focus is None else selected_lines(text, focus),
                    end=self._end,
                ),
            )
        if intent.move_to is not None and normalise(intent.move_to) != normalise(path):
            target = self._new(intent.move_to, besides=path)
            text = self.files.pop(path)
            self.deleted.add(path)
            self.moves[path] = target
            self._put(target, text)

    def _replace_text(self, intent: ReplaceText) -> None:
        if not intent.old and intent.path is not None and not self._is_known(intent.path):
            self._put(self._new(intent.path), intent.new)
            return
        path = self._existing(intent.path, located=bool(intent.old))
        intent = replace(intent, old=intent.old.removeprefix(BOM), new=intent.new.removeprefix(BOM))
        self._change(
            path, lambda text, focus: replace_text(text, intent, path=path, focus=focus, end=self._end)
        )

    def _replace_ranges(self, intent: ReplaceRanges) -> None:
        path = self._existing(intent.path)
        self.files[path] = replace_ranges(self.files[path], intent, path=path, end=self._end)

    def _write(self, intent: WriteFile) -> None:
        path = intent.path
        if path is not None and path.startswith(_PLACEHOLDER) and not self._is_known(path):
            path = known_tail(path, self._present()) or path
        if path is not None and not is_absolute(path) and not self._is_known(path):
            self._put(self._new(path), intent.text)
            return
        path = self._existing(path)
        self._change(
            path,
            lambda text, focus: (
                write_whole(text, intent.text.removeprefix(BOM), lazy=intent.lazy, path=path, end=self._end),
                [],
            ),
        )

    def _add(self, intent: AddFile) -> None:
        path = normalise(intent.path)
        if self._is_known(path) and self.files[self._known[path]] == intent.text:
            raise AlreadyApplied(1, path=path)
        self._put(self._new(path), intent.text)

    def _replace_selection(self, intent: ReplaceSelection) -> None:
        focus = self._focus
        if focus is None or focus.path not in self._original:
            raise EditError("The reply replaces the selection, but nothing is selected.")
        if self.files.get(focus.path) != self._original[focus.path]:
            raise Overlap("the selection is replaced after another edit of the same file.", path=focus.path)
        self._change(
            focus.path,
            lambda text, focus: (
                replace_selection(text, focus, intent.text.removeprefix(BOM), lazy=intent.lazy)
                if focus is not None
                else text,
                [],
            ),
        )

    def _change(self, path: str, change: Change) -> None:
        """Change a file's text, its byte order mark set aside."""
        text = self.files[path]
        mark = BOM if text.startswith(BOM) else ""
        focus = self._focus
        if focus is not None:
            moved = normalise(focus.path) != normalise(path) or text != self._original.get(path)
            shift = len(mark)
            focus = None if moved else Focus(path, max(0, focus.start - shift), max(0, focus.end - shift))
        new, leniencies = change(text[len(mark) :], focus)
        self.files[path] = mark + new
        self.leniencies += leniencies

    def _put(self, path: str, text: str) -> None:
        self.files[path] = text
        self._known[normalise(path)] = path
        self.deleted.discard(path)

    def _present(self) -> dict[str, str]:
        """The files that are there now, by their normalised paths."""
        return {clean: path for clean, path in self._known.items() if path in self.files}

    def _is_known(self, path: str) -> bool:
        return not is_absolute(path) and self._known.get(normalise(path)) in self.files

    def _existing(self, path: str | None, *, located: bool = False) -> str:
        """The file that a path names; one that is mislaid is found only if its content is checked, too."""
        if path is None:
            return self._implied()
        present = self._present()
        if is_absolute(path):
            return self._mislaid(path, known_tail(path, present)) or self._refuse(path)
        clean = normalise(path)
        if clean in present:
            return present[clean]
        if other := collision(clean, present):
            raise PathRejected(f"it differs from {other} only by case or Unicode form.", path=path)
        tail = (known_tail(clean, present) or known_head(clean, present)) if located else None
        return self._mislaid(path, tail) or self._missing(path)

    def _mislaid(self, path: str, known: str | None) -> str | None:
        if known is None:
            return None
        self.leniencies.append(f"the path {path} was taken for {known}")
        return self._known[known]

    def _refuse(self, path: str) -> str:
        raise PathRejected("it is no path below the workspace that names one file.", path=path)

    def _missing(self, path: str) -> str:
        names = ", ".join(sorted(self.files)[:8]) or "none"
        raise FileMissing(f"there is no such file; the files here are: {names}.", path=path)

    def _implied(self) -> str:
        """The file that an edit without a path means."""
        if self._focus is not None and self._focus.path in self.files:
            return self._focus.path
        if len(self.files) == 1:
            return next(iter(self.files))
        raise FileMissing("an edit names no file, and there is no single one that it could mean.")

    def _new(self, path: str, besides: str = "") -> str:
        """The path of a file that is to be; raises `FileExists` or `PathRejected`."""
        clean = normalise(path)
        present = self._present()
        if clean in present:
            raise FileExists("a file is already there; update it instead.", path=path)
        if other := collision(clean, [each for each in present if present[each] != besides]):
            raise PathRejected(f"it differs from {other} only by case or Unicode form.", path=path)
        return clean


def _unmarked(chunk: Chunk) -> Chunk:
    """The chunk without the byte order mark that a reply copies from a file's first line: see `_change`."""
    return replace(
        chunk,
        old=tuple(line.removeprefix(BOM) for line in chunk.old),
        new=tuple(line.removeprefix(BOM) for line in chunk.new),
        readings=tuple(map(_unmarked, chunk.readings)),
    )
