"""An answerer that repeats what it was asked, to try out the way there and back. It says so everywhere."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from typing import Any

from codex_lsp.services.chat import Ended, Mode, Piece, Step, Text
from codex_lsp.services.requests import ChatRequest, text_of


class Echo:
    """An `Answerer` without a model."""

    mode: Mode = "echo"
    workspace = True

    @property
    def models(self) -> Mapping[str, str]:
        """One, which is none."""
        return {"echo": "none"}

    async def about(self) -> Mapping[str, Any]:
        """Nothing more."""
        return {}

    async def ready(self) -> str:
        """Always."""
        return ""

    async def answer(self, request: ChatRequest) -> AsyncGenerator[Piece, None]:
        """The last message, word by word, and how many files came with it. Never a change."""
        files = len(request.workspace.files) if request.workspace else 0
        yield Step(f"echo: no model is asked, nothing is changed; files that came: {files}")
        for word in text_of(request.messages[-1]).split(" "):
            yield Text(word + " ")
        yield Ended("echo")
