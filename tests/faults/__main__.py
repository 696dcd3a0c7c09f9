"""`python -m tests.faults SUITE [OPTION ...] [--json]`. Exits 0 if nothing was broken."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence

from tests.faults import endpoint, suite_session
from tests.support.processes import runtime_folder

SUITES: dict[str, Callable[[Sequence[str]], int]] = {"endpoint": endpoint.main, "session": suite_session.main}


def main(argv: Sequence[str] | None = None) -> int:
    given = list(sys.argv[1:] if argv is None else argv)
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("suite", choices=sorted(SUITES))
    asked = parser.parse_args(given[:1])
    # No worker is shared with the person who runs it.
    os.environ["XDG_RUNTIME_DIR"] = os.environ["XDG_STATE_HOME"] = runtime_folder()
    return SUITES[asked.suite](given[1:])


if __name__ == "__main__":
    sys.exit(main())
