"""The one edit that every tool of the suite `cli` is asked for, and the replies that make them do it."""

from __future__ import annotations

FILE = "shapes.py"
TASK = "area() adds where it has to multiply: it must return width * height. Change nothing else."
BEFORE = '''\
"""Sizes of things."""


def area(width: float, height: float) -> float:
    return width + height


def around(width: float, height: float) -> float:
    return 2 * (width + height)


def half(width: float, height: float) -> float:
    return area(width, height) / 2
'''
_OLD = "    return width + height\n"
_NEW = "    return width * height\n"
AFTER = BEFORE.replace(_OLD, _NEW)

# A reply that holds the whole file, and one that quotes what is to be replaced.
WHOLE = f"```python\n{AFTER}```\n"
BLOCK = f"{FILE}\n```python\n<<<<<<< SEARCH\n{_OLD}=======\n{_NEW}>>>>>>> REPLACE\n```\n"
# What Codex makes of it with its shell.
PATCH = f"*** Begin Patch\n*** Update File: {FILE}\n@@\n-{_OLD}+{_NEW}*** End Patch\n"
