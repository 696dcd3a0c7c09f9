"""Which other open documents have to do with an ask: those that it imports, names, or lies beside."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress

from codex_lsp.agent.asks.ask import Ask
from codex_lsp.agent.context.excerpt import Part, cost, parts, whole
from codex_lsp.agent.overlay import Overlay
from codex_lsp.edits import EditError
from codex_lsp.edits.text import LineIndex
from codex_lsp.records import record
from codex_lsp.syntax.landmarks import Landmarks
from codex_lsp.syntax.plain_definitions import Definition, defined_names, definitions_of
from codex_lsp.workspace.policy import is_secret

MAX_FILES = 8

# So many documents' texts are looked into, each up to so many characters, for so many names.
_LOOKED_INTO = 10
_LOOKED_CHARS = 100_000
_NAMES = 24
_HEAD_CHARS = 4_000

_RECENT = 3
_ENOUGH = 2
_NAME = re.compile(r"[A-Za-z_$][\w$]{2,}")

# Of every language and so of none.
_COMMON = frozenset(
    (
        "self", "this", "None", "True", "False", "true", "false", "null", "undefined", "return", "import",
        "from", "class", "def", "func", "function", "const", "let", "var", "for", "while", "else", "elif",
        "try", "except", "finally", "with", "raise", "throw", "catch", "new", "not", "and", "async",
        "await", "yield", "pass", "lambda", "str", "int", "float", "bool", "list", "dict", "set", "tuple",
        "string", "number", "len", "print", "type", "void", "static", "public", "private", "fmt",
        "println", "struct", "enum", "impl", "pub", "use", "mod", "match", "err", "nil", "args", "kwargs",
        "value", "name", "data", "index", "text", "line",
    )
)  # fmt: skip

# Less room than this holds nothing.
_WORTH = 400

# A package is known by its folder's name.
_OF_FOLDER = ("__init__", "index", "mod", "main", "lib")


@record(frozen=True, slots=True)
class _Document:
    """An open document and what speaks for it; `defined` are names of the ask that it defines."""

    path: str
    text: str
    points: int
    defined: frozenset[str] = frozenset()


def related(
    ask: Ask, overlay: Overlay, marks: Landmarks, room: int, *, agent: bool, but: Sequence[str] = ()
) -> tuple[Part, ...]:
    """Open documents that have to do with the ask, in `room` bytes, the most relevant first.

    For an agent whole ones or none; else of a large one only what it defines of the names that the selection
    has. Those of `but` are there already.
    """
    found: list[Part] = []
    taken = 0
    if room < _WORTH:
        return ()
    for document in _ranked(ask, overlay, marks, but):
        chosen = _chosen(document, room if taken == 0 else room // 2, agent=agent)
        if chosen:
            found += chosen
            room -= sum(map(cost, chosen))
            taken += 1
        if taken == MAX_FILES:
            break
    return tuple(found)


def _chosen(document: _Document, room: int, *, agent: bool) -> list[Part]:
    if len(document.text) > room and (agent or not document.defined):
        return []
    index = LineIndex(document.text)
    if cost(all_of_it := whole(document.path, index)) <= room:
        return [all_of_it]
    if agent:
        return []
    chosen: list[Part] = []
    symbols: list[Definition] = list(definitions_of(index, document.defined))
    for part in parts(document.path, index, [(each.start, each.end) for each in symbols]):
        if cost(part) <= room:
            chosen.append(part)
            room -= cost(part)
    return chosen


def _ranked(ask: Ask, overlay: Overlay, marks: Landmarks, but: Sequence[str]) -> Iterator[_Document]:
    names = _names(ask, marks)
    judged = [_judged(each, names, ask.focus.path) for each in _candidates(ask, overlay, marks, but)]
    judged.sort(key=lambda each: -each.points)
    yield from (each for each in judged if each.points >= _ENOUGH)


def _candidates(ask: Ask, overlay: Overlay, marks: Landmarks, but: Sequence[str]) -> list[_Document]:
    """The documents that their paths speak for, the most recently touched first among equals."""
    imported = set(_NAME.findall("".join(_text(marks.index, lines) for lines in marks.imports)))
    referred = {at.path for each in ask.diagnostics for at in each.related}
    referred |= {each.path for each in ask.comments}
    folder = _folder(ask.focus.path)
    recent = [path for path in reversed(list(overlay.open)) if path != ask.focus.path]
    points = {
        path: 4 * (_stem(path) in imported)
        + 3 * (path in referred)
        + (_folder(path) == folder)
        + (number < _RECENT)
        for number, path in enumerate(recent)
    }
    best = sorted((path for path in recent if path not in but), key=lambda path: -points[path])
    found: list[_Document] = []
    for path in best:
        if len(found) == _LOOKED_INTO:
            break
        with suppress(EditError):
            if not is_secret(path):
                found.append(_Document(path, overlay.read(path), points[path]))
    return found


def _judged(document: _Document, names: Sequence[str], asked: str) -> _Document:
    text = document.text[:_LOOKED_CHARS]
    points = document.points
    points += bool(text.find(_stem(asked), 0, _HEAD_CHARS) >= 0)
    defined = defined_names(text, names)
    return _Document(document.path, document.text, points + 3 * bool(defined) + (len(defined) > 1), defined)


def _names(ask: Ask, marks: Landmarks) -> list[str]:
    """The names in the selection and the definition around it, as they come."""
    start, end = ask.focus.start, ask.focus.end
    text = marks.index.text
    line = marks.index.line_at(start)
    around = next(iter(marks.enclosing((line, line + 1))), None)
    said = text[start:end][:_LOOKED_CHARS] + " " + ask.instruction
    if around:
        said += " " + _text(marks.index, (around.start, around.end))[:_LOOKED_CHARS]
    return [name for name in dict.fromkeys(_NAME.findall(said)) if name not in _COMMON][:_NAMES]


def _text(index: LineIndex, lines: tuple[int, int]) -> str:
    return index.text[index.start(lines[0]) : index.start(lines[1])]


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _stem(path: str) -> str:
    folder, _, name = path.rpartition("/")
    stem = name.partition(".")[0]
    return (folder.rpartition("/")[2] if stem in _OF_FOLDER else "") or stem
