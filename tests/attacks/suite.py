"""Which rows there are, and how each kind of stage plays its own."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from tests.attacks import (
    commands,
    config,
    exfiltration,
    http,
    injection,
    invisible,
    many,
    paths,
    quiet,
    races,
    repository,
    resources,
    secrets_in_files,
    service,
    spellings,
    tools,
    trusting,
)
from tests.attacks.case import Ask, Case, fill, unique
from tests.attacks.desk import MODES, Desk
from tests.attacks.hostile import Hostile
from tests.attacks.report import Found
from tests.attacks.watch import Tripwire
from tests.attacks.world import FILES, World
from tests.support.processes import endpoint_process

FAMILIES: Sequence[Callable[[], Iterator[Case]]] = (
    config.cases, paths.cases, exfiltration.cases, invisible.cases, tools.cases,
    resources.cases, injection.cases, http.cases, commands.cases,
    repository.cases, secrets_in_files.cases,
)  # fmt: skip


def rows(only: str = "") -> list[Case]:
    """All cases, or those of one family."""
    found = unique([case for family in FAMILIES for case in family()])
    return [case for case in found if only in ("", case.family)]


async def play(cases: Sequence[Case]) -> Found:
    """Play them all."""
    found = Found()
    with tempfile.TemporaryDirectory(prefix="at-") as scratch:
        folder, endpoint = Path(scratch), Hostile()
        async with endpoint, Tripwire() as trip:
            for number, mode in enumerate(MODES):
                asks = [case for case in cases if isinstance(case, Ask) and case.stage == mode]
                if asks:
                    world = _world(folder / mode, asks, trip)
                    # A worker that starts in a poisoned folder is another matter than one that is there.
                    more = {"CODEX_AGENT_SHARE_WORKER": "0"} if mode == "poisoned" else {}
                    desk = Desk(world, endpoint, trip, mode, 1 + 10_000 * number, **more)
                    found.add(await at_desk(asks, desk, mode))
            if any(case.family == "repository" for case in cases):
                found.outcomes += await quiet.outcomes(folder, quiet.bubblewrap())
                found.add(await many.found(folder / "many", endpoint))
                found.outcomes += await trusting.outcomes(folder / "trust", endpoint.base_url)
            if any(case.family == "paths" for case in cases):
                found.add(await asyncio.to_thread(spellings.found, folder / "spellings"))
                found.add(await asyncio.to_thread(races.found, folder / "races"))
            typed = [case for case in cases if isinstance(case, commands.Command)]
            found.outcomes += await commands.all_of(typed, folder / "commands", endpoint, 900_000)
            requests = [case for case in cases if isinstance(case, service.Http | service.Play)]
            for name in http.SERVICES:
                if asked := [case for case in requests if case.stage == name]:
                    found.add(await at_service(name, asked, folder))
            found.seen += [f"somebody came to the address of an attack: {each!r}" for each in trip.touched]
            found.seen += [
                f"the endpoint was asked by nobody we know: {each.path}" for each in endpoint.strangers
            ]
    return found


def _world(folder: Path, asks: Sequence[Ask], trip: Tripwire) -> World:
    world = World(folder)
    if folder.name == "poisoned":
        texts = {
            path: fill(text, {**world.values, "@TRIP@": trip.url}) for path, text in repository.POISON.items()
        }
        world.build({**FILES, **texts})
        repository.poison(world.root)
    else:
        world.build()
    for path, text in (file for ask in asks for file in ask.files.items()):
        world.write(world.root / path, text)
    return world


async def at_desk(asks: Sequence[Ask], desk: Desk, name: str) -> Found:
    """Play asks at one desk, several at once."""
    async with desk:
        outcomes = await asyncio.gather(*map(desk.play, asks))
        seen = [f"{name}: {each}" for each in await desk.finish()]
    return Found(list(outcomes), seen, {f"{name}_peak_mb": round(desk.peak_mb)})


async def at_service(name: str, cases: list[service.Http | service.Play], folder: Path) -> Found:
    """Play requests at one of our endpoints."""
    with endpoint_process(*http.SERVICES[name]) as agent:
        outcomes, seen = await service.all_of(cases, agent)
    outcomes += await asyncio.to_thread(lambda: list(service.refuses_to_start(name, folder)))
    return Found(outcomes, [f"{name}: {each}" for each in seen])
