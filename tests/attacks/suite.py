"""Which rows there are, and how each kind of stage plays its own."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from tests.attacks import config, exfiltration, http, injection, invisible, paths, resources, service, tools
from tests.attacks.case import Ask, Case, unique
from tests.attacks.desk import MODES, Desk
from tests.attacks.hostile import Hostile
from tests.attacks.report import Found
from tests.attacks.watch import Tripwire
from tests.attacks.world import World
from tests.support.processes import offline_agent

FAMILIES: Sequence[Callable[[], Iterator[Case]]] = (
    config.cases, paths.cases, exfiltration.cases, invisible.cases, tools.cases,
    resources.cases, injection.cases, http.cases,
)  # fmt: skip


def rows(only: str = "") -> list[Case]:
    """All cases, or those of one family."""
    found = unique([case for family in FAMILIES for case in family()])
    return [case for case in found if only in ("", case.family)]


async def play(cases: Sequence[Case]) -> Found:
    """Play them all."""
    found = Found()
    with tempfile.TemporaryDirectory(prefix="at-") as scratch:
        endpoint = Hostile()
        async with endpoint, Tripwire() as trip:
            for number, mode in enumerate(MODES):
                asks = [case for case in cases if isinstance(case, Ask) and case.stage == mode]
                if asks:
                    world = World(Path(scratch, mode)).build()
                    for path, text in (file for ask in asks for file in ask.files.items()):
                        world.write(world.root / path, text)
                    found.add(
                        await at_desk(asks, Desk(world, endpoint, trip, mode, 1 + 10_000 * number), mode)
                    )
            requests = [case for case in cases if isinstance(case, service.Http | service.Play)]
            if requests:
                found.add(await at_service(requests, Path(scratch)))
            found.seen += [f"somebody came to the address of an attack: {each!r}" for each in trip.touched]
    return found


async def at_desk(asks: Sequence[Ask], desk: Desk, name: str) -> Found:
    """Play asks at one desk, several at once."""
    async with desk:
        outcomes = await asyncio.gather(*map(desk.play, asks))
        seen = [f"{name}: {each}" for each in await desk.finish()]
    return Found(list(outcomes), seen, {f"{name}_peak_mb": round(desk.peak_mb)})


async def at_service(cases: list[service.Http | service.Play], folder: Path) -> Found:
    """Play requests at the offline agent."""
    with offline_agent() as agent:
        outcomes, seen = await service.all_of(cases, agent)
    outcomes += await asyncio.to_thread(lambda: list(service.refuses_to_start(folder)))
    return Found(outcomes, [f"http: {each}" for each in seen])
