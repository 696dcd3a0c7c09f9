"""The garbage collector at the start and at rest.

LSP's types are some 55,000 objects that stay to the end: a full pass over them costs 30 ms, which is a tenth
of the start, and a stall of the event loop later.
"""

from __future__ import annotations

import gc


def load_types() -> None:
    """Load LSP's types, and let no pass over them happen until `settle`."""
    import lsprotocol.types  # noqa: F401

    gc.disable()


def settle() -> None:
    """Collect once, and take what is left out of the collector's sight."""
    gc.collect()
    gc.freeze()
    gc.enable()
