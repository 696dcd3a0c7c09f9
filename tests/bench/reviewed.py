"""A long document under review: fifty waiting changes, a person who types between them, and decides on them.

What waits is told by the text itself: each change makes one line that says `Before N` into two, the first of
which says `After N`. So what marks, edits and the text have to be is known at every moment.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from tests.bench.figures import Wrong
from tests.bench.person import Person, columns
from tests.bench.texts import Change, begin_patch, source

HUNKS = 50
LETTERS = "etaoin shrdlu"
# How far from a change the person types, in lines: nearer lines are quoted by the reply.
BELOW = (5, 9)
BREAK_EVERY = 10


def lines(count: int) -> list[str]:
    """So many lines of Python, fifty of which are to be changed."""
    made = source(count, plain=False)
    for number in range(HUNKS):
        made[_place(number, count)] = _before(number)
    return made


def patch(name: str, base: Sequence[str]) -> str:
    """The reply that changes them."""
    made = []
    for number in range(HUNKS):
        at = _place(number, len(base))
        old = (base[at], base[at + 1])
        made.append(Change(at, old, (*_after(number), old[1])))
    return begin_patch(name, list(base), made)


def _place(number: int, count: int) -> int:
    """A function's second line, which is its docstring."""
    return number * (count // HUNKS) // 10 * 10 + 1


def _before(number: int) -> str:
    return f'    """Before {number}."""\n'


def _after(number: int) -> tuple[str, str]:
    return f'    """After {number}."""\n', f"    note({number})\n"


class Reviewer(Person):
    """Types between the changes; `waiting` are the numbers of those that are not accepted."""

    def __init__(self, uri: str, text: Sequence[str], seed: int) -> None:
        super().__init__(uri, text, seed)
        self._dice = random.Random(seed)
        self._keys = 0
        self.waiting = list(range(HUNKS))

    def key(self) -> dict[str, Any]:
        """One keystroke, now and then a line break; returns the parameters of its `didChange`."""
        self._keys += 1
        number = self.line_of(self._dice.randrange(HUNKS)) + self._dice.randint(*BELOW)
        line = self.lines[number].removesuffix("\n")
        if self._keys % BREAK_EVERY == 0:
            return self._put(number, len(line), number, len(line), "\n")
        at = self._dice.randint(0, len(line))
        return self._put(number, at, number, at, self._dice.choice(LETTERS))

    def line_of(self, number: int) -> int:
        """Where a change is, accepted or not."""
        wanted = {_before(number), _after(number)[0]}
        return next(at for at, line in enumerate(self.lines) if line in wanted)

    def at(self, number: int) -> dict[str, Any]:
        """A cursor there."""
        place = {"line": self.line_of(number), "character": 4}
        return {"start": place, "end": place}

    def whole(self) -> dict[str, Any]:
        """All of the text, selected."""
        return {"start": {"line": 0, "character": 0}, "end": {"line": len(self.lines), "character": 0}}

    def accepted(self, numbers: Collection[int]) -> list[str]:
        """The text as it will be with these accepted."""
        made, olds = list(self.lines), {_before(each): each for each in numbers}
        for at in range(len(made) - 1, -1, -1):
            if made[at] in olds:
                made[at : at + 1] = _after(olds[made[at]])
        return made

    def all_accepted(self) -> list[str]:
        """The text as it will be with all accepted."""
        return self.accepted(self.waiting)

    def taken_back(self) -> list[str]:
        """The text as it will be with nothing accepted."""
        made: list[str] = []
        olds = {_after(each)[0]: each for each in range(HUNKS)}
        notes = {_after(each)[1] for each in range(HUNKS)}
        for line in self.lines:
            if line not in notes:
                made.append(_before(olds[line]) if line in olds else line)
        return made

    def edited(self, edits: Iterable[Mapping[str, Any]]) -> list[str]:
        """The text as it will be with an edit's text edits, which do not overlap."""
        made = list(self.lines)
        for each in _last_first(edits):
            _replace(made, each["range"], each["newText"])
        return made

    def apply(self, edits: Sequence[Mapping[str, Any]], wanted: list[str]) -> dict[str, Any]:
        """Take an edit, which must make the text `wanted`; returns the parameters of its `didChange`."""
        made = self.edited(edits)
        if made != wanted:
            raise Wrong(f"an edit of {len(edits)} places makes another text than it should")
        self.lines, self.version = made, self.version + 1
        text = "".join(made)
        self.waiting = [each for each in range(HUNKS) if _before(each) in text]
        changes = [{"range": each["range"], "text": each["newText"]} for each in _last_first(edits)]
        return {"textDocument": {"uri": self.uri, "version": self.version}, "contentChanges": changes}

    def check_marks(self, marks: Sequence[Mapping[str, Any]]) -> None:
        """Raise `Wrong` unless the marks are where changes wait, one for each."""
        shown = sorted(each["range"]["start"]["line"] for each in marks)
        wanted = sorted(self.line_of(each) for each in self.waiting)
        if shown != wanted:
            raise Wrong(
                f"{len(shown)} marks, at {shown[:3]} …; {len(wanted)} changes wait, at {wanted[:3]} …"
            )


def _last_first(edits: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    def start(edit: Mapping[str, Any]) -> tuple[int, int]:
        return edit["range"]["start"]["line"], edit["range"]["start"]["character"]

    return sorted(edits, key=start)[::-1]


def _replace(lines: list[str], range_: Mapping[str, Any], text: str) -> None:
    first, last = range_["start"]["line"], range_["end"]["line"]
    head = _split(lines, first, range_["start"]["character"])[0]
    tail = _split(lines, last, range_["end"]["character"])[1]
    lines[first : last + 1] = (head + text + tail).splitlines(keepends=True)


def _split(lines: Sequence[str], number: int, column: int) -> tuple[str, str]:
    line = lines[number] if number < len(lines) else ""
    units = line.encode("utf-16-le")
    if column > columns(line.removesuffix("\n")):
        raise Wrong(f"line {number} has no column {column}")
    return units[: 2 * column].decode("utf-16-le"), units[2 * column :].decode("utf-16-le")
