"""Codex' patch format, from `*** Begin Patch` to `*** End Patch`.

Grammar (from the `apply_patch` tool of the Codex CLI):

    patch  := "*** Begin Patch" file* "*** End Patch"
    file   := "*** Add File: " path ("+" line)*
            | "*** Delete File: " path
            | "*** Update File: " path ["*** Move to: " path] chunk*
    chunk  := ("@@" [" " anchor])* (" " line | "-" line | "+" line)* ["*** End of File"]

Leniencies, each of which is recorded:
- an empty line in a chunk is an empty context line; one in a new file is an empty line
- a context line may lack its leading space (its other readings go with the chunk)
- a chunk that changes nothing only says where the next one is
- markers may be indented or spelt with other spaces and capitals, paths quoted, `@@` lines closed by another
  `@@` or made like those of a unified diff, the whole patch indented
- the patch may stand in a heredoc or in a command (`shell.py`), whose `cd` goes before its paths
- an `*** Environment ID:` line is passed over
- without `*** End Patch` the closing fence or heredoc word ends the patch, or a last `*** End of File`;
  without any of them the reply may have been cut off, and that is an error
- if the caller says that the reply is in this format: no envelope, or the chunks of one file alone
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from codex_lsp.edits.errors import ParseError
from codex_lsp.edits.formats import envelope, hunk, shell
from codex_lsp.edits.formats.patch_render import (
    ADD,
    BEGIN,
    DELETE,
    END,
    END_OF_FILE,
    MOVE,
    UPDATE,
    render,
    render_files,
)
from codex_lsp.edits.intents import AddFile, Chunk, DeleteFile, Intent, Parsed, ReplaceText, UpdateFile
from codex_lsp.edits.text import line_end, split_lines, strip_end

__all__ = ["BEGIN", "END", "NAME", "first", "parse", "render", "render_files", "unparse"]

NAME = "begin_patch"

_SECTION = re.compile(r"\*{3} *(add|delete|update) +file *: *(\S.*)$", re.IGNORECASE)
_MOVE = re.compile(r"\*{3} *move +to *: *(\S.*)$", re.IGNORECASE)
_ENVIRONMENT = re.compile(r"\*{3} *environment +id *:", re.IGNORECASE)
_RANGES = re.compile(r"-(\d{1,9})(?:,\d+)? \+\d+(?:,\d+)?(?: @@)?(.*)$")


def first(reply: str) -> int | None:
    """The line at which a patch begins, or the command that applies one; None if there is none."""
    lines = [strip_end(line).strip() for line in split_lines(reply)]
    if BEGIN in lines:
        return lines.index(BEGIN)
    if END in lines:
        return next((at for at, line in enumerate(lines) if _SECTION.match(line)), None)
    return 0 if BEGIN in reply and shell.arguments(reply) is not None else None


def parse(reply: str) -> Parsed:
    """The intents of the reply's one patch; text around it is prose."""
    if (call := shell.arguments(reply)) is not None:
        text, directory = shell.patch_of(call)
        block = replace(envelope.find(split_lines(text)), directory=directory)
    else:
        block = envelope.find(split_lines(reply))
    parser = _Parser(block.lines, block.first)
    intents = parser.files() if block.sections else parser.body()
    notes = dict.fromkeys((*block.leniencies, *parser.leniencies))
    return Parsed(tuple(_moved(each, block.directory) for each in intents), tuple(notes))


def _moved(intent: Intent, directory: str) -> Intent:
    if not directory:
        return intent
    if isinstance(intent, UpdateFile) and intent.move_to is not None:
        intent = replace(intent, move_to=f"{directory}/{intent.move_to}")
    if isinstance(intent, UpdateFile | AddFile | DeleteFile):
        return replace(intent, path=f"{directory}/{intent.path}")
    return intent


