"""The socket at which a shared worker is met: made, found, and taken away when its worker is dead."""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path
from typing import Any

from codex_lsp.endpoint import place
from codex_lsp.endpoint.place import Place

_BACKLOG = 128


def address(where: Place, unix: bool) -> tuple[Any, bytes] | None:
    """Where to connect, and the token for it; None if nobody ever listened."""
    if unix:
        return str(where.socket), b""
    try:
        said = json.loads(where.address.read_bytes())
        return ("127.0.0.1", int(said["port"])), bytes.fromhex(said["token"])
    except (FileNotFoundError, KeyError, TypeError, ValueError):
        return None


def listen(where: Place, unix: bool) -> tuple[socket.socket, bytes]:
    """A listening socket, and the token that its worker asks for; the caller holds the lock."""
    if not unix:
        listener = socket.create_server(("127.0.0.1", 0), backlog=_BACKLOG)
        token = os.urandom(32)
        said = {"port": listener.getsockname()[1], "token": token.hex()}
        place.write_private(where.address, json.dumps(said).encode())
        return listener, token
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.bind(str(where.socket))
        where.socket.chmod(0o600)
        listener.listen(_BACKLOG)
    except BaseException:
        listener.close()
        raise
    return listener, b""


def sweep(folder: Path) -> None:
    """Take away what workers left that were killed. Nobody can be about to listen: we hold the lock."""
    for path in folder.glob("*.sock"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            probe.setblocking(False)
            try:
                probe.connect(str(path))
            except ConnectionRefusedError:
                Place(folder, path.stem).remove()
            except OSError:
                continue  # too busy to answer, or gone
