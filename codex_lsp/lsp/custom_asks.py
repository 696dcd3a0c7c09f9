"""The person's own asks, from `asks/*.md` beside their `config.toml`; never from a workspace."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from codex_lsp.endpoint.config import config_file

if TYPE_CHECKING:
    from codex_lsp.agent.asks import ReadyAsk

MAX_FILES = 100

_Seen = tuple[tuple[str, int, int], ...]


class CustomAsks:
    """Those of one session, read again when a file has changed. What is wrong with a file is told once."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._seen: _Seen = ()
        self._asks: tuple[ReadyAsk, ...] = ()
        self._told: set[str] = set()

    def all(self) -> tuple[ReadyAsk, ...]:
        """The asks as the files are now, by name."""
        folder = config_file().parent / "asks"
        seen = _look(folder)
        if seen != self._seen:
            self._seen = seen
            self._asks = tuple(filter(None, (self._read(folder / name) for name, _, _ in seen[:MAX_FILES])))
            if len(seen) > MAX_FILES:
                self._problem(f"only the first {MAX_FILES} files of asks are read")
        return self._asks

    def find(self, name: str) -> ReadyAsk | None:
        """The ask of that name, the person's or one of ours."""
        from codex_lsp.agent.asks import READY

        return next((each for each in (*READY, *self.all()) if each.name == name), None)

    def _read(self, file: Path) -> ReadyAsk | None:
        from codex_lsp.agent.custom_asks import MAX_CHARS, BadAsk, parse

        try:
            with file.open(encoding="utf-8", newline="") as stream:
                return parse(file.stem, stream.read(MAX_CHARS + 1))
        except BadAsk as error:
            self._problem(f"asks/{file.name} is not offered: {error}")
        except UnicodeDecodeError:
            self._problem(f"asks/{file.name} is not offered: save it as UTF-8")
        except OSError as error:
            self._problem(f"asks/{file.name} is not offered: it cannot be read ({error.strerror})")
        return None

    def _problem(self, text: str) -> None:
        if text not in self._told:
            self._told.add(text)
            self._tell(f"Your own asks: {text}.")


def _look(folder: Path) -> _Seen:
    found = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                # A README beside them is no ask; a FIFO would never end.
                if entry.name.endswith(".md") and entry.name != "README.md" and entry.is_file():
                    status = entry.stat()
                    found.append((entry.name, status.st_mtime_ns, status.st_size))
    except OSError:
        return ()
    return tuple(sorted(found))
