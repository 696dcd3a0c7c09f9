"""Asks in real Neovim, as the person who has the plugin in a package makes them."""

from __future__ import annotations

import pytest

from tests.e2e.neovim.driver import Neovim, patch
from tests.support.endpoint import Answer, ScriptedEndpoint

pytestmark = pytest.mark.asyncio(loop_scope="session")

UNTIDY = "import os, sys\n\ndef f(x):\n    return (x)\n"
TEXT = "def one():\n    return 1\n\n\ndef two():\n    return 2\n"
PATCH = patch(("    return 2", "    return 20"))


def header(endpoint: ScriptedEndpoint) -> str:
    """The last message of the first request."""
    request = next(each for each in endpoint.requests if each.method == "POST")
    return str(request.json["messages"][-1]["content"])


@pytest.mark.seen("own undo")
async def test_an_ask_over_a_range_edits_the_buffer_in_one_step(version: str, helped: Neovim) -> None:
    nvim = helped
    await nvim.begin(UNTIDY)
    assert (await nvim.lua("return tostring(vim.version())")).startswith(f"{version}.")
    await nvim.command("1,4LspCodexAsk tidy up")
    end = await nvim.ended()
    assert end["state"] == "applied", end
    assert await nvim.text() == "\ndef f(x):\n    return x\n"
    await nvim.until("require('codex_lsp').status() == 'Codex [offline]'")
    await nvim.command("undo")
    assert await nvim.text() == UNTIDY
    assert nvim.file.read_text() == UNTIDY, "a server never writes a file"


async def test_without_words_it_asks_for_them(asking: Neovim, scripted: ScriptedEndpoint) -> None:
    scripted.play(Answer(PATCH))
    nvim = asking
    await nvim.begin(TEXT)
    await nvim.keys("G:LspCodexAsk<CR>make two more<CR>")
    assert (await nvim.ended())["state"] == "applied"
    assert await nvim.text() == TEXT.replace("return 2", "return 20")
    sent = header(scripted)
    assert "Instruction: make two more" in sent
    assert "Lines: 5-6" in sent, "an empty range is the definition around it"


async def test_the_lines_are_those_that_were_meant_however_long_the_writing_takes(
    asking: Neovim, scripted: ScriptedEndpoint
) -> None:
    scripted.play(Answer(PATCH))
    nvim = asking
    await nvim.begin(TEXT)
    # An input box that does not hold up the editor, as plugins have them.
    await nvim.lua("vim.ui.input = function(_, on_words) answer = on_words end")
    await nvim.command("5,6LspCodexAsk")
    await nvim.keys("ggO# typed<CR># meanwhile<Esc>")
    await nvim.lua("answer('make two more')")
    assert (await nvim.ended())["state"] == "applied"
    assert "Lines: 7-8" in header(scripted)
    expected = "# typed\n# meanwhile\n" + TEXT.replace("return 2", "return 20")
    assert await nvim.text() == expected
    await nvim.command("LspCodexAsk")
    await nvim.lua("answer(nil)")
    left = "vim.api.nvim_create_namespace('codex_lsp'), 0, -1, {}"
    assert await nvim.lua(f"return #vim.api.nvim_buf_get_extmarks(0, {left})") == 0


@pytest.mark.seen("diagnostics")
async def test_fix_takes_the_diagnostics_of_anybody(asking: Neovim, scripted: ScriptedEndpoint) -> None:
    scripted.play(Answer(PATCH))
    text = TEXT.replace("return 1", "return 'é😀', 1")
    nvim = asking
    await nvim.begin(text)
    problem = "{ lnum = %d, col = %d, end_col = %d, message = '%s', source = 'tester', code = 'T1' }"
    here, there = problem % (1, 20, 21, "one is less"), problem % (5, 4, 10, "elsewhere")
    await nvim.lua(f"vim.diagnostic.set(vim.api.nvim_create_namespace('tester'), 0, {{ {here}, {there} }})")
    await nvim.command("2LspCodexFix")
    await nvim.ended()
    sent = header(scripted)
    assert "T1 (tester)" in sent
    assert "one is less" in sent
    assert "elsewhere" not in sent
    await nvim.command("4LspCodexFix")
    assert "There is no diagnostic here." in await nvim.said()


@pytest.mark.seen("explain")
async def test_an_explanation_changes_nothing(asking: Neovim, scripted: ScriptedEndpoint) -> None:
    scripted.play(Answer("It returns one."))
    nvim = asking
    await nvim.begin(TEXT)
    await nvim.command("1,2LspCodexExplain")
    end = await nvim.ended()
    assert (end["state"], end["text"]) == ("answered", "It returns one.")
    assert await nvim.text() == TEXT


@pytest.mark.seen("ready")
async def test_the_editors_own_menu_starts_the_servers_commands(helped: Neovim) -> None:
    nvim = helped
    await nvim.begin(UNTIDY)
    taken = await nvim.lua("return vim.tbl_keys(vim.lsp.commands)")
    assert [name for name in taken if "codex" in name.lower()] == [], "these are the server's"
    await nvim.lua(
        "vim.lsp.buf.code_action({ apply = true, range = { start = { 1, 0 }, ['end'] = { 4, 0 } },"
        " filter = function(action) return action.title:find('tidy up') end })"
    )
    assert (await nvim.ended())["state"] == "applied"
    assert "return x\n" in await nvim.text()


@pytest.mark.seen("show")
async def test_what_would_be_sent_is_shown_and_not_sent(asking: Neovim, scripted: ScriptedEndpoint) -> None:
    scripted.play()
    nvim = asking
    await nvim.begin(TEXT)
    await nvim.command("1,2LspCodexShowPrompt make one more")
    assert "Instruction: make one more" in await nvim.shown("prompt%-for")
    await nvim.command("wincmd w")
    assert await nvim.lua("return { vim.bo.buftype, vim.bo.modifiable }") == ["nowrite", False]
    assert await nvim.lua("return #vim.lsp.get_clients()") == 1, "no second server for what it shows"
    assert [each for each in scripted.requests if each.method == "POST"] == []


async def test_the_commands_are_the_buffers_own(asking: Neovim) -> None:
    nvim = asking
    await nvim.begin(TEXT)
    await nvim.command("new")
    assert await nvim.lua("return vim.fn.exists(':LspCodexAsk')") == 0
    assert await nvim.lua("return require('codex_lsp').status()") == ""
