"""A reply that arrives in pieces. However it is cut, it parses as the whole does."""

from __future__ import annotations

from codex_lsp.edits import formats
from codex_lsp.edits.intents import Parsed


class Collector:
    """Takes a reply's pieces and parses it at the end.

    Nothing is parsed before `close`: what looks whole may be the beginning of something else, and a reply
    that was cut off must not become an edit.
    """

    def __init__(self, format: str = "auto") -> None:
        self._format = format
        self._pieces: list[str] = []

    def feed(self, text: str) -> None:
        """Take the next piece."""
        self._pieces.append(text)

    @property
    def text(self) -> str:
        """What has arrived."""
        return "".join(self._pieces)

    def close(self) -> Parsed:
        """The reply's intents; raises as `formats.parse` does."""
        return formats.parse(self.text, self._format)
