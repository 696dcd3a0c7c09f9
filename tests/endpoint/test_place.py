"""The folder in which a user's programs meet a worker, its names and its lock."""

from __future__ import annotations

import os
import socket
import stat
import threading
from pathlib import Path

import pytest

from codex_lsp.endpoint import meeting, place
from codex_lsp.endpoint.place import Place, Unshareable, find, trouble, try_lock


def test_the_folder_is_made_for_its_user_alone(runtime: Path) -> None:
    found = find(b"one")
    assert found.folder == runtime / "codex-lsp"
    assert stat.S_IMODE(found.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((found.folder / "salt").stat().st_mode) == 0o600


def test_a_name_is_the_same_for_the_same_and_tells_nothing(runtime: Path) -> None:
    assert find(b"one") == find(b"one")
    assert find(b"one").name != find(b"two").name
    here = find(b"one")
    (here.folder / "salt").unlink()
    # Whoever does not know the salt cannot find out what a name stands for.
    assert find(b"one").name != here.name


def test_who_comes_at_the_same_time_has_the_same_salt(runtime: Path) -> None:
    names: set[str] = set()
    begin = threading.Barrier(8)

    def look() -> None:
        begin.wait()
        names.add(find(b"one").name)

    threads = [threading.Thread(target=look) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(names) == 1
    assert [each.name for each in (runtime / "codex-lsp").iterdir()] == ["salt"]


@pytest.mark.parametrize("mode", [0o755, 0o770, 0o707])
def test_a_folder_that_is_open_to_others_is_refused(runtime: Path, mode: int) -> None:
    folder = runtime / "codex-lsp"
    folder.mkdir()
    folder.chmod(mode)
    with pytest.raises(Unshareable, match="is open to others"):
        find(b"one")


def test_somebody_elses_folder_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    assert trouble(tmp_path.lstat(), os.getuid()) == ""
    assert trouble(tmp_path.lstat(), os.getuid() + 1) == "belongs to somebody else"


def test_a_link_is_refused_wherever_it_goes(runtime: Path, tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    (runtime / "codex-lsp").symlink_to(tmp_path)
    with pytest.raises(Unshareable, match="is no folder"):
        find(b"one")


def test_a_folder_that_anyone_can_replace_is_refused(runtime: Path) -> None:
    runtime.chmod(0o777)
    with pytest.raises(Unshareable, match="anyone can put another folder in its place"):
        find(b"one")
    runtime.chmod(0o1777)
    assert find(b"one").folder.parent == runtime


@pytest.mark.parametrize("value", ["nowhere", "relative/folder", "long"])
def test_without_a_usable_runtime_folder_it_is_the_users_cache(
    runtime: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    long = runtime / ("n" * 100)
    long.mkdir()
    given = {"nowhere": str(runtime / "nowhere"), "long": str(long)}.get(value, value)
    monkeypatch.setenv("XDG_RUNTIME_DIR", given)
    monkeypatch.setenv("XDG_CACHE_HOME", str(runtime / "c"))
    assert find(b"one").folder == runtime / "c" / "codex-lsp" / "run"


def test_where_every_path_is_too_long_nothing_is_shared(
    runtime: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    long = runtime / ("n" * 100)
    long.mkdir()
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(long))
    monkeypatch.setenv("XDG_CACHE_HOME", str(long))
    with pytest.raises(Unshareable, match="short enough"):
        find(b"one")


def test_the_longest_path_that_is_used_can_be_bound(runtime: Path) -> None:
    folder = runtime / ("n" * (place.MAX_PATH - len(str(runtime)) - len("//") - len(".sock") - 32))
    folder.mkdir()
    where = Place(folder, "0" * 32)
    assert len(str(where.socket)) == place.MAX_PATH
    listener, _ = meeting.listen(where, unix=True)
    listener.close()


def test_the_lock_is_held_by_one(runtime: Path) -> None:
    with try_lock(runtime) as first, try_lock(runtime) as second:
        assert first
        assert not second
    with try_lock(runtime) as again:
        assert again


def test_only_dead_workers_files_are_swept_away(runtime: Path) -> None:
    alive, dead = Place(runtime, "alive"), Place(runtime, "dead")
    listener, _ = meeting.listen(alive, unix=True)
    meeting.listen(dead, unix=True)[0].close()
    for each in (alive, dead):
        each.said.write_text("said")
    with listener:
        meeting.sweep(runtime)
        assert sorted(each.name for each in runtime.iterdir()) == ["alive.err", "alive.sock"]


def test_a_socket_is_its_users_alone(runtime: Path) -> None:
    where = Place(runtime, "n")
    listener, token = meeting.listen(where, unix=True)
    with listener:
        assert listener.family == socket.AF_UNIX
        assert stat.S_IMODE(where.socket.stat().st_mode) == 0o600
        assert token == b""


def test_over_tcp_the_token_is_in_a_file_of_the_users_alone(runtime: Path) -> None:
    where = Place(runtime, "n")
    listener, token = meeting.listen(where, unix=False)
    with listener:
        assert stat.S_IMODE(where.address.stat().st_mode) == 0o600
        assert meeting.address(where, unix=False) == (listener.getsockname(), token)
        assert len(token) == 32


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"port": 1, "token": "no hex"}'])
def test_a_broken_address_is_none(runtime: Path, content: str) -> None:
    where = Place(runtime, "n")
    assert meeting.address(where, unix=False) is None
    where.address.write_text(content)
    assert meeting.address(where, unix=False) is None
