"""A hundred documents of some 300 lines, and the one patch that fits into each of them."""

from __future__ import annotations

from tests.bench import texts

DOCUMENTS = 100
NAME = r"module_(\d+)\.py"
# The lines around the patch, where nobody types.
QUIET = (120, 180)
PLACE = 150


def name(number: int) -> str:
    """The file's name."""
    return f"module_{number:03}.py"


def lines(number: int) -> list[str]:
    """Its text: every one has other names and another length."""
    return texts.source(300 + number)


def areas(number: int) -> list[tuple[int, int]]:
    """Where a person types in it."""
    return [(0, QUIET[0]), (QUIET[1], len(lines(number)))]


def patch(number: int) -> str:
    """A reply that changes two of its lines."""
    base = lines(number)
    old = tuple(base[PLACE : PLACE + 2])
    return texts.begin_patch(name(number), base, [texts.Change(PLACE, old, (old[0], "    use(it)\n"))])
