"""Replies as models write them, on files that this project did not write: each in its place, or refused.

Random changes of the standard library's modules are rendered in each format and then spoilt, in the ways that
models do. The seeds are fixed: a failure names its own.
"""

from __future__ import annotations

import json
import sysconfig
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from random import Random

import pytest

from codex_lsp.edits import EditError, apply_reply
from codex_lsp.edits.diff import line_hunks
from codex_lsp.edits.text import split_lines, strip_end

PATH = "m.py"
MODULES = ("argparse.py", "bdb.py", "cmd.py", "copy.py", "heapq.py", "mailbox.py", "pickle.py", "textwrap.py")
LINES = 150
REPLIES = 60

# A hunk as a model gives it: marks (" ", "-" or "+") and lines.
Marked = list[tuple[str, str]]


@cache
def module(name: str) -> list[str]:
    text = (Path(sysconfig.get_path("stdlib")) / name).read_text(encoding="utf-8")
    return [strip_end(line) for line in split_lines(text)]


def change(random: Random, lines: list[str]) -> list[str]:
    """One to three changes: a line replaced, continued or added, or some taken away."""
    new = list(lines)
    for number in range(random.randint(1, 3)):
        at = random.randrange(len(new) - 4)
        line = new[at]
        indent = line[: len(line) - len(line.lstrip())]
        kind = random.randrange(4)
        if kind == 0:
            new[at] = f"{line}  # new {number}"
        elif kind == 1:
            new[at] = f"{indent}changed({number})"
        elif kind == 2:
            new.insert(at, f"{indent}added({number})")
        else:
            del new[at : at + random.randint(1, 3)]
    return new


def hunks(old: list[str], new: list[str], context: int) -> list[Marked]:
    found: list[Marked] = []
    stop = -1
    for hunk in line_hunks(old, new):
        start = max(0, hunk.start - context)
        if start > stop:
            found.append([])
            stop = start
        found[-1] += [(" ", line) for line in old[stop : hunk.start]]
        found[-1] += [("-", line) for line in old[hunk.start : hunk.end]]
        found[-1] += [("+", line) for line in hunk.lines]
        tail = min(len(old), hunk.end + context)
        after = min(
            (each.start for each in line_hunks(old, new) if each.start >= hunk.end and each != hunk),
            default=tail,
        )
        stop = min(tail, after)
        found[-1] += [(" ", line) for line in old[hunk.end : stop]]
    return found


def as_it_is(random: Random, hunk: Marked) -> Marked:
    return hunk


def no_trailing_space(random: Random, hunk: Marked) -> Marked:
    return [(mark, line.rstrip()) for mark, line in hunk]


def at_the_margin(random: Random, hunk: Marked) -> Marked:
    cut = min((len(line) - len(line.lstrip()) for _, line in hunk if line.strip()), default=0)
    return [(mark, line[cut:]) for mark, line in hunk]


def with_tabs(random: Random, hunk: Marked) -> Marked:
    return [(mark, line.replace("    ", "\t")) for mark, line in hunk]


def with_a_slip(random: Random, hunk: Marked) -> Marked:
    long = [number for number, (mark, line) in enumerate(hunk) if mark == " " and len(line.strip()) > 20]
    spoilt = list(hunk)
    for number in long[:1]:
        line = hunk[number][1]
        at = random.randrange(len(line) - len(line.lstrip()), len(line))
        spoilt[number] = (" ", line[:at] + line[at + 1 :])
    return spoilt


def with_fine_quotes(random: Random, hunk: Marked) -> Marked:
    return [
        (mark, line if mark == "+" else line.replace("'", "’").replace(" - ", " – ")) for mark, line in hunk
    ]


def without_a_blank_line(random: Random, hunk: Marked) -> Marked:
    blank = [number for number, (mark, line) in enumerate(hunk) if mark == " " and not line.strip()]
    gone = random.choice(blank) if blank else None
    return [each for number, each in enumerate(hunk) if number != gone]


def sides(hunk: Marked) -> tuple[list[str], list[str]]:
    return [line for mark, line in hunk if mark != "+"], [line for mark, line in hunk if mark != "-"]


def begin_patch(changed: list[Marked]) -> str:
    body = [text for hunk in changed for text in ("@@", *(mark + line for mark, line in hunk))]
    return "\n".join(("*** Begin Patch", f"*** Update File: {PATH}", *body, "*** End Patch"))


def begin_patch_without_spaces(changed: list[Marked]) -> str:
    """Context lines have lost their mark."""
    body = [text for hunk in changed for text in ("@@", *(mark.strip() + line for mark, line in hunk))]
    return "\n".join(("*** Begin Patch", f"*** Update File: {PATH}", *body, "*** End Patch"))


def unified_diff(changed: list[Marked]) -> str:
    """Counts and line numbers are wrong, as always."""
    body = [text for hunk in changed for text in ("@@ -7,3 +9,2 @@", *(mark + line for mark, line in hunk))]
    return "\n".join((f"--- a/{PATH}", f"+++ b/{PATH}", *body, ""))


def search_replace(changed: list[Marked]) -> str:
    blocks = []
    for hunk in changed:
        old, new = sides(hunk)
        blocks += [PATH, "<<<<<<< SEARCH", *old, "=======", *new, ">>>>>>> REPLACE", ""]
    return "\n".join(blocks)


def tool_edit(changed: list[Marked]) -> str:
    calls = [{"old_string": "\n".join(old), "new_string": "\n".join(new)} for old, new in map(sides, changed)]
    return json.dumps({"path": PATH, "edits": calls})


FORMATS = (begin_patch, begin_patch_without_spaces, unified_diff, search_replace, tool_edit)
SLIPS = (
    as_it_is, no_trailing_space, at_the_margin, with_tabs, with_a_slip, with_fine_quotes,
    without_a_blank_line,
)  # fmt: skip


def words(text: str) -> list[str]:
    """The lines without what the slips spoil and what is the reply's own to say: spacing."""
    return [" ".join(line.split()) for line in text.split("\n")]


@pytest.mark.parametrize("spoil", SLIPS, ids=lambda each: each.__name__)
@pytest.mark.parametrize("render", FORMATS, ids=lambda each: each.__name__)
def test_each_change_is_put_in_its_place_or_refused(
    render: Callable[[list[Marked]], str], spoil: Callable[[Random, Marked], Marked]
) -> None:
    came: Counter[str] = Counter()
    for seed in range(REPLIES):
        random = Random(seed)
        lines = module(random.choice(MODULES))
        first = random.randrange(max(1, len(lines) - LINES))
        old = lines[first : first + LINES]
        new = change(random, old)
        end = random.choice(("\n", "\r\n"))
        text, wanted = ("".join(line + end for line in each) for each in (old, new))
        changed = [spoil(random, hunk) for hunk in hunks(old, new, random.choice((2, 3, 3)))]
        if render is begin_patch_without_spaces and any(
            mark == " " and line[:1] in ("-", "+", "@", "*") for hunk in changed for mark, line in hunk
        ):
            continue
        try:
            after = apply_reply({PATH: text}, render(changed)).files[PATH] or ""
        except EditError:
            came["refused"] += 1
            continue
        assert words(after) == words(wanted), f"seed {seed}"
        came["exact" if after == wanted else "but for spacing"] += 1
    assert came["refused"] <= 0.15 * came.total(), came
    if spoil is as_it_is and render is not begin_patch_without_spaces:
        assert not came["but for spacing"], came
