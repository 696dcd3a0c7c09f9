"""The places most like some lines: the last level of locating, and what a `NoMatch` tells.

Work is bounded: a shortlist of places by the lines that they share with the text wanted, each scored line by
line. Scores are the Indel similarity of rapidfuzz, from 0 to 1, weighted by the lines' lengths.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Levenshtein

from codex_lsp.edits.levels import LEAST_LINES, TYPOGRAPHIC, Lines, plain
from codex_lsp.records import record

LEAST_SCORE = 0.9
LEAST_MARGIN = 0.03
LEAST_CHARACTERS = 20
# A line that the edit takes away must be this like the one that goes in its stead.
LEAST_LINE_SCORE = 0.8
MOST_LINES = 400
MOST_PLACES = 48
MOST_REPEATS = 200
MOST_LENGTH = 2_000
# Words shorter than this, or that differ in more letters, are other words.
LEAST_WORD = 5
MOST_SLIPS = 2
_WORD = re.compile(r"\w+")
_NUMBER = re.compile(r"\d+")


@record(frozen=True, slots=True)
class Alike:
    """A place, by its zero-based first line, and how like the text wanted it is."""

    at: int
    score: float


def alike(lines: Lines, wanted: Sequence[str]) -> list[Alike]:
    """The places most like `wanted`, the best one first; of as many lines, fewer only at the file's end."""
    treated = lines.treated(TYPOGRAPHIC)
    asked = [plain(line) for line in wanted[:MOST_LINES]]
    votes = _votes(treated, asked)
    shortlist = [at for at, _ in votes.most_common(MOST_PLACES)]
    scored = [Alike(at, _score(treated[at : at + len(asked)], asked)) for at in shortlist]
    return sorted(scored, key=lambda each: (-each.score, each.at))


def _votes(treated: list[str], asked: Sequence[str]) -> Counter[int]:
    """How much of `asked` each place shares: whole lines first, then lines like the longest ones."""
    places: dict[str, list[int]] = {line: [] for line in asked if line}
    for at, line in enumerate(treated):
        if line in places:
            places[line].append(at)
    votes: Counter[int] = Counter()
    last = max(0, len(treated) - 1)
    for number, line in enumerate(asked):
        if line and len(places[line]) <= MOST_REPEATS:
            for at in places[line]:
                votes[min(max(0, at - number), last)] += len(line)
    unseen = [number for number, line in enumerate(asked) if line and not places[line]]
    for number in sorted(unseen, key=lambda number: -len(asked[number]))[:2]:
        line = asked[number][:MOST_LENGTH]
        for found, score, at in process.extract(line, treated, scorer=fuzz.ratio, score_cutoff=60, limit=24):
            if len(found) <= MOST_LENGTH:
                votes[min(max(0, at - number), last)] += int(len(line) * score / 100)
    return votes


def _score(there: Sequence[str], asked: Sequence[str]) -> float:
    total = like = 0.0
    for number, line in enumerate(asked):
        other = there[number] if number < len(there) else ""
        weight = len(line) + len(other)
        total += weight
        like += weight * line_score(line, other)
    return like / total if total else 0.0


def line_score(line: str, other: str) -> float:
    """How like two lines are, from 0 to 1; very long lines are the same or not."""
    if line == other:
        return 1.0
    if max(len(line), len(other)) > MOST_LENGTH:
        return 0.0
    return fuzz.ratio(line, other) / 100


def closest(lines: Lines, old: Sequence[str], removed: Sequence[int]) -> int | None:
    """The one place that is so like `old` that it must be meant, by its first line; None if there is none.

    `removed` are the numbers of the old lines that the edit takes away.
    """
    if not worth_a_guess(old):
        return None
    places = [each for each in alike(lines, old) if each.at + len(old) <= len(lines)]
    if not places or places[0].score < LEAST_SCORE:
        return None
    best = places[0]
    rivals = [each for each in places[1:] if abs(each.at - best.at) >= len(old)]
    if rivals and best.score - rivals[0].score < LEAST_MARGIN:
        return None
    there = lines.treated(TYPOGRAPHIC)[best.at : best.at + len(old)]
    return best.at if _trustworthy(there, [plain(line) for line in old], set(removed)) else None


def worth_a_guess(old: Sequence[str]) -> bool:
    """Whether the lines are many and long enough that a likeness means something, and few enough to try."""
    full = [line for line in old if line.strip()]
    characters = sum(len("".join(line.split())) for line in full)
    return LEAST_LINES <= len(full) <= len(old) <= MOST_LINES and characters >= LEAST_CHARACTERS


def _trustworthy(there: Sequence[str], asked: Sequence[str], removed: set[int]) -> bool:
    """Whether the lines differ as by slips of the pen, and what is taken away is what was believed there."""
    for number, (line, other) in enumerate(zip(asked, there, strict=True)):
        if line == other:
            continue
        if not (_is_slip(line, other) or _has_slips(line, other)):
            return False
        if number in removed and line_score(line, other) < LEAST_LINE_SCORE:
            return False
    return True


def _is_slip(line: str, other: str) -> bool:
    """Whether one or two characters, and no digit, were left out, or put in."""
    longer, shorter = sorted((line, other), key=len, reverse=True)
    if not 0 < len(longer) - len(shorter) <= MOST_SLIPS:
        return False
    changes = Levenshtein.editops(longer, shorter, score_hint=MOST_SLIPS)
    return len(changes) <= MOST_SLIPS and not any(
        change.tag != "delete" or longer[change.src_pos].isdigit() for change in changes
    )


def _has_slips(line: str, other: str) -> bool:
    """Whether each word is the other line's, or that one misspelt and no other name."""
    words, others = _WORD.findall(line), _WORD.findall(other)
    return len(words) == len(others) and all(map(_is_misspelt, words, others))


def _is_misspelt(word: str, other: str) -> bool:
    if word == other:
        return True
    if min(len(word), len(other)) < LEAST_WORD or _NUMBER.findall(word) != _NUMBER.findall(other):
        return False
    # Names that go together end in different letters: `userA` and `userB`.
    if len(word) == len(other) and word[:-1] == other[:-1]:
        return False
    return Levenshtein.distance(word, other, score_cutoff=MOST_SLIPS) <= MOST_SLIPS
