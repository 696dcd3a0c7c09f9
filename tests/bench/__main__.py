"""`python -m tests.bench SUITE… [--json] [--quick] [--rounds N]`. Exits 0 if everything ran and was right."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from tests.bench import agent, edits, harness, review, router, server, stack
from tests.bench.proc import Machine


@dataclass(frozen=True)
class Suite:
    """`run` measures in a folder of its own, so many rounds; `quick` asks for small texts."""

    run: Callable[[Path, bool, int], Sequence[harness.Result]]
    rounds: int
    quick_rounds: int


SUITES = {
    "agent": Suite(agent.measure, 9, 1),
    "edits": Suite(lambda folder, quick, rounds: harness.run(edits.races(folder, quick), rounds), 21, 3),
    "review": Suite(review.measure, 5, 1),
    "router": Suite(router.measure, 7, 1),
    "server": Suite(server.measure, 15, 1),
    "stack": Suite(stack.measure, 7, 1),
}


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("suites", nargs="+", choices=sorted(SUITES), metavar="SUITE")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout, the rest on stderr")
    parser.add_argument("--quick", action="store_true", help="small texts and few rounds: does it run?")
    parser.add_argument("--rounds", type=int, help="how often everything is measured")
    asked = parser.parse_args(argv)
    measured: dict[str, Sequence[harness.Result]] = {}
    before, load = Machine.now(), os.getloadavg()[0]
    with tempfile.TemporaryDirectory(prefix="codex-lsp-bench-") as folder:
        for name in asked.suites:
            suite = SUITES[name]
            rounds = asked.rounds or (suite.quick_rounds if asked.quick else suite.rounds)
            measured[name] = suite.run(Path(folder) / name, asked.quick, rounds)
    report = harness.report(measured)
    report["details"]["machine"] = machine = _machine(before, load)
    print(f"{_sentence(machine)}\n\n{harness.table(measured)}", file=sys.stderr if asked.json else sys.stdout)
    if asked.json:
        print(json.dumps(report))
    return 0 if report["ok"] else 1


def _machine(before: Machine, load: float) -> dict[str, object]:
    """Where this ran, and how much else went on there."""
    return {
        "cpu": _cpu(),
        "cpus": os.cpu_count(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "pygls": version("pygls"),
        "litellm": version("litellm"),
        "load_before": round(load, 2),
        "others_share": round(Machine.now().others_since(before), 3),
    }


def _sentence(machine: dict[str, object]) -> str:
    return (
        f"{machine['cpus']} CPUs ({machine['cpu']}), {machine['system']}, Python {machine['python']}, "
        f"pygls {machine['pygls']}, LiteLLM {machine['litellm']}; load before {machine['load_before']}, "
        f"share of the CPUs' time that went to others {machine['others_share']}."
    )


def _cpu() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


if __name__ == "__main__":
    sys.exit(main())