class _Parser:
    def __init__(self, lines: Sequence[str], first_number: int) -> None:
        self._raw = lines
        self._lines = [strip_end(line) for line in lines]
        self._first = first_number
        self._at = 0
        self.leniencies: list[str] = []

    def files(self) -> list[Intent]:
        intents: list[Intent] = []
        while self._at < len(self._lines):
            line = self._next()
            if section := _SECTION.match(line.strip()):
                intents.append(self._file(line, section[1].lower(), self._path(section[2])))
            elif _ENVIRONMENT.match(line) and not intents:
                self.leniencies.append("the environment that the patch names is passed over")
            elif line.strip():
                raise self._error("expected *** Add File, *** Delete File or *** Update File")
        if not intents:
            raise ParseError("The patch names no file.")
        return intents

    def body(self) -> list[Intent]:
        """The chunks of one file alone; nothing but added lines is the text of a new file."""
        lines = hunk.without_layout(self._lines)
        if lines and all(line.startswith("+") for line in lines):
            ends = [line_end(line) for line in self._raw]
            text = "".join(line[1:] + end for line, end in zip(lines, ends, strict=False))
            return [ReplaceText(None, "", text)]
        return [UpdateFile(None, tuple(self._chunks("the file")))]

    def _file(self, line: str, kind: str, path: str) -> Intent:
        if not line.startswith((ADD, DELETE, UPDATE)):
            self.leniencies.append("a file's marker is not spelt as it should be")
        if kind == "delete":
            return DeleteFile(path)
        return self._add(path) if kind == "add" else self._update(path)

    def _add(self, path: str) -> AddFile:
        added: list[str] = []
        blank = 0
        while (line := self._peek()) is not None and (line.startswith("+") or not line):
            end = line_end(self._raw[self._at]) or "\n"
            self._at += 1
            if not line:
                blank += 1
                continue
            if blank:
                self.leniencies.append("an empty line of a new file lacks its +")
            added += [end] * blank + [line[1:] + end]
            blank = 0
        return AddFile(path, "".join(added))

    def _update(self, path: str) -> UpdateFile:
        move_to = None
        if (line := self._peek()) is not None and (move := _MOVE.match(line.strip())):
            self._at += 1
            move_to = self._path(move[1])
        chunks = self._chunks(path) if self._inside() or move_to is None else []
        return UpdateFile(path, tuple(chunks), move_to)

    def _chunks(self, path: str) -> list[Chunk]:
        end = next((i for i in range(self._at, len(self._lines)) if _SECTION.match(self._lines[i])), None)
        loose = hunk.is_loose(
            [line for line in self._lines[self._at : end] if not line.startswith(("@@", "*** "))]
        )
        chunks: list[Chunk] = []
        carried: list[str] = []
        while self._inside():
            place, body = self._chunk(carried)
            if hunk.changes(body):
                chunks.append(hunk.chunk_of(body, place, loose=loose))
                self.leniencies += hunk.leniencies_of(body)
                carried = []
            else:
                seen = hunk.chunk_of(body, place, loose=loose).new
                carried = [*place.anchors, *(line for line in seen if line.strip())]
                if body:
                    self.leniencies.append("a chunk without changes only says where the next one is")
        if not chunks:
            raise self._error(f"the update of {path} holds no change")
        return chunks

    def _chunk(self, carried: list[str]) -> tuple[Chunk, list[str]]:
        anchors, marks = list(carried), 0
        hint: int | None = None
        while (line := self._peek()) is not None and line.startswith("@@"):
            anchor, hint = self._anchor(self._next()[2:].strip(), hint)
            anchors += [anchor] if anchor else []
            marks += 1
        body: list[str] = []
        at_end = False
        while not at_end and self._inside() and not self._lines[self._at].startswith("@@"):
            line = self._next()
            at_end = line.rstrip() == END_OF_FILE
            if line.startswith("*** ") and not at_end:
                raise self._error("a changed line begins with '-', '+' or a space")
            if not at_end:
                body.append(line)
        place = Chunk((), (), tuple(anchors), at_end, hint, anchors_bind=marks > 1 and bool(anchors))
        return place, hunk.without_layout(body)

    def _anchor(self, text: str, hint: int | None) -> tuple[str, int | None]:
        if ranges := _RANGES.match(text):
            self.leniencies.append("an @@ line is one of a unified diff; its numbers are only hints")
            return ranges[2].strip(), int(ranges[1])
        if text.endswith("@@"):
            self.leniencies.append("an @@ line is closed by another @@")
            text = text[:-2].strip()
        return ("" if text == "..." else text), hint

    def _inside(self) -> bool:
        """Whether the next line is still of this file."""
        line = self._peek()
        return line is not None and not _SECTION.match(line)

    def _path(self, text: str) -> str:
        path = text.strip()
        if len(path) > 2 and path[0] == path[-1] and path[0] in "\"'`":
            self.leniencies.append("a path stands in quotes")
            path = path[1:-1]
        return path

    def _peek(self) -> str | None:
        return self._lines[self._at] if self._at < len(self._lines) else None

    def _next(self) -> str:
        self._at += 1
        return self._lines[self._at - 1]

    def _error(self, what: str) -> ParseError:
        return ParseError(f"Line {self._first + self._at - 1} of the reply: {what}.")


def unparse(intents: Sequence[Intent]) -> str:
    """The patch that says these intents; `ValueError` for one that the format cannot say."""
    lines = [BEGIN]
    for intent in intents:
        match intent:
            case AddFile(path, text) if not text or text.endswith("\n"):
                lines += [ADD + path, *("+" + line for line in text.split("\n")[:-1])]
            case DeleteFile(path):
                lines.append(DELETE + path)
            case UpdateFile(str(path), chunks, move_to):
                lines += [UPDATE + path, *([MOVE + move_to] if move_to else [])]
                lines += [line for chunk in chunks for line in _written(chunk)]
            case _:
                raise ValueError(f"a patch cannot say {intent!r}")
    return "\n".join((*lines, END)) + "\n"


def _written(chunk: Chunk) -> list[str]:
    if chunk.line is not None or chunk.old == chunk.new:
        raise ValueError(f"a patch cannot say {chunk!r}")
    anchors = ["@@ " + anchor for anchor in chunk.anchors] or ["@@"]
    stack = ["@@"] if chunk.anchors_bind and len(anchors) == 1 else []
    return [*anchors, *stack, *hunk.marked(chunk), *([END_OF_FILE] if chunk.at_end else [])]
