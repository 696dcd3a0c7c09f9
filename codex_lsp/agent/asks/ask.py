"""What the person asks: an instruction, a place, and the problems that go with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal

from codex_lsp.agent.overlay import Diagnostic
from codex_lsp.edits import Focus
from codex_lsp.edits.text import LineIndex
from codex_lsp.records import record

AskKind = Literal["edit", "fix", "explain"]

# So much of a line beside the selection belongs to it; in what a machine wrote a line may be a whole file.
_MAX_BESIDE = 1000


@record(frozen=True, slots=True)
class Marked:
    """A comment that asks and goes away with the edit: its file, its zero-based first line, its words."""

    path: str
    line: int
    words: str


@record(frozen=True, slots=True)
class Ask:
    """What the person wants: an instruction, a place, and the diagnostics that go with it.

    `comments` are those that the instruction was taken from. `selected` are the offsets of the selection
    itself, where the focus became its lines as a whole; indentation before it belongs to it.
    """

    instruction: str
    focus: Focus
    kind: AskKind = "edit"
    diagnostics: tuple[Diagnostic, ...] = ()
    comments: tuple[Marked, ...] = ()
    selected: tuple[int, int] | None = None


def whole_ask(text: str, ask: Ask) -> Ask:
    """The ask about whole lines, or a whole definition, of `text`: see `whole_focus`."""
    own, focus = ask.focus, whole_focus(text, ask.focus)
    if own.start == own.end:
        return replace(ask, focus=focus)
    indented = not text[focus.start : own.start].strip()
    return replace(ask, focus=focus, selected=(focus.start if indented else own.start, own.end))


def whole_focus(text: str, focus: Focus) -> Focus:
    """The selection as it is meant: an empty one is the symbol around it, or else its line.

    Any other is its lines as a whole, for such is what models give back. Before the lines that git puts into
    a commit's message it stays empty.
    """
    # With the first ask, not at the server's start.
    from codex_lsp.agent.asks.commit import is_message, message_end
    from codex_lsp.syntax.landmarks import Landmarks

    if focus.start == focus.end == 0 and is_message(focus.path) and text and message_end(text) == 0:
        return focus
    marks = Landmarks(focus.path, text)
    index = marks.index
    first = index.line_at(focus.start)
    if focus.start == focus.end:
        around = marks.enclosing((first, first + 1))
        start, end = (around[0].start, around[0].end) if around else (first, first + 1)
        return replace(focus, start=index.start(start), end=index.start(end))
    start, end = index.start(first), index.start(index.line_at(focus.end - 1) + 1)
    beside = max(focus.start - start, end - focus.end)
    return focus if beside > _MAX_BESIDE else replace(focus, start=start, end=end)


def selected_lines(index: LineIndex, focus: Focus) -> tuple[int, int]:
    """The zero-based first and last line of the selection; a line it only reaches does not count."""
    first = index.line_at(focus.start)
    return first, max(first, index.line_at(max(focus.start, focus.end - 1)))


def header(ask: Ask, text: str) -> str:
    """The ask as `Key: value` lines, part of the documented protocol (docs/PROTOCOL.md).

    `Path`, `Lines` (one-based, inclusive), `Selected` for a part of one line, `Instruction`, and
    `Diagnostics` with one `- LINE: CODE (SOURCE): MESSAGE` each, and below it a `  see PATH:LINE: MESSAGE`
    for what it refers to.
    """
    first, last = selected_lines(LineIndex(text), ask.focus)
    lines = [f"Path: {ask.focus.path}", f"Lines: {first + 1}-{last + 1}"]
    part = text[slice(*ask.selected)].strip() if ask.selected and first == last else ""
    if part and part != text[ask.focus.start : ask.focus.end].strip():
        lines.append(f"Selected: {_flat(part)}")
    lines.append(f"Instruction: {ask.instruction}")
    if ask.diagnostics:
        lines.append("Diagnostics:")
    for each in ask.diagnostics:
        code, source = _flat(each.code) or "-", _flat(each.source) or "-"
        lines.append(f"- {each.line + 1}: {code} ({source}): {_flat(each.message)}")
        lines += [f"  see {_flat(at.path)}:{at.line + 1}: {_flat(at.message)}" for at in each.related]
    return "\n".join(lines)


def diagnostics_json(diagnostics: Sequence[Diagnostic]) -> list[dict[str, Any]]:
    """Diagnostics as JSON values, by the names of their fields; `related` only where there is any."""
    return [
        {"line": d.line, "end_line": d.end_line, "code": d.code, "source": d.source, "message": d.message}
        | ({"related": [_related_json(d, n) for n in range(len(d.related))]} if d.related else {})
        for d in diagnostics
    ]


def _related_json(diagnostic: Diagnostic, number: int) -> dict[str, Any]:
    at = diagnostic.related[number]
    return {"path": at.path, "line": at.line, "message": at.message}


def _flat(text: str) -> str:
    return " ".join(text.split())
