"""What a run had made that failed on its way: it is kept, and had with a command."""

from __future__ import annotations

import json

import pytest

from tests.e2e.neovim.driver import Neovim
from tests.support.endpoint import Answer, Raw, ScriptedEndpoint, call

pytestmark = pytest.mark.asyncio(loop_scope="session")

TEXT = "def one():\n    return 1\n\n\ndef two():\n    return 2\n"
PATCH = "*** Begin Patch\n*** Update File: m.py\n-    return 2\n+    return 20\n*** End Patch"


@pytest.mark.seen("stopped")
async def test_what_a_stopped_run_had_made_is_reviewed(asking: Neovim, scripted: ScriptedEndpoint) -> None:
    nvim = asking
    edit = call("c1", "edit", json.dumps({"patch": PATCH}))
    refusal = Raw(400, {"Content-Type": "application/json"}, b'{"error": {"message": "no more"}}')
    scripted.play(Answer(tool_calls=(edit,), finish_reason="tool_calls"), refusal)
    await nvim.begin(TEXT)
    await nvim.command("%LspCodexAsk make two more")
    end = await nvim.ended()
    assert (end["state"], end["offer"]) == ("failed", True), end
    assert await nvim.text() == TEXT
    await nvim.command("LspCodexOffer")
    await nvim.waiting(1)
    await nvim.keys("G:LspCodexAccept<CR>")
    await nvim.waiting(0)
    assert await nvim.text() == TEXT.replace("return 2", "return 20")
    # What was taken over is not offered again.
    await nvim.command("LspCodexOffer")
    await nvim.until("vim.tbl_contains(said, 'No stopped run has left anything.')")
