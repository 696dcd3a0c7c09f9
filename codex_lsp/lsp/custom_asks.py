"""The person's own asks, from `asks/*.md` beside their `config.toml`, and those of a workspace they trust."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from codex_lsp.endpoint.config import config_file

if TYPE_CHECKING:
    from codex_lsp.agent.asks.ready import ReadyAsk
    from codex_lsp.workspace.policy import Root

MAX_FILES = 100
WORKSPACE = (".codex-lsp", "asks")

_Seen = tuple[tuple[str, int, int], ...]


class CustomAsks:
    """Those of one session, read again when a file has changed. What is wrong with a file is told once."""

    def __init__(self, tell: Callable[[str], None], roots: Callable[[], Sequence[Root]] = tuple) -> None:
        """`roots` are the workspace's folders. `trusted` says that the editor vouches for them."""
        self.trusted = False
        self._tell = tell
        self._roots = roots
        self._brought: tuple[object, tuple[ReadyAsk, ...]] = (None, ())
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
        names = {each.name for each in self._asks}
        return (*self._asks, *(each for each in self._of_workspaces() if each.name not in names))

    def _of_workspaces(self) -> tuple[ReadyAsk, ...]:
        """Those that trusted workspaces bring; who does and is not trusted is told of once."""
        folders = [root.folder for root in self._roots()]
        looks = [_look(folder.joinpath(*WORKSPACE)) for folder in folders]
        if not any(looks):
            return ()
        from codex_lsp.workspace import trust

        seen = (folders, looks, _stamp(trust.store()), self.trusted)
        if seen != self._brought[0]:
            found = [each for folder in folders for each in self._brought_by(folder)]
            self._brought = (seen, tuple({each.name: each for each in found}.values()))
        return self._brought[1]

    def _brought_by(self, folder: Path) -> Iterator[ReadyAsk]:
        from codex_lsp.agent.asks.custom import BadAsk, parse
        from codex_lsp.workspace import trust

        files = trust.brought(folder)
        if not self.trusted and not trust.is_trusted(folder, files):
            if files:
                self._problem(
                    f"{folder} brings some (.codex-lsp/asks), which are not offered: read them, then say "
                    f"`codex-lsp trust {folder}`"
                )
            return
        for name, data in files:
            try:
                yield parse(name.removesuffix(".md"), data.decode("utf-8"))
            except (BadAsk, UnicodeDecodeError) as error:
                self._problem(f".codex-lsp/asks/{name} is not offered: {error}")

    def find(self, name: str) -> ReadyAsk | None:
        """The ask of that name, the person's or one of ours."""
        from codex_lsp.agent.asks.ready import READY

        return next((each for each in (*READY, *self.all()) if each.name == name), None)

    def _read(self, file: Path) -> ReadyAsk | None:
        from codex_lsp.agent.asks.custom import MAX_CHARS, BadAsk, parse

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


def _stamp(file: Path) -> tuple[int, int]:
    try:
        status = file.stat()
    except OSError:
        return 0, 0
    return status.st_mtime_ns, status.st_size


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
