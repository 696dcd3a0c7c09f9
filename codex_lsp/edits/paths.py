"""Paths in replies: which of them can name a file of the workspace at all. Lexical only."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from functools import lru_cache

from codex_lsp.edits.errors import PathRejected

_DEVICE = re.compile(r"(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?$", re.IGNORECASE)
_ROOT = re.compile(r"(?:[A-Za-z]:)?[\\/]+")


@lru_cache(1024)
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


def is_name(name: str) -> bool:
    """Whether `normalise` takes this part of a path, and leaves it as it is."""
    if not name or name[-1] in " ." or not name.isprintable() or ":" in name or "\\" in name or "/" in name:
        return False
    return _DEVICE.match(name) is None


def fold(path: str) -> str:
    """What two paths share that some file system takes for one: case and Unicode form set aside."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", path).casefold())


def is_absolute(path: str) -> bool:
    """Whether the path begins at a root or a drive."""
    return _ROOT.match(path) is not None


def known_tail(path: str, known: Collection[str]) -> str | None:
    """The one known file that an absolute or mislaid path ends with: `/home/me/proj/src/a.py` → `src/a.py`.

    None if there is none, or more than one and none of them is all of the path but its root.
    """
    root = _ROOT.match(path)
    clean = normalise(path[root.end() :] if root else path)
    if clean in known:
        return clean
    parts = clean.split("/")
    tails = ["/".join(parts[i:]) for i in range(1, len(parts))]
    found = [tail for tail in tails if tail in known]
    return found[0] if len(found) == 1 else None


def known_head(path: str, known: Collection[str]) -> str | None:
    """The one known file whose path ends with the given one: `a.py` → `src/a.py`; None if not exactly one."""
    found = [other for other in known if other.endswith("/" + normalise(path))]
    return found[0] if len(found) == 1 else None


def collision(path: str, known: Collection[str]) -> str | None:
    """The known file, another one, that a file system could take `path` for."""
    folded = fold(path)
    return next((other for other in known if other != path and fold(other) == folded), None)
