"""The lines that a person selected, and their replacement."""

from __future__ import annotations

from codex_lsp.edits import ellipsis
from codex_lsp.edits.focus import Focus
from codex_lsp.edits.levels import Lines
from codex_lsp.edits.text import LineIndex, dominant_end, line_end, split_lines, strip_end, with_ends


def selected_lines(text: str, focus: Focus) -> range:
    """The numbers of the lines that the selection touches."""
    index = LineIndex(text)
    return range(index.line_at(focus.start), index.line_at(max(focus.start, focus.end - 1)) + 1)


def replace_selection(text: str, focus: Focus, new: str, *, lazy: bool = False) -> str:
    """`text` with the selection replaced by `new`, in the file's line ends and the selection's indentation.

    Whether the selection ended with a line end decides whether its replacement does; where nothing is
    selected at the start of a line, whole lines come before it. A block that the model moved to the margin as
    a whole is moved back. With `lazy` ellipses in `new` stand for selected lines.
    """
    selection = text[focus.start : focus.end]
    new = _reindent(selection, new)
    if lazy:
        given = [strip_end(line) for line in split_lines(new)]
        new = "\n".join(
            ellipsis.expanded(given, Lines(selection), bare=True, path=focus.path, number=None)
        ) + line_end(new)
    new = with_ends(new, dominant_end(split_lines(text)))
    ending = line_end(selection)
    if not ending and not _between_lines(text, focus):
        new = strip_end(new)
    elif new and not line_end(new):
        new += ending
    return text[: focus.start] + new + text[focus.end :]


def _between_lines(text: str, focus: Focus) -> bool:
    before = text[: focus.start]
    return focus.start == focus.end and (not before or bool(line_end(before)))


def _reindent(selection: str, new: str) -> str:
    wanted, given = _indent(selection), _indent(new)
    if given or not wanted:
        return new
    return "".join(wanted + line if line.strip() else line for line in split_lines(new))


def _indent(text: str) -> str:
    """The longest white space that all lines with content begin with."""
    indents = [line[: len(line) - len(line.lstrip(" \t"))] for line in split_lines(text) if line.strip()]
    if not indents:
        return ""
    low, high = min(indents), max(indents)
    return low[: next((i for i in range(len(low)) if low[i] != high[i]), len(low))]
