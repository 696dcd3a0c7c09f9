"""`edit`: a patch, or one text in the place of another, onto the overlay."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from codex_lsp.agent.overlay import Overlay
from codex_lsp.agent.tools.result import Result
from codex_lsp.agent.tools.schemas import BadArguments
from codex_lsp.edits import Focus

_REPLACE = ("path", "old", "new")


def edit(overlay: Overlay, focus: Focus, arguments: Mapping[str, Any]) -> Result:
    """Apply the edit, all or nothing; raises `BadArguments` or an `EditError`."""
    given = [name for name in (*_REPLACE, "replace_all") if name in arguments]
    if "patch" in arguments:
        if given:
            raise BadArguments("give either patch, or path, old and new.")
        result = overlay.apply(arguments["patch"], focus)
    else:
        missing = [name for name in _REPLACE if name not in arguments]
        if missing:
            raise BadArguments(f"give either patch, or path, old and new; {' and '.join(missing)} missing.")
        result = overlay.apply(json.dumps({name: arguments[name] for name in given}), format="tool_edit")
    paths = ", ".join(result.files)
    notes = [f"note: {leniency}" for leniency in result.leniencies]
    changed = len(overlay.changes())
    so_far = f" ({changed} files so far)" if changed > len(result.files) else ""
    return Result("\n".join((f"applied to {paths}.", *notes)), f"edited {paths}{so_far}")
