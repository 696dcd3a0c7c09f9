"""A lock on an open file, between all of a user's programs; it ends with the file, or with its holder."""

from __future__ import annotations

import sys

if sys.platform == "win32":
    import msvcrt
    import os

    def lock(descriptor: int) -> bool:
        """Whether the lock is held now; nobody is waited for."""
        # Far behind what is written: a locked piece cannot be read there.
        os.lseek(descriptor, 1 << 40, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def lock(descriptor: int) -> bool:
        """Whether the lock is held now; nobody is waited for."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
