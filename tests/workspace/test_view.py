from __future__ import annotations

from pathlib import Path

import pytest

from codex_lsp.edits.errors import PathRejected
from codex_lsp.workspace.policy import Root
from codex_lsp.workspace.view import View


@pytest.fixture
def view(tmp_path: Path) -> View:
    (tmp_path / "src").mkdir()
    (tmp_path / "hidden").mkdir()
    (tmp_path / ".git").mkdir()
    for name in ("src/a.py", "hidden/b.py", ".env", ".git/config"):
        (tmp_path / name).write_text("x")
    (tmp_path / ".aiignore").write_text("hidden/\n")
    return View(Root(tmp_path))


@pytest.mark.parametrize(
    ("path", "why"),
    [
        ("src/a.py", ""),
        ("src/new.py", ""),
        ("hidden/b.py", "by .aiignore"),
        ("hidden/new.py", "by .aiignore"),
        (".env", "holds secrets"),
        ("x/.GIT/config", "version control"),
    ],
)
def test_what_is_seen(view: View, path: str, why: str) -> None:
    assert why in view.why_not(path)
    assert bool(why) == bool(view.why_not(path))


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("hidden", "by .aiignore"),
        ("hidden/b.py", "by .aiignore"),
        (".env", "holds secrets"),
        (".git", "version control"),
        ("..", "out of the workspace"),
        (".", "must be relative"),
        ("link", "leads nowhere"),
    ],
)
def test_no_link_leads_to_what_is_hidden(view: View, tmp_path: Path, target: str, why: str) -> None:
    (tmp_path / "link").symlink_to(target)
    assert why in view.why_not("link" if target.endswith((".py", ".env", "link", ".")) else "link/b.py")


def test_what_was_asked_about_is_seen_and_only_that(view: View) -> None:
    view.allowed.add("hidden/b.py")
    view.require("hidden/b.py")
    with pytest.raises(PathRejected, match="aiignore"):
        view.require("hidden/c.py")
    assert view.seen(["src/a.py", "hidden/b.py", "hidden/c.py"]) == ["src/a.py", "hidden/b.py"]


def test_ignore_files_may_be_set_aside_but_not_secrets(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_text("*\n")
    view = View(Root(tmp_path), hides=False)
    assert view.why_not("x") == ""
    assert "secrets" in view.why_not(".env")


def test_ignore_files_are_read_once(view: View, tmp_path: Path) -> None:
    assert view.why_not("src/a.py") == ""
    (tmp_path / ".aiignore").write_text("*\n")
    assert view.why_not("src/b.py") == ""
    assert View(Root(tmp_path)).why_not("src/b.py") != ""
