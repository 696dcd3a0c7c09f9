"""The header of the prompts that this project sends: what to work on, for whoever takes it by its letters.

    Path: pkg/a.py
    Lines: 10-24
    Instruction: sort the imports
    Diagnostics:
    - 12: F401 (Ruff): `os` imported but unused

Line numbers are one-based, the last one included. `Diagnostics` may be left out; `-` stands for a code or a
source that is not known. Of each field the first one counts, so that nothing further down, a file's text
say, can change it; an instruction goes on until the next field or an empty line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from codex_lsp.records import record
from codex_lsp.services.requests import Diagnostic, text_of

_FIELD = re.compile(r"(Path|Lines|Instruction|Diagnostics)[ \t]*:[ \t]*(.*)")
_OTHER_FIELD = re.compile(r"[A-Z][A-Za-z ]{0,30}:(?:\s|$)")
_LINES = re.compile(r"(\d{1,9})(?:\s*[-–]\s*(\d{1,9}))?")
_DIAGNOSTIC = re.compile(r"- (\d{1,9}): (?:(\S+) \(([^()]*)\): ?)?(.*)")


@record(frozen=True, slots=True)
class Header:
    """What a prompt says: `path` may be empty; lines are zero-based and inclusive, None if not given."""

    path: str = ""
    lines: tuple[int, int] | None = None
    instruction: str = ""
    diagnostics: tuple[Diagnostic, ...] = ()


def read(messages: Iterable[Mapping[str, Any]]) -> Header:
    """The header of the last user message that has one; else the last user message is the instruction."""
    texts = [text_of(message) for message in messages if message.get("role") == "user"]
    for text in reversed(texts):
        header = parse(text)
        if header.instruction:
            return header
    return Header(instruction=texts[-1].strip() if texts else "")


def parse(text: str) -> Header:
    """The header in one message."""
    fields: dict[str, list[str]] = {}
    current: list[str] | None = None
    for line in text.splitlines():
        if match := _FIELD.fullmatch(line):
            current = [match[2]] if match[1] not in fields else None
            fields.setdefault(match[1], current or [])
        elif not line.strip() or _OTHER_FIELD.match(line):
            current = None
        elif current is not None:
            current.append(line)
    return Header(
        path=_single(fields, "Path"),
        lines=_lines(_single(fields, "Lines")),
        instruction="\n".join(fields.get("Instruction", [])).strip(),
        diagnostics=tuple(filter(None, map(_diagnostic, fields.get("Diagnostics", [])))),
    )


def _single(fields: Mapping[str, list[str]], name: str) -> str:
    return (fields.get(name) or [""])[0].strip()


def _lines(value: str) -> tuple[int, int] | None:
    match = _LINES.fullmatch(value)
    if not match:
        return None
    first = max(0, int(match[1]) - 1)
    return first, max(first, int(match[2] or match[1]) - 1)


def _diagnostic(line: str) -> Diagnostic | None:
    match = _DIAGNOSTIC.fullmatch(line)
    if not match:
        return None
    number = max(0, int(match[1]) - 1)
    code, source = ("" if value in {None, "-"} else value for value in match.group(2, 3))
    return Diagnostic(number, number, match[4], code, source)
