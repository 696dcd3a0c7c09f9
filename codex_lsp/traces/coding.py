"""Texts and changes as values of JSON, without secrets, and back.

A text longer than `LONG` is written once; where it comes again, `{"$again": N}` stands for the N-th long text
of the file.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from itertools import islice
from typing import Any

from codex_lsp.edits.diff import Hunk, apply_hunks, diff_lines
from codex_lsp.review.proposal import FileChange
from codex_lsp.workspace.secrets import Redactor

LONG = 256
AGAIN = "$again"


def digest(text: str) -> str:
    """The SHA-256 of a text, as hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class Encoder:
    """Values for one trace, in the order in which they are written."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._long: dict[str, int] = {}

    def clean(self, text: str, *offsets: int) -> tuple[str, tuple[int, ...]]:
        """A text without secrets, and where offsets in it went."""
        return self._redactor.redact_at(text, *offsets)

    def cuts(self, text: str, *offsets: int) -> bool:
        """Whether one of the offsets lies within a secret, where no text without it has a place for it."""
        return self._redactor.cuts(text, *offsets)

    def clean_text(self, text: str) -> str:
        """A text without secrets."""
        return self._redactor.redact(text)

    def arguments(self, text: str) -> str:
        """A call's arguments without secrets: as they came, unless there were any."""
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            return self._redactor.redact(text)
        clean = self._leaves(value)
        return text if clean == value else json.dumps(clean, ensure_ascii=False)

    def clean_value(self, value: Mapping[str, Any]) -> dict[str, Any]:
        """A value without secrets in any of its texts."""
        return {key: self._leaves(each) for key, each in value.items()}

    def mark(self) -> int:
        """The moment, for `forget`."""
        return len(self._long)

    def forget(self, mark: int) -> None:
        """What was shortened since is not in the file after all."""
        self._long = dict(islice(self._long.items(), mark))

    def shorten(self, value: Any) -> Any:
        """A value that has no secrets any more, its long texts once."""
        if isinstance(value, str):
            return self._once(value) if len(value) > LONG else value
        if isinstance(value, Mapping):
            return {key: self.shorten(each) for key, each in value.items()}
        return [self.shorten(each) for each in value] if isinstance(value, list | tuple) else value

    def change(self, change: FileChange) -> dict[str, Any]:
        """A change against its base, which has to be in the trace, too."""
        base = None if change.base is None else self._redactor.redact(change.base)
        text = None if change.proposed is None else self._redactor.redact(change.proposed)
        value: dict[str, Any] = {"path": self.clean_text(change.path), "kind": change.kind}
        if change.move_to:
            value["move_to"] = self.clean_text(change.move_to)
        if text is not None:
            value["sha256"] = digest(text)
            if base is None:
                value["text"] = text
            else:
                value["hunks"] = [[each.start, each.end, each.text] for each in diff_lines(base, text)]
        return value

    def _leaves(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._redactor.redact(value)
        if isinstance(value, Mapping):
            return {
                key: self.arguments(each)
                if key == "arguments" and isinstance(each, str)
                else self._leaves(each)
                for key, each in value.items()
            }
        return [self._leaves(each) for each in value] if isinstance(value, list | tuple) else value

    def _once(self, text: str) -> str | dict[str, int]:
        key = digest(text)
        if key in self._long:
            return {AGAIN: self._long[key]}
        self._long[key] = len(self._long)
        return text


class Decoder:
    """Values of one trace, read in the order in which they were written."""

    def __init__(self) -> None:
        self._long: list[str] = []

    def value(self, value: Any) -> Any:
        """A value with its long texts in their places; raises `ValueError`."""
        if isinstance(value, str):
            if len(value) > LONG:
                self._long.append(value)
            return value
        if isinstance(value, dict):
            if value.keys() == {AGAIN}:
                return self._again(value[AGAIN])
            return {key: self.value(each) for key, each in value.items()}
        return [self.value(each) for each in value] if isinstance(value, list) else value

    def _again(self, number: object) -> str:
        if not isinstance(number, int) or not 0 <= number < len(self._long):
            raise ValueError("it refers to a text that is not there")
        return self._long[number]


def change_of(value: Mapping[str, Any], bases: Mapping[str, str]) -> FileChange:
    """The change that `Encoder.change` wrote; raises `ValueError` if it does not give the recorded text."""
    path = str(value["path"])
    base = None if value["kind"] == "new" else bases.get(path)
    if base is None and value["kind"] != "new":
        raise ValueError(f"the text of {path} is not on record")
    text = None
    if "sha256" in value:
        hunks = [Hunk(*each) for each in value.get("hunks", ())]
        text = str(value["text"]) if base is None else apply_hunks(base, hunks)
        if digest(text) != value["sha256"]:
            raise ValueError(f"the change of {path} is not as it was recorded")
    return FileChange(path, base, text, move_to=value.get("move_to"))
