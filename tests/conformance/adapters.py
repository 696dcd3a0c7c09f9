"""From a case to our engine: one small function for each format of the cases.

An adapter translates the source's envelope into what a model would have said to us, calls the engine's public
functions and returns the files after, or what was found. It never parses, locates or repairs anything itself.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from codex_lsp import edits
from codex_lsp.agent.overlay import Overlay
from codex_lsp.cli.files import FileProblem, write_changes
from codex_lsp.edits.apply import apply_parsed
from codex_lsp.edits.errors import EditError
from codex_lsp.edits.intents import Chunk, Intent, Parsed, RangeEdit, ReplaceRanges, UpdateFile, WriteFile
from codex_lsp.workspace.policy import Root
from tests.conformance.cases import Case


class Conflict(EditError):
    """A rebase that both sides stand in the way of: what the engine returns, as an error like the others."""


# A place (a path, an index, a range) and what goes there.
Found = tuple[tuple[object, object], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What our engine made of a case: files before and after, or things found and wanted, or an error."""

    before: Mapping[str, str | bytes] = field(default_factory=dict)
    after: Mapping[str, str | bytes] | None = None
    found: Found | None = None
    wanted: Found = ()
    error: EditError | None = None
    expected: Mapping[str, str | bytes] | None = None


Adapter = Callable[[Case], Answer]


def applied(files: Mapping[str, str], result: edits.EditResult) -> Answer:
    """The files after a reply."""
    after = {path: text for path, text in (dict(files) | dict(result.files)).items() if text is not None}
    return Answer(files, after)


def by_reply(case: Case, reply: str, format: str = "auto") -> Answer:
    """Apply a reply to the case's files."""
    return applied(case.texts, edits.apply_reply(case.texts, reply, format=format))


def by_intents(case: Case, *intents: Intent) -> Answer:
    """Apply intents that the source gives ready-made."""
    return applied(case.texts, apply_parsed(case.texts, Parsed(intents)))


_HEADER = re.compile(r"^(\s*\*\*\* (?:Add File|Delete File|Update File|Move to): )/(?=\S)", re.MULTILINE)


def apply_patch(case: Case) -> Answer:
    """A Codex patch. Some sources name files absolutely, below a workspace whose root is `/`."""
    reply = _HEADER.sub(r"\1", case.reply)
    if case.flags.get("symlinks") or any(isinstance(text, bytes) for text in case.input.values()):
        return in_folder(case, reply)
    return by_reply(case, reply)


def in_folder(case: Case, reply: str) -> Answer:
    """The same on a real folder with real links, as `codex-lsp apply` does it."""
    with tempfile.TemporaryDirectory() as name:
        top = Path(name)
        _make(top, case)
        root = Root(top / str(case.options.get("cwd") or "."))
        overlay = Overlay({}, root, hides=False)
        error: EditError | None = None
        try:
            overlay.apply(reply)
            write_changes(root, overlay.changes())
        except EditError as refused:
            error = refused
        except FileProblem as problem:
            error = EditError(str(problem))
        return Answer(case.input, _files(top), error=error)


def _make(top: Path, case: Case) -> None:
    for path, text in case.input.items():
        file = top / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    for path, target in case.flags.get("symlinks", {}).items():
        (top / path).parent.mkdir(parents=True, exist_ok=True)
        (top / path).symlink_to(target)


def _files(top: Path) -> dict[str, str | bytes]:
    found: dict[str, str | bytes] = {}
    for file in sorted(top.rglob("*")):
        if file.is_file() and not file.is_symlink():
            data = file.read_bytes()
            try:
                found[file.relative_to(top).as_posix()] = data.decode("utf-8")
            except UnicodeDecodeError:
                found[file.relative_to(top).as_posix()] = data
    return found


def v4a_diff(case: Case) -> Answer:
    """A patch's body for one file, named by the tool. When creating, lines are joined, not terminated."""
    if case.options.get("mode") != "create":
        return by_reply(case, case.reply, "begin_patch")
    body = case.reply.removesuffix("+") if case.reply.endswith(("\n+", "\r+")) else case.reply + "\n"
    return by_reply(case, f"*** Begin Patch\n*** Add File: {case.target}\n{body}*** End Patch\n")


def apply_patch_chunks(case: Case) -> Answer:
    """A patch's chunks, parsed already."""
    chunks = tuple(
        Chunk(
            tuple(chunk["oldLines"]),
            tuple(chunk["newLines"]),
            anchors=(chunk["changeContext"],) if chunk.get("changeContext") else (),
            at_end=bool(chunk.get("isEndOfFile")),
        )
        for chunk in json.loads(case.reply)
    )
    return by_intents(case, UpdateFile(case.target, chunks))


def tool_edit(case: Case) -> Answer:
    """An editing tool's arguments, as JSON."""
    return by_reply(case, case.reply, "tool_edit")


def replace_chunk(case: Case) -> Answer:
    """The two sides of a SEARCH/REPLACE block, given as JSON."""
    call = json.loads(case.reply)
    old, new = (_ended(call[key]) for key in ("old_string", "new_string"))
    block = f"{call['path']}\n<<<<<<< SEARCH\n{old}=======\n{new}>>>>>>> REPLACE\n"
    return by_reply(case, block, "search_replace")


