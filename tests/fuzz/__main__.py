"""`python -m tests.fuzz --n N [--framing N] [--seed S] [--server NAME] [--only INDEX] [--json]`."""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.fuzz import framing, report
from tests.fuzz.frames import FrameFuzzer
from tests.fuzz.run import Fuzzer, Tally, plans
from tests.fuzz.targets import CODEX, PYGLS, Target

SERVERS = {"codex-lsp": (CODEX,), "pygls": (PYGLS,), "both": (CODEX, PYGLS)}

BESIDE = 200


def main(arguments: Sequence[str] | None = None) -> int:
    """0 if every invariant held, else 1. Of two servers only the first is judged."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--n", type=int, default=2000, help="well-framed messages (2000)")
    parser.add_argument("--framing", type=int, help="malformed frames (a tenth of --n)")
    parser.add_argument("--seed", type=int, default=1, help="the run that is made (1)")
    parser.add_argument("--server", choices=sorted(SERVERS), default="both")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout, the rest on stderr")
    args = parser.parse_args(arguments)
    tallies: dict[str, Tally] = {}
    with tempfile.TemporaryDirectory(prefix="codex-lsp-fuzz-") as folder:
        for target in SERVERS[args.server]:
            fuzzer = Fuzzer(target, args.seed, Path(folder), lambda text: print(text, file=sys.stderr))
            try:
                fuzzer.run(plans(args.n))
            finally:
                fuzzer.close()
            tallies[target.prefix] = fuzzer.tally
            frames(
                target,
                args.seed,
                args.n // 10 if args.framing is None else args.framing,
                Path(folder),
                fuzzer.tally,
            )
    names = {target.prefix: target.name for target in SERVERS[args.server]}
    print(report.as_table(args.seed, tallies, names), file=sys.stderr if args.json else sys.stdout)
    found = report.as_object(args.seed, tallies)
    if args.json:
        print(json.dumps(found, ensure_ascii=False))
    return 0 if found["ok"] else 1


def frames(target: Target, seed: int, count: int, folder: Path, tally: Tally) -> None:
    """Malformed framing. To go deaf costs a second each time, so the server beside gets fewer cases."""
    fuzzer = FrameFuzzer(target, folder, tally, lambda text: print(text, file=sys.stderr))
    try:
        fuzzer.run(framing.cases(seed, min(count, BESIDE) if target is PYGLS else count))
    finally:
        fuzzer.close()


if __name__ == "__main__":
    sys.exit(main())
