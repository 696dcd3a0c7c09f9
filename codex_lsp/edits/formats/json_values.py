"""JSON in replies: found, loaded, and its values read with errors that say what was expected."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TypeGuard

from codex_lsp.edits.errors import ParseError
from codex_lsp.edits.formats import fences

Object = Mapping[str, object]


def values(reply: str) -> list[object]:
    """The JSON values that the reply consists of; none if it does not, or is not whole."""
    texts = [reply]
    if not reply.lstrip().startswith(("{", "[")):
        blocks = fences.blocks(reply)
        texts = [block.text for block in blocks if block.end is not None] if len(blocks) == 1 else []
        texts = _elements(reply) or texts
    found: list[object] = []
    for text in texts:
        if not text.lstrip().startswith(("{", "[")):
            return []
        try:
            found.append(json.loads(text, strict=False))
        except (ValueError, RecursionError):
            return []
    return found


def _elements(reply: str) -> list[str]:
    """The texts of all `<tool_call>` elements that are closed."""
    pieces = reply.split("<tool_call>")[1:]
    return [text for text, closed, _ in (piece.partition("</tool_call>") for piece in pieces) if closed]


def loaded(text: str) -> object:
    """The value of a text that must be JSON."""
    try:
        value: object = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        raise ParseError("A call's arguments are no JSON, or not whole.") from None
    return value


def is_object(value: object) -> TypeGuard[Object]:
    """Whether a value is a JSON object."""
    return isinstance(value, dict)


def key_of(value: Object, keys: Sequence[str]) -> str | None:
    """The first of `keys` that the object has."""
    return next((key for key in keys if key in value), None)


def text_of(value: Object, keys: Sequence[str]) -> str:
    """The text at the first of `keys` that the object has."""
    key = key_of(value, keys)
    text = value[key] if key else None
    if not isinstance(text, str):
        raise ParseError(f"{key or keys[0]} must be a text, not {short(text)}.")
    if any("\ud800" <= char <= "\udfff" for char in text):
        raise ParseError(f"{key} has half a surrogate pair, which is no character.")
    return text


def lines_of(value: Object, key: str) -> tuple[str, ...]:
    """The list of lines at `key`, or none if the object lacks it."""
    found = value.get(key, [])
    if not isinstance(found, list) or not all(isinstance(each, str) for each in found):
        raise ParseError(f"{key} must be a list of lines, not {short(found)}.")
    return tuple(found)


def number_of(value: object) -> int:
    """A line or a column."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**31:
        raise ParseError(f"Expected a line or column from zero on, not {short(value)}.")
    return value


def short(value: object) -> str:
    """A value as an error shows it."""
    text = json.dumps(value, default=str)
    return text if len(text) <= 60 else text[:57] + "..."
