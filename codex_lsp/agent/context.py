"""What the person asks, and how it is put to a model or an agent."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib import resources
from typing import Any, Literal

from codex_lsp.agent.overlay import Diagnostic, Overlay
from codex_lsp.edits import Focus
from codex_lsp.edits.text import LineIndex, strip_end

AskKind = Literal["edit", "fix", "explain"]

# A file larger than this goes into the prompt only around the selection; the tools can read the rest.
MAX_PROMPT_CHARS = 40_000

_DEFINITION = re.compile(
    r"""^(?P<indent>[ \t]*)(?:(?:export|default|public|private|protected|static|async|pub(?:\([^)]*\))?)\s+)*
        (?:def|class|function\*?|fn|func|struct|enum|trait|impl|interface|type|module|namespace)\s+
        (?:\([^)]*\)\s*)?(?P<name>[A-Za-z_$][\w$]*)""",
    re.VERBOSE,
)

# A line that ends a bracket or a block stands at its opener's indentation, but belongs to what it ends.
_CLOSING = re.compile(r"\s*[)\]}:]")


@dataclass(frozen=True, slots=True)
class Ask:
    """What the person wants: an instruction, a place, and the diagnostics that go with it."""

    instruction: str
    focus: Focus
    kind: AskKind = "edit"
    diagnostics: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class Symbol:
    """A definition found by its first line: its name and its lines `[start, end)`, zero-based."""

    name: str
    start: int
    end: int


def enclosing_symbol(index: LineIndex, line: int) -> Symbol | None:
    """The innermost definition whose lines hold `line`, by keyword and indentation; text may be broken."""
    limit: int | None = None
    for number in range(min(line, index.line_count - 1), -1, -1):
        text = strip_end(index.line(number))
        closes = _CLOSING.match(text) is not None
        if not text.strip() or (closes and number != line):
            continue
        indent = _width(text)
        found = _DEFINITION.match(text)
        if found and (number == line or limit is None or indent < limit):
            symbol = Symbol(found["name"], number, _block_end(index, number, indent))
            if line < symbol.end:
                return symbol
        own = indent + 1 if closes else indent
        limit = own if limit is None else min(limit, own)
        if limit == 0:
            return None
    return None


def _block_end(index: LineIndex, start: int, indent: int) -> int:
    end = start + 1
    for number in range(start + 1, index.line_count):
        text = strip_end(index.line(number))
        if not text.strip():
            continue
        if _width(text) < indent or (_width(text) == indent and not _CLOSING.match(text)):
            break
        end = number + 1
    return end


def _width(line: str) -> int:
    return len(line) - len(line.lstrip(" \t"))


def whole_focus(text: str, focus: Focus) -> Focus:
    """The selection as it is meant: an empty one is the symbol around it, or else its line.

    A selection that begins behind nothing but indentation begins at the line's start.
    """
    index = LineIndex(text)
    first = index.line_at(focus.start)
    if focus.start == focus.end:
        symbol = enclosing_symbol(index, first)
        start, end = (symbol.start, symbol.end) if symbol else (first, first + 1)
        return replace(focus, start=index.start(start), end=index.start(end))
    start = index.start(first)
    return focus if text[start : focus.start].strip() else replace(focus, start=start)


def selected_lines(index: LineIndex, focus: Focus) -> tuple[int, int]:
    """The zero-based first and last line of the selection; a line it only reaches does not count."""
    first = index.line_at(focus.start)
    return first, max(first, index.line_at(max(focus.start, focus.end - 1)))


def system_prompt(kind: AskKind, *, with_tools: bool = True) -> str:
    """The standing instructions for a model, from `codex_lsp/agent/prompts`."""
    name = "explain.md" if kind == "explain" else "edit.md" if with_tools else "plain.md"
    return resources.files("codex_lsp.agent").joinpath("prompts", name).read_text(encoding="utf-8")


def header(ask: Ask, text: str) -> str:
    """The ask as `Key: value` lines, part of the documented protocol (docs/PROTOCOL.md).

    `Path`, `Lines` (one-based, inclusive), `Instruction`, and `Diagnostics` with one
    `- LINE: CODE (SOURCE): MESSAGE` each.
    """
    first, last = selected_lines(LineIndex(text), ask.focus)
    lines = [f"Path: {ask.focus.path}", f"Lines: {first + 1}-{last + 1}", f"Instruction: {ask.instruction}"]
    if ask.diagnostics:
        lines.append("Diagnostics:")
        lines += [
            f"- {each.line + 1}: {each.code or '-'} ({each.source or '-'}): {' '.join(each.message.split())}"
            for each in ask.diagnostics
        ]
    return "\n".join(lines)


def user_prompt(ask: Ask, text: str, *, with_tools: bool = True) -> str:
    """The message that carries the ask to a plain model: the header, the selection, the file."""
    lines = [header(ask, text)]
    selection = text[ask.focus.start : ask.focus.end]
    lines += ["", "Selected text:", _fenced(selection)]
    around = _around(text, ask.focus)
    if around != selection:
        part = "The file around it" + (" (read_file has the rest)" if with_tools else "")
        whole = "The whole file" if around == text else part
        lines += ["", f"{whole}:", _fenced(around)]
    return "\n".join(lines)


def _fenced(text: str) -> str:
    mark = "`" * max(3, max((len(run) for run in re.findall(r"`+", text)), default=0) + 1)
    return f"{mark}\n{text}{'' if text.endswith(chr(10)) else chr(10)}{mark}"


def _around(text: str, focus: Focus) -> str:
    if len(text) <= MAX_PROMPT_CHARS:
        return text
    index = LineIndex(text)
    spare = max(0, MAX_PROMPT_CHARS - (focus.end - focus.start)) // 2
    start, end = max(0, focus.start - spare), min(len(text), focus.end + spare)
    return text[index.start(index.line_at(start)) : index.start(index.line_at(end) + 1)]


def messages(ask: Ask, text: str, *, with_tools: bool = True) -> list[dict[str, Any]]:
    """The chat with which a run begins."""
    return [
        {"role": "system", "content": system_prompt(ask.kind, with_tools=with_tools)},
        {"role": "user", "content": user_prompt(ask, text, with_tools=with_tools)},
    ]


def workspace_body(ask: Ask, overlay: Overlay) -> dict[str, Any]:
    """`codex_agent.workspace` for an endpoint that is an agent; lines zero-based, characters code points."""
    text = overlay.read(ask.focus.path)
    index = LineIndex(text)

    def position(offset: int) -> dict[str, int]:
        line, character = index.position(offset, "utf-32")
        return {"line": line, "character": character}

    return {
        "files": [{"path": ask.focus.path, "text": text}],
        "focus": {
            "path": ask.focus.path,
            "start": position(ask.focus.start),
            "end": position(ask.focus.end),
            "diagnostics": diagnostics_json(ask.diagnostics),
        },
    }


def diagnostics_json(diagnostics: Sequence[Diagnostic]) -> list[dict[str, Any]]:
    """Diagnostics as JSON values, by the names of their fields."""
    return [
        {"line": d.line, "end_line": d.end_line, "code": d.code, "source": d.source, "message": d.message}
        for d in diagnostics
    ]


def preview(ask: Ask, overlay: Overlay) -> str:
    """Exactly what would be sent first, as JSON text."""
    return json.dumps(messages(ask, overlay.read(ask.focus.path)), ensure_ascii=False, indent=2)
