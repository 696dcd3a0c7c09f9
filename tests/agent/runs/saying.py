"""How a model says what it wants: the same wish as a patch, as blocks, as a diff, as calls of tools.

Written for the tests alone, from the forms as models and other programs know them; none of it is ours.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from codex_lsp.agent.model import Reply, ToolCall, Usage
from tests.agent.runs.material import Source
from tests.agent.runs.wishes import Change, Create, Delete, Move, Wish

CONTEXT = 3
USED = Usage(100, 20, 120, 0.001)


def patch(files: Mapping[str, Source], wishes: Iterable[Wish]) -> str:
    """All of it as one patch of the kind that begins with `*** Begin Patch`."""
    parts = ["*** Begin Patch"]
    changes: list[Change] = []
    for wish in wishes:
        match wish:
            case Create(path, text):
                parts += [
                    f"*** Add File: {path}",
                    *(f"+{line}" for line in text.removesuffix("\n").split("\n")),
                ]
            case Delete(path):
                parts += [f"*** Delete File: {path}"]
            case Move(path, to, moved):
                parts += [f"*** Update File: {path}", f"*** Move to: {to}", *_hunks(files[path], moved)]
            case Change():
                changes.append(wish)
    for path, own in _by_path(changes).items():
        parts += [f"*** Update File: {path}", *_hunks(files[path], own)]
    return "\n".join([*parts, "*** End Patch"])


def blocks(files: Mapping[str, Source], changes: Iterable[Change]) -> str:
    """The changes as SEARCH/REPLACE blocks, each in a fence under its path."""
    parts = []
    for path, own in _by_path(changes).items():
        for hunk in _merged(files[path], own):
            old, new = hunk.side("-"), hunk.side("+")
            parts += [path, "```", "<<<<<<< SEARCH", *old, "=======", *new, ">>>>>>> REPLACE", "```", ""]
    return "\n".join(parts)


def unified(files: Mapping[str, Source], changes: Iterable[Change]) -> str:
    """The changes as one diff in a fence."""
    parts = ["```diff"]
    for path, own in _by_path(changes).items():
        parts += [f"--- a/{path}", f"+++ b/{path}"]
        shift = 0
        for hunk in _merged(files[path], own):
            old, new = len(hunk.side("-")), len(hunk.side("+"))
            parts += [f"@@ -{hunk.first + 1},{old} +{hunk.first + 1 + shift},{new} @@", *hunk.lines]
            shift += new - old
    return "\n".join([*parts, "```"])


def fence(lines: Sequence[str], path: str = "") -> str:
    """Lines in a fence, which stands under a file's path if there is one."""
    return "\n".join([*([path] if path else []), "```python", *lines, "```"])


def quoted(source: Source, change: Change) -> tuple[list[str], list[str]]:
    """The lines that are to be found, with so many around that they are the only ones, and the new ones."""
    around = 0 if change.first < change.last else 1
    while True:
        start, end = max(0, change.first - around), min(len(source.lines), change.last + around)
        old = source.lines[start:end]
        if _places(source, old) == 1:
            return list(old), [
                *source.lines[start : change.first],
                *change.new,
                *source.lines[change.last : end],
            ]
        around += 1


def calls(*asked: tuple[str, Mapping[str, Any]], content: str = "") -> Reply:
    """A reply that calls tools, by name and arguments."""
    made = tuple(ToolCall(f"c{n}", name, json.dumps(given)) for n, (name, given) in enumerate(asked))
    return Reply(content, made, "tool_calls", USED, model="scripted-1")


def call(name: str, **given: Any) -> Reply:
    """A reply that calls one tool."""
    return calls((name, given))


def raw_call(name: str, arguments: str) -> Reply:
    """A reply that calls one tool with arguments as they are."""
    return Reply("", (ToolCall("c0", name, arguments),), "tool_calls", USED, model="scripted-1")


def words(content: str, *, reasoning: str = "", finish_reason: str = "stop") -> Reply:
    """A reply in words."""
    return Reply(content, (), finish_reason, USED, reasoning, "scripted-1")


def finish(summary: str = "Done.") -> Reply:
    """The call of `finish`."""
    return call("finish", summary=summary)


def _by_path(changes: Iterable[Change]) -> dict[str, list[Change]]:
    found: dict[str, list[Change]] = {}
    for each in changes:
        found.setdefault(each.path, []).append(each)
    return found


def _hunks(source: Source, changes: Sequence[Change]) -> Iterator[str]:
    for hunk in _merged(source, changes):
        yield "@@"
        yield from hunk.lines


class _Hunk:
    """Lines of a diff, from the zero-based line `first` on; `last` is where what follows begins."""

    def __init__(self, source: Source, change: Change, context: int) -> None:
        self.source = source
        self.context = context
        self.first = max(0, change.first - context)
        self.lines = [f" {line}" for line in source.lines[self.first : change.first]]
        self.last = change.first
        self.add(change)

    def add(self, change: Change) -> None:
        self.lines += [f" {line}" for line in self.source.lines[self.last : change.first]]
        self.lines += [f"-{line}" for line in self.source.lines[change.first : change.last]]
        self.lines += [f"+{line}" for line in change.new]
        self.last = change.last

    def close(self) -> _Hunk:
        after = self.source.lines[self.last : self.last + self.context]
        self.lines += [f" {line}" for line in after]
        self.last += len(after)
        return self

    def side(self, sign: str) -> tuple[str, ...]:
        return tuple(line[1:] for line in self.lines if line[0] in (" ", sign))


def _merged(source: Source, changes: Sequence[Change]) -> list[_Hunk]:
    """Hunks, each with so much around it that its place is the only one."""
    context = CONTEXT
    while True:
        made: list[_Hunk] = []
        for change in sorted(changes, key=lambda each: each.first):
            if made and change.first - made[-1].last < 2 * context:
                made[-1].add(change)
            else:
                if made:
                    made[-1].close()
                made.append(_Hunk(source, change, context))
        if made:
            made[-1].close()
        if all(_places(source, hunk.side("-")) == 1 for hunk in made):
            return made
        context += 2


def _places(source: Source, block: Sequence[str]) -> int:
    size, first = len(block), block[0]
    starts = (at for at, line in enumerate(source.lines) if line == first)
    return sum(source.lines[at : at + size] == tuple(block) for at in starts)
