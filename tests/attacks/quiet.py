"""A server that is off, and one that nobody asks anything: what it does, seen from outside of its process.

It runs where there is no network but a loopback of its own (bubblewrap), whose counters tell every connection
and every datagram that anything in there ever tried, a look-up of a name among them.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import sys
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from pathlib import Path

from tests.attacks.case import Case, Outcome
from tests.attacks.watch import environ
from tests.attacks.world import World
from tests.support.editor import FakeEditor
from tests.support.processes import workers

_COUNTED = {"Tcp": ("ActiveOpens", "PassiveOpens", "OutSegs"), "Udp": ("OutDatagrams",), "Icmp": ("OutMsgs",)}
SECONDS = 60.0


async def outcomes(folder: Path, bwrap: Sequence[str]) -> list[Outcome]:
    """Off, on while nobody asks, and what follows from a change of the text."""
    found = []
    rows = {
        "does nothing while it is off": ({"LITELLM_ENABLE_CODEX_AGENT": "0"}, 0),
        "does nothing with a gate that says yes in another way": ({"LITELLM_ENABLE_CODEX_AGENT": "true"}, 0),
        "asks nobody while nobody asks it": ({}, 1),
        "looks up no name while nobody asks it": ({"CODEX_AGENT_API_BASE": "http://agent.invalid:8010"}, 1),
    }
    for number, (name, (more, started)) in enumerate(rows.items()):
        world = World(folder / f"quiet{number}").build()
        why = await _seen(world, bwrap, dict(more), started)
        found.append(Outcome(Case(name, "repository", "quiet"), why))
    return found


async def _seen(world: World, bwrap: Sequence[str], more: Mapping[str, str], started: int) -> str:
    runtime = world.folder / "run"
    runtime.mkdir(mode=0o700)
    given = environ(world, "http://127.0.0.1:9") | {"XDG_RUNTIME_DIR": str(runtime)} | dict(more)
    async with _server(world, bwrap, given) as editor:
        buffer = await editor.open("src/app.py")
        pid = _inner(editor)
        watch = asyncio.create_task(_watched(pid, begun := set[str]()))
        await editor.code_actions(buffer.uri, 0, len(buffer.text), trigger_kind=1)
        await editor.type(buffer.uri, 0, "# typed\n")
        await editor.save(buffer.uri)
        await editor.execute("codexLsp.status", {})
        there = await _count(runtime, started)
        watch.cancel()
        if begun or there != started:
            return f"it started {sorted(begun)} and {there} workers"
        sent = packets(pid)
    return f"it sent {sent}" if any(sent.values()) else ""


async def _watched(pid: int, begun: set[str]) -> None:
    """Look at what a process has started, all the time; the worker may be, and is nobody's child for long."""
    while True:
        # One that has just ended, or is only about to become another program, has no name or the server's.
        known = ("llm/worker.py", "-m codex_lsp")
        begun |= {each for each in family(pid) if each and not any(name in each for name in known)}
        await asyncio.sleep(0.005)


async def _count(runtime: Path, wanted: int) -> int:
    """How many workers there are; one that starts a program is two for a moment."""
    until = time.monotonic() + SECONDS / 2
    while (found := len(workers(runtime))) != wanted and time.monotonic() < until:
        await asyncio.sleep(0.05)
    return found


@contextlib.asynccontextmanager
async def _server(world: World, bwrap: Sequence[str], given: Mapping[str, str]) -> AsyncIterator[FakeEditor]:
    apart = ("--dev-bind", "/", "/", "--unshare-net", "--die-with-parent")
    command = [*bwrap, *apart, sys.executable, "-P", "-m", "codex_lsp"]
    async with asyncio.timeout(SECONDS):
        editor = FakeEditor.spawn(command, env=given, cwd=world.root, root=world.root, check_violations=False)
        async with editor:
            yield editor


def _inner(editor: FakeEditor) -> int:
    """The server itself, below what shuts it off."""
    assert editor.process is not None
    found = [pid for pid in descendants(editor.process.pid) if "-m\0codex_lsp" in _command(pid)]
    return next(pid for pid in found if "bwrap" not in _command(pid))


def family(pid: int) -> list[str]:
    """The command lines of all that a process has started and that is still there."""
    return [_command(each).replace("\0", " ") for each in descendants(pid) if each != pid]


def descendants(pid: int) -> list[int]:
    """The process and all below it."""
    found = [pid]
    for each in found:
        for task in Path(f"/proc/{each}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                found += map(int, task.read_text().split())
    return found


def _command(pid: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_text(errors="replace")
    return ""


def packets(pid: int) -> dict[str, int]:
    """What was ever tried in a process' own network."""
    lines = Path(f"/proc/{pid}/net/snmp").read_text(encoding="utf-8").splitlines()
    found: dict[str, int] = {}
    for names, values in zip(lines[::2], lines[1::2], strict=True):
        kind = names.partition(":")[0]
        table = dict(zip(names.split()[1:], values.split()[1:], strict=True))
        found |= {f"{kind} {name}": int(table[name]) for name in _COUNTED.get(kind, ())}
    return found


def bubblewrap() -> Sequence[str]:
    """How to run bubblewrap: this machine's own, or Debian's, unpacked beside the sources."""
    if shutil.which("bwrap"):
        return ("bwrap",)
    from tests.e2e import debian

    debian.unpack(debian.BUBBLEWRAP)
    return debian.BUBBLEWRAP.command()
