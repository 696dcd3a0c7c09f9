"""A folder of cases: `*.jsonl`, one case a line. The form is described in that folder's README.md."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Files = Mapping[str, str | bytes]


class NoCases(Exception):
    """The folder holds no case, or something that is none; the message says where."""


@dataclass(frozen=True, slots=True)
class Case:
    """One recorded case. Files are text, or bytes where they are not UTF-8."""

    id: str
    corpus: str
    format: str
    outcome: str
    reply: str
    input: Files
    expected: Files | None
    options: Mapping[str, Any]
    flags: Mapping[str, Any]
    structured: Mapping[str, Any] | None
    expected_error: str

    @property
    def is_refused(self) -> bool:
        """Whether the source refuses this reply."""
        return self.outcome == "error" or (self.structured or {}).get("result", "patch") != "patch"

    @property
    def texts(self) -> dict[str, str]:
        """The input's files that are text."""
        return {path: text for path, text in self.input.items() if isinstance(text, str)}

    @property
    def target(self) -> str:
        """The file that the case is about, where it is about one."""
        named = self.flags.get("target") or next(iter(self.input), "file.txt")
        return str(named)


def load(folder: Path, corpus: str | None = None) -> list[Case]:
    """The folder's cases, those of one corpus if it is named; raises `NoCases`."""
    cases = [
        case
        for file in sorted(folder.glob("*.jsonl"))
        for case in _read(file)
        if corpus is None or case.corpus == corpus
    ]
    if not cases:
        wanted = f" of the corpus {corpus}" if corpus else ""
        raise NoCases(f"{folder} holds no cases{wanted}.")
    return cases


def _read(file: Path) -> list[Case]:
    found = []
    # Not splitlines: a JSON string may hold U+2028.
    for number, line in enumerate(file.read_text(encoding="utf-8").split("\n"), 1):
        if not line.strip():
            continue
        try:
            found.append(_case(json.loads(line), file.stem))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise NoCases(f"{file}:{number} is no case: {error!r}") from error
    return found


def _case(raw: dict[str, Any], corpus: str) -> Case:
    reply = raw.get("reply")
    return Case(
        id=str(raw["id"]),
        corpus=str(raw.get("corpus") or corpus),
        format=str(raw["format"]),
        outcome=str(raw["outcome"]),
        reply=reply if isinstance(reply, str) else "" if reply is None else json.dumps(reply),
        input=_files(raw.get("input")) or {},
        expected=_files(raw.get("expected")),
        options=raw.get("options") or {},
        flags=raw.get("flags") or {},
        structured=raw.get("structured"),
        expected_error=str(raw.get("expected_error") or ""),
    )


def _files(raw: dict[str, Any] | None) -> dict[str, str | bytes] | None:
    return None if raw is None else {path: _text(content) for path, content in raw.items()}


def _text(content: str | dict[str, str]) -> str | bytes:
    if isinstance(content, str):
        return content
    data = base64.b64decode(content["base64"], validate=True)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data
