"""A person at the keyboard: changes at random places, and the text as it must be after them."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from typing import Any

LETTERS = "etaoin shrdlu_(),.: =+"
WIDE = "ß→😀"

_MARK = re.compile(r"    def (?P<name>marker[\w$]*)")


def columns(text: str) -> int:
    """The length in UTF-16 code units."""
    return len(text.encode("utf-16-le")) // 2


class Person:
    """Types into one document, in UTF-16 positions; `lines` is its text, and `version` its version.

    `areas` are the zero-based lines `[start, end)` that are typed in, all of them if there are none given;
    with areas no line comes or goes.
    """

    def __init__(
        self, uri: str, lines: Sequence[str], seed: int, areas: Sequence[tuple[int, int]] = ()
    ) -> None:
        self.uri = uri
        self.lines = list(lines)
        self.version = 1
        self._areas = areas
        self._chance = random.Random(seed)
        self._marks = 0

    @property
    def text(self) -> str:
        """The whole text."""
        return "".join(self.lines)

    def change(self) -> dict[str, Any]:
        """One change, already in `lines`; returns the parameters of its `didChange`."""
        number = self._line()
        line = self.lines[number].removesuffix("\n")
        dice = 0.5 if self._areas else self._chance.random()
        if dice < 0.05:
            return self._mark(number)
        if dice < 0.1 and number + 1 < len(self.lines):
            return self._put(number, len(line), number + 1, 0, "\n\n")
        at = self._chance.randint(0, len(line))
        if dice > 0.9 and at < len(line):
            return self._put(number, at, number, at + 1, "")
        typed = self._chance.choice(WIDE if dice > 0.85 else LETTERS)
        return self._put(number, at, number, at, typed)

    def selection(self) -> dict[str, Any]:
        """A cursor or some selected lines."""
        number, more = self._line(), self._chance.choice((0, 0, 1, 5, 30))
        last = min(len(self.lines) - 1, number + more)
        column = columns(self.lines[last].removesuffix("\n"))
        start = column if more == 0 and self._chance.random() < 0.5 else 0
        return {
            "start": {"line": number, "character": start},
            "end": {"line": last, "character": column if more else start},
        }

    def marks(self) -> list[tuple[int, str]]:
        """The number of each line that holds one of the definitions that `change` puts in, and its name."""
        found = ((number, _MARK.match(line)) for number, line in enumerate(self.lines))
        return [(number, mark["name"]) for number, mark in found if mark]

    def _line(self) -> int:
        if not self._areas:
            return self._chance.randrange(len(self.lines))
        return self._chance.randrange(*self._chance.choice(self._areas))

    def _mark(self, number: int) -> dict[str, Any]:
        self._marks += 1
        return self._put(number, 0, number, 0, f"    def marker_{self._marks}_says_{number}(): ...\n")

    def _put(self, first: int, start: int, last: int, end: int, text: str) -> dict[str, Any]:
        head, tail = self.lines[first][:start], self.lines[last][end:]
        from_ = {"line": first, "character": columns(head)}
        to = {"line": last, "character": columns(self.lines[last][:end])}
        self.lines[first : last + 1] = (head + text + tail).splitlines(keepends=True)
        self.version += 1
        identifier = {"uri": self.uri, "version": self.version}
        change = {"range": {"start": from_, "end": to}, "text": text}
        return {"textDocument": identifier, "contentChanges": [change]}
