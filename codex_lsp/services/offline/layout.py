"""ruff's formatter, held to the selected lines."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable

from codex_lsp.edits.diff import line_hunks
from codex_lsp.edits.text import split_lines
from codex_lsp.services.offline.draft import Draft
from codex_lsp.services.offline.source import Edit, Lines, apply, parse
from codex_lsp.services.offline.tree import Function

# Formats the given lines (zero-based, inclusive) of the text.
Formatter = Callable[[str, int, int], str]


def format_region(draft: Draft, number: int, formatter: Formatter) -> tuple[int, int]:
    """Format the draft's region `number`: how many changes were made, and how many left out.

    The formatter works on whole statements; what it would change outside of the region is left out, and
    so is everything if the rest would then mean something else. Form feeds, which it drops, are kept.
    """
    lines = draft.lines
    region = draft.regions[number]
    edits = _line_edits(draft.text, formatter(draft.text, *lines.span(region)))
    taken = [
        edit for edit in edits if draft.allows([edit], region) and not _drops_form_feed(draft.text, edit)
    ]
    whole = len(taken) == len(edits)
    if not (draft.survives(taken) if whole else _same_meaning(draft.text, apply(draft.text, taken))):
        taken = []
    draft.apply(taken)
    return len(taken), len(edits) - len(taken)


def _line_edits(old: str, new: str) -> list[Edit]:
    lines = Lines(old)
    return [
        Edit(lines.start(hunk.start), lines.start(hunk.end), "".join(hunk.lines))
        for hunk in line_hunks(split_lines(old), split_lines(new))
    ]


def _drops_form_feed(text: str, edit: Edit) -> bool:
    return text.count("\f", edit.start, edit.end) > edit.text.count("\f")


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
