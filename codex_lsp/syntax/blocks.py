"""Python's own parser, asked of no more than what changed.

A Python text that parses is a row of statements, each on lines of its own. Where some of them are replaced
by lines that parse by themselves, and the next one begins a line as before, the whole parses: at such a place
the tokenizer remembers nothing but the indentation, and a statement's grammar does not depend on what is
around it. So a long text is checked by its changed statements, if those of the text before are known.

This file runs in other processes, too, and imports nothing of the project.
"""

from __future__ import annotations

import ast
import re
import warnings
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeAlias

# Where a statement's first line begins (code points), its indentation, and the statements of its body if it
# is a class or a function. Plain values, so that they can come from another process as JSON.
Block: TypeAlias = tuple[int, str, "Sequence[Block]"]

# More of a text than this is not parsed here: Python's parser lets nobody else run meanwhile.
MOST = 32 * 1024

# This import changes what is taken for "not equal" from there on.
_CONTAGIOUS = "barry_as_FLUFL"
_LINE_END = re.compile(r"\r\n?|\n")


class Change(NamedTuple):
    """The old text's whole lines `[start, end)`, in code points, became `text`."""

    start: int
    end: int
    text: str


def outcome(text: str) -> tuple[str, list[Block]]:
    """What Python's parser has against a text, with the line; if nothing, "" and the text's statements.

    Nobody else runs meanwhile: about 10 ms for 1,000 lines. Raises `SystemError` if the parser itself fails.
    """
    try:
        tree = _parsed(text)
    except SyntaxError as error:
        return f"{error.msg} (line {error.lineno})", []
    except (ValueError, RecursionError, MemoryError) as error:
        return str(error) or type(error).__name__, []
    return "", _blocks(tree.body, text, [0, *(match.end() for match in _LINE_END.finditer(text))])


def still_parses(old: Sequence[Block], new: str, changes: Sequence[Change]) -> bool:
    """Whether it is certain that `new` parses, which is the text of the statements `old` with `changes` made.

    The changes are in order and disjoint. False says nothing: the whole has to be parsed then.
    """
    if not old or _CONTAGIOUS in new:
        return False
    first, *others = old
    return _Proof(new, changes).holds([(0, first[1], first[2]), *others], None, [], changes)


def _parsed(text: str) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except SystemError:
            # Seen once with Python 3.11, "AST constructor recursion depth mismatch": no fault of the text.
            return ast.parse(text)


def _blocks(body: Iterable[ast.stmt], text: str, starts: Sequence[int]) -> list[Block]:
    found: list[Block] = []
    for statement in body:
        place = _first_on_its_line(statement, text, starts)
        if place is not None:
            inner = statement.body if isinstance(statement, _OWNERS) else []
            found.append((*place, _blocks(inner, text, starts)))
        elif found:
            # They share a line, so they are one to us.
            found[-1] = (*found[-1][:2], [])
        else:
            return []
    return found


_OWNERS = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


def _first_on_its_line(statement: ast.stmt, text: str, starts: Sequence[int]) -> tuple[int, str] | None:
    decorators = statement.decorator_list if isinstance(statement, _OWNERS) else []
    number = (decorators[0] if decorators else statement).lineno - 1
    start = starts[number]
    line = text[start : starts[number + 1] if number + 1 < len(starts) else len(text)]
    indent = line[: len(line) - len(line.lstrip(" \t"))]
    begins = line.startswith("@", len(indent)) if decorators else statement.col_offset == len(indent)
    continued = "\\" in text[max(0, start - 3) : start]
    return (start, indent) if begins and not continued else None


class _Proof:
    def __init__(self, new: str, changes: Sequence[Change]) -> None:
        self._new = new
        self._changes = changes
        self._inserted = {change.start for change in changes if change.start == change.end}

    def holds(
        self, blocks: Sequence[Block], end: int | None, around: list[str], changes: Sequence[Change]
    ) -> bool:
        """Whether the statements up to `end` (None: all), inside of those indented as `around`, parse."""
        bounds = [block[0] for block in blocks]
        bounds.append(self._old_end() if end is None else end)
        for low, high, inside in self._runs(blocks, bounds, changes):
            if high == low + 1 and self._within(blocks[low], bounds[high], around, inside):
                continue
            if not self._parse(bounds[low], bounds[high], [*around, blocks[0][1]]):
                return False
        return True

    def _old_end(self) -> int:
        grown = sum(len(change.text) - (change.end - change.start) for change in self._changes)
        return len(self._new) - grown

    def _within(self, block: Block, end: int, around: list[str], changes: Sequence[Change]) -> bool:
        _, indent, body = block
        if not body or changes[0].start < body[0][0]:
            return False
        return self.holds(body, end, [*around, indent], changes)

    def _runs(
        self, blocks: Sequence[Block], bounds: list[int], changes: Sequence[Change]
    ) -> list[tuple[int, int, list[Change]]]:
        """Which statements `[low, high)` the changes touch, together with those changes."""
        runs: list[tuple[int, int, list[Change]]] = []
        for change in changes:
            low = min(bisect_right(bounds, change.start) - 1, len(blocks))
            high = max(low, bisect_left(bounds, change.end))
            if low == high and low and _is_deeper(change.text, blocks[0][1]):
                low -= 1
            if runs and self._meet(runs[-1], low, bounds):
                before = runs.pop()
                low, high, inside = before[0], max(before[1], high), [*before[2], change]
            else:
                inside = [change]
            runs.append((low, high, inside))
        return runs

    def _meet(self, run: tuple[int, int, list[Change]], low: int, bounds: list[int]) -> bool:
        return low < run[1] or (low == run[1] and bounds[low] in self._inserted)

    def _parse(self, start: int, end: int, indents: list[str]) -> bool:
        new_start, new_end = self._moved(start, inserted=False), self._moved(end, inserted=True)
        text = self._new[new_start:new_end]
        before = self._new[:new_start][-1:]
        if before not in ("", "\n", "\r") or (new_end < len(self._new) and text[-1:] not in ("", "\n", "\r")):
            return False
        if len(text) > MOST:
            return False
        *outer, own = indents
        head = "".join(f"{indent}if 1:\n" for indent in outer)
        try:
            body = _parsed(f"{head}{own}pass\n{text}" if outer else text).body
        except (SyntaxError, ValueError, RecursionError, MemoryError, SystemError):
            return False
        return _is_all_inside(body, len(outer))

    def _moved(self, offset: int, *, inserted: bool) -> int:
        """Where a place of the old text is now; behind what was inserted there, or before it."""
        for change in reversed(self._changes):
            if change.end < offset or (change.end == offset and (inserted or change.start < change.end)):
                return offset + sum(
                    len(each.text) - (each.end - each.start) for each in self._changes if each <= change
                )
        return offset


def _is_deeper(text: str, indent: str) -> bool:
    line = text.lstrip("\r\n")
    return line.startswith((indent + " ", indent + "\t"))


def _is_all_inside(body: Sequence[ast.stmt], depth: int) -> bool:
    """Whether nothing came out of the blocks that were put around, and something is left in the innermost."""
    for _ in range(depth):
        if len(body) != 1 or not isinstance(body[0], ast.If) or body[0].orelse:
            return False
        body = body[0].body
    return depth == 0 or len(body) > 1
