"""Every option once: its default, its meaning, its allowed values, its scope. Knows no wire.

What an editor hands on may come from a repository's own settings file (`.vscode/settings.json`). So no
setting names an endpoint, a key, a path or a command to run, and none ever may: those come from the
environment and the person's own configuration file only (`endpoint/config.py`). Numbers have an upper bound
for the same reason.
"""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping
from dataclasses import field, fields, replace
from typing import Any, Literal

from codex_lsp.records import record

SECTION = "codexLsp"

Apply = Literal["auto", "review", "annotated", "direct"]
Road = Literal["auto", "model", "agent"]

Scope = Literal["resource", "window", "client"]
"""`resource`: may differ from folder to folder. `window`: one for all. `client`: no person's choice, but what
the editor's plugin has a use for, so that no editor lists it."""

_EDITORS_OWN = ("trace",)  # `codexLsp.trace.server` is read by VS Code's LSP client and stands among ours.
MAX_ITEMS = 200
_SHOWN_UNKNOWN = 3
_SHOWN_CHARACTERS = 40
_SHOWN_BITS = 64


def _about(
    doc: str,
    scope: Scope,
    *,
    choices: Mapping[str, str] | None = None,
    between: tuple[int, int] | None = None,
    form: str = "",
) -> dict[str, Any]:
    return {"doc": doc, "scope": scope, "choices": choices or {}, "between": between, "form": form}


@record(frozen=True, slots=True)
class Settings:
    """What the person set, or the defaults."""

    apply: Apply = field(
        default="auto",
        metadata=_about(
            "How a proposal reaches the document.",
            "resource",
            choices={
                "auto": "`direct` where the editor can and nothing speaks against it, else `review`",
                "review": "offer the changes as code actions",
                "annotated": "ask the editor to confirm each change where it can, else `review`",
                "direct": "apply at once, unless something speaks against it",
            },
        ),
    )
    road: Road = field(
        default="auto",
        metadata=_about(
            "How the endpoint is used.",
            "window",
            choices={
                "auto": "as the endpoint says it can be",
                "model": "a plain chat model works with this server's tools",
                "agent": "it gets the file and returns a patch",
            },
        ),
    )
    events: bool = field(
        default=False,
        metadata=_about(
            "Send `codexLsp/run` notifications; for editor plugins that have a use for them.", "client"
        ),
    )
    max_steps: int = field(
        default=24,
        metadata=_about(
            "How many times a plain model may be called in one run.", "resource", between=(1, 1000)
        ),
    )
    max_tool_calls: int = field(
        default=200,
        metadata=_about(
            "How many tools a plain model may call in one run.", "resource", between=(1, 100_000)
        ),
    )
    max_bytes: int = field(
        default=8_000_000,
        metadata=_about(
            "How long all replies and tool results of a run may be together, in bytes.",
            "resource",
            between=(10_000, 1_000_000_000),
        ),
    )
    max_seconds: float = field(
        default=900.0,
        metadata=_about("How long a run may take, in seconds.", "resource", between=(1, 86_400)),
    )
    max_context_tokens: int = field(
        default=16_000,
        metadata=_about(
            "How many tokens of context go with an ask at first: the file, the project's rules, other open "
            "files. What was selected always goes.",
            "resource",
            between=(1000, 1_000_000),
        ),
    )
    max_tokens: int = field(
        default=0,
        metadata=_about(
            "How many tokens a run may use, prompts and replies together; 0 is no limit.",
            "resource",
            between=(0, 1_000_000_000),
        ),
    )
    max_cost: float = field(
        default=0.0,
        metadata=_about(
            "What a run may cost, in USD, where the price is known; 0 is no limit.",
            "resource",
            between=(0, 10_000),
        ),
    )
    max_cost_per_day: float = field(
        default=0.0,
        metadata=_about(
            "What all runs with this setting may cost together in a day (UTC), in USD, where the price is "
            "known; 0 is no limit.",
            "window",
            between=(0, 10_000),
        ),
    )
    traces: bool = field(
        default=True,
        metadata=_about(
            "Keep a record of each run in your state folder, without secrets; `codex-lsp runs` shows them.",
            "window",
        ),
    )
    hidden_actions: tuple[str, ...] = field(
        default=(),
        metadata=_about(
            "Code actions that are not offered: `fix`, `fixAll`, `comments`, `tidy`, `docs`, `types`, "
            "`simplify`, `imports`, `tests`, `explain`, `commit`, names of your own asks, or `*` for all. "
            "`markdown:docs` and `markdown:*` are for one language, by the editor's name for it.",
            "resource",
            form=r"([A-Za-z0-9_+#-]{1,60}:)?([A-Za-z0-9_-]{1,60}|\*)",
        ),
    )


@record(frozen=True, slots=True)
class Option:
    """What is to be known of one setting. `member` is its name in `Settings`, `name` the one in editors.

    `choices` are the allowed strings with their meanings, `between` the least and the greatest number, `form`
    the regular expression of each string of a list.
    """

    member: str
    name: str
    default: str | bool | int | float | tuple[str, ...]
    doc: str
    scope: Scope
    choices: Mapping[str, str]
    between: tuple[int, int] | None
    form: str

    @property
    def type(self) -> Literal["string", "boolean", "integer", "number", "array"]:
        """The type in JSON Schema's words; an array's items are strings."""
        if isinstance(self.default, tuple):
            return "array"
        if isinstance(self.default, bool):
            return "boolean"
        if isinstance(self.default, str):
            return "string"
        return "integer" if isinstance(self.default, int) else "number"

    @property
    def allowed(self) -> str:
        """What a value must be, in words."""
        if self.between is not None:
            kind = "a whole number" if self.type == "integer" else "a number"
            return f"{kind} from {self.between[0]} to {self.between[1]}"
        if self.form:
            return f"a list of at most {MAX_ITEMS} names"
        return f"one of {', '.join(map(shown, self.choices))}" if self.choices else "true or false"

    def accepts(self, value: object) -> bool:
        """Whether `value` is allowed; a whole number may be written 24.0, as in JSON Schema."""
        if self.form:
            return isinstance(value, list | tuple) and len(value) <= MAX_ITEMS and all(map(self._fits, value))
        if self.between is None:
            return (
                isinstance(value, str) and value in self.choices if self.choices else isinstance(value, bool)
            )
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        within = self.between[0] <= value <= self.between[1]
        return within and (self.type == "number" or value == int(value))

    def _fits(self, item: object) -> bool:
        return isinstance(item, str) and re.fullmatch(self.form, item) is not None


