"""The process that talks to the endpoint: frames in, frames out (`codex_lsp.endpoint.wire`).

`worker.py` is the child of the one program that it serves, over its standard input and output;
`worker.py DESCRIPTOR FAMILY FOLDER NAME` serves all who connect to the listening socket that it inherits,
and is nobody's child. `codex_lsp.endpoint.private` and `detached` start them. Run as a file, with `-P`,
because `-m` would import `codex_lsp.llm`, and with it LiteLLM, before a line of this one.
"""

import gc
import os
import signal
import sys
import threading
from collections.abc import Callable

GRACE_SECONDS = 1.0
TOKEN = "CODEX_LSP_WORKER_TOKEN"  # noqa: S105
DETACHED = "CODEX_LSP_WORKER_DETACHED"


class Input:
    """What the parent sends, read by a thread from the start on: while LiteLLM is imported, for seconds,
    nobody else would notice the parent's end."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._lock = threading.Lock()
        self._early: list[bytes] = []
        self._take: Callable[[bytes], object] | None = None
        threading.Thread(target=self._read, daemon=True).start()

    def connect(self, take: Callable[[bytes], object]) -> None:
        """Hand everything to `take` from now on, also what has come until now; empty bytes are the end."""
        with self._lock:
            for data in self._early:
                take(data)
            self._take = take

    def _read(self) -> None:
        # A thread, because event loops cannot read from an inherited pipe on Windows.
        while data := os.read(self._descriptor, 1 << 16):
            with self._lock:
                (self._take or self._early.append)(data)
        with self._lock:
            if self._take is None:
                os._exit(0)
            self._take(b"")
        # If the loop is stuck, the parent's end is still the end.
        threading.Event().wait(GRACE_SECONDS)
        os._exit(0)


def _claim() -> tuple[int, int]:
    """Take the pipes to the parent away from everyone else: returns the descriptors to read and to write.

    What a library prints goes to standard error from here on; what it reads is empty.
    """
    read, write = os.dup(0), os.dup(1)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    # Ctrl-C in a terminal reaches the whole group; the parent decides, and its end is the end of our input.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return read, write


def _prepare() -> None:
    """Settings that LiteLLM reads when it is imported, and the place of this package."""
    gc.disable()  # until `codex_lsp.llm.warm.settle`
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # else it asks the network for prices
    os.environ["LITELLM_MODE"] = "PRODUCTION"  # else it loads a .env found upwards of its own folder
    os.environ.pop("USE_LITELLM_PROXY", None)  # else it sends every request there instead
    root = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))  # noqa: PTH100, PTH120
    if root not in sys.path:
        sys.path.insert(0, root)


def _detach() -> None:
    """Go on in a process that is not the starter's child: who ends a program's children does not mean us."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.dup2(2, 1)
    if sys.platform == "win32" or os.environ.pop(DETACHED, ""):
        return
    if os.fork():
        os._exit(0)
    if sys.platform == "darwin":
        # Its frameworks do not work in a process that was forked and went on with the same program.
        os.environ[DETACHED] = "1"
        os.execv(sys.executable, sys.orig_argv)  # noqa: S606


def _private() -> None:
    read, write = _claim()
    source = Input(read)
    _prepare()
    from codex_lsp.llm.pipes import run

    run(source, write)


def _shared(descriptor: str, family: str, folder: str, name: str) -> None:
    _detach()
    _prepare()
    import socket
    from pathlib import Path

    from codex_lsp.endpoint.door import Door
    from codex_lsp.endpoint.place import Place

    listener = socket.socket(socket.AddressFamily(int(family)), socket.SOCK_STREAM, fileno=int(descriptor))
    listener.set_inheritable(False)
    place = Place(Path(folder), name)
    door = Door(listener, place, bytes.fromhex(os.environ.pop(TOKEN, "")))
    from codex_lsp.llm.sockets import run

    run(door, place)


if __name__ == "__main__":
    if sys.argv[1:]:
        _shared(*sys.argv[1:])
    else:
        _private()
