"""The file that the router suite asks to edit, and what the endpoint answers."""

from __future__ import annotations

from typing import Any

BLOCK = 5
BLOCKS = 80


def text() -> str:
    """Python source of 400 lines, a function every five."""
    return "\n".join(_function(number, number) for number in range(BLOCKS))


def selection(block: int) -> dict[str, Any]:
    """The range of a function."""
    first = block * BLOCK
    return {"start": {"line": first, "character": 0}, "end": {"line": first + BLOCK - 1, "character": 0}}


def instruction(block: int, value: int, *, pieces: bool = False) -> str:
    """What to say so that the endpoint changes this function's number."""
    return f"edit {block} to {value}" + (" in pieces" if pieces else "")


def reply(block: int, value: int) -> str:
    """The endpoint's reply: the whole function anew."""
    return f"Done.\n\n```python\n{_function(block, value)}```\n"


def edited(block: int, value: int) -> str:
    """The text after the edit."""
    return "\n".join(_function(each, value if each == block else each) for each in range(BLOCKS))


def applied(before: str, edits: list[dict[str, Any]]) -> str:
    """`before` with an LSP client's text edits; the text is ASCII."""
    lines = before.splitlines(keepends=True)
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line))

    def offset(position: dict[str, int]) -> int:
        return starts[position["line"]] + position["character"]

    for edit in sorted(edits, key=lambda each: offset(each["range"]["start"]), reverse=True):
        start, end = (offset(edit["range"][side]) for side in ("start", "end"))
        before = before[:start] + edit["newText"] + before[end:]
    return before


def _function(number: int, value: int) -> str:
    return (
        f"def work_{number}(first: int, second: int) -> int:\n"
        f"    total = first + {value}\n"
        "    scaled = second * total\n"
        "    return scaled\n"
    )
