"""`python -m tests.bench SUITE… [--json] [--quick] [--rounds N]`. Exits 0 if everything ran and was right."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.bench import edits, harness

# A suite makes its races in a folder of its own; `quick` asks for small ones.
SUITES: dict[str, Callable[[Path, bool], list[harness.Race]]] = {"edits": edits.races}


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("suites", nargs="+", choices=sorted(SUITES), metavar="SUITE")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout, the rest on stderr")
    parser.add_argument("--quick", action="store_true", help="small texts and few rounds: does it run?")
    parser.add_argument("--rounds", type=int, help="how often everything is measured")
    asked = parser.parse_args(argv)
    rounds = asked.rounds or (3 if asked.quick else 21)
    with tempfile.TemporaryDirectory(prefix="codex-lsp-bench-") as folder:
        measured = {
            suite: harness.run(SUITES[suite](Path(folder), asked.quick), rounds) for suite in asked.suites
        }
    report = harness.report(measured)
    print(harness.table(measured), file=sys.stderr if asked.json else sys.stdout)
    if asked.json:
        print(json.dumps(report))
    return 0 if report["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
