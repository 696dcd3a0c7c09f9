"""What the rules need to know of a syntax tree: definitions and import blocks, by line (zero-based)."""

from __future__ import annotations

import ast
from collections.abc import Iterator

Function = (ast.FunctionDef, ast.AsyncFunctionDef)
Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def first_line(node: ast.stmt) -> int:
    """The statement's first line, one-based; decorators belong to it."""
    decorators = node.decorator_list if isinstance(node, (*Function, ast.ClassDef)) else []
    return min([node.lineno, *(decorator.lineno for decorator in decorators)])


def definitions(tree: ast.Module) -> list[Definition]:
    """All functions and classes, in the order of their lines."""
    found = [node for node in ast.walk(tree) if isinstance(node, (*Function, ast.ClassDef))]
    return sorted(found, key=lambda node: (node.lineno, node.col_offset))


def selected(tree: ast.Module, first: int, last: int) -> list[Definition]:
    """The definitions whose header, with decorators, has a line in `first` to `last`.

    If there is none: the innermost definition around the line `first`, if there is one.
    """
    every = definitions(tree)
    headed = [node for node in every if first_line(node) - 1 <= last and _header_end(node) >= first]
    if headed:
        return headed
    around = [node for node in every if first_line(node) - 1 <= first <= (node.end_lineno or node.lineno) - 1]
    return around[-1:]


def _header_end(node: Definition) -> int:
    """The last line that is certainly the header's, zero-based."""
    return max(node.lineno, first_line(node.body[0]) - 1) - 1


def import_blocks(tree: ast.Module) -> list[tuple[int, int]]:
    """Runs of import statements with nothing between them: the first and the last line of each."""
    blocks: list[tuple[int, int]] = []
    for body in _bodies(tree):
        run: list[ast.stmt] = []
        for statement in [*body, ast.Pass()]:
            if isinstance(statement, (ast.Import, ast.ImportFrom)):
                run.append(statement)
            elif run:
                blocks.append((run[0].lineno - 1, (run[-1].end_lineno or run[-1].lineno) - 1))
                run = []
    return sorted(blocks)


def statement_around(tree: ast.Module, first: int, last: int) -> tuple[int, int] | None:
    """The lines of the innermost statement that holds all of `first` to `last`."""
    best: tuple[int, int] | None = None
    for node in ast.walk(tree):
        if isinstance(node, ast.stmt):
            start, end = first_line(node) - 1, (node.end_lineno or node.lineno) - 1
            if start <= first and last <= end and (best is None or end - start <= best[1] - best[0]):
                best = start, end
    return best


def _bodies(tree: ast.Module) -> Iterator[list[ast.stmt]]:
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            body = getattr(node, name, None)
            if isinstance(body, list):
                yield body
