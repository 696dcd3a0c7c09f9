"""The wheel on every Python that can be had: `python -m tests.packages [--json] [VERSION ...]`.

Exits 0 if it works on all of them. A Python that is not to be had is told; it fails only if it was named.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from tests.packages import built, installed, pythons


def main(argv: Sequence[str] | None = None) -> int:
    """Install and try, one after the other."""
    parser = argparse.ArgumentParser(prog="python -m tests.packages", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object on stdout")
    parser.add_argument("versions", nargs="*", metavar="VERSION", help="such as 3.12; default: all")
    args = parser.parse_args(argv)
    figures: dict[str, float] = {}
    told: dict[str, str] = {}
    with tempfile.TemporaryDirectory() as scratch:
        both = built.build(Path(scratch))
        for version in args.versions or pythons.VERSIONS:
            told[version] = _one(version, Path(scratch), both, figures)
            print(f"{version}: {told[version]}", file=sys.stderr if args.json else sys.stdout, flush=True)
    absent = [version for version, word in told.items() if word.startswith(_ABSENT)]
    broken = [version for version, word in told.items() if word != _WORKS and version not in absent]
    good = not broken and not (args.versions and absent) and len(absent) < len(told)
    if args.json:
        print(json.dumps({"ok": good, "figures": figures, "details": told}))
    return 0 if good else 1


_WORKS, _ABSENT = "works", "not to be had"


def _one(version: str, scratch: Path, both: built.Built, figures: dict[str, float]) -> str:
    try:
        python = pythons.find(version)
    except FileNotFoundError as error:
        return f"{_ABSENT}: {error}"
    empty = scratch / f"{version}-empty"
    empty.mkdir()
    begun = time.monotonic()
    try:
        bin_ = installed.locked(python, scratch / version, both)
        took = {"install": time.monotonic() - begun}
        took |= asyncio.run(installed.try_out(bin_, empty))
    except (RuntimeError, AssertionError, OSError) as error:
        return f"does not work: {error}"
    figures |= {f"python{version}.{what}.s": round(seconds, 2) for what, seconds in took.items()}
    return _WORKS


if __name__ == "__main__":
    sys.exit(main())
