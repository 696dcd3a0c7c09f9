"""The file in what `read_file` answered: numbered lines, page by page; JSON `{"path", "text"}`; or the text.

A page is this project's own form (`codex_lsp/agent/tools/reading.py`): `PATH, lines 1-3 of 9:`, then each
line behind its number and a tab, and at the end what tells that something was cut.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from codex_lsp.records import record

_HEAD = re.compile(r"[^\n]+, lines (\d{1,9})-(\d{1,9}) of (\d{1,9}):")
_EMPTY = re.compile(r"[^\n]+ is empty\.")
_CUT = "[cut here"
_CUT_LINE = re.compile(r"\[cut here, \d+ characters more[^\]]*\]$")


@record(frozen=True, slots=True)
class File:
    """What is known of a file. `missing` is the line from which on it has to be read, if any.

    `partial`: something is missing that reading on will not give.
    """

    text: str
    missing: int | None = None
    partial: bool = False


def read(answers: Sequence[str]) -> File:
    """The file in the answers so far; what counts is the last one, and pages before it."""
    pages = [_page(answer) for answer in answers]
    if pages[-1] is None:
        value = json_object(answers[-1]) or {}
        text = value.get("text")
        return File(text if isinstance(text, str) else answers[-1], partial=bool(value.get("truncated")))
    total = pages[-1][1]
    lines: dict[int, str] = {}
    for each in pages:
        if each is not None and each[1] == total:
            lines |= each[0]
    missing = next((number for number in range(1, total + 1) if number not in lines), None)
    cut = any(_CUT_LINE.search(line) for line in lines.values())
    return File("".join(f"{lines.get(number, '')}\n" for number in range(1, total + 1)), missing, cut)


def json_object(text: str) -> dict[str, Any] | None:
    """The JSON object that a text is; None if it is none."""
    try:
        value = json.loads(text) if text.lstrip().startswith("{") else None
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _page(answer: str) -> tuple[dict[int, str], int] | None:
    """The lines of a page by their numbers, and how many the file has; None for what is no page."""
    if _EMPTY.fullmatch(answer):
        return {}, 0
    head, *body = answer.split("\n")
    found = _HEAD.fullmatch(head)
    if not found:
        return None
    first, last, total = map(int, found.groups())
    if body and body[-1].startswith(_CUT):
        body.pop()
    numbered = [line.partition("\t") for line in body]
    if [each[0] for each in numbered] != [str(number) for number in range(first, last + 1)]:
        return None
    return {int(each[0]): each[2] for each in numbered}, total
