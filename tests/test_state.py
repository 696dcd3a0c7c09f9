from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from codex_lsp import state
from codex_lsp.endpoint import ledger


@pytest.fixture(autouse=True)
def open_umask() -> object:
    old = os.umask(0)
    yield
    os.umask(old)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_it_is_where_the_desktops_rules_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "s"))
    assert state.folder("runs") == tmp_path / "s" / "codex-lsp" / "runs"
    assert ledger.folder() == state.folder("spent")
    assert not (tmp_path / "s").exists()


def test_folders_and_files_are_the_users_alone_whatever_the_umask(tmp_path: Path) -> None:
    file = tmp_path / "a" / "b" / "file"
    state.write(file, b"1")
    state.write(file, b"2")
    assert file.read_bytes() == b"2"
    assert (mode(file), mode(file.parent), mode(tmp_path / "a")) == (0o600, 0o700, 0o700)
    assert [each.name for each in file.parent.iterdir()] == ["file"]
    (tmp_path / "open").mkdir(mode=0o755)
    assert mode(state.private(tmp_path / "open")) == 0o700


def test_a_new_file_is_never_one_that_is_there_nor_behind_a_link(tmp_path: Path) -> None:
    os.close(state.create(tmp_path / "x" / "new"))
    with pytest.raises(FileExistsError):
        state.create(tmp_path / "x" / "new")
    (tmp_path / "x" / "link").symlink_to(tmp_path / "target")
    with pytest.raises(FileExistsError):
        state.create(tmp_path / "x" / "link")
    state.write(tmp_path / "x" / "link", b"1")
    assert not (tmp_path / "target").exists()
    assert not (tmp_path / "x" / "link").is_symlink()


def test_a_folder_of_somebody_else_is_refused(tmp_path: Path) -> None:
    if os.getuid() == 0:
        os.chown(tmp_path, 12345, -1)
        place = tmp_path
    else:
        place = Path("/usr")
    with pytest.raises(PermissionError, match="belongs to somebody else"):
        state.private(place)
