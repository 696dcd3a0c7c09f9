"""Colours, where a person looks at them; and text of others made harmless for a terminal."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterable
from typing import TextIO

_CODES = {"bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "cyan": "36"}
_HUNK = re.compile(r"@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@")
_BODY = {"+": "green", "-": "red"}


def has_colour(stream: TextIO) -> bool:
    """Whether `stream` is a terminal that shows colours, and NO_COLOR (no-color.org) does not forbid them."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def style(text: str, name: str, stream: TextIO) -> str:
    """`text` for `stream`: in the style `name` (`bold dim red green yellow cyan`) if it has colours."""
    return f"\x1b[{_CODES[name]}m{text}\x1b[0m" if text and has_colour(stream) else text


def visible(text: str) -> str:
    """`text` with what could steer a terminal or reorder its line (tabs aside) written as escapes."""
    return "".join(c if c.isprintable() or c == "\t" else ascii(c)[1:-1] for c in text)


def shown(text: str, stream: TextIO) -> str:
    """Text of a model or a server for `stream`: line by line `visible` on a terminal, as it is elsewhere."""
    return "\n".join(visible(line) for line in text.split("\n")) if stream.isatty() else text


def never_fail(stream: TextIO) -> None:
    """Let characters that the stream's encoding lacks come out as escapes instead of an error."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(errors="backslashreplace")


def coloured_diff(unified_lines: Iterable[str], stream: TextIO) -> str:
    """The lines of a unified diff, with or without their line ends, as text for `stream`.

    On a terminal they are made visible, and coloured if it has colours; elsewhere the diff stays as it is.
    """
    lines = list(unified_lines)
    if not stream.isatty():
        return "".join(_ended(line) for line in lines)
    old = new = 0
    written = []
    for line in lines:
        text = visible(line.rstrip("\r\n"))
        if old > 0 or new > 0:
            old -= text[:1] in ("-", " ", "")
            new -= text[:1] in ("+", " ", "")
            name = _BODY.get(text[:1])
        elif found := _HUNK.match(text):
            old, new = (int(count or 1) for count in found.groups())
            name = "cyan"
        else:
            name = "bold"
        written.append((style(text, name, stream) if name else text) + "\n")
    return "".join(written)


def _ended(line: str) -> str:
    return line if line.endswith("\n") else line + "\n"
