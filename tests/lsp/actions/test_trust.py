"""Asks that a workspace brings: offered once the person trusts it with what they say."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import pytest

from codex_lsp.workspace import trust
from tests.lsp.actions.own_asks import model, titles
from tests.support.processes import CODEX_LSP, clean_environ
from tests.support.serving import serving

TEXT = "a = 1\n"
ASK = "---\ntitle: do as we do\ncontext: file\n---\nDo.\n"


@pytest.fixture
def root(asks: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace that brings an ask; `asks` keeps the person's own folders out of it."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    folder = tmp_path / "root"
    (folder / ".codex-lsp" / "asks").mkdir(parents=True)
    (folder / ".codex-lsp" / "asks" / "ours.md").write_text(ASK)
    return folder


async def test_nothing_is_offered_until_it_is_trusted_and_again_when_it_changed(root: Path) -> None:
    async with serving(model(), root) as (editor, _):
        await editor.open("m.py", TEXT)
        assert await titles(editor, 0, 0) == []
        message = await editor.wait_for_message("not offered")
        assert f"`codex-lsp trust {root}`" in message["message"]
        trust.trust(root, trust.brought(root))
        assert await titles(editor, 0, 0) == ["do as we do"]
        (root / ".codex-lsp" / "asks" / "ours.md").write_text(ASK.replace("Do.", "Do harm."))
        assert await titles(editor, 0, 0) == []
        trust.trust(root, trust.brought(root))
        assert await titles(editor, 0, 0) == ["do as we do"]
        assert trust.revoke(root)
        assert await titles(editor, 0, 0) == []
        assert len(editor.messages) == 1


@pytest.mark.parametrize(("said", "offered"), [(True, ["do as we do"]), ("true", []), (1, []), (False, [])])
async def test_an_editor_may_vouch_for_it(root: Path, said: object, offered: list[str]) -> None:
    async with serving(model(), root, initialization_options={"trusted": said}) as (editor, _):
        await editor.open("m.py", TEXT)
        assert await titles(editor, 0, 0) == offered
        assert not any("no setting" in each["message"] for each in editor.messages)


def test_links_and_pipes_are_not_brought(root: Path, tmp_path: Path) -> None:
    folder = root / ".codex-lsp" / "asks"
    (tmp_path / "secret.md").write_text(ASK)
    (folder / "link.md").symlink_to(tmp_path / "secret.md")
    os.mkfifo(folder / "pipe.md")
    assert [name for name, _ in trust.brought(root)] == ["ours.md"]
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / ".codex-lsp").symlink_to(root / ".codex-lsp")
    assert trust.brought(tmp_path / "other") == ()


def test_the_command_trusts_lists_and_revokes(root: Path, tmp_path: Path) -> None:
    environ = {**clean_environ(), "XDG_STATE_HOME": str(tmp_path / "state")}

    def command(*arguments: str) -> tuple[int, str]:
        done = subprocess.run(
            [*CODEX_LSP, "trust", *arguments], env=environ, capture_output=True, timeout=60, check=False
        )
        return done.returncode, done.stdout.decode()

    assert command("--list") == (0, "")
    code, said = command(str(root))
    assert (code, "do as we do" in said) == (0, True)
    assert command("--list") == (0, f"{root}\n")
    assert stat.S_IMODE(trust.store().stat().st_mode) == 0o600
    (root / ".codex-lsp" / "asks" / "ours.md").write_text(ASK + "More.\n")
    assert "not in force" in command("--list")[1]
    assert command(str(root), "--revoke")[0] == 0
    assert command("--list") == (0, "")
    assert command(str(tmp_path / "state"))[0] == 1
    assert command(str(tmp_path / "nowhere"))[0] == 2
