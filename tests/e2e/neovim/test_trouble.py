"""What goes wrong, or is in the way: typing during a run, a cancel, an endpoint or a server that is gone."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
from pathlib import Path

import pytest

from tests.e2e.neovim.driver import Neovim, editing, patch
from tests.e2e.person import environ
from tests.support.endpoint import Answer, ScriptedEndpoint
from tests.support.processes import clean_environ

pytestmark = pytest.mark.asyncio(loop_scope="session")

TEXT = "def one():\n    return 1\n\n\ndef two():\n    return 2\n"
PATCH = patch(("    return 2", "    return 20"))


async def asked(nvim: Neovim, scripted: ScriptedEndpoint, *, touched: bool = False) -> asyncio.Event:
    """A run that waits for its reply, which comes with the event; a `touched` file was changed before."""
    begin = asyncio.Event()
    scripted.play(Answer(PATCH, begin=begin), Answer(PATCH))
    await nvim.begin(TEXT)
    if touched:
        await nvim.keys("Gox<Esc>dd")
    await nvim.command("%LspCodexAsk make two more")
    async with asyncio.timeout(20):
        while not any(each.method == "POST" for each in scripted.requests):
            await asyncio.sleep(0.02)
    await nvim.until("require('codex_lsp').status():find('context: ')")
    return begin


@pytest.mark.parametrize("touched", [False, True], ids=["as-opened", "changed-before"])
async def test_what_is_typed_during_a_run_is_kept_and_the_change_is_made(
    asking: Neovim, scripted: ScriptedEndpoint, touched: bool
) -> None:
    begin = await asked(asking, scripted, touched=touched)
    await asking.keys("ggOtyped = 1<Esc>")
    begin.set()
    assert (await asking.ended())["state"] == "applied", await asking.text()
    assert await asking.text() == "typed = 1\n" + TEXT.replace("return 2", "return 20")


# By itself Neovim applies an edit for the text as it was opened to any later text, and skips one for a later
# text than that, saying that it was applied.
@pytest.mark.parametrize("touched", [False, True], ids=["as-opened", "changed-before"])
async def test_an_edit_that_meets_typing_in_the_editor_is_made_once_and_in_its_place(
    asking: Neovim, scripted: ScriptedEndpoint, touched: bool
) -> None:
    begin = await asked(asking, scripted, touched=touched)
    await asking.lua(
        "local handlers = vim.lsp.get_clients({ name = 'codex_lsp' })[1].handlers\n"
        "local theirs = handlers['workspace/applyEdit']\n"
        "met = 0\n"
        "handlers['workspace/applyEdit'] = function(...)\n"
        "  met = met + 1\n"
        "  if met == 1 then vim.api.nvim_buf_set_lines(0, 0, 0, false, { 'typed = 1' }) end\n"
        "  handlers['workspace/applyEdit'] = theirs\n"
        "  return theirs(...)\n"
        "end"
    )
    begin.set()
    assert (await asking.ended())["state"] == "applied", await asking.text()
    assert await asking.lua("return met") == 1
    assert await asking.text() == "typed = 1\n" + TEXT.replace("return 2", "return 20")


async def test_typing_where_the_change_was_to_be_makes_it_a_conflict(
    asking: Neovim, scripted: ScriptedEndpoint
) -> None:
    begin = await asked(asking, scripted)
    await asking.keys("/return 2<CR>A + 2<Esc>")
    begin.set()
    assert (await asking.ended())["state"] in ("conflict", "review")
    assert await asking.text() == TEXT.replace("return 2", "return 2 + 2")


@pytest.mark.seen("progress")
async def test_a_run_is_cancelled(asking: Neovim, scripted: ScriptedEndpoint) -> None:
    await asked(asking, scripted)
    await asking.keys(":LspCodexCancel<CR>")
    assert (await asking.ended())["state"] == "cancelled"
    await scripted.disconnected.wait()
    assert await asking.text() == TEXT
    await asking.until("require('codex_lsp').status() == 'Codex'")
    await asking.command("LspCodexCancel")
    await asking.until("vim.tbl_contains(said, 'Nothing runs that can be stopped.')")


async def test_nothing_of_what_runs_is_an_item_of_the_statusline(
    asking: Neovim, scripted: ScriptedEndpoint
) -> None:
    begin = asyncio.Event()
    scripted.play(Answer("", reasoning="", begin=begin))
    await asking.begin(TEXT)
    await asking.command("%LspCodexAsk %{execute('let g:evil=1')}%#Error# make")
    await asking.until("require('codex_lsp').status():find('%(')")
    assert "%" not in await asking.lua("return require('codex_lsp').status()")
    await asking.lua("return vim.api.nvim_eval_statusline(require('codex_lsp').status(), {})")
    assert await asking.lua("return vim.g.evil") is None
    begin.set()
    await asking.ended()


@pytest.mark.seen("failures")
async def test_an_endpoint_that_is_not_there(version: str, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        # Nobody listens there, and nobody can.
        env = environ(f"http://127.0.0.1:{taken.getsockname()[1]}")
        async with editing(version, tmp_path, env, TEXT) as nvim:
            await nvim.command("%LspCodexAsk make two more")
            end = await nvim.ended()
            assert end["state"] == "failed"
            await nvim.until("require('codex_lsp').status():find('failed')")
            assert await nvim.text() == TEXT
            assert "cannot be reached" in await nvim.lua("return vim.fn.execute('messages')")


@pytest.mark.seen("status")
async def test_off_says_how_to_switch_it_on_and_starts_nothing(version: str, tmp_path: Path) -> None:
    async with editing(version, tmp_path, clean_environ(), TEXT) as nvim:
        assert await nvim.lua("return require('codex_lsp').status()") == "Codex: off"
        await nvim.command("%LspCodexAsk make two more")
        await nvim.until("vim.fn.execute('messages'):find('LITELLM_ENABLE_CODEX_AGENT')")
        assert await nvim.lua("return events") == []
        await nvim.command("checkhealth codex_lsp")
        found = "\n".join(await nvim.lua("return vim.api.nvim_buf_get_lines(0, 0, -1, false)"))
        assert "OK codex-lsp " in found
        assert "ERROR flag: LITELLM_ENABLE_CODEX_AGENT is not set" in found
        assert "set LITELLM_ENABLE_CODEX_AGENT=1" in found


async def test_a_server_that_was_killed_is_started_anew(
    version: str, tmp_path: Path, scripted: ScriptedEndpoint, env: dict[str, str]
) -> None:
    scripted.play(Answer(PATCH))
    async with editing(version, tmp_path, env, TEXT) as nvim:
        (pid,) = servers_of(nvim)
        os.kill(pid, signal.SIGKILL)
        await nvim.until("#vim.lsp.get_clients() == 0")
        assert await nvim.lua("return { require('codex_lsp').status(), vim.fn.exists(':LspCodexAsk') }") == [
            "",
            0,
        ]
        await nvim.command("checkhealth codex_lsp")
        found = "\n".join(await nvim.lua("return vim.api.nvim_buf_get_lines(0, 0, -1, false)"))
        assert "WARNING The server does not run." in found
        assert "OK flag" in found
        await nvim.command("bwipeout")
        await nvim.command("LspCodexRestart")
        await nvim.ready()
        await nvim.command("%LspCodexAsk make two more")
        assert (await nvim.ended())["state"] == "applied"
        # It also makes a new one of one that runs.
        (pid,) = servers_of(nvim)
        await nvim.command("LspCodexRestart")
        await nvim.ready()
        (new,) = servers_of(nvim)
        assert new != pid


def servers_of(nvim: Neovim) -> list[int]:
    """The servers that this Neovim has started. Linux."""
    children = Path(f"/proc/{nvim.pid}/task/{nvim.pid}/children").read_text().split()
    return [int(each) for each in children if b"codex_lsp" in Path(f"/proc/{each}/cmdline").read_bytes()]
