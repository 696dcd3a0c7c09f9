"""What a tool call came to."""

from __future__ import annotations

from typing import Literal

from codex_lsp.records import record

Problem = Literal["", "arguments", "edit", "denied", "failed"]


@record(frozen=True, slots=True)
class Result:
    """`text` is for the model, `step` one line for the person; `summary` is set by `finish` alone.

    `problem` tells why the call did nothing: its name or arguments were wrong, the edit did not fit, what it
    asked for is not allowed, or it could not be done. `text` then begins with `error: ` and says what to do.
    """

    text: str
    step: str = ""
    problem: Problem = ""
    summary: str | None = None


def refused(problem: Problem, message: str, step: str = "") -> Result:
    """The result of a call that did nothing."""
    return Result(f"error: {message}", step, problem)
