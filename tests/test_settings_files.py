"""Whatever tells of the settings outside the code is made from the code, and is what the code makes now."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from codex_lsp.cli import run
from codex_lsp.settings import OPTIONS

ROOT = Path(__file__).parent.parent
FILES = {
    "schema": "docs/settings.schema.json",
    "neovim": "editors/neovim/lsp/codex_lsp.lua",
    "vscode": "editors/vscode/configuration.json",
}
OF_PERSONS = [option.name for option in OPTIONS if option.scope != "client"]


def printed(form: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert run(["settings", "--format", form]) == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("form", FILES)
def test_the_files_are_what_the_command_prints(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    file = ROOT / FILES[form]
    again = f"make it again: codex-lsp settings --format {form} > {FILES[form]}"
    assert file.read_text(encoding="utf-8") == printed(form, capsys), again


def test_the_documents_have_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    text = (ROOT / "docs" / "PROTOCOL.md").read_text(encoding="utf-8")
    section = text.partition("\n## Settings\n")[2].partition("\n## ")[0]
    table = "".join(line + "\n" for line in section.splitlines() if line.startswith("|"))
    again = "put this into docs/PROTOCOL.md: codex-lsp settings --format markdown"
    assert table == printed("markdown", capsys), again


def test_every_editor_has_every_setting_of_a_persons() -> None:
    lua = (ROOT / FILES["neovim"]).read_text(encoding="utf-8")
    assert re.findall(r"^      (\w+) = ", lua, re.MULTILINE) == OF_PERSONS
    vscode = json.loads((ROOT / FILES["vscode"]).read_text(encoding="utf-8"))
    properties = vscode["contributes"]["configuration"]["properties"]
    assert list(properties) == [f"codexLsp.{name}" for name in OF_PERSONS]
    # VS Code knows more scopes; these are the two that are ours.
    assert {each["scope"] for each in properties.values()} <= {"resource", "window"}
    restricted = vscode["capabilities"]["untrustedWorkspaces"]["restrictedConfigurations"]
    assert restricted == list(properties)


def test_people_can_read_them_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["settings"]) == 0
    text = capsys.readouterr().out
    for option in OPTIONS:
        assert f"codexLsp.{option.name} = " in text
        assert option.doc in text
    assert '"review": offer the changes as code actions' in text


def test_no_setting_can_name_an_endpoint_a_key_a_path_or_a_command() -> None:
    assert all(
        option.choices or option.between or option.type == "boolean" or option.name == "hiddenActions"
        for option in OPTIONS
    )
    # What is in that list only ever hides an action, and has no room for a path.
    (names,) = (option for option in OPTIONS if option.name == "hiddenActions")
    assert not any(map(names.accepts, (["a/b"], ["a\\b"], [".."], ["a b"], ["a.b"])))
