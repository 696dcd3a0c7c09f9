"""`python -m tests.supply audit` or `sbom`. `audit` exits 0 if nothing is wrong, `sbom` prints JSON."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence

from tests.supply import audit, sbom
from tests.supply.lock import DEV, RUNTIME, read


def main(argv: Sequence[str] | None = None) -> int:
    """Do the one or the other."""
    parser = argparse.ArgumentParser(prog="python -m tests.supply", description=__doc__)
    parser.add_argument("what", choices=("audit", "sbom"))
    if parser.parse_args(argv).what == "sbom":
        print(json.dumps(sbom.bill(), indent=2))
        return 0
    return _audit()


def _audit() -> int:
    wrong = 0
    for file in (RUNTIME, DEV):
        locked = read(file)
        found = list(audit.problems(locked))
        wrong += len(found)
        unread = sum(audit.licence(each.name) is None for each in locked)
        for problem in found:
            print(f"{file.name}: {problem}", file=sys.stderr)
        print(
            f"{file.name}: {len(locked)} locked, {len(found)} problems, {unread} not installed here",
            file=sys.stderr,
        )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
