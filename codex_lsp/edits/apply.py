"""From a reply to new texts: parse, resolve, locate, transplant; all of it or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from codex_lsp.edits import formats
from codex_lsp.edits.diff import Hunk, diff, line_hunks
from codex_lsp.edits.errors import EditError, FileExists, FileMissing, NoChange, Overlap
from codex_lsp.edits.intents import AddFile, Chunk, DeleteFile, Intent, Parsed, ReplaceSelection, UpdateFile
from codex_lsp.edits.locate import locate
from codex_lsp.edits.paths import normalise
from codex_lsp.edits.text import LineIndex, dominant_end, line_end, split_lines, strip_end, with_ends


@dataclass(frozen=True, slots=True)
class Focus:
    """What the person selected: `[start, end)` in code points of the file at `path`."""

    path: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class EditResult:
    """What a reply's edits come to.

    `files` are the texts of all files that change: None is a file that is deleted. `hunks` are the minimal
    changes of each file that was there before and still is. `moves` are old path → new path. `leniencies` are
    the liberties taken in reading the reply, in words.
    """

    files: Mapping[str, str | None]
    hunks: Mapping[str, tuple[Hunk, ...]]
    moves: Mapping[str, str]
    leniencies: tuple[str, ...] = ()


def apply_reply(
    files: Mapping[str, str], reply: str, *, format: str = "auto", focus: Focus | None = None
) -> EditResult:
    """Apply a model's reply to `files` (workspace-relative path → text), in memory.

    `format` is one of `codex_lsp.edits.formats.names()` or `"auto"`. Raises an `EditError` that names file,
    hunk and reason; then nothing was applied.
    """
    return apply_parsed(files, formats.parse(reply, format), focus=focus)


def apply_parsed(files: Mapping[str, str], parsed: Parsed, *, focus: Focus | None = None) -> EditResult:
    """Apply what a format's parser found; the rest is as in `apply_reply`."""
    work = _Work(files, focus)
    for intent in parsed.intents:
        work.take(intent)
    changed: dict[str, str | None] = {
        path: text for path, text in work.files.items() if files.get(path) != text
    }
    changed.update((path, None) for path in work.deleted if path in files)
    if not changed:
        raise NoChange("The edits leave everything as it is.")
    hunks = {
        path: diff(files[path], text) for path, text in changed.items() if text is not None and path in files
    }
    return EditResult(changed, hunks, work.moves, (*parsed.leniencies, *work.leniencies))


class _Work:
    """The files as they become, intent by intent."""

    def __init__(self, files: Mapping[str, str], focus: Focus | None) -> None:
        self.files = dict(files)
        self.deleted: set[str] = set()
        self.moves: dict[str, str] = {}
        self.leniencies: list[str] = []
        self._focus = focus
        self._original = files
        self._known = {normalise(path): path for path in files}

    def take(self, intent: Intent) -> None:
        match intent:
            case UpdateFile():
                self._update(intent)
            case AddFile():
                self._add(self._resolve_new(intent.path), intent.text)
            case DeleteFile():
                path = self._resolve(intent.path)
                del self.files[path]
                self.deleted.add(path)
            case ReplaceSelection():
                self._replace_selection(intent.text)

    def _resolve(self, path: str | None) -> str:
        if path is None:
            return self._implied()
        known = self._known.get(normalise(path))
        if known is None or known not in self.files:
            names = ", ".join(sorted(self.files)[:8]) or "none"
            raise FileMissing(f"there is no such file; the files here are: {names}.", path=path)
        return known

    def _implied(self) -> str:
        """The file that an edit without a path means."""
        if self._focus is not None and self._focus.path in self.files:
            return self._focus.path
        if len(self.files) == 1:
            return next(iter(self.files))
        raise FileMissing("an edit names no file, and there is no single one that it could mean.")

    def _resolve_new(self, path: str) -> str:
        clean = normalise(path)
        if self._known.get(clean, clean) in self.files:
            raise FileExists("a file is already there; use *** Update File.", path=path)
        return clean

    def _add(self, path: str, text: str) -> None:
        self.files[path] = text
        self._known[normalise(path)] = path
        self.deleted.discard(path)

    def _update(self, intent: UpdateFile) -> None:
        path = self._resolve(intent.path)
        focus = self._focus
        if focus is not None and normalise(focus.path) != normalise(path):
            focus = None
        text = self.files[path]
        if intent.chunks:
            text, leniencies = apply_chunks(text, intent.chunks, path=path, focus=focus)
            self.leniencies += leniencies
        if intent.move_to is not None:
            target = self._resolve_new(intent.move_to)
            del self.files[path]
            self.deleted.add(path)
            self.moves[path] = target
            self._add(target, text)
        else:
            self.files[path] = text

    def _replace_selection(self, text: str) -> None:
        focus = self._focus
        if focus is None or focus.path not in self._original:
            raise EditError("The reply replaces the selection, but nothing is selected.")
        if self.files.get(focus.path) != self._original[focus.path]:
            raise Overlap("the selection is replaced after another edit of the same file.", path=focus.path)
        self.files[focus.path] = replace_selection(self._original[focus.path], focus, text)


