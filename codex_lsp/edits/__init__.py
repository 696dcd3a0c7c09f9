"""Edits that models ask for, put in the right place or not at all. Pure: text in, texts and hunks out.

>>> reply = "*** Begin Patch\\n*** Update File: a.py\\n-x = 1\\n+x = 2\\n*** End Patch"
>>> apply_reply({"a.py": "x = 1\\n"}, reply).files["a.py"]
'x = 2\\n'
"""

from codex_lsp.edits.apply import EditResult, Focus, apply_reply
from codex_lsp.edits.diff import Hunk, apply_hunks, diff
from codex_lsp.edits.errors import EditError
from codex_lsp.edits.formats import holds_edits
from codex_lsp.edits.rebase import RebaseConflict, Rebased, rebase

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
