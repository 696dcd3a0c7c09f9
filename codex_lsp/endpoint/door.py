"""A shared worker's side of its socket: who comes, who goes, what they send, and when it is time to end.

A thread does it from the start on: LiteLLM takes seconds to import, and whoever comes meanwhile is greeted,
and whoever goes is noticed, all the same. The event loop gets what was received, and sends. Only the standard
library, for the same reason.
"""

from __future__ import annotations

import json
import os
import selectors
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import NoReturn

from codex_lsp.endpoint import peer
from codex_lsp.endpoint.place import Place, try_lock

# So short that nothing stays behind, so long that an editor may restart its server.
LINGER_SECONDS = 1.0
# Somebody who does not read for so long, or leaves so much unread, is dropped. A suspended machine does not
# count: the clock stands still.
STALL_SECONDS = 30.0
MAX_UNSENT = 64 * 1024 * 1024

_CHUNK = 1 << 16


class Guest:
    """One connected program. `send` and `drop` may be called from any thread."""

    def __init__(self, connection: socket.socket, wake: Callable[[], None]) -> None:
        self.connection = connection
        self.opening = b""
        self.greeted = False
        self._wake = wake
        self._lock = threading.Lock()
        self._unsent = bytearray()
        self._since = 0.0

    def send(self, data: bytes) -> None:
        """Send one frame, now or as soon as the program reads; never waits."""
        with self._lock:
            waiting = bool(self._unsent)
            self._unsent += data
            if waiting:
                if len(self._unsent) > MAX_UNSENT:
                    self.drop()
                return
            self._since = time.monotonic()
            self._push()
            waiting = bool(self._unsent)
        if waiting:
            self._wake()

    def drop(self) -> None:
        """End the connection; the thread sees it as it sees any end."""
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def push(self) -> None:
        """Send what could not be sent before."""
        with self._lock:
            self._push()

    def stalled_for(self) -> float | None:
        """For how many seconds nothing could be sent; None if there is nothing to send."""
        with self._lock:
            return time.monotonic() - self._since if self._unsent else None

    def _push(self) -> None:
        try:
            while self._unsent:
                sent = self.connection.send(memoryview(self._unsent)[: 16 * _CHUNK])
                del self._unsent[:sent]
                self._since = time.monotonic()
        except BlockingIOError:
            pass
        except OSError:
            self._unsent.clear()  # its end will be seen in a moment


Take = Callable[[Guest, bytes | None], object]