def _option(each: Any) -> Option:
    first, *words = each.name.split("_")
    name = first + "".join(word.capitalize() for word in words)
    return Option(each.name, name, each.default, **each.metadata)


OPTIONS: tuple[Option, ...] = tuple(_option(each) for each in fields(Settings))


def parse(options: object, below: Settings | None = None) -> tuple[Settings, list[str]]:
    """Settings from what an editor hands on, over the layer `below`, and a sentence for each thing wrong.

    Members are named `maxSteps` or `codexLsp.maxSteps`, or stand in an object `codexLsp`, which counts
    most; `max_steps` is read too. None, as a whole or as a member, and an empty list (what Lua makes of an
    empty table) say nothing. What is wrong keeps the value from below; unknown names are told, since most
    are misspelt. Never raises.
    """
    below = below or Settings()
    if options is None or options == []:
        return below, []
    if not isinstance(options, Mapping):
        return below, [f"The settings must be an object, but are {shown(options)}."]
    members, problems = _flat(options)
    values: dict[str, Any] = {}
    for option in OPTIONS:
        older = members.pop(option.member, None) if option.member != option.name else None
        value = members.pop(option.name, None)
        value = older if value is None else value
        if value is None:
            continue
        if option.accepts(value):
            values[option.member] = type(option.default)(value)
        else:
            used = shown(getattr(below, option.member))
            problems.append(
                f"{SECTION}.{option.name} must be {option.allowed}, but is {shown(value)}; {used} is used."
            )
    return replace(below, **values), problems + _unknown(members)


def schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of the object `codexLsp`.

    `scope` and `enumDescriptions` are VS Code's words, which other readers pass over.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Settings of codex-lsp",
        "type": "object",
        "additionalProperties": False,
        "properties": {option.name: _property(option) for option in OPTIONS},
    }


def shown(value: object) -> str:
    """A value in a message: as JSON, and short. Objects and lists by their kind only."""
    if isinstance(value, str):
        text = value if len(value) <= _SHOWN_CHARACTERS else f"{value[:_SHOWN_CHARACTERS]}…"
        # What cannot be printed: direction marks and lone surrogates among it.
        return json.dumps("".join(c if c.isprintable() else "�" for c in text), ensure_ascii=False)
    if isinstance(value, bool) or value is None:
        return json.dumps(value)
    if isinstance(value, int):
        return str(value) if value.bit_length() <= _SHOWN_BITS else "a number of many digits"
    if isinstance(value, float):
        return f"{value:.15g}"
    if isinstance(value, tuple):
        return json.dumps(value)
    return "an object" if isinstance(value, Mapping) else "a list" if isinstance(value, list) else "no JSON"


def _property(option: Option) -> dict[str, Any]:
    default: object = option.default
    if isinstance(default, float) and default.is_integer():
        default = int(default)
    made: dict[str, Any] = {"type": option.type, "default": default, "description": option.doc}
    if isinstance(default, tuple):
        items = {"type": "string", "pattern": f"^({option.form})$"}
        made |= {"default": list(default), "items": items, "maxItems": MAX_ITEMS}
    if option.choices:
        made |= {"enum": list(option.choices), "enumDescriptions": list(option.choices.values())}
    if option.between:
        made |= {"minimum": option.between[0], "maximum": option.between[1]}
    return made | {"scope": option.scope}


def _flat(options: Mapping[Any, Any]) -> tuple[dict[str, Any], list[str]]:
    beside: dict[str, Any] = {}
    dotted: dict[str, Any] = {}
    inside: dict[str, Any] = {}
    problems: list[str] = []
    for key, value in options.items():
        name = str(key)
        if name.startswith(f"{SECTION}."):
            dotted[name.removeprefix(f"{SECTION}.")] = value
        elif name != SECTION:
            beside[name] = value
        elif isinstance(value, Mapping):
            inside = {str(each): value[each] for each in value}
        elif value is not None and value != []:
            problems.append(f"{SECTION} must be an object, but is {shown(value)}.")
    return beside | dotted | inside, problems


def _unknown(members: Mapping[str, object]) -> list[str]:
    names = [name for name in members if name.split(".")[0] not in _EDITORS_OWN]
    told = [_no_setting(name) for name in names[:_SHOWN_UNKNOWN]]
    if more := len(names) - len(told):
        told.append(f"{more} more names are no settings.")
    return told


def _no_setting(name: str) -> str:
    known = {option.name.lower(): option.name for option in OPTIONS}
    plain = name.removeprefix(f"{SECTION}.").replace("_", "").lower()[:_SHOWN_CHARACTERS]
    close = difflib.get_close_matches(plain, known, n=1)
    safe = f"{SECTION}.{name}" if re.fullmatch(r"[A-Za-z0-9_.-]{1,40}", name) else shown(name)
    if close:
        return f"There is no setting {safe}; did you mean {SECTION}.{known[close[0]]}?"
    return f"There is no setting {safe}; there are {', '.join(known.values())}."
