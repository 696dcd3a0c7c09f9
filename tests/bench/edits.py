"""The edit engine beside what else does the same: git as a subprocess, difflib, a scan with rapidfuzz."""

from __future__ import annotations

import random
from difflib import SequenceMatcher
from functools import partial
from pathlib import Path

from rapidfuzz import fuzz

from codex_lsp.edits import apply_hunks, apply_reply, diff, rebase
from codex_lsp.edits.text import Encoding, LineIndex
from tests.bench import texts
from tests.bench.git import Git
from tests.bench.harness import Race, Way

Position = tuple[int, int]

PATH = "module.py"
POSITIONS = 1_000
ENCODINGS: tuple[Encoding, ...] = ("utf-8", "utf-16", "utf-32")
CODECS: dict[Encoding, str] = {"utf-8": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}
WIDTH: dict[Encoding, int] = {"utf-8": 1, "utf-16": 2, "utf-32": 4}
# Milliseconds for 10,000 and 100,000 lines.
TARGETS = {"apply": (15, 120), "diff": (10, 80), "fuzzy": (60, 400), "rebase": (20, 200), "positions": (2, 2)}
# How often a way takes part that needs a second or more.
FEW = 3


def races(folder: Path, quick: bool) -> list[Race]:
    """All races, for 10,000 and 100,000 lines; `quick`: for 1,000."""
    result: list[Race] = []
    for size, lines in enumerate([1_000] if quick else [10_000, 100_000]):
        targets = {what: float(each[size]) for what, each in TARGETS.items()}
        result += _of_size(folder / str(lines), lines, targets)
    return result


def _of_size(folder: Path, lines: int, targets: dict[str, float]) -> list[Race]:
    git = Git(folder)
    text = _Texts(lines)
    name = f"{lines // 1000}k"
    return [
        _apply(f"apply_{name}", text, git, targets["apply"]),
        _diff(f"diff_{name}", text, git, targets["diff"]),
        _fuzzy(f"fuzzy_{name}", text, targets["fuzzy"]),
        _rebase(f"rebase_{name}", text, git, targets["rebase"]),
        *_positions(name, lines, targets["positions"]),
    ]


class _Texts:
    """The base, what the agent makes of it, what the person makes of it, and both together."""

    def __init__(self, lines: int) -> None:
        self.lines = texts.source(lines)
        self.changes = texts.changes(self.lines, texts.OURS, "agent")
        typed = texts.changes(self.lines, texts.THEIRS, "person")
        self.base = "".join(self.lines)
        self.proposed = texts.changed(self.lines, self.changes)
        self.current = texts.changed(self.lines, typed)
        self.merged = texts.changed(self.lines, self.changes + typed)


def _is(wanted: object, result: object) -> str:
    return "" if result == wanted else "the result is not what it should be"


def _apply(what: str, text: _Texts, git: Git, target: float) -> Race:
    """A reply with three changes whose old lines are exact."""
    reply = texts.begin_patch(PATH, text.lines, text.changes)
    return Race(
        what,
        Way(
            "codex_lsp",
            lambda: apply_reply({PATH: text.base}, reply).files,
            partial(_is, {PATH: text.proposed}),
        ),
        (git.apply(PATH, text.base, text.proposed),),
        target,
    )


def _diff(what: str, text: _Texts, git: Git, target: float) -> Race:
    """Two whole files, three changes apart."""
    old, new = text.base.splitlines(keepends=True), text.proposed.splitlines(keepends=True)
    return Race(
        what,
        Way(
            "codex_lsp",
            lambda: diff(text.base, text.proposed),
            lambda hunks: _is(text.proposed, apply_hunks(text.base, hunks)),
        ),
        (
            git.diff(text.base, text.proposed),
            Way(
                "difflib",
                lambda: SequenceMatcher(None, old, new).get_opcodes(),
                lambda opcodes: _is(text.proposed, "".join("".join(new[j:k]) for _, _, _, j, k in opcodes)),
                rounds=FEW,
            ),
        ),
        target,
    )


