"""Edits that models ask for, put in the right place or not at all. Pure: text in, texts and hunks out.

>>> from codex_lsp.edits import apply_reply
>>> reply = "*** Begin Patch\\n*** Update File: a.py\\n-x = 1\\n+x = 2\\n*** End Patch"
>>> apply_reply({"a.py": "x = 1\\n"}, reply).files["a.py"]
'x = 2\\n'
"""

from typing import TYPE_CHECKING, Any

from codex_lsp.edits.diff import Hunk, apply_hunks, diff
from codex_lsp.edits.errors import EditError
from codex_lsp.edits.focus import Focus

if TYPE_CHECKING:
    from codex_lsp.edits.apply import EditResult, apply_reply
    from codex_lsp.edits.formats import holds_edits
    from codex_lsp.edits.rebasing import RebaseConflict, Rebased, rebase

__all__ = [
    "EditError",
    "EditResult",
    "Focus",
    "Hunk",
    "RebaseConflict",
    "Rebased",
    "apply_hunks",
    "apply_reply",
    "diff",
    "holds_edits",
    "rebase",
]


def __getattr__(name: str) -> Any:
    # The formats and what applies them are a tenth of the server's start, and nobody has asked yet.
    if name in ("EditResult", "apply_reply"):
        from codex_lsp.edits import apply

        return getattr(apply, name)
    if name == "holds_edits":
        from codex_lsp.edits.formats import holds_edits

        return holds_edits
    if name in ("RebaseConflict", "Rebased", "rebase"):
        from codex_lsp.edits import rebasing

        return getattr(rebasing, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
