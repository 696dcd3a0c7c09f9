"""The editors of the field as data: what each sends at initialize, and what it does that others do not.

`clients/NAME.json` holds them; its `source` says what was captured from the running editor and what was only
read in its source. `client` makes options of one:

    async with FakeEditor.spawn(argv, root=root, **client("helix")) as editor: ...
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

FOLDER = Path(__file__).parent / "clients"
NAMES = tuple(sorted(path.stem for path in FOLDER.glob("*.json")))

Stale = Literal["refused", "error", "skipped", "applied"]

_BEHAVIOURS = {
    "refused": "apply",
    "error": "stale_error",
    "skipped": "silent_skip",
    "applied": "ignore_versions",
}


@dataclass(frozen=True, slots=True)
class Quirks:
    """What an editor does in its own way; the defaults are `FakeEditor`'s.

    - `stale`: what an edit for a version that is gone gets: `applied: false`, an error, nothing but
      `applied: true`, or applied all the same. `reason` is the failureReason of the first; some give none.
    - `change_before_reply`: didChange goes out before the answer to applyEdit, or after it.
    - `one_change`: an edit at several places is told as one change that spans them all.
    - `context_diagnostics`: a code action's context holds the diagnostics of all servers, of the one that is
      asked, or none. `trigger_kind`: the context says who asked.
    - `command_seconds`: how long the editor waits for the answer to a command.
    - `apply_seconds`: how long after a command it takes an applyEdit; None means at any time.
    - `null_for_empty`: an empty object in a command's arguments is sent as null.
    - `one_line_end`: a document has one kind of line end, its first; texts are brought to it.
    - `moves_open_files`: files that are open can be renamed and deleted.
    - `label`: an edit's label is the name of the undo step, is shown as a message, or is ignored.
    """

    stale: Stale = "refused"
    reason: str | None = None
    change_before_reply: bool = True
    one_change: bool = False
    context_diagnostics: Literal["all", "own", "none"] = "all"
    trigger_kind: bool = True
    command_seconds: float | None = None
    apply_seconds: float | None = None
    null_for_empty: bool = False
    one_line_end: bool = False
    moves_open_files: bool = False
    label: Literal["undo", "shown", "ignored"] = "ignored"


@dataclass(frozen=True, slots=True)
class Client:
    """One editor. `sends` are the members of InitializeParams that it fills beside the capabilities."""

    name: str
    source: str
    info: Mapping[str, Any] | None
    sends: tuple[str, ...]
    quirks: Quirks
    capabilities: Mapping[str, Any]


def load(name: str) -> Client:
    """One of `NAMES`."""
    found = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return Client(
        name,
        found["source"],
        found["clientInfo"],
        tuple(found["sends"]),
        Quirks(**found["quirks"]),
        found["capabilities"],
    )


def client(name: str, **more: Any) -> dict[str, Any]:
    """The options of a `FakeEditor` that is this editor; `more` go over them."""
    found = load(name)
    options: dict[str, Any] = {
        "client": found,
        "apply_behaviour": _BEHAVIOURS[found.quirks.stale],
        "change_before_reply": found.quirks.change_before_reply,
    }
    return options | more
