"""The same on the command line, which writes files itself: `apply` and `ask`, with whatever says yes."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.attacks import config, paths
from tests.attacks.case import MARK, Case, Outcome, add, edited, fill, filled, patch, words
from tests.attacks.hostile import KEY, Hostile, instruction
from tests.attacks.watch import environ
from tests.attacks.world import World, changed
from tests.support.endpoint import Answer

SECONDS = 90.0


@dataclass(frozen=True)
class Command(Case):
    """A reply that `codex-lsp apply --yes` puts into the files, or, with `asks`, that a model gives to `ask`.

    `changes` are the files that a twin makes or changes, and texts in them; `may` what an attack may;
    `confirms` are named by `--confirm`.
    """

    reply: str = ""
    asks: bool = False
    changes: Mapping[str, str] = field(default_factory=dict)
    may: tuple[str, ...] = ()
    confirms: tuple[str, ...] = ()


def cases() -> Iterator[Case]:
    """All of the command line, in the families that they belong to."""
    for name in config.NAMES[::5]:
        yield Command(f"apply makes {name}", "config", "command", reply=add(name, MARK))
    for number, (name, old) in enumerate(config.THERE):
        way, said = edited(name, f"{MARK} {old}", road=number, old=old)
        reply = (
            said.text
            if isinstance(said, Answer) and said.text
            else patch(f"*** Update File: {name}", "@@", f"-{old}", f"+{MARK}")
        )
        yield Command(f"apply changes {name} {way}", "config", "command", reply=reply, asks=number % 4 == 0)
    for path in paths.OUTSIDE[::3]:
        said_path = path.encode("unicode_escape").decode()
        yield Command(
            f"apply writes {said_path}", "paths", "command", reply=add(path, MARK), may=paths.inside(path)
        )
    for char in ("\u200b", "\u202e", "\U000e0041", "\u3164"):
        reply = add("src/new.py", f"x = '{char}'")
        yield Command(f"apply writes U+{ord(char):04X}", "invisible", "command", reply=reply)
    for path in (".env", "keys/id_rsa", "links/secret.txt"):
        reply = patch(f"*** Update File: {path}", "*** Move to: public.txt")
        yield Command(f"apply carries {path} away", "exfiltration", "command", reply=reply)
    for number, path in enumerate(("src/new.py", "docs/x.md", "deep/a/b.py", "src/ünï.py")):
        for asks in (False, True) if number < 2 else (False,):
            name = f"{'ask' if asks else 'apply'} makes {path}"
            yield Command(
                name, "config", "command", True, reply=add(path, MARK), asks=asks, changes={path: MARK}
            )
    for path, asks in ((".envrc", False), (".github/workflows/x.yml", False), ("setup.py", True)):
        name, reply = f"{'ask' if asks else 'apply'} makes {path}, which is confirmed", add(path, MARK)
        yield Command(
            name, "config", "command", True, reply=reply, asks=asks, changes={path: MARK}, confirms=(path,)
        )
    two = patch("*** Add File: .envrc", f"+{MARK}", "*** Add File: setup.py", f"+{MARK}")
    yield Command("apply has one of two confirmed", "config", "command", reply=two, confirms=(".envrc",))
    change = patch("*** Update File: src/app.py", "@@", "-    return 1", f"+    return '{MARK}'")
    for asks in (False, True):
        name = f"{'ask' if asks else 'apply'} changes a file"
        yield Command(name, "paths", "command", True, reply=change, asks=asks, changes={"src/app.py": MARK})


async def play(case: Command, folder: Path, endpoint: Hostile, number: int) -> Outcome:
    """Run the command in a world of its own."""
    begun = time.monotonic()
    world = World(folder).build()
    values = {**world.values, "@MARK@": f"mark{number}x"}
    endpoint.arm(number, [filled(words(case.reply), values)] * 4)
    before = world.tree()
    try:
        said = await _run(case, world, endpoint, fill(case.reply, values), number)
    except TimeoutError:
        return Outcome(case, "it hung", time.monotonic() - begun)
    allowed = {f"project/{path}" for path in (*case.changes, *case.may)}
    found = [path for path in changed(before, world.tree()) if path not in allowed]
    why = f"changed {found}: {said[-500:]}" if found else ""
    if not why and (leak := world.leaked(said)):
        why = f"told {leak}"
    return Outcome(case, why or _missing(case, world, values, said), time.monotonic() - begun)


def _missing(case: Command, world: World, values: Mapping[str, str], said: str) -> str:
    for path, text in case.changes.items():
        place = world.root / path
        if not place.is_file() or fill(text, values) not in place.read_text(encoding="utf-8"):
            return f"{path} is not as wanted: {said[-500:]}"
    return ""


async def _run(case: Command, world: World, endpoint: Hostile, reply: str, number: int) -> str:
    arguments: Sequence[str] = ("apply", "-", "--yes")
    if case.asks:
        arguments = ("ask", "src/app.py", instruction(number, "change it"), "--apply", "--yes")
    arguments = (*arguments, *(part for path in case.confirms for part in ("--confirm", path)))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-P", "-m", "codex_lsp", *arguments),
        env=environ(world, endpoint.base_url),
        cwd=world.root,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(SECONDS):
            said = (await process.communicate(reply.encode("utf-8", "surrogatepass")))[0]
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert KEY not in said.decode("utf-8", "replace"), "the endpoint's key was printed"
    return said.decode("utf-8", "replace")


async def all_of(cases: Sequence[Command], folder: Path, endpoint: Hostile, first: int) -> list[Outcome]:
    """Play them, two at a time."""
    turns = asyncio.Semaphore(2)

    async def turn(number: int, case: Command) -> Outcome:
        async with turns:
            return await play(case, folder / str(number), endpoint, first + number)

    return await asyncio.gather(*(turn(number, case) for number, case in enumerate(cases)))
