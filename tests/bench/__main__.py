"""`python -m tests.bench [SUITE…] [--json] [--markdown] [--quick] [--rounds N]`.

Without a suite all of them run, one after the other. Exits 0 if everything ran and was right.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.bench import agent, cli, edits, harness, page, records, review, router, server, stack
from tests.bench.proc import Machine
from tests.bench.records import Record


@dataclass(frozen=True)
class Suite:
    """`run` measures in a folder of its own, so many rounds; `quick` asks for small texts."""

    run: Callable[[Path, bool, int], Sequence[harness.Result]]
    rounds: int
    quick_rounds: int


SUITES = {
    "edits": Suite(lambda folder, quick, rounds: harness.run(edits.races(folder, quick), rounds), 15, 3),
    "server": Suite(server.measure, 5, 1),
    "router": Suite(router.measure, 5, 1),
    "agent": Suite(agent.measure, 5, 1),
    "review": Suite(review.measure, 3, 1),
    "stack": Suite(stack.measure, 5, 1),
    "cli": Suite(cli.measure, 7, 1),
}


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("suites", nargs="*", metavar="SUITE", help=f"of {', '.join(SUITES)}; all by default")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout, the rest on stderr")
    parser.add_argument(
        "--markdown", action="store_true", help="keep the results, make docs/BENCHMARKS.md anew"
    )
    parser.add_argument("--page", action="store_true", help="only make the page from what is kept")
    parser.add_argument("--quick", action="store_true", help="small texts and few rounds: does it run?")
    parser.add_argument("--rounds", type=int, help="how often everything is measured")
    asked = parser.parse_args(argv)
    if unknown := set(asked.suites) - set(SUITES):
        parser.error(f"there is no suite {', '.join(sorted(unknown))}")
    if asked.quick and asked.markdown:
        parser.error("what --quick gives is nothing to keep")
    if asked.page:
        page.write()
        return 0
    return _measure(asked)


def _measure(asked: argparse.Namespace) -> int:
    measured: dict[str, Sequence[harness.Result]] = {}
    before, load = Machine.now(), os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="codex-lsp-bench-") as folder:
        for name in asked.suites or SUITES:
            suite = SUITES[name]
            rounds = asked.rounds or (suite.quick_rounds if asked.quick else suite.rounds)
            measured[name], record = _run(name, suite, Path(folder) / name, asked.quick, rounds)
            # At once: what was measured is kept, whatever comes after. What is wrong is nothing to publish.
            if asked.markdown and not any(each.wrong for each in measured[name]):
                record.write()
    report = harness.report(measured)
    machine = records.machine(before, load)
    report["details"] |= {"machine": machine, "commit": records.commit(), "date": records.today()}
    shown = f"{records.sentence(machine)}.\n\n{harness.table(measured)}"
    print(shown, file=sys.stderr if asked.json else sys.stdout)
    if asked.json:
        print(json.dumps(report))
    if asked.markdown:
        page.write()
    return 0 if report["ok"] else 1


def _run(
    name: str, suite: Suite, folder: Path, quick: bool, rounds: int
) -> tuple[Sequence[harness.Result], Record]:
    print(f"{name}:", file=sys.stderr)
    before, load, began = Machine.now(), os.getloadavg()[0], time.monotonic()
    found = suite.run(folder, quick, rounds)
    seconds = round(time.monotonic() - began)
    outcomes = tuple(each.outcome() for each in found)
    machine = records.machine(before, load)
    return found, Record(name, records.today(), records.commit(), rounds, seconds, machine, outcomes)


if __name__ == "__main__":
    sys.exit(main())
