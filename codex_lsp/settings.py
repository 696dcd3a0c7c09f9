"""Every option once: its default, its meaning, its allowed values. Knows no wire."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal, get_args

Apply = Literal["auto", "review", "annotated", "direct"]
Road = Literal["auto", "model", "agent"]


@dataclass(frozen=True, slots=True)
class Settings:
    """What the person set, or the defaults."""

    apply: Apply = field(
        default="auto",
        metadata={
            "choices": get_args(Apply),
            "doc": "How a proposal reaches the document: `direct` applies it at once, `annotated` asks the "
            "editor to confirm each change, `review` offers the changes as code actions, `auto` is "
            "`direct` where the editor can and nothing speaks against it, else `review`.",
        },
    )
    road: Road = field(
        default="auto",
        metadata={
            "choices": get_args(Road),
            "doc": "How the endpoint is used: `agent` sends the file and takes a patch, `model` lets a plain "
            "chat model work with this server's tools, `auto` asks the endpoint.",
        },
    )
    events: bool = field(
        default=False,
        metadata={"doc": "Send `codexLsp/run` notifications; clients that have a use for them set this."},
    )
    max_steps: int = field(
        default=24, metadata={"doc": "How many times a plain model may be called in one run."}
    )
    max_seconds: float = field(default=900.0, metadata={"doc": "How long a run may take, in seconds."})


def parse(options: object) -> tuple[Settings, list[str]]:
    """Settings from an object's members by the names above, and a sentence for each that is wrong.

    What is wrong keeps its default; members that are no settings are told, since they are often misspelt.
    """
    if options is None:
        return Settings(), []
    if not isinstance(options, Mapping):
        return Settings(), ["The settings must be an object; the defaults are used."]
    values: dict[str, Any] = {}
    problems: list[str] = []
    known = {each.name: each for each in fields(Settings)}
    for name, value in options.items():
        if name not in known:
            problems.append(f"There is no setting {name!r}; settings are {', '.join(known)}.")
        elif problem := _problem(known[name].metadata, known[name].default, value):
            problems.append(f"The setting {name!r} {problem}; {known[name].default!r} is used.")
        else:
            values[name] = value
    return Settings(**values), problems


def _problem(metadata: Mapping[str, Any], default: object, value: object) -> str:
    if choices := metadata.get("choices"):
        return "" if value in choices else f"must be one of {', '.join(choices)}"
    if isinstance(default, bool):
        return "" if isinstance(value, bool) else "must be true or false"
    if isinstance(value, bool) or not isinstance(value, int | float) or value <= 0:
        return "must be a number above zero"
    return "must be a whole number" if isinstance(default, int) and not isinstance(value, int) else ""
