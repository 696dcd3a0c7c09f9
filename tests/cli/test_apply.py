"""`codex-lsp apply` as a process: what it writes and prints, and its exit codes."""

from __future__ import annotations

import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.processes import CODEX_LSP, clean_environ, codex_lsp

TEXT = b"def f():\r\n    return 1\r\n\r\n\r\ndef g():\r\n    return 2"


def patch(*lines: str) -> str:
    return "\n".join(("Here you are:", "", "*** Begin Patch", *lines, "*** End Patch", ""))


CHANGE = patch("*** Update File: src/m.py", "@@ def g():", "-    return 2", "+    return 3")


class Folder:
    """A folder with one source file, and the command run in it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.file = path / "src" / "m.py"
        self.file.parent.mkdir(parents=True)
        self.file.write_bytes(TEXT)

    def __call__(
        self, reply: str | bytes, *arguments: str, reply_from: str = "-"
    ) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [*CODEX_LSP, "apply", reply_from, "--root", str(self.path), *arguments],
            input=reply.encode() if isinstance(reply, str) else reply,
            env=clean_environ(),
            capture_output=True,
            timeout=60,
            check=False,
        )
        return subprocess.CompletedProcess(
            done.args, done.returncode, done.stdout.decode(), done.stderr.decode()
        )

    def files(self) -> dict[str, bytes]:
        return {
            file.relative_to(self.path).as_posix(): file.read_bytes()
            for file in self.path.rglob("*")
            if file.is_file()
        }


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path / "root")


def test_it_writes_the_files_and_shows_the_diff(folder: Folder) -> None:
    folder.file.chmod(0o640)
    done = folder(CHANGE)
    assert (done.returncode, done.stderr) == (0, "codex-lsp apply: written: src/m.py\n")
    assert folder.files() == {"src/m.py": TEXT.replace(b"2", b"3")}
    assert stat.S_IMODE(folder.file.stat().st_mode) == 0o640
    assert done.stdout.startswith("--- a/src/m.py\n+++ b/src/m.py\n@@")
    assert "-    return 2\n\\ No newline at end of file\n+    return 3\n\\ No newline" in done.stdout


def test_the_diff_is_one_that_git_applies(folder: Folder) -> None:
    done = folder(CHANGE, "--dry-run")
    assert (done.returncode, done.stderr) == (0, "codex-lsp apply: would be written: src/m.py\n")
    assert folder.files() == {"src/m.py": TEXT}
    subprocess.run(["git", "apply", "-"], input=done.stdout.encode(), cwd=folder.path, check=True)
    assert folder.files() == {"src/m.py": TEXT.replace(b"2", b"3")}


def test_a_reply_from_a_file_and_the_root_that_is_the_current_folder(folder: Folder, tmp_path: Path) -> None:
    (tmp_path / "reply.md").write_text(CHANGE)
    reply = str(tmp_path / "reply.md")
    done = codex_lsp("apply", reply, "--format", "begin_patch", env=clean_environ(), cwd=folder.path)
    assert done.returncode == 0, done.stderr
    assert folder.files() == {"src/m.py": TEXT.replace(b"2", b"3")}


def test_files_come_and_move(folder: Folder) -> None:
    reply = patch(
        *("*** Add File: new/deep/n.txt", "+x"),
        *(
            "*** Update File: src/m.py",
            "*** Move to: lib/m.py",
            "@@ def g():",
            "-    return 2",
            "+    return 3",
        ),
    )
    done = folder(reply)
    assert done.returncode == 0, done.stderr
    assert folder.files() == {"new/deep/n.txt": b"x\n", "lib/m.py": TEXT.replace(b"2", b"3")}


@pytest.mark.parametrize("arguments", [(), ("--dry-run",)])
def test_what_asks_for_a_look_first_waits_for_yes(folder: Folder, arguments: tuple[str, ...]) -> None:
    delete = patch("*** Delete File: src/m.py")
    done = folder(delete, *arguments)
    assert done.returncode == 1
    assert "look first: src/m.py would be deleted." in done.stderr
    assert done.stdout.startswith("--- a/src/m.py\n+++ /dev/null\n")
    assert folder.files() == {"src/m.py": TEXT}
    assert folder(delete, "--yes", *arguments).returncode == 0
    assert bool(folder.files()) is bool(arguments)


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (patch("*** Update File: src/m.py", "-    return 9", "+    return 3"), "src/m.py, hunk 1: "),
        (patch("*** Update File: src/n.py", "-a", "+b"), "src/n.py"),
        (patch("*** Update File: ../m.py", "-a", "+b"), "leaves the workspace"),
        (patch("*** Update File: link.py", "-a", "+b"), "a link leads out of the workspace"),
        (patch("*** Update File: linked/out.py", "-a", "+b"), "a link leads out of the workspace"),
        (patch("*** Add File: linked/new.py", "+b"), "a link leads out of the workspace"),
        (patch("*** Update File: latin.py", "-a", "+b"), "latin.py"),
        (patch("*** Update File: binary.py", "-a", "+b"), "binary.py: it holds a NUL byte"),
        (patch("*** Add File: .git/hooks/pre-commit", "+x"), "it belongs to version control"),
        (patch("*** Update File: .env", "-KEY=1", "+KEY=2"), "secrets"),
        (patch("*** Update File: src/m.py", "*** Move to: latin.py", "-    return 1", "+x"), "latin.py"),
        (patch("*** Add File: src", "+x"), "src"),
        (patch("*** Add File: src/m.py/n.py", "+x"), "nothing was written"),
        ("I changed nothing.", "holds no edits"),
        ("*** Begin Patch\n*** Update File: src/m.py\n@@\n-    return 2", "Nothing was applied"),
        (CHANGE.encode() + b"\xff", "The reply is not UTF-8 text"),
    ],
)  # fmt: skip
def test_what_is_refused_changes_nothing(folder: Folder, reply: str | bytes, said: str) -> None:
    outside = folder.path.parent / "outside"
    outside.mkdir()
    (outside / "out.py").write_bytes(b"a\n")
    (folder.path / "link.py").symlink_to(outside / "out.py")
    (folder.path / "linked").symlink_to(outside)
    (folder.path / "latin.py").write_bytes(b"a\n# \xe9\n")
    (folder.path / "binary.py").write_bytes(b"a\n\0\n")
    (folder.path / ".env").write_bytes(b"KEY=1\n")
    before = folder.files()
    done = folder(reply)
    assert (done.returncode, done.stdout) == (1, ""), done.stderr
    assert said in done.stderr
    assert folder.files() == before
    assert (outside / "out.py").read_bytes() == b"a\n"
    assert [each.name for each in outside.iterdir()] == ["out.py"]


def test_one_edit_that_fails_keeps_all_from_being_written(folder: Folder) -> None:
    (folder.path / "a.py").write_bytes(b"a\n")
    before = folder.files()
    done = folder(patch("*** Update File: a.py", "-a", "+b", "*** Update File: src/m.py", "-zzz", "+b"))
    assert done.returncode == 1
    assert folder.files() == before


def test_a_file_that_cannot_be_written_keeps_all_from_being_written(folder: Folder) -> None:
    (folder.path / "a.py").write_bytes(b"a\n")
    before = folder.files()
    done = folder(patch("*** Update File: a.py", "-a", "+b", "*** Add File: src/m.py/n.py", "+x"))
    assert done.returncode == 1
    assert folder.files() == before


def test_a_second_time_there_is_nothing_to_do(folder: Folder) -> None:
    assert folder(CHANGE).returncode == 0
    after = folder.files()
    done = folder(CHANGE)
    assert (done.returncode, done.stdout) == (3, ""), done.stderr
    assert folder.files() == after


def test_edits_that_change_nothing_are_nothing_to_do(folder: Folder) -> None:
    done = folder(patch("*** Update File: src/m.py", "-    return 2", "+    return 2"))
    assert (done.returncode, done.stdout) == (3, "")


def test_one_of_two_edits_done_is_no_nothing_to_do(folder: Folder) -> None:
    assert folder(CHANGE).returncode == 0
    both = patch(
        *("*** Update File: src/m.py", "@@ def f():", "-    return 1", "+    return 7"),
        *("@@ def g():", "-    return 2", "+    return 3"),
    )
    done = folder(both)
    assert done.returncode in (0, 1)
    assert (b"return 7" in folder.file.read_bytes()) is (done.returncode == 0)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [((), "required"), (("-", "--root", "nowhere"), "no folder"), (("-", "--format", "morse"), "no format")],
)
def test_wrong_arguments(folder: Folder, arguments: tuple[str, ...], said: str) -> None:
    done = codex_lsp("apply", *arguments, env=clean_environ(), cwd=folder.path)
    assert done.returncode == 2
    assert said in done.stderr


def test_a_reply_that_is_not_there_is_said(folder: Folder) -> None:
    done = folder("", reply_from="no such file")
    assert done.returncode == 1
    assert "There is no file" in done.stderr


def test_help_tells_the_exit_codes(folder: Folder) -> None:
    done = codex_lsp("apply", "--help", env=clean_environ(), cwd=folder.path)
    assert all(word in done.stdout for word in ("0 applied", "1 refused", "2 wrong", "3 nothing to do"))


def test_it_needs_no_network_and_no_model(folder: Folder) -> None:
    script = (
        "import sys; from codex_lsp.cli import run; "
        f"code = run(['apply', '-', '--root', {str(folder.path)!r}]); "
        "heavy = {'litellm', 'pygls', 'lsprotocol', 'httpx'} & set(sys.modules); "
        "print(sorted(heavy), file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], input=CHANGE, text=True, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.endswith("[]\n")


def test_a_protected_file_is_written_only_if_it_is_named(folder: Folder) -> None:
    both = patch("*** Add File: .github/workflows/ci.yml", "+on: push", "*** Add File: AGENTS.md", "+x")
    for arguments in ((), ("--yes",), ("--yes", "--confirm", "AGENTS.md"), ("--confirm", ".github")):
        done = folder(both, *arguments)
        assert done.returncode == 1
        assert "to be confirmed: .github/workflows/ci.yml runs in CI" in done.stderr
        assert folder.files() == {"src/m.py": TEXT}
    done = folder(both, "--confirm", ".github/workflows/ci.yml", "--confirm", "AGENTS.md")
    assert done.returncode == 0, done.stderr
    assert set(folder.files()) == {"src/m.py", ".github/workflows/ci.yml", "AGENTS.md"}
