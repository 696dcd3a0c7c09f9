"""Where the worker that a user's programs share is found: a folder of the user's own, its files, a lock.

    FOLDER/salt          32 random bytes, so that nobody who sees a name can try keys against it
    FOLDER/lock          held by whoever starts a worker or takes one's files away
    FOLDER/NAME.sock     the worker's socket; without Unix sockets NAME.json, its port and a token
    FOLDER/NAME.err      what it said before it was ready; gone once it is

Only the standard library: the worker reads this before LiteLLM is there.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from codex_lsp.endpoint.locks import lock
from codex_lsp.records import record

# The least of what systems allow for a socket's path, without the final zero byte (macOS; Linux has 107).
MAX_PATH = 103
SALT_BYTES = 32


class Unshareable(Exception):
    """Why no worker is shared, in a few words."""


@record(frozen=True, slots=True)
class Place:
    """The files of one worker."""

    folder: Path
    name: str

    @property
    def socket(self) -> Path:
        """The Unix socket."""
        return self.folder / f"{self.name}.sock"

    @property
    def address(self) -> Path:
        """Port and token, where there are no Unix sockets."""
        return self.folder / f"{self.name}.json"

    @property
    def said(self) -> Path:
        """What the worker said before it was ready."""
        return self.folder / f"{self.name}.err"

    def remove(self) -> None:
        """Take the files away; only by who holds the lock."""
        for path in (self.socket, self.address, self.said):
            with suppress(OSError):
                path.unlink()


def find(identity: bytes) -> Place:
    """The place for a worker of this identity; makes the folder. Raises `Unshareable`."""
    try:
        for folder in _candidates():
            longest = os.fsencode(Place(folder, "0" * 32).socket)
            if folder.is_absolute() and len(longest) <= MAX_PATH:
                _make(folder)
                return Place(folder, hmac.new(_salt(folder), identity, hashlib.sha256).hexdigest()[:32])
    except OSError as error:
        raise Unshareable(f"no folder for its socket: {error}") from None
    raise Unshareable("no folder for its socket has a path that is short enough")


def trouble(status: os.stat_result, user: int) -> str:
    """What speaks against a folder in which this user's secrets shall pass; empty if nothing does."""
    if not stat.S_ISDIR(status.st_mode):
        return "is no folder"
    if status.st_uid != user:
        return "belongs to somebody else"
    if stat.S_IMODE(status.st_mode) & 0o077:
        return "is open to others"
    return ""


def _candidates() -> Iterator[Path]:
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if not runtime and sys.platform == "linux":
        runtime = f"/run/user/{os.getuid()}"
    # Not platformdirs' own choice, which may be a folder in /tmp that anyone can make first.
    if Path(runtime).is_absolute() and Path(runtime).is_dir():
        yield Path(runtime) / "codex-lsp"
    import platformdirs

    yield Path(platformdirs.user_cache_dir("codex-lsp", appauthor=False)) / "run"


def _make(folder: Path) -> None:
    """Make the folder, or see whether it is as it must be. Raises `Unshareable`."""
    with suppress(FileExistsError):
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(mode=0o700)
    if sys.platform == "win32":
        return  # below the user's profile, whose access list is inherited
    if found := trouble(folder.lstat(), os.getuid()):
        raise Unshareable(f"{folder} {found}")
    parent = folder.parent.stat()
    if parent.st_mode & 0o022 and not parent.st_mode & stat.S_ISVTX:
        raise Unshareable(f"in {folder.parent} anyone can put another folder in its place")


def _salt(folder: Path) -> bytes:
    path = folder / "salt"
    try:
        return path.read_bytes()
    except FileNotFoundError:
        pass
    draft = folder / f"salt-{os.getpid()}-{os.urandom(4).hex()}"
    write_private(draft, os.urandom(SALT_BYTES))
    try:
        # Not renamed: whoever came first has given others its salt already.
        with suppress(FileExistsError):
            os.link(draft, path)
    finally:
        draft.unlink()
    return path.read_bytes()


def write_private(path: Path, data: bytes) -> None:
    """Write a file that only the user can read, whatever was there before."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with open(descriptor, "wb") as file:  # noqa: PTH123
        file.write(data)


@contextmanager
def try_lock(folder: Path) -> Iterator[bool]:
    """Whether the folder's lock is held now; it is given back at the end, or at the process' end."""
    descriptor = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield lock(descriptor)
    finally:
        os.close(descriptor)
