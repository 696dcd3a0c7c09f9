"""Source text to measure with: as long as asked, the same every time, its names as varied as in code."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

SYLLABLES = [
    "ba",
    "co",
    "di",
    "fer",
    "gan",
    "hol",
    "in",
    "jar",
    "kel",
    "lom",
    "mun",
    "nor",
    "pra",
    "qui",
    "ros",
]
OPERATORS = ["+", "-", "*", "//", "%", "|", "&", "^"]
# Where the agent's three changes are, and the person's, as parts of the whole.
OURS = (0.1, 0.5, 0.9)
THEIRS = (0.2, 0.4, 0.8)
# How many lines around a change a reply quotes.
CONTEXT = 3


def source(lines: int, *, plain: bool = True) -> list[str]:
    """So many lines of Python. Without `plain`, each function has a comment in more than ASCII."""
    chance = random.Random(lines)

    def name() -> str:
        return "_".join("".join(chance.choices(SYLLABLES, k=2)) for _ in range(chance.randint(1, 2)))

    result: list[str] = []
    while len(result) < lines:
        value, other, result_name = name(), name(), name()
        result += [
            f"def {name()}({value}, {other}):\n",
            f'    """{name().capitalize()} the {name()} of {name()}."""\n',
            f"    if {value} is None:\n",
            "        return None\n",
            f"    {result_name} = {value} {chance.choice(OPERATORS)} {chance.randrange(10_000)}\n",
            *([] if plain else [f"    # Größe {name()} 😀 → {name()}\n"]),
            f"    for item in {other}.{name()}():\n",
            f"        {result_name} += item.{name()} {chance.choice(OPERATORS)} {chance.randrange(100)}\n",
            f"    return {result_name}\n",
            "\n",
        ]
    return result[:lines]


@dataclass(frozen=True)
class Change:
    """Two lines, from the zero-based line `at` on, become the `new` ones."""

    at: int
    old: tuple[str, ...]
    new: tuple[str, ...]


def changes(base: list[str], parts: tuple[float, ...], word: str) -> list[Change]:
    """One change at each part of the text."""
    return [
        Change(at, tuple(base[at : at + 2]), (f"    {word} = {number}\n", f"    use({word})\n", base[at + 1]))
        for number, part in enumerate(parts)
        for at in [int(len(base) * part)]
    ]


def changed(base: list[str], made: list[Change]) -> str:
    """The base with the changes made."""
    lines = list(base)
    for change in sorted(made, key=lambda change: -change.at):
        lines[change.at : change.at + len(change.old)] = change.new
    return "".join(lines)


def begin_patch(path: str, base: list[str], made: list[Change], *, slips: bool = False) -> str:
    """The changes as a model replies with them; with `slips`, it misremembers a line above each."""
    reply = ["*** Begin Patch\n", f"*** Update File: {path}\n"]
    for change in made:
        above, below = _around(base, change, slips=slips)
        reply += ["@@\n", *(" " + line for line in above)]
        reply += ["-" + line for line in change.old] + ["+" + line for line in change.new]
        reply += [" " + line for line in below]
    return "".join([*reply, "*** End Patch\n"])


def quoted_old(base: list[str], change: Change, *, slips: bool = False) -> list[str]:
    """The lines that such a reply quotes as the file's."""
    above, below = _around(base, change, slips=slips)
    return [*above, *change.old, *below]


def _around(base: list[str], change: Change, *, slips: bool) -> tuple[list[str], list[str]]:
    end = change.at + len(change.old)
    above = base[change.at - CONTEXT : change.at]
    if slips:
        telling = max(range(len(above)), key=lambda number: len(_longest_word(above[number])))
        above[telling] = misremembered(above[telling])
    return above, base[end : end + CONTEXT]


def misremembered(line: str) -> str:
    """The line with two letters of its longest word swapped, in the word's middle."""
    word = _longest_word(line)
    middle = len(word) // 2
    while word[middle] == word[middle + 1]:
        middle -= 1
    swapped = word[:middle] + word[middle : middle + 2][::-1] + word[middle + 2 :]
    return line.replace(word, swapped, 1)


def _longest_word(line: str) -> str:
    return max(re.findall(r"\w+", line), key=len, default="")
