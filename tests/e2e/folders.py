"""Folders below build/ that take long to make: each is whole or not there, whoever else makes it, too."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path


def whole(place: Path, make: Callable[[Path], None]) -> Path:
    """`place`, filled by `make` unless it is there; `make` gets an empty folder, which becomes `place`."""
    if not place.is_dir():
        place.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=place.parent) as scratch:
            made = Path(scratch) / "made"
            made.mkdir()
            make(made)
            try:
                made.rename(place)
            except OSError:
                if not place.is_dir():  # another one was faster
                    raise
    return place
