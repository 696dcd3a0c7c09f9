"""Adapters for cases that expect no files: what a parser found, where a text stands, how small a diff is."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from codex_lsp import edits
from codex_lsp.edits import formats
from codex_lsp.edits.apply import apply_parsed
from codex_lsp.edits.diff import apply_hunks
from codex_lsp.edits.errors import FileMissing, NoMatch, UnknownFormat
from codex_lsp.edits.intents import (
    AddFile,
    Chunk,
    DeleteFile,
    Intent,
    Parsed,
    ReplaceText,
    UpdateFile,
    WriteFile,
)
from codex_lsp.review.proposal import FileChange
from codex_lsp.review.unified import unified_diff
from tests.conformance.adapters import Adapter, Answer, Found
from tests.conformance.cases import Case

# Stands for text that is in no file.
MARK = "\ue000"


def parse_blocks(case: Case) -> Answer:
    """SEARCH/REPLACE blocks. A block of two is a shell command for the person, no edit."""
    wanted = tuple(
        (path, (_lines(old), _lines(new)))
        for path, old, new in (each for each in (case.structured or {}).get("blocks", []) if len(each) == 3)
    )
    parsed = Parsed(())
    try:
        parsed = formats.parse(case.reply, "search_replace")
    except UnknownFormat:
        if wanted or case.is_refused:
            raise
    unnamed = tuple(each for each in parsed.intents if getattr(each, "path", "") is None)
    if unnamed:
        # A block without a name is for the only file there is: here is none.
        apply_parsed(case.texts, Parsed(unnamed))
    return Answer(found=_blocks(parsed.intents), wanted=wanted)


def parse_unified(case: Case) -> Answer:
    """A unified diff's files and hunks."""
    wanted = tuple(
        (path, (_side(lines, " -"), _side(lines, " +")))
        for path, lines in (case.structured or {}).get("edits", [])
    )
    return Answer(found=_blocks(formats.parse(case.reply, "unified_diff").intents), wanted=wanted)


def _side(lines: Iterable[str], marks: str) -> tuple[str, ...]:
    return tuple(line[1:].rstrip("\r\n") for line in lines if line[:1] in marks)


def _lines(text: str) -> tuple[str, ...]:
    return tuple(text.removesuffix("\n").split("\n")) if text else ()


def _blocks(intents: Iterable[Intent]) -> Found:
    return tuple(_each_block(intents))


def _each_block(intents: Iterable[Intent]) -> Iterator[tuple[object, object]]:
    for intent in intents:
        match intent:
            case ReplaceText():
                yield intent.path, (_lines(intent.old), _lines(intent.new))
            case UpdateFile():
                for chunk in intent.chunks:
                    yield intent.path, (chunk.old, chunk.new)
            case AddFile() | WriteFile():
                yield intent.path, ((), _lines(intent.text))
            case _:
                yield getattr(intent, "path", None), intent


def parse_patch(case: Case) -> Answer:
    """A Codex patch's operations, perhaps inside a shell command that changes the folder first."""
    folder = (case.structured or {}).get("workdir")
    wanted = tuple(_operation(hunk, folder) for hunk in (case.structured or {}).get("hunks", ()))
    intents = formats.parse(case.reply, "begin_patch").intents
    return Answer(found=tuple(_intent(each) for each in intents), wanted=wanted)


def _operation(hunk: dict[str, Any], folder: str | None) -> tuple[object, object]:
    kind = str(hunk.get("type") or hunk.get("op")).lower().removesuffix("file")
    path = f"{folder}/{hunk['path']}" if folder else hunk["path"]
    if kind == "add":
        return path, ("add", hunk["contents"])
    if kind == "delete":
        return path, ("delete",)
    chunks = tuple(
        (
            chunk.get("changeContext", chunk.get("change_context")),
            tuple(chunk.get("oldLines", chunk.get("old_lines", ()))),
            tuple(chunk.get("newLines", chunk.get("new_lines", ()))),
            bool(chunk.get("isEndOfFile", chunk.get("is_end_of_file"))),
        )
        for chunk in hunk["chunks"]
    )
    return path, ("update", hunk.get("movePath", hunk.get("move_path")), chunks)


def _intent(intent: Intent) -> tuple[object, object]:
    match intent:
        case AddFile():
            return intent.path, ("add", intent.text)
        case DeleteFile():
            return intent.path, ("delete",)
        case UpdateFile():
            chunks = tuple(
                (chunk.anchors[-1] if chunk.anchors else None, chunk.old, chunk.new, chunk.at_end)
                for chunk in intent.chunks
            )
            return intent.path, ("update", intent.move_to, chunks)
        case _:
            return getattr(intent, "path", None), intent


