"""The check `checks`: whether the person's own checks can be read and run. None of them is run here."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from codex_lsp import sandbox
from codex_lsp.endpoint.checks import load_checks
from codex_lsp.endpoint.config import config_file
from codex_lsp.endpoint.probe_local import Check

_NEXT = "see `Your own checks` in docs/OPERATIONS.md"


async def own_checks(*, enabled: bool, file: Path | None = None) -> Check:
    """What is in the way of them is a warning: an ask works without.

    Unless `enabled`, nothing is started, not even to see whether there is a sandbox.
    """
    place = config_file() if file is None else file
    checks, problems = load_checks(place)
    listed = ", ".join(check.name for check in checks) or "none of your own; what parsed must still parse"
    lack = await sandbox.available() if enabled else None
    held = f"; no sandbox: {lack}" if lack else "; a sandbox is there" if enabled else ""
    absent = [f"{name} is not installed" for name in _absent(check.command[0] for check in checks)]
    if problems or absent:
        return Check("checks", "warn", " ".join([f"{listed}{held}.", *problems, *absent]), _NEXT)
    if lack and checks:
        return Check("checks", "warn", f"{listed}: not run{held}", _NEXT)
    return Check("checks", "ok", f"{listed}{held}")


def _absent(programs: Iterator[str]) -> list[str]:
    """Those that are looked for on the PATH, and not found; others belong to a workspace."""
    named = [name for name in programs if os.sep not in name]
    return [name for name in dict.fromkeys(named) if shutil.which(name) is None]
