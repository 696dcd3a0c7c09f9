"""SEARCH/REPLACE blocks, as Aider, Cline and Roo write them.

    block   := head [hint] line* divider line* tail
    head    := "<<<<<<< SEARCH" [">"] | "------- SEARCH" [">"]       three such characters or more
    hint    := ":start_line:" N [":end_line:" N] ["-------"]         each on its line
    divider := "======="
    tail    := ">>>>>>> REPLACE" [">"] | "+++++++ REPLACE" [">"]

A block's file is named alone on a line above it, above its fence or first in it, or in the fence's info
string; a block without a name is for the file of the block before it, else for the file in focus. An empty
SEARCH is the whole of an empty or missing file. A line that reads as a marker is escaped by a backslash.
Several blocks take effect one after the other. `---FIND`/`---REPLACE` blocks: see `find_blocks.py`.

Leniencies, each of which is recorded:
- a divider of another length, or with space after it, if the block has just one
- line numbers before all lines of a SEARCH ("12 | text") are hints, not text
- head and tail of different kinds
- a second divider right before the tail, or in its place at the block's end, if it cannot underline a title
- a file named in backticks in the line of prose above the block
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from codex_lsp.edits.errors import ParseError, UnknownFormat
from codex_lsp.edits.formats import fences, filenames, find_blocks
from codex_lsp.edits.intents import Chunk, Intent, Parsed, ReplaceText, UpdateFile
from codex_lsp.edits.text import split_lines, strip_end
from codex_lsp.records import record

NAME = "search_replace"

_HEAD = re.compile(r"(<{3,}|-{3,}) SEARCH>?\s*$")
_TAIL = re.compile(r"(>{3,}|\+{3,}) REPLACE>?\s*$")
_ALMOST = re.compile(r"\s*(?:[<-]{2,}\s*SEARCH|[>+]{2,}\s*REPLACE)\s*[<>+-]{0,9}\s*$")
_DIVIDER = re.compile(r"={3,}\s*$")
_HINT = re.compile(r":(start|end)_line:\s*(\d*)\s*$")
_ESCAPED = re.compile(
    r"\\(?=\\*(?:[<-]{2,}\s*SEARCH|[>+]{2,}\s*REPLACE|[=-]{7}\s*$|<{7}|>{7}|:(?:start|end)_line:))"
)
_NUMBERED = re.compile(r"\s*(\d+) ?\|(?!\|) ?(.*)$")
_TAG = re.compile(r"</?(?:source|code|pre|codeblock|sourcecode)>\w*\s*$")


def first(reply: str) -> int | None:
    """The first line that reads as a block's head or tail, or almost so; None if there is none."""
    found = [find_blocks.first(reply), _first(reply)]
    return min((at for at in found if at is not None), default=None)


def _first(reply: str) -> int | None:
    return next((at for at, line in enumerate(split_lines(reply)) if _ALMOST.match(strip_end(line))), None)


def parse(reply: str) -> Parsed:
    """One intent for each block, in order; raises `ParseError`, or `UnknownFormat` if there is none."""
    if (find := find_blocks.first(reply)) is not None and find == first(reply):
        return find_blocks.parse(reply)
    lines = [strip_end(line) for line in split_lines(reply)]
    notes: dict[str, None] = {}
    intents: list[Intent] = []
    name: str | None = None
    at = after = 0
    while at < len(lines):
        if _HEAD.match(lines[at]):
            name = _named(lines[after:at], name, notes)
            block, after = _block(lines, at)
            intents.append(_intent(name, block, notes))
            at = after
        elif _ALMOST.match(lines[at]):
            raise _error(
                at, f"the marker {lines[at].strip()!r} is out of its place or not spelt as it should be"
            )
        else:
            at += 1
    if not intents:
        raise UnknownFormat("The reply holds no SEARCH/REPLACE block.")
    return Parsed(tuple(intents), tuple(notes))


@record(frozen=True, slots=True)
class _Block:
    search: list[str]
    replace: list[str]
    line: int | None
    notes: tuple[str, ...]


def _block(lines: Sequence[str], head: int) -> tuple[_Block, int]:
    """The block whose head is at line `head`, and the line after its tail."""
    tail = _tail(lines, head)
    divider = _divider(lines, head, tail)
    line, first = _hint(lines, head + 1, divider)
    for at in range(divider + 1, tail):
        if _HINT.match(lines[at]):
            raise _error(at, f"{lines[at].strip()!r} may only stand in SEARCH; escape it with a backslash")
    kinds = {"<": ">", "-": "+"}
    notes = []
    end = tail - 1 if _stray(lines, tail - 1, divider) else tail
    if end < tail or lines[tail][0] == "=":
        notes.append("a block has a second divider at its end")
    elif kinds[lines[head][0]] != lines[tail][0]:
        notes.append("a block's first and last marker are of different kinds")
    if lines[divider] != "=======":
        notes.append("a divider is not just seven = signs")
    search, replace = (
        [_ESCAPED.sub("", each, count=1) if _ESCAPED.match(each) else each for each in part]
        for part in (lines[first:divider], lines[divider + 1 : end])
    )
    return _Block(search, replace, line, tuple(notes)), tail + 1


