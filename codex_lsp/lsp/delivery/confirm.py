"""The proof that an edit was applied: the texts that the editor shows, or that are on disk.

`applied: true` proves nothing: Neovim skips a stale edit silently and says true, Eglot says false and applies
by hand.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from functools import partial

from codex_lsp.edits import EditError
from codex_lsp.lsp.documents import Documents
from codex_lsp.lsp.places import Places

CONFIRM_SECONDS = 3.0
# How often the disk is looked at meanwhile; nobody tells when an editor has written a file.
LOOK_SECONDS = 0.05


class Confirmation:
    """What becomes of each path of an edit; to be made before the edit is sent, and ended with `close`.

    A text that an open document has held, if only for one change, is confirmed, unless the former text is
    back; so is one that is on disk, of a file that is not open. `outcomes` maps paths to texts, None for a
    file that must be gone.
    """

    def __init__(self, documents: Documents, places: Places, outcomes: Mapping[str, str | None]) -> None:
        self._documents = documents
        self._places = places
        self._missing = dict(outcomes)
        now = {path: places.document(path) for path in outcomes}
        self._former = {path: each.source for path, each in now.items() if each}
        self._shown = {
            path: documents.expect(places.uri(path), text)
            for path, text in outcomes.items()
            if text is not None
        }
        self._back: dict[str, asyncio.Future[bool]] = {}
        self._closed = False
        for path in self._former.keys() & self._shown.keys():
            self._shown[path].add_done_callback(partial(self._watch, path))

    def missing(self) -> set[str]:
        """The paths that are not what they must be, as far as can be seen at this moment."""
        for path in [path for path in self._missing if self._is_there(path)]:
            del self._missing[path]
        return set(self._missing)

    async def wait(self) -> set[str]:
        """Wait until nothing is missing, at most `CONFIRM_SECONDS`; returns what is."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + CONFIRM_SECONDS
        while missing := self.missing():
            left = deadline - loop.time()
            if left <= 0:
                return missing
            shown = [future for path in missing if (future := self._shown.get(path)) and not future.done()]
            look = (
                min(left, LOOK_SECONDS)
                if any(self._places.document(path) is None for path in missing)
                else left
            )
            if shown:
                await asyncio.wait(shown, timeout=look, return_when=asyncio.FIRST_COMPLETED)
            else:
                await asyncio.sleep(look)
        return set()

    @property
    def taken_back(self) -> bool:
        """Whether something that is missing was there before: somebody did not want it."""
        return any(_held(self._shown.get(path)) for path in self._missing)

    def close(self) -> None:
        """Wait for nothing any more."""
        self._closed = True
        for path, future in self._shown.items():
            future.cancel()
            if path in self._back:
                self._back[path].cancel()
            self._documents.forget(self._places.uri(path))

    def _is_there(self, path: str) -> bool:
        text, future = self._missing[path], self._shown.get(path)
        document = self._places.document(path)
        if _held(future):
            return not _held(self._back.get(path)) or (document is not None and document.source == text)
        if document is not None:
            return False
        try:
            return self._places.on_disk(path) == text
        except (EditError, OSError):
            return False

    def _watch(self, path: str, shown: asyncio.Future[bool]) -> None:
        """From now on the former text says that the edit was taken back."""
        # The news may come after all has been seen; a text that nobody waits for would stay for good.
        if _held(shown) and not self._closed:
            self._back[path] = self._documents.expect(self._places.uri(path), self._former[path])


def _held(future: asyncio.Future[bool] | None) -> bool:
    return future is not None and future.done() and not future.cancelled() and future.result()
