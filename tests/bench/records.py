"""What the last run of each suite gave, in docs/benchmarks: the page is made from these files."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.bench import peers, peers_install
from tests.bench.cli_tools import PEERS
from tests.bench.outcome import Outcome
from tests.bench.proc import Machine

DOCS = peers.ROOT / "docs"
FOLDER = DOCS / "benchmarks"


@dataclass(frozen=True)
class Record:
    """One run of a suite: when, at which commit, how many rounds, how long, where, and what came out."""

    suite: str
    date: str
    commit: str
    rounds: int
    seconds: int
    machine: Mapping[str, Any]
    outcomes: tuple[Outcome, ...]

    def write(self) -> None:
        """Put it in the place of the suite's last one."""
        FOLDER.mkdir(exist_ok=True)
        shown = vars(self) | {"outcomes": [each.to_json() for each in self.outcomes]}
        (FOLDER / f"{self.suite}.json").write_text(json.dumps(shown, indent=1) + "\n", "utf-8")

    def find(self, what: str) -> Outcome | None:
        """The figure of this name."""
        return next((each for each in self.outcomes if each.what == what), None)


def read(suites: Sequence[str]) -> dict[str, Record]:
    """The records of these suites, as far as there are any."""
    found = {}
    for suite in suites:
        file = FOLDER / f"{suite}.json"
        if file.is_file():
            made = json.loads(file.read_text("utf-8"))
            outcomes = tuple(Outcome.from_json(each) for each in made.pop("outcomes"))
            found[suite] = Record(outcomes=outcomes, **made)
    return found


def today() -> str:
    """The date, by UTC."""
    return datetime.now(UTC).date().isoformat()


def commit() -> str:
    """What is measured: the commit, and whether there is more in the tree than it has."""
    head = _git("rev-parse", "--short=7", "HEAD")
    changed = _git("status", "--porcelain", "--untracked-files=no", "--", "codex_lsp", "tests/bench")
    return f"{head} with changes" if changed else head


def machine(before: Machine, load: float) -> dict[str, Any]:
    """Where this ran, what with, and how much else went on there since `before`."""
    now = Machine.now()
    return {
        "cpu": _cpu(),
        "cpus": os.cpu_count(),
        "system": f"{platform.system()} {platform.release().partition('-')[0]}",
        "python": platform.python_version(),
        "pygls": version("pygls"),
        "litellm": version("litellm"),
        "rapidfuzz": version("rapidfuzz"),
        "git": _git("version").rpartition(" ")[2],
        "tools": {name: peers_install.version(name) for name in PEERS},
        "load_before": round(load, 2),
        "others_share": round(now.others_since(before), 3),
    }


def sentence(machine: Mapping[str, Any]) -> str:
    """The same for people."""
    return (
        f"{machine['cpus']} CPUs ({machine['cpu']}), {machine['system']}, Python {machine['python']}, "
        f"pygls {machine['pygls']}, LiteLLM {machine['litellm']}, git {machine['git']}; load before "
        f"{machine['load_before']}, share of the CPUs' time that went to others {machine['others_share']:.1%}"
    )


def _git(*arguments: str) -> str:
    """What git says of this checkout; nothing where there is none."""
    done = subprocess.run(["git", *arguments], cwd=peers.ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip()


def _cpu() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()
