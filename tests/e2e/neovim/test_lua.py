"""The plugin: as luacheck and StyLua want it, with a help file that tells of every command."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.e2e.neovim.driver import PLUGIN, Neovim
from tests.e2e.neovim.installed import luacheck, stylua
from tests.e2e.programs import Command

FILES = sorted(each.relative_to(PLUGIN) for each in PLUGIN.rglob("*.lua"))


def run(command: Command, *arguments: str | Path) -> str:
    done = subprocess.run(
        [*command.argv, *map(str, arguments)],
        cwd=PLUGIN,
        env={**os.environ, **command.env},
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_luacheck_has_nothing_to_say() -> None:
    assert run(luacheck(), "--no-color", "--quiet", *FILES) == ""


def test_they_are_formatted() -> None:
    assert run(stylua(), ".", *FILES) == ""


def test_each_check_can_fail(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.lua"
    wrong.write_text('local unused = "x"\n')
    assert "unused variable" in run(luacheck(), "--no-color", "--config", PLUGIN / ".luacheckrc", wrong)
    assert "StyLua would write: local unused = 'x'" in run(stylua(), ".", wrong)


@pytest.mark.asyncio(loop_scope="session")
async def test_the_help_tells_of_every_command(asking: Neovim) -> None:
    await asking.begin("")
    package = Path(asking.env["XDG_DATA_HOME"], "nvim", "site", "pack", "codex", "start", "codex_lsp")
    await asking.command(f"helptags {package / 'doc'}")
    commands = await asking.lua(
        "return vim.list_extend(vim.tbl_keys(vim.api.nvim_buf_get_commands(0, {})), { 'LspCodexRestart' })"
    )
    told = re.findall(r"\*:(LspCodex\w+)\*", (PLUGIN / "doc" / "codex_lsp.txt").read_text(encoding="utf-8"))
    assert sorted(told) == sorted(commands)
    assert await asking.lua("return vim.fn.getcompletion(':LspCodexAsk', 'help')") == [":LspCodexAsk"]
