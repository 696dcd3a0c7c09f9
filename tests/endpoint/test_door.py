"""The worker's side of its socket, in a process of its own, with an echo behind it."""

from __future__ import annotations

import json
import os
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from codex_lsp.endpoint import door, meeting, peer
from codex_lsp.endpoint.place import Place, try_lock

ROOT = Path(__file__).parents[2]
KINDS = ["unix", "tcp"]


@contextmanager
def porter(place: Place, *options: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.support.porter", str(place.folder), place.name, *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        try:
            assert process.stdout is not None
            assert int(process.stdout.readline()) == process.pid
            yield process
        finally:
            process.kill()


def visit(place: Place, kind: str = "unix") -> tuple[socket.socket, dict[str, Any]]:
    """A guest, and how it was greeted."""
    connection, proof = knock(place, kind)
    greeting = json.loads(receive(connection, *struct.unpack(">I", receive(connection, 4))))
    assert greeting["proof"] == proof
    return connection, greeting


def knock(place: Place, kind: str) -> tuple[socket.socket, str]:
    found = meeting.address(place, kind == "unix")
    assert found is not None
    address, token = found
    connection = socket.socket(socket.AF_UNIX if kind == "unix" else socket.AF_INET)
    connection.settimeout(10)
    connection.connect(address)
    if kind == "unix":
        return connection, ""
    opening, proof = peer.opening(token)
    # In two pieces: what comes over a network comes as it likes.
    connection.sendall(opening[:10])
    connection.sendall(opening[10:])
    return connection, proof


def receive(connection: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        piece = connection.recv(size - len(data))
        assert piece, f"ended after {len(data)} of {size} bytes"
        data += piece
    return data


def echoed(connection: socket.socket, data: bytes) -> bool:
    connection.sendall(data)
    return receive(connection, len(data)) == data


@pytest.mark.parametrize("kind", KINDS)
def test_everybody_is_greeted_and_gets_their_own(runtime: Path, kind: str) -> None:
    place = Place(runtime, "n")
    with porter(place, kind) as process:
        one, greeting = visit(place, kind)
        two, _ = visit(place, kind)
        assert greeting == {"event": "greeting", "pid": process.pid, "proof": greeting["proof"]}
        assert echoed(one, b"of one")
        assert echoed(two, b"of two")
        one.close()
        assert echoed(two, b"still there")
        two.close()


@pytest.mark.parametrize("kind", KINDS)
def test_it_ends_soon_after_the_last_guest_and_leaves_nothing(runtime: Path, kind: str) -> None:
    place = Place(runtime, "n")
    with porter(place, kind) as process:
        one, _ = visit(place, kind)
        two, _ = visit(place, kind)
        one.close()
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(door.LINGER_SECONDS + 0.5)
        gone = time.monotonic()
        two.close()
        assert process.wait(5) == 0
        assert door.LINGER_SECONDS - 0.1 < time.monotonic() - gone < door.LINGER_SECONDS + 2
    assert [each.name for each in runtime.iterdir()] == ["lock"]


def test_it_ends_without_any_guest(runtime: Path) -> None:
    with porter(Place(runtime, "n"), "unix") as process:
        assert process.wait(5) == 0


def test_who_comes_back_in_time_keeps_it(runtime: Path) -> None:
    place = Place(runtime, "n")
    with porter(place, "unix") as process:
        visit(place)[0].close()
        again, greeting = visit(place)
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(door.LINGER_SECONDS + 0.5)
        assert greeting["pid"] == process.pid
        again.close()


def test_at_its_end_it_leaves_another_workers_socket_alone(runtime: Path) -> None:
    place = Place(runtime, "n")
    with porter(place, "unix") as process:
        guest, _ = visit(place)
        place.remove()
        other, _ = meeting.listen(place, unix=True)
        guest.close()
        assert process.wait(5) == 0
        assert place.socket.exists()
        other.close()


def test_at_its_end_it_touches_nothing_while_somebody_starts_another(runtime: Path) -> None:
    place = Place(runtime, "n")
    with porter(place, "unix") as process, try_lock(runtime):
        visit(place)[0].close()
        assert process.wait(5) == 0
        assert place.socket.exists()


@pytest.mark.parametrize("opening", [b"x" * peer.OPENING_BYTES, b"GET / HTTP/1.1\r\n" * 8])
def test_over_tcp_nobody_is_served_without_the_token(runtime: Path, opening: bytes) -> None:
    place = Place(runtime, "n")
    with porter(place, "tcp"):
        friend, _ = visit(place, "tcp")
        found = meeting.address(place, unix=False)
        assert found is not None
        with socket.create_connection(found[0], timeout=10) as stranger:
            stranger.sendall(opening + b"give 100\n")
            with suppress(ConnectionResetError):
                assert stranger.recv(1) == b""
        assert echoed(friend, b"still there")
        friend.close()


def test_who_does_not_read_stalls_nobody_and_is_dropped(runtime: Path) -> None:
    place = Place(runtime, "n")
    with porter(place, "unix", "1.0"):
        deaf, _ = visit(place)
        other, _ = visit(place)
        slow, _ = visit(place)
        size = 4_000_000
        deaf.sendall(b"give %d\n" % size)
        slow.sendall(b"give %d\n" % size)
        for _ in range(15):
            # One that reads, however slowly, stays.
            receive(slow, 200_000)
            assert echoed(other, b"x" * 1000)
            time.sleep(0.1)
        receive(slow, size - 15 * 200_000)
        with pytest.raises(AssertionError, match="ended after"):
            receive(deaf, size)
        assert echoed(slow, b"still there")
        for each in (deaf, slow, other):
            each.close()


def test_who_leaves_too_much_unread_is_dropped_at_once(runtime: Path) -> None:
    place = Place(runtime, "n")
    with porter(place, "unix"):
        deaf, _ = visit(place)
        other, _ = visit(place)
        for _ in range(3):
            deaf.sendall(b"give %d\n" % (door.MAX_UNSENT // 2))
            assert echoed(other, b"x" * 1000)
        with pytest.raises(AssertionError, match="ended after"):
            receive(deaf, door.MAX_UNSENT)
        deaf.close()
        other.close()


def test_a_stranger_is_told_from_ourselves() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        assert peer.is_ours(ours)
        if sys.platform == "linux":
            before = os.geteuid()
            if before == 0:
                os.seteuid(65534)
                try:
                    assert not peer.is_ours(ours)
                finally:
                    os.seteuid(before)
