"""`session`: people, editors and endpoints against the server, in sessions of some sixty injections each."""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence

from tests.faults import report
from tests.faults.session import STEPS, Outcome, run_session

# One session of so many is played with real processes.
EVERY = 25


def main(argv: Sequence[str]) -> int:
    """Play and report; 0 only if no rule was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults session", description=__doc__)
    parser.add_argument("--n", type=int, default=1000, help="how many injections, at least")
    parser.add_argument("--seed", default="1", help="another seed, other sessions")
    parser.add_argument("--replay", metavar="SEED", help="one session again, with its story")
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout, the rest on stderr")
    asked = parser.parse_args(argv)
    out = sys.stderr if asked.json else sys.stdout
    begun = time.monotonic()
    if asked.replay:
        outcomes = [run_session(asked.replay)]
        print(report.story(outcomes[0]), file=out)
    else:
        outcomes = play(asked.n, asked.seed, lambda text: print(text, file=sys.stderr))
    seconds = time.monotonic() - begun
    print(report.as_text(outcomes, seconds), file=out)
    found = report.as_object(outcomes, seconds)
    if asked.json:
        print(json.dumps(found))
    return 0 if found["ok"] else 1


def play(n: int, seed: str, say: Callable[[str], None] = lambda text: None) -> list[Outcome]:
    """Sessions until `n` injections were made; `say` hears of progress every now and then."""
    outcomes: list[Outcome] = []
    done = said = 0
    while done < n:
        number = len(outcomes)
        real = "p" if number % EVERY == EVERY // 3 else ""
        outcomes.append(run_session(f"{seed}.{real}{number}", min(STEPS, n - done)))
        done += max(1, outcomes[-1].injections)
        if done - said >= 2000:
            said = done
            say(f"{done} injections, {sum(len(each.violations) for each in outcomes)} violations")
    return outcomes
