"""What the server asked an editor to change, by itself or behind a code action, and who would confirm it."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit


@dataclass(frozen=True)
class Touch:
    """One operation on one file; `asks` where the editor has to ask the person for just this one."""

    kind: str
    uri: str
    asks: bool


def touches(edit: Mapping[str, Any]) -> Iterator[Touch]:
    """The operations of a WorkspaceEdit, a rename as two."""
    notes = edit.get("changeAnnotations") or {}

    def asks(of: Mapping[str, Any]) -> bool:
        return bool((notes.get(of.get("annotationId")) or {}).get("needsConfirmation"))

    for uri in edit.get("changes") or {}:
        yield Touch("edit", uri, False)
    for change in edit.get("documentChanges") or ():
        match change.get("kind"):
            case None:
                yield Touch("edit", change["textDocument"]["uri"], all(map(asks, change["edits"])))
            case "rename":
                yield Touch("rename", change["oldUri"], asks(change))
                yield Touch("rename", change["newUri"], asks(change))
            case kind:
                yield Touch(str(kind), change["uri"], asks(change))


def relative(uri: str, root: Path) -> str | None:
    """The path below `root` at which a URI's file is, links in its folder followed; None for one outside."""
    parts = urlsplit(uri)
    if parts.scheme != "file" or parts.netloc:
        return None
    place = os.path.realpath(os.path.dirname(unquote(parts.path)))  # noqa: PTH120
    name = os.path.join(place, os.path.basename(unquote(parts.path)))  # noqa: PTH118, PTH119
    inside = name.startswith(f"{root}{os.sep}")
    return os.path.relpath(name, root) if inside else None


def wrong(touched: Iterable[Touch], root: Path, allowed: Collection[str]) -> Iterator[tuple[str, str]]:
    """Each path, and what may not be asked for it: to go outside, or, without asking, what is not allowed."""
    for touch in touched:
        path = relative(touch.uri, root)
        if path is None:
            yield touch.uri, f"{touch.kind} outside of the workspace: {touch.uri}"
        elif path not in allowed and not touch.asks:
            yield path, f"{touch.kind} of {path} without a confirmation"
