"""`python -m tests.fuzz --n N [--framing N] [--seed S] [--server NAME] [--json]`, and a replay of one."""

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
# To go deaf costs more than a second each time, so the server beside gets so many malformed frames at most.
BESIDE = 100


def main(arguments: Sequence[str] | None = None) -> int:
    """0 if every invariant held for codex-lsp, else 1; what is beside it is not judged."""
    asked = _parser().parse_args(arguments)
    tallies: dict[str, Tally] = {}
    with tempfile.TemporaryDirectory(prefix="codex-lsp-fuzz-") as folder:
        for target in SERVERS[asked.server]:
            tallies[target.prefix] = _run(target, asked, Path(folder))
    names = {target.prefix: target.name for target in SERVERS[asked.server]}
    print(report.as_table(asked.n, asked.seed, tallies, names), file=sys.stderr if asked.json else sys.stdout)
    found = report.as_object(asked.n, asked.seed, tallies)
    if asked.json:
        print(json.dumps(found))
    return 0 if found["ok"] else 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--n", type=int, default=2000, help="well-framed messages (2000)")
    parser.add_argument("--framing", type=int, metavar="N", help="malformed frames (a tenth of --n)")
    parser.add_argument("--seed", type=int, default=1, help="the run that is made (1)")
    parser.add_argument("--server", choices=sorted(SERVERS), default="both")
    parser.add_argument(
        "--only", type=int, metavar="INDEX", help="one message of the run, in its own session"
    )
    parser.add_argument("--frame", type=int, metavar="INDEX", help="one malformed frame of the run")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout, the rest on stderr")
    return parser


def _run(target: Target, asked: argparse.Namespace, folder: Path) -> Tally:
    everything = asked.only is None and asked.frame is None
    fuzzer = Fuzzer(target, asked.seed, folder, _say)
    try:
        if everything or asked.only is not None:
            fuzzer.run(plans(asked.n), asked.only)
    finally:
        fuzzer.close()
    count = asked.n // 10 if asked.framing is None else asked.framing
    if target is PYGLS:
        count = min(count, BESIDE)
    if count and asked.only is None:
        cases = framing.cases(asked.seed, count if everything else asked.frame + 1)
        frames = FrameFuzzer(target, folder, fuzzer.tally, _say)
        try:
            frames.run(cases, asked.frame)
        finally:
            frames.close()
    return fuzzer.tally


def _say(text: str) -> None:
    print(text, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
