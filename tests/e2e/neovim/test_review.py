"""Proposals that wait: taken and dropped one by one, side by side, refined, and taken back."""

from __future__ import annotations

import pytest
import pytest_asyncio

from tests.e2e.neovim.driver import Neovim, patch
from tests.support.endpoint import Answer, ScriptedEndpoint

pytestmark = pytest.mark.asyncio(loop_scope="session")

TEXT = "".join(f"def f{n}():\n    # é😀\n    return {n}\n\n\n" for n in (1, 2, 3))
THREE = patch(*((f"    return {n}", f"    more = {n}0\n+    return more") for n in (1, 2, 3)))


def after(*numbers: int) -> str:
    """The text with the changes of these functions."""
    text = TEXT
    for n in numbers:
        text = text.replace(f"    return {n}\n", f"    more = {n}0\n    return more\n")
    return text


@pytest_asyncio.fixture(loop_scope="session")
async def nvim(reviewing: Neovim, scripted: ScriptedEndpoint) -> Neovim:
    """Three changes wait in the buffer; the endpoint would answer the same again."""
    scripted.play(Answer(THREE), Answer(THREE))
    await reviewing.begin(TEXT)
    await reviewing.command("%LspCodexAsk more")
    assert (await reviewing.ended())["state"] == "review"
    await reviewing.waiting(3)
    return reviewing


@pytest.mark.seen("proposals", "hunks", "undo")
async def test_one_is_accepted_another_rejected_and_all_taken_back(nvim: Neovim) -> None:
    await nvim.until("require('codex_lsp').status():find('1 to review')")
    await nvim.keys("/return 1<CR>:LspCodexAccept<CR>")
    await nvim.waiting(2)
    assert await nvim.text() == after(1)
    await nvim.keys("/return 2<CR>:LspCodexReject<CR>")
    await nvim.waiting(1)
    assert await nvim.text() == after(1)
    await nvim.keys("/return 3<CR>:LspCodexAccept<CR>")
    await nvim.waiting(0)
    assert await nvim.text() == after(1, 3)
    await nvim.keys("gg0Onew<Esc>:LspCodexUndo<CR>")
    await nvim.until("vim.fn.search('more', 'n') == 0")
    assert await nvim.text() == f"new\n{TEXT}", "what was typed since is left"
    await nvim.state("undone")
    await nvim.command("LspCodexUndo")
    await nvim.until("vim.fn.search('more', 'n') > 0")
    assert await nvim.text() == f"new\n{after(1, 3)}"


async def test_where_nothing_waits_it_says_so(nvim: Neovim) -> None:
    await nvim.keys("gg:LspCodexAccept<CR>")
    await nvim.until("vim.iter(said):any(function(text) return text:find('^No proposed change') end)")
    assert await nvim.text() == TEXT


async def test_side_by_side(nvim: Neovim) -> None:
    await nvim.command("LspCodexReview")
    assert await nvim.shown("^codex%-lsp://") == after(1, 2, 3).rstrip("\n") + "\n\n"
    assert await nvim.lua("return { vim.wo.diff, vim.bo.modifiable, #vim.lsp.get_clients() }") == [
        True,
        False,
        1,
    ]
    await nvim.keys("gg]cr")
    await nvim.waiting(2)
    await nvim.until("not shown('^codex%-lsp://'):find('more = 10')")
    assert await nvim.text() == TEXT
    await nvim.keys("/return 1<CR>gg]ca")
    await nvim.waiting(1)
    assert await nvim.text() == after(2)
    await nvim.keys("G[ca")
    await nvim.waiting(0)
    assert await nvim.text() == after(2, 3)
    await nvim.until("not shown('^codex%-lsp://')")
    assert await nvim.lua("return { #vim.api.nvim_list_wins(), vim.wo.diff }") == [1, False]


async def test_side_by_side_follows_what_is_typed_and_takes_all(nvim: Neovim) -> None:
    await nvim.command("LspCodexReview")
    await nvim.shown("^codex%-lsp://")
    await nvim.keys("<C-w>hggOtyped<Esc>")
    await nvim.until("shown('^codex%-lsp://'):find('^typed')")
    assert (await nvim.shown("^codex%-lsp://")).startswith("typed\n" + after(1, 2, 3)[:30])
    await nvim.keys("<C-w>lA")
    await nvim.waiting(0)
    assert await nvim.text() == f"typed\n{after(1, 2, 3)}"
    await nvim.until("#vim.api.nvim_list_wins() == 1")


async def test_closing_the_window_ends_the_review_and_nothing_else(nvim: Neovim) -> None:
    await nvim.command("LspCodexReview")
    await nvim.shown("^codex%-lsp://")
    await nvim.command("quit")
    await nvim.until("not vim.wo.diff")
    assert await nvim.lua("return vim.fn.exists('#codex_lsp_review_' .. vim.fn.bufnr('m.py'))") == 0
    await nvim.waiting(3)
    await nvim.command("LspCodexReview")
    await nvim.shown("^codex%-lsp://")
    await nvim.keys("q")
    await nvim.until("not vim.wo.diff")


async def test_all_at_once(nvim: Neovim) -> None:
    await nvim.keys("G:LspCodexReject!<CR>")
    await nvim.waiting(0)
    assert await nvim.text() == TEXT
    await nvim.command("%LspCodexAsk more")
    await nvim.ended(2)
    await nvim.waiting(3)
    await nvim.command("LspCodexAccept!")
    await nvim.waiting(0)
    assert await nvim.text() == after(1, 2, 3)
    await nvim.command("LspCodexAccept!")
    await nvim.until("vim.tbl_contains(said, 'No proposed change waits.')")


@pytest.mark.seen("refine")
async def test_a_change_is_refined_in_its_place(nvim: Neovim, scripted: ScriptedEndpoint) -> None:
    scripted.play(Answer(patch(("    more = 20", "    much = 20"))))
    await nvim.keys("/return 2<CR>:LspCodexRefine call it much<CR>")
    assert (await nvim.ended(2))["state"] == "review"
    await nvim.waiting(3)
    sent = scripted.requests[-1].json["messages"][-1]["content"]
    assert "Instruction: call it much" in sent
    await nvim.keys("gg/return 2<CR>:LspCodexAccept<CR>")
    await nvim.waiting(2)
    assert "    much = 20\n    return more\n" in await nvim.text()


@pytest.mark.seen("show")
async def test_the_whole_proposal_is_shown_as_a_diff(nvim: Neovim) -> None:
    await nvim.command("LspCodexShowDiff")
    shown = await nvim.shown("diff%-of")
    assert "-    return 2\n+    more = 20\n" in shown


async def test_the_runs_on_record_are_offered(nvim: Neovim) -> None:
    await nvim.lua("vim.ui.select = function(items, options) chosen = options.format_item(items[1]) end")
    await nvim.command("LspCodexRuns")
    await nvim.until("chosen")
    assert (await nvim.lua("return chosen")).endswith("more")
    await nvim.command("LspCodexStatus")
    await nvim.until("said[#said] and said[#said]:find('tokens in %d+ runs')")
