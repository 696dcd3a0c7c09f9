"""Garbage is collected between two steps of the event loop, on a Python whose collector may start anywhere.

Before CPython 3.12 any allocation may start the collector, also one that `ContextVar.set` makes while it
walks its tree. A finaliser that sets a variable of the same context, as the `finally` of an async generator
does, frees that tree under it, and the process dies (CPython issue 148891; a worker did, once in some 25,000
runs). From 3.12 on the collector waits until the interpreter is between two instructions. Where LiteLLM runs,
and all that comes with it, an older Python collects here.
"""

from __future__ import annotations

import asyncio
import gc
import sys

ANYWHERE = sys.version_info < (3, 12)
EVERY_SECONDS = 0.5


def start() -> None:
    """Let the collector run by itself where that is safe; elsewhere call `look` now and then."""
    if ANYWHERE:
        gc.disable()
    else:
        gc.enable()


def look() -> None:
    """Collect the oldest generation that is due by the interpreter's own thresholds, if it may not itself."""
    if gc.isenabled():
        return
    due = [
        each
        for each, (count, most) in enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True))
        if count > most > 0
    ]
    if due:
        gc.collect(due[-1])


async def tend() -> None:
    """Start, and look for as long as this task goes on, where that is needed."""
    start()
    while ANYWHERE:
        await asyncio.sleep(EVERY_SECONDS)
        look()
