"""Who is at the other end of a local connection. Only the standard library."""

from __future__ import annotations

import hashlib
import hmac
import os
import socket
import struct
import sys

NONCE_BYTES = 32
OPENING_BYTES = NONCE_BYTES + 32


def is_ours(connection: socket.socket) -> bool:
    """Whether the process at the other end is of the same user. A worker's user is who made its socket.

    True where the system does not tell: there the folder's mode, or the token, has to do.
    """
    if sys.platform == "win32" or connection.family != socket.AF_UNIX:
        return True
    user = _user(connection)
    return user is None or user == os.geteuid()


if sys.platform == "linux":

    def _user(connection: socket.socket) -> int | None:
        _, user, _ = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
        return int(user)

elif sys.platform == "darwin":

    def _user(connection: socket.socket) -> int | None:
        # struct xucred: version, user, …; SOL_LOCAL is 0 and LOCAL_PEERCRED 1, which Python does not name.
        _, user = struct.unpack_from("=II", connection.getsockopt(0, 1, 76))
        return int(user)

else:

    def _user(connection: socket.socket) -> int | None:
        return None


def opening(token: bytes) -> tuple[bytes, str]:
    """Over TCP: a client's first bytes, by which it knows the token, and the proof that it expects back."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + _proof(token, b"client", nonce), answer(token, nonce)


def is_opening(token: bytes, data: bytes) -> bool:
    """Whether these are the first bytes of somebody who knows the token."""
    nonce, proof = data[:NONCE_BYTES], data[NONCE_BYTES:]
    return hmac.compare_digest(proof, _proof(token, b"client", nonce))


def answer(token: bytes, opening: bytes) -> str:
    """The worker's proof, for its greeting: after its end anybody could listen on its port."""
    return _proof(token, b"worker", opening[:NONCE_BYTES]).hex()


def _proof(token: bytes, role: bytes, nonce: bytes) -> bytes:
    return hmac.digest(token, role + nonce, hashlib.sha256)
