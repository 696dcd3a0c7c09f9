"""Pairs of a person's edit and an agent's edit of the same text: nothing that the person typed may be lost.

`python -m tests.conformance.pairs [--pairs N] [--seed N] [--json]`. Every character that the person types is
one that stands nowhere else, and so is every one of the agent's; so what `rebase` makes of the pair can be
checked character by character. The pairs are the same for the same seed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from codex_lsp.edits import apply_hunks, diff, rebase
from codex_lsp.edits.text import split_lines

PAIRS = 100_000
LINES = ("", "a", "b", "    a", "    return a", "}", "é\u0301 “quoted”", "\t\tx = 😀")
ENDS = ("\n", "\n", "\n", "\r\n", "\r")
# The person's characters, within the basic plane and beyond it, and the agent's.
TYPED = (range(0xE000, 0xE800), range(0x1F300, 0x1F600))
AGENTS = range(0xE800, 0xF800)


@dataclass(frozen=True, slots=True)
class Pair:
    """A text, what a person made of it, and what an agent made of it meanwhile.

    `shared` says that the agent's text has some of the person's characters, as both made the same change.
    """

    base: str
    current: str
    proposed: str
    shared: bool


def pairs(count: int, seed: int) -> Iterator[Pair]:
    """As many pairs; the n-th depends on the seed and on n alone."""
    for number in range(count):
        yield pair(Random(seed * 1_000_003 + number))


def pair(random: Random) -> Pair:
    """One pair, of documents of up to 24 lines with many equal ones."""
    end = random.choice(ENDS)
    base = end.join(random.choice(LINES) for _ in range(random.randrange(25)))
    typed = _fresh(random, random.choice(TYPED))
    current = _keystrokes(random, base, typed, end)
    shared = random.random() < 0.1
    proposed = current if shared else base
    for _ in range(random.randrange(4)):
        current = _keystrokes(random, current, typed, end)
    agents = _fresh(random, AGENTS)
    for _ in range(random.randint(1, 3)):
        proposed = _agent_edit(random, proposed, agents, end)
    return Pair(base, current, proposed, shared)


def _fresh(random: Random, span: range) -> Iterator[str]:
    start = random.randrange(len(span) // 2)
    return map(chr, span[start:])


def _keystrokes(random: Random, text: str, fresh: Iterator[str], end: str) -> str:
    """Type some characters at one place, over a selection or not, or delete one."""
    at = random.randint(0, len(text))
    stop = min(len(text), at + random.choice((0, 0, 0, 1, 3, 12)))
    if random.random() < 0.2:
        return text[:at] + text[stop:]
    typed = "".join(random.choice((next(fresh), next(fresh), end)) for _ in range(random.randint(1, 5)))
    return text[:at] + typed + text[stop:]


def _agent_edit(random: Random, text: str, fresh: Iterator[str], end: str) -> str:
    """Replace, insert or delete a run of lines, or change one within."""
    lines = split_lines(text)
    at = random.randint(0, len(lines))
    stop = min(len(lines), at + random.choice((0, 0, 1, 1, 2, 5)))
    kind = random.random()
    if kind < 0.2:
        return "".join(lines[:at] + lines[stop:])
    if kind < 0.4 and at < len(lines):
        line = lines[at]
        column = random.randint(0, len(line))
        return "".join([*lines[:at], line[:column] + next(fresh) + line[column:], *lines[at + 1 :]])
    new = [next(fresh) + random.choice(LINES) + end for _ in range(random.randint(1, 3))]
    return "".join(lines[:at] + new + lines[stop:])


def check(each: Pair) -> Counter[str]:
    """What is wrong with the pair's rebase, by name, and whether it has `conflicts` or is `clean`."""
    found: Counter[str] = Counter()
    outcome = rebase(each.base, each.current, each.proposed)
    typed = [char for char in each.current if _is_typed(char)]
    kept = [char for char in outcome.text if _is_typed(char)]
    if kept != typed:
        found["lost_characters"] += len(set(typed) - set(kept))
        # A change that both made, and that a diff may align in two ways, is there twice at worst.
        name = "repeated_where_both_typed" if each.shared else "repeated_characters"
        found[name] += sum(count - 1 for count in Counter(kept).values())
        found["reordered"] += Counter(kept) == Counter(typed)
    shown = outcome.text + "".join(conflict.proposed for conflict in outcome.conflicts)
    found["dropped_characters"] += len({char for char in each.proposed if ord(char) in AGENTS} - set(shown))
    # Only what changed is sent to an editor.
    found["wrong_hunks"] += apply_hunks(each.current, diff(each.current, outcome.text)) != outcome.text
    found["conflicts"] += bool(outcome.conflicts)
    found["clean"] += not outcome.conflicts
    return found


def _is_typed(char: str) -> bool:
    return any(ord(char) in span for span in TYPED) and char != "😀"


def figures(count: int, seed: int) -> dict[str, int]:
    """The figures of as many pairs."""
    names = ("lost_characters", "repeated_characters", "reordered", "dropped_characters", "wrong_hunks")
    total = Counter(dict.fromkeys((*names, *_ALLOWED), 0))
    for each in pairs(count, seed):
        total.update(check(each))
    return {"pairs": count} | dict(total)


# What may be other than zero.
_ALLOWED = ("repeated_where_both_typed", "conflicts", "clean")


def is_ok(found: dict[str, int]) -> bool:
    """Whether nothing is lost, repeated or dropped, and both clean rebases and conflicts occurred."""
    wrong = [name for name, number in found.items() if number and name not in ("pairs", *_ALLOWED)]
    return not wrong and all(found[name] for name in ("pairs", "conflicts", "clean"))


def main(arguments: Sequence[str] | None = None) -> int:
    """0 if ok, 1 if not."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance.pairs", description=__doc__)
    parser.add_argument("--pairs", type=int, default=PAIRS, metavar="N", help="how many (100,000)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="which (1)")
    parser.add_argument("--json", action="store_true", help="print one JSON object on stdout")
    args = parser.parse_args(arguments)
    found = figures(args.pairs, args.seed)
    details = {"seed": args.seed}
    for name, number in found.items():
        print(f"{name} = {number}", file=sys.stderr if args.json else sys.stdout)
    if args.json:
        print(json.dumps({"ok": is_ok(found), "figures": found, "details": details}))
    return 0 if is_ok(found) else 1


if __name__ == "__main__":
    sys.exit(main())
