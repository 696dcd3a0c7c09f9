"""What a start need not pay for. Nothing here is needed for what a command does."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager


def load_asyncio() -> None:
    """Load asyncio as Python without TLS has it: what talks to nobody but a worker on this machine has no use
    for TLS, which is a tenth of it. Whoever imports `ssl` later gets it.
    """
    if "asyncio" in sys.modules or "ssl" in sys.modules:
        return
    sys.modules["ssl"] = None  # type: ignore[assignment] # the import fails, as asyncio knows it
    try:
        import asyncio  # noqa: F401
    finally:
        del sys.modules["ssl"]


@contextmanager
def loading() -> Iterator[None]:
    """No pass of the garbage collector over what is being loaded, nor over what was: all of it stays."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