def _tail(lines: Sequence[str], head: int) -> int:
    """The line that ends the block: its tail, or a second divider where the block visibly ends."""
    inside = range(head + 1, len(lines))
    tail = next((at for at in inside if _TAIL.match(lines[at])), len(lines))
    again = next((at for at in inside if _HEAD.match(lines[at])), len(lines))
    if tail < again:
        return tail
    dividers = [at for at in inside if at < again and lines[at].rstrip() == "======="]
    if len(dividers) > 1 and _stray(lines, dividers[1], dividers[0]):
        after = "".join(lines[dividers[1] + 1 : dividers[1] + 2]).strip()
        if not after or fences.opened(after) or _TAG.match(after):
            return dividers[1]
    raise _error(head, "the block that begins here has no >>>>>>> REPLACE line: the reply is not whole")


def _stray(lines: Sequence[str], at: int, divider: int) -> bool:
    """Whether a line is a divider beside the block's own, and no underline: there is no title above it."""
    if at <= divider or lines[at].rstrip() != "=======":
        return False
    above = lines[at - 2] if at - 1 == divider else lines[at - 1]
    return not above.strip() or above.startswith(("    ", "\t"))


def _divider(lines: Sequence[str], head: int, tail: int) -> int:
    """The one line between head and tail that divides them: of seven signs if any is, else of any number."""
    # Cline takes nothing after the signs; Aider and Roo let space stand there.
    strict = lines[head].startswith("-")
    found = [
        at
        for at in range(head + 1, tail)
        if _DIVIDER.match(lines[at]) and not (strict and lines[at] != lines[at].rstrip())
    ]
    usual = [at for at in found if lines[at].rstrip() == "======="]
    found = usual or found
    if len(found) == 2 and found[1] == tail - 1 and _stray(lines, found[1], found[0]):
        found.pop()
    if not found:
        raise _error(tail, "expected ======= before this line")
    if len(found) > 1:
        raise _error(found[1], "a second =======; escape those that are text with a backslash")
    return found[0]


def _hint(lines: Sequence[str], at: int, divider: int) -> tuple[int | None, int]:
    """The line number that the block gives, and where its SEARCH text begins."""
    line: int | None = None
    seen = False
    while at < divider and (hint := _HINT.match(lines[at])):
        if hint[1] == "start" and hint[2]:
            line = int(hint[2][:9]) or None
        seen = True
        at += 1
    return line, at + 1 if seen and at < divider and lines[at].rstrip() == "-------" else at


def _intent(name: str | None, block: _Block, notes: dict[str, None]) -> Intent:
    notes.update(dict.fromkeys(block.notes))
    search, replace, line = block.search, block.replace, block.line
    if not search:
        return ReplaceText(name, "", "".join(each + "\n" for each in replace), line=line)
    if numbered := _numbered(search):
        notes["line numbers before the lines of a SEARCH are hints, not text"] = None
        first, search = numbered
        line = line or first
        replace = numbered_new[1] if (numbered_new := _numbered(replace)) else replace
    return UpdateFile(name, (Chunk(tuple(search), tuple(replace), line=line),))


def _numbered(lines: Sequence[str]) -> tuple[int, list[str]] | None:
    """The first number and the bare lines, if each line begins with its number, in a row."""
    found = [_NUMBERED.match(line) for line in lines]
    numbers = [int(each[1][:9]) for each in found if each]
    if not found or len(numbers) < len(found) or numbers != list(range(numbers[0], numbers[0] + len(found))):
        return None
    return numbers[0], [each[2] for each in found if each]


def _named(above: Sequence[str], current: str | None, notes: dict[str, None]) -> str | None:
    """The file that the lines above a block name, or the one named last."""
    skipped = 0
    for line in reversed(above[-4:]):
        fence = fences.opened(line)
        if fence and (name := filenames.in_info(fence[1])):
            notes["a fence's info string names the file"] = None
            return name
        if fence or _TAG.match(line):
            continue
        if not line.strip() and not skipped:
            skipped = 1
            continue
        name = filenames.alone(line)
        if name and (filenames.is_sure(name) or (current is None and not skipped)):
            return name
        if not skipped and not name and (name := filenames.mentioned(line)):
            notes["a file is named in backticks in prose"] = None
            return name
        break
    return current


def _error(at: int, what: str) -> ParseError:
    return ParseError(f"Line {at + 1} of the reply: {what}.")


def unparse(intents: Sequence[Intent]) -> str:
    """The blocks that say these intents; `ValueError` for one that the format cannot say."""
    return "\n".join(_written(intent) for intent in intents)


def _written(intent: Intent) -> str:
    match intent:
        case UpdateFile(str(path), (Chunk(old, new, (), False, line, False),), None) if old:
            hint = [f":start_line:{line}", "-------"] if line else []
        case ReplaceText(str(path), "", text, False, None) if not text or text.endswith("\n"):
            old, new, hint = (), tuple(text.split("\n")[:-1]), []
        case _:
            raise ValueError(f"a SEARCH/REPLACE block cannot say {intent!r}")
    if filenames.alone(path) != path or _numbered(old):
        raise ValueError(f"a SEARCH/REPLACE block would say something else than {intent!r}")
    escaped = [["\\" + each if _escapes(each) else each for each in part] for part in (old, new)]
    lines = [path, "<<<<<<< SEARCH", *hint, *escaped[0], "=======", *escaped[1], ">>>>>>> REPLACE"]
    return "".join(line + "\n" for line in lines)


def _escapes(line: str) -> bool:
    markers = (_HEAD, _TAIL, _HINT, _ESCAPED)
    return any(each.match(line) for each in markers) or line.rstrip() in ("=======", "-------")
