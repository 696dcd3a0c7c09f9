"""`python -m tests.attacks [--json] [--only FAMILY]`. Exits 0 if nothing was broken and all twins work."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import sys
import time
from collections.abc import Sequence

from tests.attacks import report, suite
from tests.attacks.case import FAMILIES
from tests.support.processes import runtime_folder


def main(argv: Sequence[str] | None = None) -> int:
    """Play, and tell."""
    parser = argparse.ArgumentParser(prog="python -m tests.attacks", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object on stdout")
    parser.add_argument("--only", choices=FAMILIES, default="", metavar="FAMILY", help=", ".join(FAMILIES))
    args = parser.parse_args(argv)
    # No worker is shared with the person who runs it.
    os.environ["XDG_RUNTIME_DIR"] = os.environ["XDG_STATE_HOME"] = runtime_folder()
    begun = time.monotonic()
    found = asyncio.run(suite.play(suite.rows(args.only)))
    found.figures["seconds"] = round(time.monotonic() - begun, 1)
    whole = not args.only
    if args.json:
        print(json.dumps(report.as_object(found, whole=whole), ensure_ascii=False))
    print(report.as_text(found, whole=whole), file=sys.stderr if args.json else sys.stdout)
    return 0 if report.is_ok(report.figures(found), whole=whole) else 1


if __name__ == "__main__":
    sys.exit(main())
