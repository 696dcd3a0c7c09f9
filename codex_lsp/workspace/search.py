"""Search the workspace: what is on disk, by ripgrep or a program of ours, and live texts in their place.

Nothing that a run may not see is found. A regular expression is only ever run by another process, which is
killed when it takes too long, or when nobody waits for it any more.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
import threading
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from itertools import accumulate, islice
from pathlib import Path

from codex_lsp.edits.errors import PathRejected
from codex_lsp.edits.text import split_lines, strip_end
from codex_lsp.records import record
from codex_lsp.workspace import grep, ripgrep
from codex_lsp.workspace.globs import matcher
from codex_lsp.workspace.lines import BadPattern, Line, found_lines
from codex_lsp.workspace.policy import MAX_FILE_BYTES, Root
from codex_lsp.workspace.view import View
from codex_lsp.workspace.walk import Walk

__all__ = ["BadPattern", "Found", "Line", "Query", "search"]

MAX_PATTERN = 1_000
# How ripgrep says that a long line goes on.
_CUT = re.compile(r" \[\.\.\. [^\]]*\]\Z")
CUT_CHARS = 400

OWN = (sys.executable, "-I", "-S", str(Path(grep.__file__)))


@record(frozen=True, slots=True)
class Query:
    """What to look for: a text, or a regular expression, within a line; `below` a folder or in one file.

    `globs` are patterns of git's kind (`globs.only`); without any, all files count. At most `most` lines are
    found, `each` in one file unless that is all there is; `seconds` is the time it may take.
    """

    pattern: str
    regex: bool = False
    ignore_case: bool = False
    below: str = ""
    globs: tuple[str, ...] = ()
    most: int = 1_000
    each: int = 50
    seconds: float = 10.0


@dataclass(slots=True)
class Found:
    """The lines found, by path and number. `cut` says in words what ended the search early, or is empty.

    `full` are the files of which as many lines were found as may be, whether they have more or not.
    """

    lines: list[Line] = field(default_factory=list)
    cut: str = ""
    full: tuple[str, ...] = ()


async def search(view: View, live: Mapping[str, str], gone: Iterable[str], query: Query) -> Found:
    """Search the files that the view shows, `live` texts in the place of theirs, and none that is `gone`.

    Whether `query.below` may be seen is the caller's to ask. Raises `BadPattern`.
    """
    pattern = query.pattern
    if not pattern or len(pattern) > MAX_PATTERN or "\0" in pattern or "\n" in pattern or "\r" in pattern:
        raise BadPattern(f"a pattern is of one line, not empty, and of {MAX_PATTERN} characters at most.")
    if query.below in live or (view.root is not None and (view.root.folder / query.below).is_file()):
        query = replace(query, each=query.most)
    wanted = matcher(query.globs) if query.globs else lambda path: True
    texts = {path: text for path, text in live.items() if _below(path, query.below) and wanted(path)}
    skipped = {*live, *gone}
    found = Found()

    def take(line: Line) -> bool:
        if line.path not in skipped and wanted(line.path) and not view.why_not(line.path):
            found.lines.append(line)
        return len(found.lines) < query.most

    try:
        async with asyncio.timeout(query.seconds):
            found.lines += await _in_texts(view, texts, query)
            if view.root is not None and query.below not in skipped and len(found.lines) < query.most:
                found.cut = await _on_disk(view.root, view, query, take)
    except TimeoutError:
        found.cut = f"the search took longer than {query.seconds:g} s"
    if view.root is not None:
        found.lines = await asyncio.to_thread(_still_there, view, found.lines, texts)
    if len(found.lines) >= query.most:
        found.cut = f"there are {query.most} lines or more"
    found.lines.sort(key=lambda line: (line.path, line.number))
    counts = Counter(line.path for line in found.lines)
    found.full = tuple(path for path, count in counts.items() if count >= query.each)
    return found


def _still_there(view: View, lines: list[Line], live: Mapping[str, str]) -> list[Line]:
    """Those that stand in files of ours: a link that was swapped meanwhile may have led elsewhere."""
    kept: list[Line] = []
    by_path: dict[str, list[Line]] = {}
    for line in lines:
        (kept if line.path in live else by_path.setdefault(line.path, [])).append(line)
    for path, found in by_path.items():
        try:
            text = view.root.data(path, view.why_hidden).decode("utf-8", "replace") if view.root else ""
        except (PathRejected, OSError):
            continue
        kept += (line for line in found if _bare(line.text) in text)
    return kept


def _bare(text: str) -> str:
    """A line as it stands in its file, without what is said where it was cut."""
    return _CUT.sub("", text).rstrip("\ufffd") if len(text) >= CUT_CHARS else text


def _below(path: str, folder: str) -> bool:
    return not folder or path == folder or path.startswith(folder + "/")


async def _on_disk(root: Root, view: View, query: Query, take: Callable[[Line], bool]) -> str:
    """Search files; what cut the walk short, or ""."""
    program, cut, given = ripgrep.find(root.folder), "", None
    if program:
        spared = await asyncio.to_thread(ripgrep.hidden_folders, root, view.ignore, query.below)
        argv = [*_ripgrep(program, query), *spared, "--", f"./{query.below}"]
    else:
        paths, cut = await _paths(root, view, query)
        argv = [*OWN]
        given = _question(query, files=True) + b"".join(os.fsencode(path) + b"\0" for path in paths)
    async with aclosing(found_lines(argv, root.folder, given)) as lines:
        async for line in lines:
            if not take(line):
                break
    return cut


def _ripgrep(program: str, query: Query) -> list[str]:
    return ripgrep.command(
        *(program, query.pattern),
        regex=query.regex,
        ignore_case=query.ignore_case,
        each=query.each,
        globs=query.globs,
    )


def _question(query: Query, *, files: bool) -> bytes:
    asked = {"pattern": query.pattern, "regex": query.regex, "ignore_case": query.ignore_case}
    return json.dumps({**asked, "most": query.each, "size": MAX_FILE_BYTES, "files": files}).encode() + b"\n"


async def _paths(root: Root, view: View, query: Query) -> tuple[list[str], str]:
    if (root.folder / query.below).is_file():
        return [query.below], ""
    wanted = matcher(query.globs) if query.globs else lambda path: True
    stop = threading.Event()
    walk = Walk(root, view.ignore, query.below, stop=stop.is_set)
    try:
        return await asyncio.to_thread(lambda: [path for path in walk if wanted(path)]), walk.cut
    finally:
        stop.set()


async def _in_texts(view: View, texts: Mapping[str, str], query: Query) -> list[Line]:
    """Search live texts: for a text right here, by an expression in another process, all at once."""
    if not texts:
        return []
    if not query.regex:
        return await asyncio.to_thread(_literally, texts, query)
    counts, given = await asyncio.to_thread(_joined, texts)
    program = ripgrep.find(view.root.folder) if view.root else None
    if program:
        argv = [*_ripgrep(program, replace(query, each=query.most, globs=())), "--text", "--", "-"]
    else:
        argv, given = [*OWN], _question(query, files=False) + given
    return await _mapped(argv, given, counts, query)


def _joined(texts: Mapping[str, str]) -> tuple[dict[str, int], bytes]:
    """How many lines each text has, and all lines one behind the other."""
    split = {path: [strip_end(line) for line in split_lines(text)] for path, text in texts.items()}
    whole = "".join(f"{line}\n" for lines in split.values() for line in lines)
    return {path: len(lines) for path, lines in split.items()}, whole.encode("utf-8", "replace")


async def _mapped(argv: list[str], given: bytes, counts: Mapping[str, int], query: Query) -> list[Line]:
    """What is found in texts that were put one behind the other, by their paths and numbers."""
    paths, starts = list(counts), [0, *accumulate(counts.values())]
    found: dict[str, list[Line]] = {}
    async with aclosing(found_lines(argv, Path(OWN[-1]).parent, given)) as lines:
        async for line in lines:
            at = bisect_right(starts, line.number - 1) - 1
            path = paths[at]
            if len(of := found.setdefault(path, [])) < query.each:
                of.append(replace(line, path=path, number=line.number - starts[at]))
    return [line for lines in found.values() for line in lines]


def _literally(texts: Mapping[str, str], query: Query) -> list[Line]:
    return [line for path, text in texts.items() for line in islice(_literal(path, text, query), query.each)]


def _literal(path: str, text: str, query: Query) -> Iterator[Line]:
    find, _ = grep.finder(query.pattern, regex=False, ignore_case=query.ignore_case)
    if find(text) is None:
        return
    for number, line in enumerate(split_lines(text), 1):
        if (at := find(line)) is not None:
            column = len(line[:at].encode("utf-8", "replace")) + 1
            yield Line(path, number, column, strip_end(line)[: grep.MAX_TEXT])
