from __future__ import annotations

from pathlib import Path

import pytest

from codex_lsp.edits.errors import Encoding, PathRejected
from codex_lsp.workspace.policy import MAX_FILE_BYTES, Root, is_protected, is_secret


@pytest.mark.parametrize(
    "path",
    [
        ".env", "a/.env.local", ".git/config", "x/.GIT/hooks/pre-commit", ".github/workflows/ci.yml",
        "conftest.py", "sub/CONFTEST.py", "evil.pth", "package.json", "AGENTS.md", ".gitignore", "Makefile",
        "a.code-workspace", "id_rsa",
    ],
)  # fmt: skip
def test_protected(path: str) -> None:
    assert is_protected(path)


@pytest.mark.parametrize(
    "path", ["m.py", "environment.py", "docs/git.md", "a/env", "packages.json", "test_conf.py"]
)
def test_not_protected(path: str) -> None:
    assert not is_protected(path)
    assert not is_secret(path)


@pytest.mark.parametrize(
    "path",
    [
        "../x",
        "/x",
        "a/../../x",
        "~/x",
        "C:\\x",
        "a\\..\\..\\x",
        "a:b",
        "a\0b",
        "nul",
        "COM1.txt",
        "a.",
        "b /c",
        "",
    ],
)
def test_paths_that_leave_or_cannot_be(tmp_path: Path, path: str) -> None:
    with pytest.raises(PathRejected):
        Root(tmp_path).resolve(path)


def test_a_link_out_is_refused_and_one_inside_is_not(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "inside").mkdir(parents=True)
    (root / "inside" / "x").write_text("x")
    (tmp_path / "secret").write_text("key")
    (root / "out").symlink_to(tmp_path)
    (root / "in").symlink_to(root / "inside")
    assert Root(root).read("in/x") == "x"
    with pytest.raises(PathRejected):
        Root(root).read("out/secret")


def test_a_root_that_is_a_link_knows_its_files_by_both_names(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    root = Root(tmp_path / "link")
    assert root.relative(tmp_path / "link" / "m.py") == "m.py"
    assert root.relative(tmp_path / "real" / "m.py") == "m.py"
    assert root.relative(tmp_path / "other.py") is None


def test_what_is_no_text_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes(b"\xe9")
    (tmp_path / "big").write_bytes(b"x" * (MAX_FILE_BYTES + 1))
    (tmp_path / ".env").write_text("KEY=1")
    (tmp_path / "bom").write_bytes(b"\xef\xbb\xbfx\r\n")
    (tmp_path / "binary").write_bytes(b"a\0b")
    refused = {"latin": Encoding, "binary": Encoding, "big": PathRejected, ".env": PathRejected}
    for name, error in refused.items():
        with pytest.raises(error):
            Root(tmp_path).read(name)
    assert Root(tmp_path).read("bom") == "\ufeffx\r\n"
    with pytest.raises(FileNotFoundError):
        Root(tmp_path).read("nothing")


def test_a_way_up_and_out_is_outside(tmp_path: Path) -> None:
    root = Root(tmp_path / "root")
    assert root.relative(tmp_path / "root" / ".." / "x.py") is None
    assert root.relative(tmp_path / "root" / "a" / ".." / "x.py") == "x.py"
    assert root.relative(tmp_path / "else" / ".." / "root" / "x.py") == "x.py"
