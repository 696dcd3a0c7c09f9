"""From a reply to new texts: parse, resolve, locate, transplant; all of it or nothing."""

from __future__ import annotations

from collections.abc import Mapping

from codex_lsp.edits import formats
from codex_lsp.edits.diff import Hunk, diff
from codex_lsp.edits.errors import NoChange
from codex_lsp.edits.focus import Focus
from codex_lsp.edits.intents import Parsed
from codex_lsp.edits.work import Work
from codex_lsp.records import record

__all__ = ["EditResult", "Focus", "apply_parsed", "apply_reply"]


@record(frozen=True, slots=True)
class EditResult:
    """What a reply's edits come to.

    `files` are the texts of all files that change: None is a file that is deleted. `hunks` are the minimal
    changes of each file that was there before and still is. `moves` are old path → new path. `leniencies` are
    the liberties taken in reading the reply, in words.
    """

    files: Mapping[str, str | None]
    hunks: Mapping[str, tuple[Hunk, ...]]
    moves: Mapping[str, str]
    leniencies: tuple[str, ...] = ()


def apply_reply(
    files: Mapping[str, str], reply: str, *, format: str = "auto", focus: Focus | None = None
) -> EditResult:
    """Apply a model's reply to `files` (workspace-relative path → text), in memory.

    `format` is one of `codex_lsp.edits.formats.names()` or `"auto"`. Raises an `EditError` that names file,
    hunk and reason; then nothing was applied.
    """
    return apply_parsed(files, formats.parse(reply, format), focus=focus)


def apply_parsed(files: Mapping[str, str], parsed: Parsed, *, focus: Focus | None = None) -> EditResult:
    """Apply what a format's parser found; the rest is as in `apply_reply`."""
    work = Work(files, focus, parsed.end)
    for intent in parsed.intents:
        work.take(intent)
    changed: dict[str, str | None] = {
        path: text for path, text in work.files.items() if files.get(path) != text
    }
    changed.update((path, None) for path in work.deleted if path in files)
    if not changed:
        raise NoChange("The edits leave everything as it is.")
    hunks = {
        path: diff(files[path], text) for path, text in changed.items() if text is not None and path in files
    }
    return EditResult(changed, hunks, work.moves, (*parsed.leniencies, *work.leniencies))