def validate_markers(case: Case) -> Answer:
    """Whether the markers of SEARCH/REPLACE blocks are in order."""
    formats.parse(case.reply, "search_replace")
    return Answer(found=((None, True),), wanted=((None, bool((case.structured or {}).get("valid"))),))


def find_filename(case: Case) -> Answer:
    """Which file the lines above a block name: ask it to change a line that all files have."""
    call = json.loads(case.reply)
    lines, (_, closing) = call["lines_before_block"], call["fence"]
    block = ["<<<<<<< SEARCH", "x", "=======", "y", ">>>>>>> REPLACE", closing, ""]
    files = dict.fromkeys(map(_relative, call["valid_fnames"]), "x\n")
    wanted = ((_relative((case.structured or {})["filename"]), None),)
    try:
        result = edits.apply_reply(files, "\n".join([*lines, *block]), format="search_replace")
    except FileMissing as error:
        return Answer(found=((error.path, None),), wanted=wanted)
    return Answer(found=tuple((path, None) for path in result.files), wanted=wanted)


def _relative(path: str) -> str:
    """The path below a workspace whose root is `/`, or that of a drive."""
    return path.replace("\\", "/").lstrip("/")


def seek_sequence(case: Case) -> Answer:
    """The index of some lines in a file, from a given line on."""
    call = json.loads(case.reply)
    start, lines = call.get("start", 0), call["lines"]
    index = (case.structured or {}).get("index")
    chunk = Chunk(tuple(call["pattern"]), (MARK,), at_end=bool(call.get("eof")))
    wanted = () if index is None else ((index, None),)
    text = "".join(f"{line}\n" for line in lines[start:])
    try:
        result = apply_parsed({"f": text}, Parsed((UpdateFile("f", (chunk,)),)))
    except NoMatch:
        return Answer(found=(), wanted=wanted)
    after = (result.files["f"] or "").split("\n")
    return Answer(found=((start + after.index(MARK), None),), wanted=wanted)


def locate(case: Case) -> Answer:
    """Where a text stands in a file: all places, or the one that an edit would take."""
    matches = (case.structured or {})["matches"]
    wanted = tuple(((match["startIndex"], match["endIndex"]), None) for match in matches)
    text = case.texts[case.target]
    everywhere = (case.structured or {}).get("mode") == "all"
    intent = ReplaceText(case.target, case.reply, MARK, replace_all=everywhere)
    try:
        result = apply_parsed({case.target: text}, Parsed((intent,)))
    except NoMatch:
        if wanted:
            raise
        return Answer(found=(), wanted=())
    places = _marked(text, result.files[case.target] or "")
    return Answer(found=tuple((_units(text, *place), None) for place in places), wanted=wanted)


def _marked(text: str, after: str) -> Iterator[tuple[int, int]]:
    """The places of the text where the marks stand now; several are taken to be of one length."""
    pieces = after.split(MARK)
    size = (len(text) - sum(map(len, pieces))) // (len(pieces) - 1)
    at = 0
    for piece in pieces[:-1]:
        at += len(piece)
        yield at, at + size
        at += size


def _units(text: str, start: int, end: int) -> tuple[int, int]:
    first, second = (len(text[:at].encode("utf-16-le", "surrogatepass")) // 2 for at in (start, end))
    return first, second


def minimal_diff(case: Case) -> Answer:
    """A diff that gives the new text, changes the same lines and no more characters than the source's."""
    before, after = case.texts["before.txt"], case.texts["after.txt"]
    wanted = case.structured or {}
    hunks = edits.diff(before, after)
    ours: list[tuple[object, object]] = [("text", apply_hunks(before, hunks))]
    theirs: list[tuple[object, object]] = [("text", after)]
    if wanted.get("unified_is_exact"):
        ours.append(("lines", _changed("".join(unified_diff([FileChange("f", before, after)])))))
        theirs.append(("lines", _changed(wanted["unified"])))
    cost = sum(hunk.end - hunk.start + len(hunk.text) for hunk in hunks)
    limit = _cost(wanted["char_edits"])
    ours.append(("characters", min(cost, limit) if cost <= limit else cost))
    theirs.append(("characters", min(cost, limit)))
    return Answer(found=tuple(ours), wanted=tuple(theirs))


def _cost(changes: Sequence[Sequence[Any]]) -> int:
    return sum(end - start + len(text) for start, end, text in changes)


def _changed(unified: str) -> tuple[str, ...]:
    return tuple(line for line in unified.split("\n")[2:] if not line.startswith("@@"))


FOUND: dict[str, Adapter] = {
    "apply_patch_parse": parse_patch,
    "extract_apply_patch": parse_patch,
    "find_filename": find_filename,
    "locate": locate,
    "min_diff": minimal_diff,
    "search_replace_blocks_parse": parse_blocks,
    "search_replace_markers_roo_validate": validate_markers,
    "seek_sequence": seek_sequence,
    "udiff_parse": parse_unified,
}
