"""The lines of a unified diff as files and hunks: what is a header, and where a diff in prose ends."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from codex_lsp.edits.errors import ParseError
from codex_lsp.edits.formats import fences, hunk
from codex_lsp.edits.text import split_lines, strip_end

INFOS = {"diff", "patch", "udiff"}

_RANGES = re.compile(r"@@ +-(\d{1,9})(?:,(\d{1,9}))? +\+(\d{1,9})(?:,(\d{1,9}))? +@@ ?(.*)$")
_GIT = re.compile(
    r"(diff --git|index(?= [0-9a-f]{4})|old mode|new mode|new file mode|deleted file mode|similarity index|"
    r"dissimilarity index|rename from|rename to|copy from|copy to|Binary files|GIT binary patch)\b(.*)$"
)


def first(lines: Sequence[str]) -> int | None:
    """The first line that is a hunk's header with numbers, or a file's header that another follows."""
    found = (at for at, line in enumerate(lines) if _RANGES.match(line) or _is_header(lines, at))
    return next(found, None)


def texts(reply: str) -> Iterator[tuple[list[str], bool]]:
    """The texts that are diffs, as lines without ends, and whether a fence says where they end."""
    all_lines = [strip_end(line) for line in split_lines(reply)]
    header = first(all_lines)
    found = False
    for block in fences.blocks(reply):
        if header is not None and header < block.start and not found:
            # What looks like a fence is the text of a diff that began before it.
            break
        lines = [strip_end(line) for line in split_lines(block.text)]
        if first(lines) is not None or block.info.lower() in INFOS:
            if block.end is None:
                raise ParseError("A fenced diff is never closed: the reply is not whole.")
            found = True
            yield lines, True
    if not found:
        yield all_lines, False


@dataclass(slots=True)
class Hunk:
    """One hunk: its lines with their marks, the line and the heading that its header gives."""

    body: list[str]
    line: int | None = None
    heading: str = ""
    # Which sides end without a line end: the marks before "\ No newline at end of file".
    unended: set[str] = field(default_factory=set)


@dataclass(slots=True)
class File:
    """One file: its names as they stand in the headers, git's own headers, its hunks."""

    old: str | None = None
    new: str | None = None
    git: dict[str, str] = field(default_factory=dict)
    hunks: list[Hunk] = field(default_factory=list)


def _is_header(lines: Sequence[str], at: int) -> bool:
    return lines[at].startswith("--- ") and at + 1 < len(lines) and lines[at + 1].startswith("+++ ")


class Reader:
    """Reads the files of one diff; `notes` takes the leniencies."""

    def __init__(self, lines: Sequence[str], fenced: bool, notes: dict[str, None]) -> None:
        self._lines = lines
        self._fenced = fenced
        self._notes = notes
        self._at = 0

    def files(self) -> list[File]:
        """All files, in order."""
        files: list[File] = []
        while self._at < len(self._lines):
            line = self._lines[self._at]
            if git := _GIT.match(line):
                if git[1] == "diff --git" or not files or files[-1].hunks:
                    files.append(File())
                files[-1].git[git[1]] = git[2].strip()
                self._at += 1
            elif _is_header(self._lines, self._at):
                if not files or files[-1].hunks or files[-1].old is not None:
                    files.append(File())
                files[-1].old, files[-1].new = line[4:], self._lines[self._at + 1][4:]
                self._at += 2
            elif line.startswith("@@") or (self._fenced and line.startswith(("-", "+", " "))):
                files = files or [File()]
                files[-1].hunks.append(self._hunk(line))
            else:
                self._at += 1
        return files

    def _hunk(self, line: str) -> Hunk:
        found = Hunk([])
        want: tuple[int, int] | None = None
        if ranges := _RANGES.match(line):
            found.line = int(ranges[1])
            found.heading = ranges[5].strip()
            want = int(ranges[2] or "1"), int(ranges[4] or "1")
        else:
            self._notes["a hunk has no line numbers"] = None
            found.heading = _heading(line)
        self._at += line.startswith("@@")
        counts = 0, 0
        while self._at < len(self._lines) and not self._ends(counts, want):
            line = self._lines[self._at]
            if line.startswith("\\"):
                found.unended.add(found.body[-1][:1] if found.body else " ")
            else:
                found.body.append(line)
                counts = counts[0] + (line[:1] != "+"), counts[1] + (line[:1] != "-")
            self._at += 1
        if want != counts:
            found.body = hunk.without_layout(found.body)
            if want is not None and want != _counts(found.body):
                self._notes["the counts of a hunk do not fit its lines"] = None
        return found

    def _ends(self, counts: tuple[int, int], want: tuple[int, int] | None) -> bool:
        """Whether the hunk ends before the next line: at a header, or at prose once its counts are met."""
        line = self._lines[self._at]
        old, new = counts
        short = want is not None and (old < want[0] or new < want[1])
        if line.startswith("@@") or _GIT.match(line):
            return True
        if _is_header(self._lines, self._at) and not short:
            return True
        if _is_header(self._lines, self._at) and self._before_hunk() and (old + 1, new + 1) != want:
            return True
        if not short and want is not None and (line == "-- " or (not line and (old, new) == want)):
            return True
        if line.startswith((" ", "-", "+", "\\", "\t")) or not line:
            return False
        return not short and not self._fenced

    def _before_hunk(self) -> bool:
        return "".join(self._lines[self._at + 2 : self._at + 3]).startswith("@@")


def _heading(line: str) -> str:
    """What a header without numbers says: `@@ def f():`, `@@ def f(): @@`, `@@ ... @@ def f():`."""
    inner, _, after = line.removeprefix("@@").partition("@@") if line.startswith("@@") else ("", "", "")
    return after.strip() or ("" if inner.strip() == "..." else inner.strip())


def _counts(body: Sequence[str]) -> tuple[int, int]:
    return sum(line[:1] != "+" for line in body), sum(line[:1] != "-" for line in body)
