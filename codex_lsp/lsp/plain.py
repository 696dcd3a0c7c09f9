"""Texts of a model, or quoted from one, where an editor may make more of them than text.

VS Code makes buttons of `[words](command:…)` in its messages; others render Markdown or HTML there. What such
a renderer takes for a link, an image or a tag is broken by a space, and what hides or reorders text is told.
"""

from __future__ import annotations

import re

_LINKS = re.compile(r"\](?=[(\[:])")
_TAGS = re.compile(r"<(?=[A-Za-z/!?])")
# Control characters but for tab and line breaks, those that turn the direction of text, and tags.
_HIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]")


def plain(text: str) -> str:
    """The text with nothing in it that is a link, an image or a tag to anybody; else as it is."""
    return _TAGS.sub("< ", _LINKS.sub("] ", _HIDDEN.sub(_told, text)))


def _told(found: re.Match[str]) -> str:
    return f"(U+{ord(found[0]):04X})"
