from __future__ import annotations

import asyncio
import os
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from codex_lsp import sandbox
from codex_lsp.sandbox import MEGABYTE, Finished, Limits, Unavailable, run

SECRET = "a word that nobody inside may ever read"
PERL = "/usr/bin/perl"


async def shell(
    folder: Path, script: str, *, writable: bool = True, limits: Limits | None = None
) -> Finished:
    return await run(
        ["sh", "-c", script], folder=folder, writable=writable, limits=limits or Limits(seconds=20)
    )


def processes_with(word: str) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if word in (entry / "cmdline").read_bytes().decode("utf-8", "replace"):
                    found.append(int(entry.name))
            except OSError:
                continue
    return found


async def gone(word: str) -> None:
    async with asyncio.timeout(5):
        while processes_with(word):
            await asyncio.sleep(0.02)


async def test_it_is_there() -> None:
    assert await sandbox.available() is None


async def test_a_program_works_on_its_folder(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("one\n")
    found = await shell(tmp_path, "cat a.txt; echo two > b.txt; echo wrong >&2; pwd; exit 3")
    assert (found.ended, found.code, found.output) == ("done", 3, f"one\nwrong\n{tmp_path}\n")
    assert (tmp_path / "b.txt").read_text() == "two\n"


async def test_a_folder_can_be_read_only(tmp_path: Path) -> None:
    found = await shell(tmp_path, "echo x > new", writable=False)
    assert found.code != 0
    assert not (tmp_path / "new").exists()


async def test_a_folder_is_seen_at_another_place(tmp_path: Path) -> None:
    copy = tmp_path / "copy"
    copy.mkdir()
    (copy / "a.txt").write_text("copied")
    seen = tmp_path / "workspace"
    found = await run(["cat", str(seen / "a.txt")], folder=copy, at=seen)
    assert found.output == "copied"


@pytest.mark.parametrize("place", ["home", "tmp", "beside"])
async def test_files_elsewhere_are_not_seen(
    place: str, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path / "inside"
    folder.mkdir()
    beside = tmp_path / "secret.txt"
    beside.write_text(SECRET)
    file = {"home": Path.home() / ".bashrc", "tmp": tmp_path_factory.mktemp("x") / "s", "beside": beside}[
        place
    ]
    if place == "tmp":
        file.write_text(SECRET)
    found = await shell(folder, f"cat '{file}' && echo seen; ls -a '{file.parent}'; cat ../secret.txt")
    assert SECRET not in found.output
    assert "seen" not in found.output


async def test_what_is_given_is_read_and_not_changed(tmp_path: Path) -> None:
    folder, given = tmp_path / "a", tmp_path / "given"
    folder.mkdir()
    given.mkdir()
    (given / "x").write_text("given\n")
    script = f"cat {given}/x; echo changed > {given}/x; rm {given}/x; echo end"
    found = await run(["sh", "-c", script], folder=folder, readable=(given, tmp_path / "missing"))
    assert found.output.startswith("given\n")
    assert found.output.endswith("end\n")
    assert (given / "x").read_text() == "given\n"


async def test_nothing_of_the_environment_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODEX_AGENT_API_KEY", SECRET)
    script = "env; cat /proc/*/environ; cat /proc/1/cmdline"
    found = await run(["sh", "-c", script], folder=tmp_path, env={"ONE": "two words"})
    assert "ONE=two words" in found.output
    assert "HOME=/tmp/home" in found.output
    assert SECRET not in found.output
    names = {line.partition("=")[0] for line in found.output.split("\0")[0].splitlines() if "=" in line}
    assert names <= {"PATH", "HOME", "LANG", "TMPDIR", "ONE", "PWD", "OLDPWD", "SHLVL", "_"}, names


async def test_there_is_no_network(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        server.settimeout(0.2)
        reached: list[object] = []
        listening = threading.Thread(target=lambda: reached.append(_accepted(server)))
        listening.start()
        script = (
            f'use IO::Socket::INET; print IO::Socket::INET->new("127.0.0.1:{port}") ? "reached" : "no: $!"'
        )
        found = await run([PERL, "-e", script], folder=tmp_path)
        listening.join(10)
    assert found.output.startswith("no: ")
    assert reached == [None]


def _accepted(server: socket.socket) -> object:
    try:
        return server.accept()
    except TimeoutError:
        return None


async def test_other_processes_are_not_seen(tmp_path: Path) -> None:
    found = await shell(tmp_path, f"kill -9 {os.getpid()}; ls /proc | grep -c '^[0-9]'")
    assert int(found.output.split()[-1]) < 10


async def test_time_ends_it_with_all_that_it_started(tmp_path: Path) -> None:
    word = f"7{os.getpid()}1"
    found = await shell(
        tmp_path, f"sleep {word} & setsid sleep {word} & sleep {word}", limits=Limits(seconds=0.5)
    )
    assert (found.ended, found.seconds < 5) == ("time", True)
    await gone(word)


async def test_what_it_left_running_ends_with_it(tmp_path: Path) -> None:
    word = f"7{os.getpid()}2"
    found = await shell(tmp_path, f"setsid sleep {word} >/dev/null 2>&1 & echo done")
    assert (found.ended, found.output) == ("done", "done\n")
    await gone(word)


async def test_cancel_ends_it(tmp_path: Path) -> None:
    word = f"7{os.getpid()}3"
    running = asyncio.ensure_future(shell(tmp_path, f"sleep {word}"))
    async with asyncio.timeout(10):
        while not processes_with(word):
            await asyncio.sleep(0.01)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    await gone(word)


@pytest.mark.slow
async def test_cancel_ends_it_at_any_moment(tmp_path: Path) -> None:
    word = f"7{os.getpid()}4"
    for step in range(25):
        running = asyncio.ensure_future(shell(tmp_path, f"sleep {word}"))
        for _ in range(step * 4):
            await asyncio.sleep(0.0005)
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
    await gone(word)


@pytest.mark.parametrize(
    ("script", "limits", "ended"),
    [
        ("yes", Limits(output=100_000), "output"),
        ("for i in $(seq 80); do sleep 30 & done; sleep 30", Limits(processes=20), None),
        (
            "dd if=/dev/zero of=/tmp/big bs=1M count=60; ls -l /tmp/big >&2; exit 1",
            Limits(scratch=20 * MEGABYTE),
            "done",
        ),
    ],
    ids=["output", "processes", "scratch"],
)
async def test_limits(script: str, limits: Limits, ended: str | None, tmp_path: Path) -> None:
    began = time.monotonic()
    found = await shell(tmp_path, script, limits=limits)
    assert time.monotonic() - began < 10
    assert len(found.output.encode()) <= limits.output
    # A person's processes cannot be started, root's are counted.
    assert found.ended == ended or (ended is None and (found.ended == "processes" or "ork" in found.output))
    assert found.code != 0


HUNGRY = "my @x; for (1..60) { push @x, 'a' x 10_000_000 } print 'fed'; sleep 30"


async def test_memory_of_one_process(tmp_path: Path) -> None:
    found = await run([PERL, "-e", HUNGRY], folder=tmp_path, limits=Limits(memory=100 * MEGABYTE, seconds=20))
    assert "fed" not in found.output
    assert found.code != 0


async def test_memory_of_all_processes(tmp_path: Path) -> None:
    part = "my $x = 'a' x 60_000_000; sleep 30"
    script = f'for i in 1 2 3 4; do {PERL} -e "{part}" & done; wait'.replace("$x", "\\$x")
    found = await shell(tmp_path, script, limits=Limits(memory=150 * MEGABYTE, seconds=20))
    assert (found.ended, found.seconds < 15) == ("memory", True)


async def test_a_program_that_is_not_there_says_so(tmp_path: Path) -> None:
    found = await run(["no-such-program"], folder=tmp_path)
    assert found.code != 0
    assert "no-such-program" in found.output


def _nothing(folder: Path) -> None:
    """No bubblewrap at all."""


def _broken(folder: Path) -> None:
    (folder / "bwrap").write_text("#!/bin/sh\necho 'namespaces are forbidden here' >&2\nexit 1\n")
    (folder / "bwrap").chmod(0o755)


@pytest.mark.parametrize(
    ("make", "why"), [(_nothing, "not installed"), (_broken, "namespaces are forbidden here")]
)
async def test_without_a_sandbox_nothing_runs(
    make: Callable[[Path], None], why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert why in (await sandbox.available() or "")
    with pytest.raises(Unavailable, match=why):
        await run(["touch", "made"], folder=tmp_path)
    assert not (tmp_path / "made").exists()
