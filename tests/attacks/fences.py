"""Whether what a repository says keeps within its fences in what a model is told."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_FENCE = re.compile(r"(`{3,})\s*$")


def unfenced(messages: Iterable[Mapping[str, Any]], start: str) -> str:
    """A line that begins with `start` where only the person or the program speaks; "" if there is none."""
    for message in messages:
        content = message.get("content")
        if message.get("role") not in ("system", "user", "developer") or not isinstance(content, str):
            continue
        lines = content.split("\n") if message["role"] != "user" else outside(content)
        if found := next((line for line in lines if line.lstrip().startswith(start)), ""):
            return found
    return ""


def outside(content: str) -> Iterator[str]:
    """The lines that stand in no fence. A fence ends with a line of just as many backticks, and no other."""
    mark = ""
    for line in re.split(r"\r\n|\n|\r|\u2028|\u2029|\x85|\x0b|\x0c", content):
        if mark:
            mark = "" if line == mark else mark
        elif found := _FENCE.match(line):
            mark = found[1]
        else:
            yield line
