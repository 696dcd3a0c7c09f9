"""Edits as JSON: the arguments of an editing tool, or of several calls, or lists of edits.

    reply  := value                      the whole reply, one fenced block, or `<tool_call>` elements
    value  := call | [call*]
    call   := {"name", "arguments"|"input"|"parameters": args | JSON text} | {"function": call}
            | {"tool_calls": [call*]} | args
    args   := {path?, old, new, replace_all?}                    old_string/new_string, old_str/new_str, …
            | {path?, "edits": [args*]}                          `path` is then the default of each
            | {"command": "str_replace"|"insert"|"create", …}    the text editor tool
            | {path?, "content"|"file_text": text}               a whole file
            | {path?, "range": range, "newText": text}           an LSP TextEdit, in UTF-16 columns
            | {path?, "diff"|"patch"|"input": text}              a reply in another format
            | {"oldLines", "newLines", "changeContext"?, "isEndOfFile"?, path?}
    range  := {"start": {"line", "character"}, "end": …} | [line, column, line, column]

Texts replace one after the other; TextEdits that stand side by side are one intent, all counted in the text
before any of them. A null or a number for a text, an unknown command, an object that says no edit: errors.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from codex_lsp.edits.ellipsis import is_marker
from codex_lsp.edits.errors import ParseError, UnknownFormat
from codex_lsp.edits.formats import begin_patch, search_replace, unified_diff
from codex_lsp.edits.formats.json_values import (
    Object,
    is_object,
    key_of,
    lines_of,
    loaded,
    number_of,
    short,
    text_of,
    values,
)
from codex_lsp.edits.intents import (
    AddFile,
    Chunk,
    Intent,
    Parsed,
    RangeEdit,
    ReplaceRanges,
    ReplaceText,
    UpdateFile,
    WriteFile,
)
from codex_lsp.edits.text import split_lines, strip_end

NAME = "tool_edit"

PATH = ("path", "file_path", "filePath", "filepath", "filename", "file", "target_file", "relative_path")
OLD = ("old_string", "oldString", "old_str", "oldStr", "old_text", "oldText", "search", "find", "old")
NEW = ("new_string", "newString", "new_str", "newStr", "new_text", "newText", "replace", "replacement", "new")
ALL = ("replace_all", "replaceAll", "replace_all_occurrences")
LISTS = ("edits", "changes", "replacements", "textEdits")
WHOLE = ("content", "contents", "file_text", "fileText", "code_edit")
NESTED = ("diff", "patch", "input")
ARGUMENTS = ("arguments", "input", "parameters", "args")
COMMANDS = ("str_replace", "insert", "create")

_BEGIN = re.compile(r"\s*(?:[{\[]|```|~~~|<tool_call>)")

# These words mean an edit wherever they stand; `search`, `old`, `content` are data elsewhere.
_SURE_OLD, _SURE_NEW = OLD[:6], NEW[:6]


def first(reply: str) -> int | None:
    """The line at which JSON begins that an editing tool could be called with, and that is hardly data."""
    found = values(reply)
    if not found or not all(_says_edit(value) for value in found):
        return None
    return next((at for at, line in enumerate(split_lines(reply)) if _BEGIN.match(line)), None)


def _says_edit(value: object, has_path: bool = False) -> bool:
    if isinstance(value, list):
        return bool(value) and all(_says_edit(each, has_path) for each in value)
    if not is_object(value):
        return False
    has_path = has_path or key_of(value, PATH) is not None
    for key in ("tool_calls", "function", *LISTS, *(ARGUMENTS if "name" in value else ())):
        inner = value.get(key)
        if isinstance(inner, str):
            inner = values(inner)
        if isinstance(inner, list | dict):
            return _says_edit(inner, has_path)
    texts = [value[key] for key in NESTED if isinstance(value.get(key), str)]
    return (
        (key_of(value, OLD if has_path else _SURE_OLD) and key_of(value, NEW if has_path else _SURE_NEW))
        or ("range" in value and "newText" in value)
        or ("oldLines" in value and "newLines" in value)
        or (has_path and (value.get("command") in COMMANDS or key_of(value, WHOLE)))
        or any(_holder(str(text)) for text in texts)
    ) not in (None, False)


def parse(reply: str) -> Parsed:
    """The intents of all calls, in order; raises `ParseError`, or `UnknownFormat` if there is no JSON."""
    found = values(reply)
    if not found:
        raise UnknownFormat("The reply is not the JSON of an edit, or not whole.")
    parsed = [each for value in found for each in _calls(value, None)]
    intents = _joined([intent for each in parsed for intent in each.intents])
    if not intents:
        raise ParseError("The reply's JSON holds no edit.")
    return Parsed(tuple(intents), tuple(dict.fromkeys(note for each in parsed for note in each.leniencies)))


def _calls(value: object, path: str | None) -> Iterator[Parsed]:
    if isinstance(value, list):
        for each in value:
            yield from _calls(each, path)
    elif is_object(value):
        yield from _call(value, path)
    else:
        raise ParseError(f"Expected an edit as a JSON object, not {short(value)}.")


def _call(call: Object, path: str | None) -> Iterator[Parsed]:
    if wrapper := key_of(call, ("tool_calls", "function")):
        yield from _calls(call[wrapper], path)
        return
    if "name" in call and (key := key_of(call, ARGUMENTS)):
        arguments = call[key]
        yield from _calls(loaded(arguments) if isinstance(arguments, str) else arguments, path)
        return
    named = key_of(call, PATH)
    if named and call[named] is not None:
        path = text_of(call, PATH)
    edits = key_of(call, LISTS)
    nested = key_of(call, NESTED)
    if edits and isinstance(call[edits], list):
        yield from _calls(call[edits], path)
    elif nested and not key_of(call, OLD):
        yield _nested(call[nested], path)
    else:
        yield Parsed((_edit(call, path),))


def _holder(text: str) -> Callable[[str], Parsed] | None:
    """The parser of the format whose marker a text holds."""
    modules = (begin_patch, search_replace, unified_diff)
    return next((module.parse for module in modules if module.first(text) is not None), None)


def _nested(text: object, path: str | None) -> Parsed:
    parse = _holder(text) if isinstance(text, str) else None
    if not isinstance(text, str) or parse is None:
        raise ParseError(f"Expected a patch, SEARCH/REPLACE blocks or a diff, not {short(text)}.")
    parsed = parse(text)
    return replace(parsed, intents=tuple(_with_path(each, path) for each in parsed.intents))


def _with_path(intent: Intent, path: str | None) -> Intent:
    if path is not None and isinstance(intent, UpdateFile | ReplaceText) and intent.path is None:
        return replace(intent, path=path)
    return intent


def _edit(edit: Object, path: str | None) -> Intent:
    command = edit.get("command")
    if "range" in edit:
        return ReplaceRanges(path, (_range(edit),), "utf-16")
    if "oldLines" in edit or "newLines" in edit:
        return UpdateFile(path, (_chunk(edit),))
    if command == "insert" or ("insert_line" in edit and command is None):
        return _insertion(edit, path)
    if command is not None and command not in COMMANDS:
        raise ParseError(f"{short(command)} is no command that edits a file.")
    if key_of(edit, OLD) or command == "str_replace":
        flag = next((edit[each] for each in ALL if each in edit), None)
        if flag is not None and not isinstance(flag, bool):
            raise ParseError(f"{ALL[0]} must be true or false, not {short(flag)}.")
        return ReplaceText(path, text_of(edit, OLD), text_of(edit, NEW), bool(flag))
    if key_of(edit, WHOLE):
        text = text_of(edit, WHOLE)
        if command == "create" and path is not None:
            return AddFile(path, text)
        return WriteFile(path, text, lazy=any(is_marker(strip_end(line)) for line in split_lines(text)))
    raise ParseError(f"The object with the keys {', '.join(map(short, list(edit)[:8]))} says no edit.")


def _insertion(edit: Object, path: str | None) -> UpdateFile:
    """`insert_line` is the number of lines above the new ones."""
    lines = [strip_end(line) for line in split_lines(text_of(edit, (*NEW, "text")))]
    return UpdateFile(path, (Chunk((), tuple(lines), line=number_of(edit.get("insert_line")) + 1),))


def _chunk(edit: Object) -> Chunk:
    anchors = (text_of(edit, ("changeContext",)),) if edit.get("changeContext") else ()
    at_end = edit.get("isEndOfFile") is True
    return Chunk(lines_of(edit, "oldLines"), lines_of(edit, "newLines"), anchors, at_end)


def _range(edit: Object) -> RangeEdit:
    span = edit["range"]
    if is_object(span):
        ends = [span.get("start"), span.get("end")]
        span = [each.get(key) for each in ends if is_object(each) for key in ("line", "character")]
    if not isinstance(span, list) or len(span) != 4:
        raise ParseError(f"A range has a start and an end, each with line and character, not {short(span)}.")
    first, second, third, fourth = map(number_of, span)
    if (first, second) > (third, fourth):
        raise ParseError("A range ends before it starts.")
    return RangeEdit((first, second), (third, fourth), text_of(edit, ("newText", *NEW)))


def _joined(intents: Sequence[Intent]) -> list[Intent]:
    """The intents with ranges of the same file, one after the other, as one."""
    joined: list[Intent] = []
    for intent in intents:
        last = joined[-1] if joined else None
        if isinstance(intent, ReplaceRanges) and isinstance(last, ReplaceRanges) and last.path == intent.path:
            joined[-1] = replace(last, edits=(*last.edits, *intent.edits))
        else:
            joined.append(intent)
    return joined


def unparse(intents: Sequence[Intent]) -> str:
    """The JSON that says these intents; `ValueError` for one that the format cannot say."""
    return json.dumps([_written(intent) for intent in intents], indent=1)


def _written(intent: Intent) -> Object:
    match intent:
        case ReplaceText(path, old, new, replace_all, None):
            return {"path": path, "old_string": old, "new_string": new, "replace_all": replace_all}
        case ReplaceRanges(path, edits, "utf-16") if edits:
            spans = [{"range": [*each.start, *each.end], "newText": each.text} for each in edits]
            return {"path": path, "edits": spans}
        case AddFile(path, text):
            return {"command": "create", "path": path, "file_text": text}
        case WriteFile(path, text):
            return {"path": path, "content": text}
        case _:
            raise ValueError(f"an editing tool cannot say {intent!r}")
