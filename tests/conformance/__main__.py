"""`python -m tests.conformance DIR`: run the engine on a folder of cases. Exit code 0 only if all is well."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.conformance.cases import NoCases, load
from tests.conformance.report import as_object, as_text
from tests.conformance.run import run_all


def main(arguments: Sequence[str] | None = None) -> int:
    """0 if ok, 1 if not, 2 if there are no cases."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance", description=__doc__)
    parser.add_argument("folder", metavar="DIR", type=Path, help="a folder of *.jsonl files with cases")
    parser.add_argument("--json", action="store_true", help="print one JSON object on stdout")
    parser.add_argument("--corpus", metavar="NAME", help="run this corpus only")
    parser.add_argument("--failures", metavar="N", type=int, default=20, help="failures to show (20)")
    args = parser.parse_args(arguments)
    try:
        results = run_all(load(args.folder, args.corpus))
    except NoCases as error:
        print(error, file=sys.stderr)
        if args.json:
            print(json.dumps({"ok": False, "figures": {}, "details": str(error)}))
        return 2
    report = as_object(results)
    print(as_text(results, args.failures), file=sys.stderr if args.json else sys.stdout)
    if args.json:
        print(json.dumps(report, ensure_ascii=False))
    return 0 if report["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