def apply_chunks(
    text: str, chunks: Sequence[Chunk], *, path: str, focus: Focus | None = None
) -> tuple[str, list[str]]:
    """`text` with all chunks put in their places, and the leniencies that took; raises `EditError`."""
    lines = split_lines(text)
    bare = [strip_end(line) for line in lines]
    selected = None if focus is None else _selected_lines(text, focus)
    end = dominant_end(lines)
    leniencies: list[str] = []
    places: list[tuple[int, int, list[str]]] = []
    after = 0
    for number, chunk in enumerate(chunks, 1):
        at, leniency = locate(bare, chunk, after=after, focus=selected, path=path, number=number)
        if leniency:
            leniencies.append(f"{path}, hunk {number}: {leniency}")
        after = at + len(chunk.old)
        places.append((at, after, _transplant(lines, at, chunk, end)))
    return _splice(lines, places, path), leniencies


def _selected_lines(text: str, focus: Focus) -> range:
    index = LineIndex(text)
    return range(index.line_at(focus.start), index.line_at(max(focus.start, focus.end - 1)) + 1)


def _transplant(lines: Sequence[str], at: int, chunk: Chunk, end: str) -> list[str]:
    """The chunk's new lines, with every line that it keeps taken from the file as it is there."""
    result: list[str] = []
    kept = at
    for change in line_hunks(chunk.old, chunk.new):
        result += lines[kept : at + change.start]
        replaced = lines[at + change.start : at + change.end]
        result += [
            line + (line_end(replaced[i]) if i < len(replaced) else end)
            for i, line in enumerate(change.lines)
        ]
        kept = at + change.end
    return result + list(lines[kept : at + len(chunk.old)])


def _splice(lines: Sequence[str], places: Sequence[tuple[int, int, list[str]]], path: str) -> str:
    result: list[str] = []
    done = 0
    for start, stop, new in sorted(places, key=lambda place: place[:2]):
        if start < done:
            raise Overlap(f"two edits claim line {start + 1}.", path=path)
        result += [*lines[done:start], *new]
        done = stop
    result += lines[done:]
    return _join(result, terminated=not lines or bool(line_end(lines[-1])), end=dominant_end(list(lines)))


def _join(lines: list[str], *, terminated: bool, end: str) -> str:
    """The lines as a text that has a final line end exactly if the file had one."""
    for number, line in enumerate(lines[:-1]):
        if not line_end(line):
            lines[number] = line + end
    if lines and terminated != bool(line_end(lines[-1])):
        lines[-1] = strip_end(lines[-1]) + (end if terminated else "")
    return "".join(lines)


def replace_selection(text: str, focus: Focus, new: str) -> str:
    """`text` with the selection replaced by `new`, in the file's line ends and the selection's indentation.

    Whether the selection ended with a line end decides whether its replacement does. A block that the model
    moved to the margin as a whole is moved back.
    """
    selection = text[focus.start : focus.end]
    new = with_ends(_reindent(selection, new), dominant_end(split_lines(text)))
    ending = line_end(selection)
    if not ending:
        new = strip_end(new)
    elif new and not line_end(new):
        new += ending
    return text[: focus.start] + new + text[focus.end :]


def _reindent(selection: str, new: str) -> str:
    wanted, given = _indent(selection), _indent(new)
    if given or not wanted:
        return new
    return "".join(wanted + line if line.strip() else line for line in split_lines(new))


def _indent(text: str) -> str:
    """The longest white space that all lines with content begin with."""
    indents = [line[: len(line) - len(line.lstrip(" \t"))] for line in split_lines(text) if line.strip()]
    if not indents:
        return ""
    low, high = min(indents), max(indents)
    return low[: next((i for i in range(len(low)) if low[i] != high[i]), len(low))]
