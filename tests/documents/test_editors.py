"""What the README and docs/EDITORS.md say to give each editor, where no real one reads it in tests/e2e."""

from __future__ import annotations

import filecmp
import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.documents.reading import ROOT, blocks, read, section
from tests.documents.world import World
from tests.e2e.person import configuration
from tests.support.editor import FakeEditor
from tests.support.editor_clients import client

PLUGIN = ".local/share/nvim/site/pack/codex/start/codex_lsp"


def row(editor: str) -> str:
    """The README's line for an editor."""
    (found,) = re.findall(
        rf"^\| \[{re.escape(editor)}\]\(docs/EDITORS\.md#.*?\) \| (.*) \|$", read("README.md"), re.M
    )
    return str(found)


def code(editor: str) -> str:
    """The code in it."""
    return str(re.findall(r"`([^`]+)`", row(editor))[0])


def document(heading: str) -> Any:
    """The JSON of a section of docs/EDITORS.md."""
    return json.loads(next(each.text for each in blocks("docs/EDITORS.md") if each.heading == heading))


def squeezed(text: str) -> str:
    """Without white space, and without Vim's marks of lines that go on."""
    return re.sub(r"\s+", "", re.sub(r"^\\", "", text, flags=re.M))


def test_every_editor_has_its_line_and_every_line_its_section() -> None:
    listed = re.findall(r"^\| \[(.*?)\]\(docs/EDITORS\.md#", read("README.md"), re.M)
    headings = [each.heading for each in blocks("docs/EDITORS.md")]
    told = {re.split(r" \(| 0\.", heading)[0] for heading in headings} | {"VS Code"}
    assert sorted(listed) == sorted(told)


def test_the_line_for_helix_is_what_the_real_one_is_given() -> None:
    (command,) = re.findall(r"`(language-server\..*?)`", row("Helix"))
    real = tomllib.loads(configuration("Helix"))
    short = tomllib.loads(command)
    assert short["language-server"]["codex-lsp"]["command"] == real["language-server"]["codex-lsp"]["command"]
    assert "codex-lsp" in real["language"][0]["language-servers"]


def test_the_line_for_emacs_is_what_the_real_one_is_given() -> None:
    real = re.sub(r":initializationOptions\(:apply\"\w+\"\)", "", squeezed(configuration("Emacs (Eglot)")))
    assert squeezed(code("Emacs"))[:-1] in real


def test_the_line_for_vim_is_what_the_real_one_is_given() -> None:
    assert squeezed(code("Vim")).replace("})", "") in squeezed(configuration("Vim (ALE)"))


@pytest.mark.parametrize("editor", ["Kate", "Sublime Text", "Zed"])
def test_the_other_lines_are_those_of_the_document(editor: str) -> None:
    whole = document({"Sublime Text": "Sublime Text (LSP)"}.get(editor, editor))
    assert json.loads(code(editor)).items() <= whole.items()


@pytest.mark.slow
async def test_kate_and_sublime_start_the_server_and_what_is_to_be_typed_is_a_command(tmp_path: Path) -> None:
    kate = document("Kate")["servers"]["python"]
    assert re.search(kate["highlightingModeRegex"], "Python")
    sublime = document("Sublime Text (LSP)")["clients"]["codex-lsp"]
    (again,) = json.loads(
        [each.text for each in blocks("docs/EDITORS.md") if each.heading == "Sublime Text (LSP)"][1]
    )
    assert again["args"]["session_name"] == "codex-lsp"
    world = World(tmp_path)
    for name, command in (("kate", kate["command"]), ("sublime", sublime["command"])):
        spawned = FakeEditor.spawn(command, env=world.env, root=world.project, timeout=60, **client(name))
        async with spawned as editor:
            told = await editor.execute(again["args"]["command_name"], *again["args"]["command_args"])
            assert told == {"undone": False, "redone": False, "proposal": None}


def test_zeds_path_is_absolute_and_takes_the_place_of_a_server_that_it_knows() -> None:
    whole = document("Zed")
    ((name, server),) = whole["lsp"].items()
    assert Path(server["binary"]["path"]).is_absolute()
    assert whole["languages"]["Python"]["language_servers"][0] == name


@pytest.mark.parametrize("where", ["README.md", "docs/EDITORS.md"])
def test_the_plugin_for_neovim_is_where_neovim_looks_for_it(tmp_path: Path, where: str) -> None:
    lines = {"README.md": code("Neovim"), "docs/EDITORS.md": _neovim()}[where]
    world = World(tmp_path)
    (world.project / "editors").symlink_to(ROOT / "editors")
    world.sh(lines)
    compared = filecmp.dircmp(world.home / PLUGIN, ROOT / "editors" / "neovim")
    assert not compared.left_only
    assert not compared.diff_files
    assert (world.home / PLUGIN / "lsp" / "codex_lsp.lua").is_file()


def _neovim() -> str:
    (block,) = (each for each in blocks("docs/EDITORS.md") if each.language == "sh")
    return block.text


def test_what_is_told_of_neovims_commands_is_in_its_help() -> None:
    told = re.findall(r"`:(LspCodex\w+)`", section("docs/EDITORS.md", "### Neovim 0.11 or newer"))
    help_text = (ROOT / "editors" / "neovim" / "doc" / "codex_lsp.txt").read_text(encoding="utf-8")
    assert told
    assert all(f"*:{name}*" in help_text for name in told)


SHOWN = {code("Neovim"), *_neovim().splitlines()}
READ = [
    each
    for each in blocks("docs/EDITORS.md")
    if each.heading in ("Kate", "Sublime Text (LSP)", "Zed") and each.language == "json"
]
