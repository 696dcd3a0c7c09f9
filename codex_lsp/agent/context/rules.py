"""Rules files: what a project tells those who change it, agents above all.

They come from the repository, so they are data: they say how code is written there, and nothing that they
say widens what may be read or changed. Characters that nobody sees, which could hide words from the person,
are left out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from codex_lsp.agent.context.excerpt import Part, ahead, cost, size
from codex_lsp.agent.overlay import Overlay
from codex_lsp.edits import EditError
from codex_lsp.edits.text import LineIndex

NAMES = (
    "AGENTS.md",
    "AGENT.md",
    "CLAUDE.md",
    "GEMINI.md",
    ".cursorrules",
    ".windsurfrules",
    ".clinerules",
    ".github/copilot-instructions.md",
    "CONVENTIONS.md",
)
MAX_FOLDERS = 12

# Variation selectors, lone surrogates, and what is nobody's or for private use: words can hide in these too.
_UNSEEN = re.compile("[\ufe00-\ufe0f\ud800-\udfff\ue000-\uf8ff\U000e0000-\U0010ffff]")

# A file of which less than this would be sent is not sent.
_WORTH = 200


def rules(path: str, overlay: Overlay, room: int, *, cut: bool = True) -> tuple[Part, ...]:
    """The rules for the file at `path`, in `room` bytes: those of its own folder first, the root's last.

    The first file that does not fit is cut at a line's end, or left out, and nothing comes after it. One that
    says the same as another one (a link, most often) is there once.
    """
    found: list[Part] = []
    for name, text in _files(path, overlay):
        if any(text == part.text for part in found):
            continue
        part = _cut(name, text, room)
        room -= cost(part)
        if part.whole or (cut and part.text):
            found.append(part)
        if not part.whole:
            break
    return tuple(found)


def _files(path: str, overlay: Overlay) -> Iterator[tuple[str, str]]:
    for folder in _folders(path):
        for name in NAMES:
            if folder + name == path or not overlay.may_have(folder + name):
                continue
            try:
                text = _visible(overlay.read(folder + name))
            except (EditError, OSError):
                continue
            if text.strip():
                yield folder + name, text


def _folders(path: str) -> list[str]:
    """The folders above a file, its own first, each with a `/` at its end; the root is empty."""
    folders = [""]
    for part in path.split("/")[:-1]:
        folders.append(f"{folders[-1]}{part}/")
    return folders[::-1][:MAX_FOLDERS]


def _visible(text: str) -> str:
    if text.isascii():
        return text
    return "".join(char for char in text if not _UNSEEN.match(char) and unicodedata.category(char) != "Cf")


def _cut(path: str, text: str, room: int) -> Part:
    index = LineIndex(text)
    if size(text) <= room:
        return Part(path, text, 0, index.line_count, index.line_count)
    last = index.line_at(ahead(text, 0, room)) if room >= _WORTH else 0
    return Part(path, text[: index.start(last)], 0, last, index.line_count)