def _fuzzy(what: str, text: _Texts, target: float) -> Race:
    """The reply with a slip in the old lines of each change; the scan only finds their places."""
    reply = texts.begin_patch(PATH, text.lines, text.changes, slips=True)
    quoted = [texts.quoted_old(text.lines, change, slips=True) for change in text.changes]
    return Race(
        what,
        Way(
            "codex_lsp",
            lambda: apply_reply({PATH: text.base}, reply).files,
            partial(_is, {PATH: text.proposed}),
        ),
        (
            Way(
                "rapidfuzz_scan",
                lambda: [_scan(text.lines, old) for old in quoted],
                partial(_is, [change.at - texts.CONTEXT for change in text.changes]),
                rounds=FEW,
            ),
        ),
        target,
    )


def _scan(lines: list[str], old: list[str]) -> int:
    """The first line of the window that is most like `old`, every window compared."""
    wanted, size = "".join(old), len(old)
    best, place = 0.0, -1
    for at in range(len(lines) - size + 1):
        score = fuzz.ratio(wanted, "".join(lines[at : at + size]), score_cutoff=best)
        if score > best:
            best, place = score, at
    return place


def _rebase(what: str, text: _Texts, git: Git, target: float) -> Race:
    """Three changes of the agent's carried over to a text with three of the person's."""
    return Race(
        what,
        Way(
            "codex_lsp",
            lambda: rebase(text.base, text.current, text.proposed),
            lambda rebased: _is((text.merged, ()), (rebased.text, rebased.conflicts)),
        ),
        (git.merge(text.current, text.base, text.proposed, text.merged),),
        target,
    )


def _positions(name: str, lines: int, target: float) -> list[Race]:
    """A thousand offsets to positions, and a thousand back, in a text that is more than ASCII."""
    split = texts.source(lines, plain=False)
    text = "".join(split)
    index = LineIndex(text)
    chance = random.Random(lines)
    offsets = [chance.randrange(len(text)) for _ in range(POSITIONS)]
    found: list[Race] = []
    for encoding in ENCODINGS:
        unit = encoding.replace("-", "")
        places = [_counted(text, offset, encoding) for offset in offsets]
        there = Way("codex_lsp", partial(_positions_of, index, offsets, encoding), partial(_is, places))
        back = Way("codex_lsp", partial(_offsets_of, index, places, encoding), partial(_is, offsets))
        counting = Way(
            "counting", partial(_count_all, text, offsets, encoding), partial(_is, places), rounds=FEW
        )
        summing = Way(
            "summing", partial(_sum_all, split, places, encoding), partial(_is, offsets), rounds=FEW
        )
        found.append(Race(f"positions_{unit}_{name}", there, (counting,), target))
        found.append(Race(f"offsets_{unit}_{name}", back, (summing,), target))
    return found


def _positions_of(index: LineIndex, offsets: list[int], encoding: Encoding) -> list[Position]:
    return [index.position(offset, encoding) for offset in offsets]


def _offsets_of(index: LineIndex, places: list[Position], encoding: Encoding) -> list[int]:
    return [index.offset(line, column, encoding) for line, column in places]


def _counted(text: str, offset: int, encoding: Encoding) -> Position:
    """A position without an index: line ends are counted from the text's beginning."""
    start = text.rfind("\n", 0, offset) + 1
    return text.count("\n", 0, offset), len(text[start:offset].encode(CODECS[encoding])) // WIDTH[encoding]


def _count_all(text: str, offsets: list[int], encoding: Encoding) -> list[Position]:
    return [_counted(text, offset, encoding) for offset in offsets]


def _sum_all(lines: list[str], places: list[Position], encoding: Encoding) -> list[int]:
    """Offsets without an index: the lengths of the lines before are summed, columns found by walking."""
    offsets: list[int] = []
    for row, column in places:
        walked = units = 0
        while units < column:
            units += len(lines[row][walked].encode(CODECS[encoding])) // WIDTH[encoding]
            walked += 1
        offsets.append(sum(map(len, lines[:row])) + walked)
    return offsets
