"""Between the protocol's ranges, URIs and diagnostics and the words of the inner layers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.uris import to_fs_path

from codex_lsp.agent.overlay import Diagnostic, Related
from codex_lsp.edits import Hunk
from codex_lsp.edits.text import Encoding, LineIndex

# Compilers list every overload that they tried.
MAX_RELATED = 10


def offsets(index: LineIndex, range_: types.Range, encoding: Encoding) -> tuple[int, int]:
    """The range as offsets, the right way round, clamped into the text."""
    start = index.offset(range_.start.line, range_.start.character, encoding)
    end = index.offset(range_.end.line, range_.end.character, encoding)
    return min(start, end), max(start, end)


def to_range(index: LineIndex, start: int, end: int, encoding: Encoding) -> types.Range:
    """Offsets as a range."""
    return types.Range(
        types.Position(*index.position(start, encoding)), types.Position(*index.position(end, encoding))
    )


def to_text_edits(index: LineIndex, hunks: Iterable[Hunk], encoding: Encoding) -> list[types.TextEdit]:
    """Hunks of a text, by its index, as text edits, in order."""
    return [types.TextEdit(to_range(index, hunk.start, hunk.end, encoding), hunk.text) for hunk in hunks]


def range_json(range_: types.Range) -> dict[str, Any]:
    """A range as JSON values, for a command's arguments."""
    start, end = range_.start, range_.end
    return {
        "start": {"line": start.line, "character": start.character},
        "end": {"line": end.line, "character": end.character},
    }


def range_from_json(value: object) -> types.Range:
    """The range that `range_json` wrote; raises `ValueError` with what is wrong."""
    match value:
        case {
            "start": {"line": int(a), "character": int(b)},
            "end": {"line": int(c), "character": int(d)},
        }:
            return types.Range(types.Position(a, b), types.Position(c, d))
    raise ValueError('must be {"start": {"line", "character"}, "end": {"line", "character"}}')


def diagnostic_json(found: types.Diagnostic) -> dict[str, Any]:
    """What the agent needs of a diagnostic, as JSON values in the protocol's form."""
    made: dict[str, Any] = {
        "range": range_json(found.range),
        "message": found.message,
        "code": found.code,
        "source": found.source,
    }
    if found.related_information:
        made["relatedInformation"] = [
            {
                "location": {"uri": each.location.uri, "range": range_json(each.location.range)},
                "message": each.message,
            }
            for each in found.related_information[:MAX_RELATED]
        ]
    return made


def diagnostic_from_json(value: object) -> Diagnostic:
    """A diagnostic of a command's arguments in the words of the agent; raises `ValueError`."""
    match value:
        case {"range": range_, "message": str(message), **rest}:
            place = range_from_json(range_)
            code, source = rest.get("code"), rest.get("source")
            return Diagnostic(
                line=place.start.line,
                end_line=place.end.line,
                message=message,
                code="" if code is None else str(code),
                source="" if source is None else str(source),
                related=tuple(_related(rest.get("relatedInformation"))),
            )
    raise ValueError('must be {"range", "message", "code"?, "source"?, "relatedInformation"?}')


def _related(value: object) -> Iterator[Related]:
    """What a diagnostic refers to, with URIs for paths."""
    for each in value[:MAX_RELATED] if isinstance(value, list) else ():
        match each:
            case {"location": {"uri": str(uri), "range": range_}, "message": str(message)}:
                yield Related(uri, range_from_json(range_).start.line, message)
            case _:
                raise ValueError('"relatedInformation" must have {"location": {"uri", "range"}, "message"}')


def to_path(uri: str) -> Path | None:
    """The file that a URI names; None for what is no file (unsaved, in a notebook, remote)."""
    path = to_fs_path(uri)
    # No system has files with NUL in their names, and every look at such a path is an error.
    return Path(path) if path and "\0" not in path else None
