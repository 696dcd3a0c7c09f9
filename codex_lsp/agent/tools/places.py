"""A folder or a glob in a call's arguments."""

from __future__ import annotations

from codex_lsp.agent.overlay import Overlay
from codex_lsp.agent.tools.schemas import BadArguments
from codex_lsp.edits.errors import FileMissing
from codex_lsp.edits.paths import normalise
from codex_lsp.workspace import globs


def place(overlay: Overlay, path: str) -> str:
    """A folder's or a file's path, normalised; "" is the workspace. Raises an `EditError`."""
    if path.strip(" ./\\") == "" and ".." not in path:
        return ""
    clean = normalise(path)
    overlay.view.require(clean)
    overlay.view.require(clean, folder=True)
    known = any(each == clean or each.startswith(clean + "/") for each in overlay.live())
    root = overlay.view.root
    if not known and (clean in overlay.gone() or root is None or not root.resolve(clean).exists()):
        raise FileMissing("there is no such folder or file.", path=path)
    return clean


def patterns(glob: str) -> tuple[str, ...]:
    """Raises `BadArguments` for what is no glob."""
    try:
        return globs.only(glob) if glob else ()
    except globs.Never:
        raise BadArguments(f"{glob[:60]!r} is no glob; write one like *.py or src/**/*.ts.") from None
