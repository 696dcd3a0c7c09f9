"""Which workspaces may bring asks of their own: none, until the person says so for what is in them now.

A workspace's asks are the files `.codex-lsp/asks/*.md`. Trust is for their very content: what is added or
changed makes the workspace one that is not trusted, until the person says it again. What is trusted is kept
in the user's own state folder. Trust allows nothing else: no program, no check, no path, no endpoint.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

from codex_lsp import state
from codex_lsp.workspace.opening import entries_below, read_below

FOLDER = (".codex-lsp", "asks")
MAX_FILES = 100
MAX_FILE_BYTES = 100_000

Files = tuple[tuple[str, bytes], ...]


def store() -> Path:
    """The file that says what is trusted; it need not exist."""
    return state.folder("trust.json")


def brought(folder: Path) -> Files:
    """The files of asks that a workspace brings, by name: plain ones, and none that a link leads to."""
    try:
        with entries_below(folder, FOLDER) as entries:
            names = sorted(entry.name for entry in entries)
    except (OSError, ValueError):
        return ()
    found = []
    for name in [each for each in names if each.endswith(".md") and each != "README.md"][:MAX_FILES]:
        try:
            found.append((name, read_below(folder, (*FOLDER, name), MAX_FILE_BYTES)))
        except (OSError, ValueError):
            continue
    return tuple(found)


def is_trusted(folder: Path, files: Files) -> bool:
    """Whether the person trusts this workspace with these files."""
    return bool(files) and known().get(_name(folder)) == digest(files)


def trust(folder: Path, files: Files) -> None:
    """Trust a workspace with these files; raises `OSError`."""
    _write({**known(), _name(folder): digest(files)})


def revoke(folder: Path) -> bool:
    """Trust it no longer; whether it was trusted. Raises `OSError`."""
    left = known()
    found = left.pop(_name(folder), None)
    if found is not None:
        _write(left)
    return found is not None


def known() -> dict[str, str]:
    """All workspaces that were trusted, and with what; nothing where that cannot be read."""
    try:
        said = json.loads(store().read_bytes())
    except (OSError, ValueError):
        return {}
    return {str(key): str(value) for key, value in said.items()} if isinstance(said, dict) else {}


def digest(files: Files) -> str:
    """What the files are, in one word."""
    told = json.dumps([(name, hashlib.sha256(data).hexdigest()) for name, data in files])
    return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()


def _write(all_: dict[str, str]) -> None:
    state.write(store(), json.dumps(all_, indent=1, sort_keys=True).encode("utf-8", "surrogatepass"))


def _name(folder: Path) -> str:
    return os.fspath(folder.resolve())
