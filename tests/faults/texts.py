"""Texts whose every line is one of a kind, and changes of them that can be told apart afterwards.

Written without the edit engine: what a change must come to is worked out here from lines alone.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from random import Random
from typing import Any

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")
_ENDS = ("\n", "\n", "\r\n", "\r\n", "\r")
_SPICE = ("", "", "", " é", " 😀", " ﬁn", "\t", " 𝒙𝒚", " \u2028x", " \x0cx", " a\u0301", " trailing  ")


def split(text: str) -> list[str]:
    """The lines of LSP, with their ends."""
    return _LINE.findall(text)


def bare(line: str) -> str:
    """A line without its end."""
    return line.rstrip("\r\n")


@dataclass(frozen=True)
class Change:
    """Some lines of one file that become others, all without their ends.

    `context` is what stood around, line ends included; `first` and `last` say that it reached the file's
    beginning and end; `ends` are the line ends that the file had. A file that is made has neither `before`
    nor `context`.
    """

    path: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    context: tuple[str, ...] = ()
    first: bool = False
    last: bool = False
    creates: bool = False
    ends: frozenset[str] = frozenset()

    def in_(self, text: str) -> bool:
        """Whether a text holds this change."""
        return _find([bare(line) for line in split(text)], self.after) is not None

    def untouched_in(self, text: str) -> bool:
        """Whether a text still holds what was there, and the lines around it, as they were."""
        lines = split(text)
        at = _find(lines, self.context)
        if at is None:
            return False
        return (not self.first or at == 0) and (not self.last or at + len(self.context) == len(lines))


def _find(lines: Sequence[str], block: Sequence[str]) -> int | None:
    for at in range(len(lines) - len(block) + 1):
        if all(lines[at + number] == line for number, line in enumerate(block)):
            return at
    return None


def _without(lines: list[str], block: Sequence[str]) -> list[str]:
    at = _find([bare(line) for line in lines], block)
    return lines if at is None else lines[:at] + lines[at + len(block) :]


def _ends(lines: Sequence[str]) -> set[str]:
    return {line[len(bare(line)) :] for line in lines} - {""}


@dataclass(frozen=True)
class Difference:
    """What went wrong between two texts beside the changes: in words, and how many characters are lost."""

    what: str
    lost: int


def beside(old: str, new: str, made: Collection[Change]) -> Difference | None:
    """What differs between two texts but for the changes that were made; None if nothing does."""
    before, after = split(old), split(new)
    for change in made:
        before, after = _without(before, change.before), _without(after, change.after)
    if before != after:
        here, there = "".join(before), "".join(after)
        codes = SequenceMatcher(None, here, there, autojunk=False).get_opcodes()
        lost = sum(end - start for tag, start, end, *_ in codes if tag != "equal")
        what = "; ".join(f"{here[a:b]!r} -> {there[c:d]!r}" for tag, a, b, c, d in codes if tag != "equal")
        return Difference(f"beside its changes: {what[:400]}", lost)
    ends = [_ends(split(text)) for text in (old, new)]
    # A person who meanwhile gave the file other line ends has both kinds then.
    seen = frozenset[str]().union(*(change.ends for change in made))
    if len(ends[0] | seen) == 1 and len(ends[1]) > 1:
        return Difference(f"line ends were {ends[0]}, are {ends[1]}", 0)
    return None


@dataclass
class Maker:
    """Makes texts and changes by a random source; every line of its making is unique."""

    random: Random
    count: int = field(default=0)

    def token(self, letter: str) -> str:
        """A word that was never there before."""
        self.count += 1
        return f"{letter}{self.count:05d}"

    def document(self, path: str) -> str:
        """The text of a new document: of any line end, with or without the last one, sometimes empty."""
        if self.random.random() < 0.06:
            return ""
        end, mixed = self.random.choice(_ENDS), self.random.random() < 0.12
        lines: list[str] = []
        while len(lines) < self.random.choice((1, 3, 12, 30)):
            lines += self._block(path)
        text = "".join(line + (self.random.choice(_ENDS) if mixed else end) for line in lines)
        return (
            text if self.random.random() < 0.7 else text[: len(text) - len(split(text)[-1]) + len(lines[-1])]
        )

    def _block(self, path: str) -> list[str]:
        word, spice = self.token("b"), self.random.choice(_SPICE)
        kind = self.random.random()
        if kind < 0.1:
            return [""]
        if not path.endswith(".py"):
            return ["the same line"] if kind < 0.2 else [f"- {word}{spice}", f"  {self.token('b')} words"]
        if kind < 0.2:
            return ["# the same line"]
        if kind < 0.5:
            return [f"def {word}():", f'    return "{self.token("b")}{spice.strip()}"']
        return [f'{word} = "{spice.strip()}"', f"# {self.token('b')}{spice.strip()}"]

    def typing(self) -> str:
        """Something that a person types."""
        word = self.token("t")
        shapes = (
            f" {word} ",
            f"{word}\n",
            f"\n{word}",
            f"{word}\r\n",
            f"\r{word}",
            f"😀{word}é",
            f"# {word}\n",
        )
        return self.random.choice((word, word, *shapes))

    def changes(self, path: str, text: str, word: str, most: int = 3) -> list[Change]:
        """Up to `most` changes of a text, apart from each other, marked with `word`."""
        lines = split(text)
        if not lines:
            return [Change(path, (), (f"{self._comment(path)}{word}h0",), first=True, last=True)]
        names = [bare(line) for line in lines]
        able = [at for at, name in enumerate(names) if name.strip() and names.count(name) == 1]
        self.random.shuffle(able)
        taken: list[int] = []
        made: list[Change] = []
        for at in able:
            if len(made) < most and all(abs(at - other) > 4 for other in taken):
                taken.append(at)
                made.append(self._change(path, lines, at, f"{word}h{len(made)}"))
        return sorted(made, key=lambda change: _find(names, change.before) or 0)

    def _change(self, path: str, lines: list[str], at: int, word: str) -> Change:
        name = bare(lines[at])
        indent = name[: len(name) - len(name.lstrip())]
        mark = f"{self._comment(path)}{word}"
        context = tuple(lines[max(0, at - 1) : at + 2])
        more: dict[str, Any] = {
            "first": at == 0,
            "last": at + 2 > len(lines),
            "ends": frozenset(_ends(lines)),
        }
        kind = self.random.random()
        if kind < 0.4:
            return Change(path, (name,), (f"{name}  {mark}",), context, **more)
        if kind < 0.7:
            return Change(path, (name,), (name, f"{indent}{mark}", f"{indent}{mark}b"), context, **more)
        if path.endswith(".py"):
            return Change(path, (name,), (f"{name}  {mark}", f"{indent}{mark}c"), context, **more)
        return Change(path, (name,), (f"{indent}{word} instead",), context, **more)

    @staticmethod
    def _comment(path: str) -> str:
        return "# " if path.endswith(".py") else ""
