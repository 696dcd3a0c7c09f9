"""File names as replies write them: alone on a line above a block, in a fence's info string, in prose."""

from __future__ import annotations

import re

_DECORATION = re.compile(
    r"(?:#+\s*|//+\s*|--\s+|[-*+]\s+|\d+[.)]\s+|>\s+|;+\s*|<!--\s*|/\*\s*)?"
    r"(?:[*_`]*(?:file ?name|file ?path|file|path)[*_`]*\s*:[*_`]*\s*)?(?P<rest>.*?)(?:\s*-->|\s*\*/)?$",
    re.IGNORECASE,
)
_TOKEN = re.compile(r"[^\s`<>\"|?*(){}$;,=]+$")
_SPACED = re.compile(r"[^\t`<>\"|?*:;]+[/\\][^\t`<>\"|?*:;]*\.\w{1,10}$")
_MENTION = re.compile(r"`([^`\s]+\.\w{1,10}|[^`\s]+/[^`\s]+)`")
_INFO = re.compile(r"(?:^|[\s{])(?:title|file|filename|path)=(?:\"([^\"]+)\"|'([^']+)'|([^\s}]+))")


def alone(line: str) -> str | None:
    """The file name that a line consists of, its decoration aside; None if the line is something else.

    Decoration is what Markdown and comments put around a name: `#`, list marks, backticks, stars, quotes, a
    word like `File:` before it and a colon after it.
    """
    found = _DECORATION.match(line.strip())
    text = (found["rest"] if found else "").strip().rstrip(":").strip("*`\"'").rstrip(":").strip()
    if not text.strip(".") or "://" in text or len(text) > 400:
        return None
    if _TOKEN.match(text):
        return text if text[-1] not in ".!?:" and re.search(r"\w", text) else None
    return text if _SPACED.match(text) and len(text.split()) <= 8 else None


def is_sure(name: str) -> bool:
    """Whether a name looks like a file's even without its place: it has a suffix or a folder."""
    return bool(re.search(r"[^.\s/\\]\.(?!\d+$)\w{1,10}$|^\.\w|[/\\]\S", name))


def mentioned(text: str) -> str | None:
    """The one file name that stands in backticks in a line of prose; None if there is none, or several."""
    found = set(_MENTION.findall(text))
    return found.pop() if len(found) == 1 else None


def in_info(info: str) -> str | None:
    """The file name in a fence's info string: ```` ```py src/a.py ````, `py:src/a.py`, `py title="a.py"`."""
    if found := _INFO.search(info):
        return next(each for each in found.groups() if each)
    language, _, rest = info.strip().partition(" ")
    if not rest and ":" in language:
        language, _, rest = language.partition(":")
    # A language's name may have a dot (`asp.net`), but no slash.
    candidate = rest.strip() or (language if "/" in language else "")
    return candidate if _TOKEN.match(candidate) and is_sure(candidate) else None
