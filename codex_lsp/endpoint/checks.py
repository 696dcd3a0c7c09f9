"""The person's checks, as `[[checks]]` in their own `config.toml`.

```toml
[[checks]]
name = "ruff"
command = ["ruff", "check", "{files}"]
languages = ["python"]
seconds = 60
```

Never from an editor's settings or a repository: whoever writes those could have a program run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from codex_lsp.endpoint.config import config_file

if TYPE_CHECKING:
    from codex_lsp.agent.checking.checks import Check
    from codex_lsp.sandbox import Limits

_MEGABYTE = 1 << 20
_MAX_SECONDS = 3600


def load_checks(file: Path | None = None) -> tuple[tuple[Check, ...], tuple[str, ...]]:
    """The checks, in order, and a sentence for each that is wrong and therefore left out."""
    place = config_file() if file is None else file
    try:
        text = place.read_text(encoding="utf-8")
        if "checks" not in text:
            return (), ()
        import tomllib

        entries = tomllib.loads(text).get("checks", [])
    except (FileNotFoundError, NotADirectoryError):
        return (), ()
    except (OSError, ValueError) as error:
        return (), (f"{place.name} in the user's configuration folder was not read: {error}.",)
    found: list[Check] = []
    problems: list[str] = []
    for number, entry in enumerate(entries if isinstance(entries, list) else [entries], 1):
        read = _check(entry)
        if isinstance(read, str):
            problems.append(f"{place.name}: check {number} is left out: {read}.")
        else:
            found.append(read)
    return tuple(found), tuple(problems)


def _check(entry: object) -> Check | str:
    """A check, or what is wrong with it."""
    from codex_lsp.agent.checking.checks import Check

    if not isinstance(entry, Mapping):
        return "it must be a table, [[checks]]"
    for key, value in entry.items():
        if key not in _FIELDS:
            return f"{key!r} is none of {', '.join(_FIELDS)}"
        meant, fits = _FIELDS[key]
        if not fits(value):
            return f"{key} must be {meant}"
    if "command" not in entry:
        return 'it has no command, a list such as ["ruff", "check", "{files}"]'
    command = tuple(entry["command"])
    name = " ".join(str(entry.get("name", Path(command[0]).name)).split())
    check = Check(name, command, tuple(entry.get("languages", ())), tuple(entry.get("readable", ())))
    return replace(check, limits=_limits(check.limits, entry))


def _limits(limits: Limits, entry: Mapping[str, Any]) -> Limits:
    given = {key: entry[key] for key in ("seconds", "processes") if key in entry}
    if "memory_mb" in entry:
        given["memory"] = entry["memory_mb"] * _MEGABYTE
    return replace(limits, **given)


def _is_list(value: object) -> bool:
    return isinstance(value, list) and all(
        isinstance(each, str) and each and "\0" not in each for each in value
    )


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _is_time(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= _MAX_SECONDS


_FIELDS: dict[str, tuple[str, Callable[[object], bool]]] = {
    "name": ("a string", lambda value: isinstance(value, str) and bool(value.strip())),
    "command": (
        "a list of strings: the program, then its arguments",
        lambda value: bool(value) and _is_list(value),
    ),
    "languages": ("a list of strings", _is_list),
    "readable": ("a list of strings", _is_list),
    "seconds": (f"a number up to {_MAX_SECONDS}", _is_time),
    "memory_mb": ("a whole number", _is_whole),
    "processes": ("a whole number", _is_whole),
}
