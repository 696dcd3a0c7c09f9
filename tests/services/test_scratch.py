"""Folders for a while: private, gone at the end, and swept up where their service is gone without a word."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from codex_lsp import state
from codex_lsp.services import scratch

KIND = "of-the-tests"
HOLD = f"""
import sys
from codex_lsp.services import scratch
with scratch.folder({KIND!r}) as made:
    (made / "inside").mkdir()
    print(made, flush=True)
    sys.stdin.read()
"""


def test_it_is_private_and_gone_at_the_end_whatever_its_owner_has_forbidden() -> None:
    with scratch.folder(KIND) as made:
        assert made.stat().st_mode & 0o777 == 0o700
        assert list(made.iterdir()) == []
        (made / "locked" / "inside").mkdir(parents=True)
        (made / "locked").chmod(0)
        (made / "link").symlink_to(made.parent)
    assert not made.exists()
    assert made.parent.is_dir()


def test_what_a_killed_service_left_is_swept_and_nothing_that_is_in_use() -> None:
    command = [sys.executable, "-c", HOLD]
    with (
        scratch.folder(KIND) as mine,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other,
    ):
        assert other.stdout is not None
        theirs = Path(other.stdout.readline().strip())
        scratch.sweep(KIND)
        assert (mine.is_dir(), theirs.is_dir()) == (True, True)
        other.kill()
        other.wait()
        assert (theirs / "inside").is_dir()
        scratch.sweep(KIND)
        assert (mine.is_dir(), theirs.exists()) == (True, False)


def test_what_has_no_lock_yet_is_left_for_a_while(tmp_path: Path) -> None:
    place = state.private(state.folder(KIND))
    fresh, old = place / "new-1", place / "new-2"
    for each in (fresh, old):
        each.mkdir()
    long_ago = time.time() - 2 * 3600
    os.utime(old, (long_ago, long_ago))
    (place / "link").symlink_to(tmp_path)
    scratch.sweep(KIND)
    assert (fresh.exists(), old.exists(), tmp_path.is_dir()) == (True, False, True)
    fresh.rmdir()