def _ended(text: str) -> str:
    return text + "\n" if text and not text.endswith("\n") else text


def search_replace(case: Case) -> Answer:
    """SEARCH/REPLACE blocks that name their files."""
    return by_reply(case, case.reply, "search_replace")


_SEARCH = re.compile(r"^[ \t]*(?:<{5,}|-{5,}) SEARCH", re.MULTILINE)


def search_replace_of_one_file(case: Case) -> Answer:
    """SEARCH/REPLACE blocks for a file that the tool names aside; what stands before the first is no path."""
    found = _SEARCH.search(case.reply)
    return by_reply(case, case.reply[found.start() :] if found else case.reply, "search_replace")


def markdown_find_replace(case: Case) -> Answer:
    """FIND and REPLACE fences. They name the file by a path on the model's own machine."""
    reply = re.sub(r"^---FILEPATH .*$", f"---FILEPATH {case.target}", case.reply, flags=re.MULTILINE)
    return by_reply(case, reply)


def whole_file(case: Case) -> Answer:
    """Whole files in fences, below their names."""
    return by_reply(case, case.reply, "whole_file")


def unified_diff(case: Case) -> Answer:
    """A unified diff for a file that the tool names aside: the names in its header say nothing."""
    reply = re.sub(r"\A(?:--- .*\n\+\+\+ .*\n)", "", case.reply)
    return by_reply(case, reply, "unified_diff")


def lazy(case: Case) -> Answer:
    """A whole file with lines that stand for what is left as it is."""
    return by_intents(case, WriteFile(case.target, case.reply, lazy=True))


def lsp_text_edits(case: Case) -> Answer:
    """Edits as an LSP server sends them, their ranges written as four numbers."""
    ranges = tuple(
        RangeEdit((edit["range"][0], edit["range"][1]), (edit["range"][2], edit["range"][3]), edit["newText"])
        for edit in json.loads(case.reply)
    )
    encoding = case.options.get("encoding", "utf-16")
    return by_intents(case, ReplaceRanges(case.target, ranges, encoding))


def merge_characters(case: Case) -> Answer:
    """A three-way merge by characters. Ours is by lines, so every character becomes a line."""
    base, ours, theirs = (
        "".join(f"{ord(char)}\n" for char in case.texts[name])
        for name in ("base.txt", "ours.txt", "theirs.txt")
    )
    merged = _rebased(base, ours, theirs)
    after = {"merged.txt": "".join(chr(int(line)) for line in merged.split())}
    return Answer({"merged.txt": case.texts["base.txt"]}, after)


def rebase(case: Case) -> Answer:
    """Edits of the base carried over to what the person has now."""
    base, current = case.texts["base.txt"], case.texts["current.txt"]
    ours = json.loads(case.reply)["ours"]
    proposed = edits.apply_hunks(base, [_hunk(base, edit) for edit in ours])
    return Answer({"merged.txt": current}, {"merged.txt": _rebased(base, current, proposed)})


def rebase_sequential(case: Case) -> Answer:
    """The same for edits that follow one another, each counted in the text that the ones before it left."""
    base, current = case.texts["base.txt"], case.texts["current.txt"]
    proposed = _in_sequence(base, json.loads(case.reply)["ours_sequential"])
    rebased = (case.structured or {}).get("rebased", [])
    expected = {"merged.txt": _in_sequence(current, [each["edit"] for each in rebased])}
    after = {"merged.txt": _rebased(base, current, proposed)}
    return Answer({"merged.txt": current}, after, expected=expected)


def _rebased(base: str, current: str, proposed: str) -> str:
    outcome = edits.rebase(base, current, proposed)
    if outcome.conflicts:
        line = outcome.conflicts[0].line
        raise Conflict(f"line {line + 1} was changed on both sides.")
    return outcome.text


def _in_sequence(text: str, changes: list[Any]) -> str:
    for change in changes:
        text = edits.apply_hunks(text, [_hunk(text, change)])
    return text


def _hunk(text: str, change: list[Any]) -> edits.Hunk:
    start, end, new = change
    return edits.Hunk(code_point(text, start), code_point(text, end), new)


def code_point(text: str, units: int) -> int:
    """The offset in code points of an offset in UTF-16 units, as the sources count."""
    data = text.encode("utf-16-le", "surrogatepass")[: 2 * units]
    return len(data.decode("utf-16-le", "replace"))


APPLIED: dict[str, Adapter] = {
    "apply_patch": apply_patch,
    "apply_patch_chunks": apply_patch_chunks,
    "lazy_ellipsis": lazy,
    "lsp_text_edits": lsp_text_edits,
    "markdown_find_replace_blocks": markdown_find_replace,
    "merge3_char": merge_characters,
    "multi_string_replace": tool_edit,
    "rebase": rebase,
    "rebase_sequential": rebase_sequential,
    "replace_chunk": replace_chunk,
    "search_replace_blocks": search_replace,
    "search_replace_markers_cline": search_replace_of_one_file,
    "search_replace_markers_roo": search_replace_of_one_file,
    "string_replace": tool_edit,
    "text_editor_tool": tool_edit,
    "unified_diff": unified_diff,
    "v4a_diff": v4a_diff,
    "wholefile_fenced": whole_file,
}
