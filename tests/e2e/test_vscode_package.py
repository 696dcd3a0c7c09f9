"""What VS Code's extension says of itself is what the server says: settings, commands."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from codex_lsp.lsp.commands.table import COMMANDS

EXTENSION = Path(__file__).parent.parent.parent / "editors" / "vscode"


def package() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((EXTENSION / "package.json").read_text(encoding="utf-8"))
    return loaded


def test_the_servers_settings_are_those_that_are_made_from_the_code() -> None:
    made = json.loads((EXTENSION / "configuration.json").read_text(encoding="utf-8"))
    ours = made["contributes"]["configuration"]["properties"]
    properties = package()["contributes"]["configuration"]["properties"]
    again = "put them there: node editors/vscode/settings.mjs"
    assert {name: each for name, each in properties.items() if "order" not in each} == ours, again
    assert package()["capabilities"].items() >= made["capabilities"].items(), again


def test_a_setting_that_names_a_program_or_an_address_is_no_folders_to_set() -> None:
    made = json.loads((EXTENSION / "configuration.json").read_text(encoding="utf-8"))
    ours = {*made["contributes"]["configuration"]["properties"], "codexLsp.trace.server"}
    properties = package()["contributes"]["configuration"]["properties"]
    own = {name: each["scope"] for name, each in properties.items() if name not in ours}
    assert own
    assert set(own.values()) == {"machine"}
    # The client keeps them to itself: the server would call them misspelt.
    client = (EXTENSION / "src" / "server" / "client.ts").read_text(encoding="utf-8")
    (kept,) = re.findall(r"^const OWN = \[(.*)\];$", client, re.MULTILINE)
    members = {name.split(".")[1] for name in (*own, "codexLsp.trace.server")}
    assert set(re.findall(r"'(\w+)'", kept)) == members


def test_no_command_of_the_clients_is_named_as_one_of_the_servers() -> None:
    contributed = {each["command"] for each in package()["contributes"]["commands"]}
    assert not contributed & set(COMMANDS)
    assert all(name.startswith("codex-lsp.") for name in contributed)
    source = (EXTENSION / "src" / "extension.ts").read_text(encoding="utf-8")
    (table,) = re.findall(r"function commandTable\(.*?\n  return \{\n(.*?)\n  \};", source, re.DOTALL)
    registered = {f"codex-lsp.{name}" for name in re.findall(r"^    (\w+):", table, re.MULTILINE)}
    assert registered == contributed


def test_the_commands_that_it_asks_for_are_the_servers() -> None:
    protocol = (EXTENSION / "src" / "protocol.ts").read_text(encoding="utf-8")
    asked = set(re.findall(r"'(codexLsp\.\w+)'", protocol))
    assert asked
    assert asked <= set(COMMANDS)


def test_what_it_shows_is_there() -> None:
    contributes = package()["contributes"]
    ids = {each["command"] for each in contributes["commands"]}
    for menu in contributes["menus"].values():
        assert {each["command"] for each in menu} <= ids
    for walkthrough in contributes["walkthroughs"]:
        for step in walkthrough["steps"]:
            assert (EXTENSION / step["media"]["markdown"]).is_file()
            called = re.findall(r"\(command:(codex-lsp\.\w+)\)", step["description"])
            assert set(called) <= ids
