"""ruff's formatter, held to the selected lines."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable
from itertools import pairwise

from codex_lsp.edits.diff import line_hunks
from codex_lsp.edits.text import split_lines
from codex_lsp.services.offline.draft import Draft
from codex_lsp.services.offline.source import Edit, Lines, apply, parse
from codex_lsp.services.offline.tree import Function

MAX_STRETCHES = 50

# Formats the given lines (zero-based, inclusive) of the text.
Formatter = Callable[[str, int, int], str]


def format_region(draft: Draft, number: int, formatter: Formatter) -> tuple[int, int]:
    """Format the draft's region `number`: how many changes were made, and how many left out.

    The formatter works on whole statements; what it would change outside of the region is left out, and
    so is everything if the rest would then mean something else. It drops form feeds: what lies between the
    lines that hold one is formatted by itself.
    """
    made = left_out = 0
    for first, last in reversed(_stretches(draft, number)):
        region = draft.regions[number]
        edits = _line_edits(draft.text, formatter(draft.text, first, last))
        taken = [edit for edit in edits if draft.allows([edit], region) and not _drops_form_feed(draft, edit)]
        whole = len(taken) == len(edits)
        if not (draft.survives(taken) if whole else _same_meaning(draft.text, apply(draft.text, taken))):
            taken = []
        draft.apply(taken)
        made += len(taken)
        left_out += len(edits) - len(taken)
    return made, left_out


def _stretches(draft: Draft, number: int) -> list[tuple[int, int]]:
    """The region's lines as runs, first and last line of each, without the lines that hold a form feed."""
    lines = draft.lines
    first, last = lines.span(draft.regions[number])
    feeds = [line for line in range(first, last + 1) if "\f" in lines.line(line)]
    if len(feeds) > MAX_STRETCHES:
        return [(first, last)]
    borders = [first - 1, *feeds, last + 1]
    return [(low + 1, high - 1) for low, high in pairwise(borders) if low + 1 < high]


def _line_edits(old: str, new: str) -> list[Edit]:
    lines = Lines(old)
    return [
        Edit(lines.start(hunk.start), lines.start(hunk.end), "".join(hunk.lines))
        for hunk in line_hunks(split_lines(old), split_lines(new))
    ]


def _drops_form_feed(draft: Draft, edit: Edit) -> bool:
    return draft.text.count("\f", edit.start, edit.end) > edit.text.count("\f")


def _same_meaning(old: str, new: str) -> bool:
    before, after = parse(old), parse(new)
    if not isinstance(before, ast.Module) or not isinstance(after, ast.Module):
        return False
    return ast.dump(_with_clean_docstrings(before)) == ast.dump(_with_clean_docstrings(after))


def _with_clean_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        if isinstance(node, (*Function, ast.ClassDef, ast.Module)) and node.body:
            first = node.body[0]
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                value = first.value.value
                if isinstance(value, str):
                    cleaned = inspect.cleandoc(value).splitlines()
                    first.value.value = "\n".join(line.strip() for line in cleaned)
    return tree
