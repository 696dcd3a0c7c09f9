"""What the model is offered, in Chat Completions form, and whether a call's arguments fit it.

Only plain types and no unions: every endpoint, converter and grammar takes those. What the schemas cannot say
is checked here, and told in words that a model can act on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

_TYPES: dict[str, tuple[str, type | tuple[type, ...]]] = {
    "string": ("a string", str),
    "integer": ("a whole number", int),
    "boolean": ("true or false", bool),
}


class BadArguments(Exception):
    """The arguments do not fit the tool; the message says what would."""


def tool(name: str, description: str, required: Sequence[str] = (), **properties: str) -> dict[str, Any]:
    """A property is `"type: description"`."""
    fields = {key: text.split(": ", 1) for key, text in properties.items()}
    return {
        "type": "function",
        "function": {
            "name": name,
            "description": description,
            "parameters": {
                "type": "object",
                "properties": {key: {"type": of, "description": text} for key, (of, text) in fields.items()},
                "required": list(required),
                "additionalProperties": False,
            },
        },
    }


_LOOK = (
    tool(
        "read_file",
        "Read a file of the workspace as it is in the editor, unsaved changes and your own edits included. "
        "Every line is shown behind its number and a tab, which are no part of the file.",
        ("path",),
        path="string: Path relative to the workspace.",
        start_line="integer: First line to read, one-based; the file's first by default.",
        end_line="integer: Last line to read, inclusive; the file's last by default.",
    ),
    tool(
        "list_files",
        "List the files of the workspace, or of a folder; of large folders, how many they hold.",
        path="string: Folder; the whole workspace by default.",
        glob="string: Only files like this, such as *.py or src/**/*.{ts,tsx}; all by default.",
    ),
    tool(
        "search",
        "Find lines in the workspace's files, unsaved changes and your own edits included.",
        ("pattern",),
        pattern="string: Text to find, within a line.",
        regex="boolean: Whether pattern is a regular expression; false by default.",
        ignore_case="boolean: Whether upper and lower case are the same; false by default.",
        path="string: Folder or file to search in; the whole workspace by default.",
        glob="string: Only files like this, such as *.py or src/**/*.{ts,tsx}; all by default.",
    ),
    tool(
        "outline",
        "List a file's definitions (classes, functions, …) with their lines.",
        ("path",),
        path="string: Path relative to the workspace.",
    ),
    tool(
        "diagnostics",
        "List the problems that the editor shows in a file, or in all files that it has open.",
        path="string: Path of the file; all files by default.",
    ),
)
_CHANGE = (
    tool(
        "edit",
        "Change files: either by `patch`, or by `path`, `old` and `new`. All of it is applied, or none.",
        patch="string: *** Begin Patch … *** End Patch; it may change, add, move and delete several files.",
        path="string: With `old` and `new`: the file to change.",
        old="string: The exact text to replace, without line numbers; it must be in the file once.",
        new="string: The text to put in its place.",
        replace_all="boolean: Replace `old` wherever it is in the file; false by default.",
    ),
    tool(
        "finish",
        "Say that the work is done.",
        ("summary",),
        summary="string: One sentence for the person: what was changed.",
    ),
)


def offered(kind: str) -> tuple[dict[str, Any], ...]:
    """The tools for an ask of this kind: an explanation has none that changes anything."""
    return _LOOK if kind == "explain" else _LOOK + _CHANGE


def arguments(raw: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    """A call's arguments, checked against its schema; a null is an argument that was left out.

    Raises `BadArguments`.
    """
    try:
        given = json.loads(raw or "{}")
    except (ValueError, RecursionError) as error:
        raise BadArguments(f"the arguments are not JSON: {error}.") from None
    if not isinstance(given, dict):
        raise BadArguments("the arguments must be one JSON object.")
    name, parameters = schema["function"]["name"], schema["function"]["parameters"]
    properties = parameters["properties"]
    found = {key: value for key, value in given.items() if value is not None}
    for key, value in found.items():
        if key not in properties:
            raise BadArguments(f"{name} has no argument {key!r}; it takes {', '.join(properties)}.")
        found[key] = _fitting(key, value, properties[key]["type"])
    for key in parameters["required"]:
        if key not in found:
            raise BadArguments(f"{name} needs the argument {key!r}.")
    return found


def _fitting(key: str, value: object, name: str) -> object:
    said, type_ = _TYPES[name]
    if type_ is int and isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, type_) or (type_ is int and isinstance(value, bool)):
        raise BadArguments(f"{key} must be {said}, not {json.dumps(value)[:40]}.")
    return value
