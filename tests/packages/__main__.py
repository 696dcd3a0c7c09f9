"""The wheel on every Python that can be had: `python -m tests.packages [--json] [VERSION ...]`.

Exits 0 if it works on all of them. A Python that is not to be had is told; it fails only if it was named.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.packages import built, installed, pythons

_WORKS = "works"


def main(argv: Sequence[str] | None = None) -> int:
    """Install and try, one after the other."""
    parser = argparse.ArgumentParser(prog="python -m tests.packages", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object on stdout")
    parser.add_argument("versions", nargs="*", metavar="VERSION", help="such as 3.12; default: all")
    args = parser.parse_args(argv)
    found, told = _found(args.versions or pythons.VERSIONS)
    figures: dict[str, float] = {}
    if found:
        with tempfile.TemporaryDirectory() as scratch:
            both = built.build(Path(scratch))
            for version, python in found.items():
                told[version] = _try(version, python, both, figures)
    good = bool(found) and all(told[version] == _WORKS for version in args.versions or found)
    for version in sorted(told):
        print(f"{version}: {told[version]}", file=sys.stderr if args.json else sys.stdout)
    if args.json:
        print(json.dumps({"ok": good, "figures": figures, "details": told}))
    return 0 if good else 1


def _found(versions: Sequence[str]) -> tuple[dict[str, pythons.Python], dict[str, str]]:
    """The Pythons of these versions, and why there is none of the others."""
    found, absent = {}, {}
    for version in versions:
        try:
            found[version] = pythons.find(version)
        except FileNotFoundError as error:
            absent[version] = f"not to be had: {error}"
    return found, absent


def _try(version: str, python: pythons.Python, both: built.Built, figures: dict[str, float]) -> str:
    """What came of it; the figures are seconds."""
    with tempfile.TemporaryDirectory() as scratch:
        empty = Path(scratch, "empty")
        empty.mkdir()
        begun = time.monotonic()
        try:
            bin_ = installed.locked(python, Path(scratch, "environment"), both)
            took = {"install": time.monotonic() - begun}
            took |= asyncio.run(installed.try_out(bin_, empty))
        except (RuntimeError, AssertionError, OSError, subprocess.TimeoutExpired) as error:
            return f"does not work: {error}"
    figures |= {f"python{version}.{what}.s": round(seconds, 2) for what, seconds in took.items()}
    return _WORKS


if __name__ == "__main__":
    sys.exit(main())
