"""Paths in replies: which of them can name a file of the workspace at all. Lexical only."""

from __future__ import annotations

import re

from codex_lsp.edits.errors import PathRejected

_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?$", re.IGNORECASE)


def normalise(path: str) -> str:
    """The path with `/` between its parts and without `.` parts; raises `PathRejected`.

    Refused are: the empty path, absolute paths and drives, `..`, control characters (NUL among them), `:`
    (alternate data streams), parts that end in a space or a dot (Windows drops those), device names.
    """
    parts = [part for part in path.replace("\\", "/").split("/") if part not in ("", ".")]
    if not parts or path.startswith(("/", "\\", "~")):
        raise PathRejected(f"the path {path!r} must be relative to the workspace.")
    if any(not char.isprintable() for char in path) or ":" in path:
        raise PathRejected(f"the path {path!r} holds a character that no file name should have.")
    for part in parts:
        if part == "..":
            raise PathRejected(f"the path {path!r} leaves the workspace.")
        if part.endswith((" ", ".")) or _DEVICE.match(part):
            raise PathRejected(f"the path {path!r} has a part that is no file's name on every system.")
    return "/".join(parts)
