"""Texts for the person to read and not to edit: what would be sent, a diff, an explanation.

An editor that can is given a document of this server's own scheme (`workspace/textDocumentContent`), which
exists nowhere else. Any other that can show documents gets a read-only file in the user's state folder; the
rest a message, which names that file if the text is more than a message holds. All are plain text by name,
too, since an editor that renders Markdown would load what a text has for an image.
"""

from __future__ import annotations

import asyncio
import os
import re
import uuid
from collections import OrderedDict
from contextlib import suppress
from pathlib import Path
from typing import Protocol

from lsprotocol import types
from pygls.exceptions import JsonRpcException
from pygls.protocol import LanguageServerProtocol

from codex_lsp.lsp.capabilities import ClientCapabilities

SCHEME = "codex-lsp"

# So many of our own documents, and of the files of all programs, are kept; the oldest go.
MAX_KEPT = 20

# A text of no more than this is a message.
MAX_MESSAGE = 600

# One who does not say by then that the document is shown gets the message, too.
OPEN_SECONDS = 10.0

_READ_ONLY, _WRITABLE = 0o400, 0o600
_UNSAFE = re.compile(r"[^A-Za-z0-9_-]+")


class Host(Protocol):
    """What this uses of the session."""

    client: ClientCapabilities

    @property
    def wire(self) -> LanguageServerProtocol:
        """What messages to the client go through."""
        ...

    def tell(self, kind: types.MessageType, text: str) -> None:
        """Show a message to the person."""
        ...


class Shown:
    """The texts shown to one client."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._texts: OrderedDict[str, str] = OrderedDict()

    async def show(self, title: str, text: str, *, head: str = "", suffix: str = "txt") -> bool:
        """Show a text under a title such as `prompt for app.py`; false if it had to be a message.

        `head` stands above it in a document, and is no part of a message.
        """
        name = f"{file_name(title)}-{uuid.uuid4().hex[:8]}.{file_name(suffix)}"
        if self._host.client.shows_content:
            return await self._open(self._keep(name, head + text)) or self._tell(title, text, None)
        if not self._host.client.show_document and len(text) <= MAX_MESSAGE:
            return self._tell(title, text, None)
        file = await asyncio.to_thread(_written, name, head + text)
        if file and self._host.client.show_document and await self._open(file.as_uri()):
            return True
        return self._tell(title, text, file)

    def text(self, uri: str) -> str | None:
        """The text of a document of our own scheme; None for one that is not known (any more)."""
        return self._texts.get(uri)

    def _keep(self, name: str, text: str) -> str:
        uri = f"{SCHEME}:/{name}"
        self._texts[uri] = text
        while len(self._texts) > MAX_KEPT:
            self._texts.popitem(last=False)
        return uri

    async def _open(self, uri: str) -> bool:
        # Neovim and Emacs show what is not to have the focus beside the person's text, not in its place.
        params = types.ShowDocumentParams(uri, external=False, take_focus=False)
        try:
            async with asyncio.timeout(OPEN_SECONDS):
                result = await self._host.wire.send_request_async(types.WINDOW_SHOW_DOCUMENT, params)
        except (JsonRpcException, TimeoutError):
            return False
        return bool(result and result.success)

    def _tell(self, title: str, text: str, file: Path | None) -> bool:
        said = text if file is None else f"Codex: the {title} is in {file}"
        if len(said) > MAX_MESSAGE and file is None:
            said = f"{said[:MAX_MESSAGE]}… ({len(text):,} characters in all)"
        self._host.tell(types.MessageType.Info, said)
        return False


def file_name(title: str) -> str:
    """A file's name, or a part of one, that says what the title says: letters, digits, `-` and `_` alone."""
    return _UNSAFE.sub("-", title).strip("-")[:60] or "text"


def _written(name: str, text: str) -> Path | None:
    """The file, for the user alone; None if it cannot be written."""
    from codex_lsp import state

    place = state.folder("shown")
    try:
        state.write(place / name, text.encode("utf-8", "replace"))
        (place / name).chmod(_READ_ONLY)
    except OSError:
        return None
    _forget(place)
    return place / name


def _forget(place: Path) -> None:
    """Drop the oldest files; other programs, and other threads, do the same."""
    dated = []
    with suppress(OSError), os.scandir(place) as entries:
        for entry in entries:
            with suppress(FileNotFoundError):
                if not entry.name.startswith("."):
                    dated.append((entry.stat(follow_symlinks=False).st_mtime_ns, Path(entry.path)))
    for _, old in sorted(dated)[: max(0, len(dated) - MAX_KEPT)]:
        with suppress(OSError):
            # Windows keeps what is read-only.
            old.chmod(_WRITABLE)
            old.unlink()
