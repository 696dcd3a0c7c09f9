"""`codex-lsp settings`: every setting, for people and for editors.

All forms are made from the definitions in `codex_lsp/settings.py`; the files in docs/ and editors/ are what
this command prints, and `tests/test_settings_files.py` holds them to it.
"""

from __future__ import annotations

import argparse
import json
import sys
import textwrap
from collections.abc import Callable
from typing import Any

from codex_lsp.cli.term import never_fail
from codex_lsp.settings import OPTIONS, SECTION, Option, schema

_EPILOG = """\
Formats:
  text      for reading (the default)
  schema    the JSON Schema (draft 2020-12) of the object `codexLsp`
  markdown  the table in docs/PROTOCOL.md
  neovim    lsp/codex_lsp.lua for Neovim 0.11 or newer, with every setting at its default
  vscode    what a VS Code extension's package.json says of the settings

The endpoint, its key and its model are no settings: `codex-lsp doctor` tells where they are set.

exit codes: 0 they were printed; 2 wrong arguments.
"""
_LUA_HEAD = """\
-- codex-lsp for Neovim 0.11 or newer. Made by `codex-lsp settings --format neovim`.
--
-- Put it into lsp/codex_lsp.lua in your configuration's folder (:echo stdpath('config')) and say in init.lua:
--   vim.lsp.enable('codex_lsp')
-- With only some settings, this in init.lua does as well, and counts more than this file:
--   vim.lsp.config('codex_lsp', { settings = { codexLsp = { apply = 'review' } } })
-- It is for files of every type that Neovim knows, since `filetypes` is not set.

---@type vim.lsp.Config
return {
  cmd = { 'codex-lsp' },
  root_markers = { '.git' },
  settings = {
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command to the main parser."""
    parser = subparsers.add_parser(
        "settings",
        description="List every setting with its default and its meaning.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--format", choices=FORMATS, default="text", help="(default: %(default)s)")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Print the settings; returns 0."""
    never_fail(sys.stdout)
    print(FORMATS[args.format](), end="")
    return 0


def _for_editors() -> list[Option]:
    return [option for option in OPTIONS if option.scope != "client"]


def _default(option: Option) -> str:
    return json.dumps(schema()["properties"][option.name]["default"])


def _meaning(option: Option) -> str:
    return f"{option.doc} {option.allowed.capitalize()}." if option.between else option.doc


def _text() -> str:
    parts = []
    for option in OPTIONS:
        choices = [f"    {json.dumps(choice)}: {meaning}" for choice, meaning in option.choices.items()]
        head = f"{SECTION}.{option.name} = {_default(option)}"
        parts.append("\n".join([head, f"  {_meaning(option)}", *choices]) + "\n")
    return "\n".join(parts)


def _markdown() -> str:
    rows = ["| setting | default | meaning |", "|---|---|---|"]
    for option in OPTIONS:
        choices = "; ".join(f"`{choice}`: {meaning}" for choice, meaning in option.choices.items())
        rows.append(
            f"| `{option.name}` | `{_default(option)}` | {_meaning(option)} {choices}".rstrip() + " |"
        )
    return "\n".join(rows) + "\n"


def _lua() -> str:
    lines = [f"{SECTION} = {{"]
    for option in _for_editors():
        lines.append(f"  -- {_plain(_meaning(option))}")
        lines += [f"  --   '{choice}': {_plain(meaning)}" for choice, meaning in option.choices.items()]
        default = _default(option).replace('"', "'").replace("[]", "{}")
        lines.append(f"  {option.name} = {default},")
    lines.append("},")
    return _LUA_HEAD + textwrap.indent("\n".join(lines), " " * 4) + "\n  },\n}\n"


def _plain(text: str) -> str:
    return text.replace("`", "")


def _vscode() -> str:
    options = _for_editors()
    properties = schema()["properties"]
    part = {
        "capabilities": {
            "untrustedWorkspaces": {
                "supported": "limited",
                "description": "Until a folder is trusted, its own settings for codex-lsp are not used.",
                "restrictedConfigurations": [f"{SECTION}.{option.name}" for option in options],
            }
        },
        "contributes": {
            "configuration": {
                "title": "codex-lsp",
                "properties": {
                    f"{SECTION}.{option.name}": _as_markdown(properties[option.name]) for option in options
                },
            }
        },
    }
    return _json(part)


def _as_markdown(described: dict[str, Any]) -> dict[str, Any]:
    names = {"description": "markdownDescription", "enumDescriptions": "markdownEnumDescriptions"}
    return {names.get(name, name): value for name, value in described.items()}


def _json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


FORMATS: dict[str, Callable[[], str]] = {
    "text": _text,
    "schema": lambda: _json(schema()),
    "markdown": _markdown,
    "neovim": _lua,
    "vscode": _vscode,
}
