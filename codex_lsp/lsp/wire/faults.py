"""What a log may say of an error: where and of which kind, never a text that it carries."""

from __future__ import annotations

import traceback
from pathlib import Path

INTERNAL = (
    "codex-lsp: an internal error; its log says more. Ask again; if it comes back, report it with the log."
)
"""What the person is told of what should not have happened."""


def fault(error: BaseException) -> str:
    """Kind and place of an error, such as `KeyError in runs.py:93 (start)`.

    Messages and tracebacks may quote documents, prompts or keys, and logs are passed on.
    """
    frames = traceback.extract_tb(error.__traceback__, limit=-1)
    if not frames:
        return type(error).__name__
    (frame,) = frames
    return f"{type(error).__name__} in {Path(frame.filename).name}:{frame.lineno} ({frame.name})"