class Door:
    """Listens for a user's programs. They must know `token` where the socket is not private by itself.

    Ends this process, `LINGER_SECONDS` after the last guest has gone at the latest.
    """

    def __init__(
        self, listener: socket.socket, place: Place, token: bytes = b"", *, stall: float = STALL_SECONDS
    ) -> None:
        listener.setblocking(False)
        self._listener = listener
        self._place = place
        self._token = token
        self._stall = stall
        self._file = self._found()
        self._guests: set[Guest] = set()
        self._alone_since = time.monotonic()
        self._lock = threading.Lock()
        self._early: list[tuple[Guest, bytes | None]] = []
        self._take: Take | None = None
        self._selector = selectors.DefaultSelector()
        self._waking, woken = socket.socketpair()
        for each in (self._waking, woken):
            each.setblocking(False)
        self._selector.register(listener, selectors.EVENT_READ, self._accept)
        self._selector.register(woken, selectors.EVENT_READ, lambda _: woken.recv(_CHUNK))
        threading.Thread(target=self._run, daemon=True).start()

    def connect(self, take: Take) -> None:
        """Hand everything to `take`, in the thread, also what has come until now.

        Of each guest, empty bytes come first and None at its end.
        """
        with self._lock:
            for guest, data in self._early:
                take(guest, data)
            self._early.clear()
            self._take = take

    def end(self) -> NoReturn:
        """End this process now; whoever is connected sees it, and starts another one when needed."""
        with suppress(OSError), try_lock(self._place.folder) as held:
            # Else somebody is starting another worker, and takes the files away too.
            if held and self._file == self._found():
                self._place.remove()
        os._exit(0)

    def _found(self) -> tuple[int, int]:
        """Whose file is at our place: another worker may have taken it over."""
        for path in (self._place.socket, self._place.address):
            with suppress(OSError):
                status = path.stat()
                return status.st_ino, status.st_ctime_ns
        return 0, 0

    def _run(self) -> None:
        try:
            while True:
                for key, mask in self._selector.select(self._patience()):
                    key.data(mask)
                self._look()
        finally:
            # Without this thread nobody would notice any end.
            os._exit(1)

    def _patience(self) -> float | None:
        """Until when nothing needs to be looked at."""
        if not self._guests:
            return max(0.0, self._alone_since + LINGER_SECONDS - time.monotonic())
        return max(0.0, self._stall - max(stalls)) if (stalls := list(self._stalls())) else None

    def _stalls(self) -> Iterator[float]:
        for guest in self._guests:
            if (stalled := guest.stalled_for()) is not None:
                yield stalled

    def _look(self) -> None:
        if not self._guests and time.monotonic() >= self._alone_since + LINGER_SECONDS:
            self.end()
        for guest in self._guests:
            stalled = guest.stalled_for()
            if stalled is not None and stalled >= self._stall:
                guest.drop()
            events = selectors.EVENT_READ | (0 if stalled is None else selectors.EVENT_WRITE)
            if self._selector.get_key(guest.connection).events != events:
                self._selector.modify(guest.connection, events, self._ready(guest))

    def _wake(self) -> None:
        with suppress(OSError):
            self._waking.send(b"\0")

    def _accept(self, _: int) -> None:
        try:
            connection, _address = self._listener.accept()
        except OSError:
            return
        if not peer.is_ours(connection):
            connection.close()
            return
        connection.setblocking(False)
        guest = Guest(connection, self._wake)
        self._guests.add(guest)
        self._selector.register(connection, selectors.EVENT_READ, self._ready(guest))
        if not self._token:
            self._greet(guest, "")

    def _greet(self, guest: Guest, proof: str) -> None:
        guest.greeted = True
        said = json.dumps({"event": "greeting", "pid": os.getpid(), "proof": proof}).encode()
        guest.send(struct.pack(">I", len(said)) + said)
        self._hand(guest, b"")

    def _ready(self, guest: Guest) -> Callable[[int], None]:
        def ready(mask: int) -> None:
            if mask & selectors.EVENT_WRITE:
                guest.push()
            if mask & selectors.EVENT_READ:
                self._receive(guest)

        return ready

    def _receive(self, guest: Guest) -> None:
        try:
            data = guest.connection.recv(_CHUNK)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data and not guest.greeted:
            self._open(guest, data)
        elif data:
            self._hand(guest, data)
        else:
            self._gone(guest)

    def _open(self, guest: Guest, data: bytes) -> None:
        """The first bytes over TCP, before anybody else sees one."""
        guest.opening += data
        rest = guest.opening[peer.OPENING_BYTES :]
        if len(guest.opening) < peer.OPENING_BYTES:
            return
        opening = guest.opening[: peer.OPENING_BYTES]
        if not peer.is_opening(self._token, opening):
            guest.drop()
            return
        self._greet(guest, peer.answer(self._token, opening))
        if rest:
            self._hand(guest, rest)

    def _gone(self, guest: Guest) -> None:
        self._selector.unregister(guest.connection)
        guest.connection.close()
        self._guests.discard(guest)
        self._alone_since = time.monotonic()
        if guest.greeted:
            self._hand(guest, None)

    def _hand(self, guest: Guest, data: bytes | None) -> None:
        with self._lock:
            if self._take is not None:
                self._take(guest, data)
            else:
                self._early.append((guest, data))
