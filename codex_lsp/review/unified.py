"""A proposal to look at: unified diffs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from codex_lsp.edits.diff import Hunk, apply_hunks
from codex_lsp.edits.text import line_end, split_lines
from codex_lsp.review.proposal import FileChange


def unified_diff(changes: Iterable[FileChange]) -> list[str]:
    """The changes as `git apply` reads them; lines keep the ends that they have in the file."""
    import difflib  # Only now: whoever starts needs none.

    lines: list[str] = []
    for change in changes:
        old = "/dev/null" if change.base is None else f"a/{change.path}"
        new = (
            "/dev/null"
            if change.proposed is None and not change.move_to
            else f"b/{change.move_to or change.path}"
        )
        before, after = split_lines(change.base or ""), split_lines(change.proposed or "")
        for line in difflib.unified_diff(before, after, old, new, n=3):
            lines += _shown(line)
        if change.move_to and change.base == change.proposed:
            lines.append(f"rename {change.path} → {change.move_to}\n")
    return lines


def only(change: FileChange, number: int) -> FileChange | None:
    """A change with one of its hunks alone, or, counted on, one of what is held; None if there is no such."""
    from codex_lsp.review.store import hunks_of  # Nor does a diff need what proposals are kept in.

    held = [Hunk(each.start, each.end, each.text) for each in change.held]
    hunks = [*hunks_of(change), *held]
    if number not in range(len(hunks)) or change.base is None:
        return None
    chosen = hunks[number]
    return replace(change, proposed=apply_hunks(change.base, [chosen]), held=(), known=(chosen,))


def _shown(line: str) -> Iterator[str]:
    if line_end(line):
        yield line
    else:
        yield f"{line}\n"
        yield "\\ No newline at end of file\n"
