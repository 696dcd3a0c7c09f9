"""Links that are swapped while files are read, listed, searched and written: nothing comes of it outside."""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from codex_lsp.agent.overlay import Overlay
from codex_lsp.cli.files import FileProblem, write_changes
from codex_lsp.edits.errors import EditError
from codex_lsp.review.proposal import FileChange
from codex_lsp.workspace.ignore import Ignore
from codex_lsp.workspace.policy import Root
from codex_lsp.workspace.search import Query, search
from codex_lsp.workspace.view import View
from codex_lsp.workspace.walk import Walk
from tests.attacks.report import Found
from tests.attacks.world import World

RACES = 1_000
# Folders that are swapped at a time where each look goes through all of them.
FOLDERS = 50
SECONDS = 60.0
ESCAPED, DONE = True, False
# One race: whether it came out, or nothing if it was refused.
Race = Callable[[int], bool | None]


@contextlib.contextmanager
def swapped(link: Path, *targets: Path) -> Iterator[None]:
    """Let a link lead from one to the next, all the time."""

    def swap(stop: threading.Event) -> None:
        beside = link.with_name("swapping")
        while not stop.is_set():
            for target in targets:
                beside.symlink_to(target)
                beside.replace(link)
                stop.wait(0.0003)

    link.symlink_to(targets[0])
    with _meanwhile(swap):
        yield


@contextlib.contextmanager
def exchanged(folder: Path, outside: Path, count: int = FOLDERS) -> Iterator[None]:
    """Let `count` folders below one be folders with a `secret.txt` and links out in turn, all the time."""
    places = [folder / f"d{number}" for number in range(count)]
    for place in places:
        place.mkdir(parents=True)
        (place / "secret.txt").write_text("harmless\n", encoding="utf-8")

    def swap(stop: threading.Event) -> None:
        while not stop.is_set():
            for place in places:
                aside = place.with_name(f"{place.name}.aside")
                place.rename(aside)
                place.symlink_to(outside)
                stop.wait(0.0002)
                place.unlink()
                aside.rename(place)

    with _meanwhile(swap):
        yield


@contextlib.contextmanager
def _meanwhile(work: Callable[[threading.Event], None]) -> Iterator[None]:
    stop = threading.Event()
    thread = threading.Thread(target=work, args=(stop,))
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def run(race: Race, count: int) -> tuple[int, int]:
    """How many came out, and how many were not refused; some of them must be."""
    came = [race(number) for number in range(count)]
    until = time.monotonic() + SECONDS
    while came.count(None) == len(came) and time.monotonic() < until:
        came.append(race(len(came)))
    return came.count(ESCAPED), len(came) - came.count(None)


def reads(world: World, hidden: bool) -> Race:
    """Reads of a link that leads in, out, to what is ignored, and into version control."""

    def race(number: int) -> bool | None:
        overlay = Overlay({}, Root(world.root), hides=hidden)
        try:
            text = overlay.read("swapped/secret.txt")
        except EditError:
            return None
        return bool(world.leaked(text))

    return race


def writes(world: World) -> Race:
    """New files, changes and removals through such a link, as `codex-lsp apply` makes them."""
    root = Root(world.root)

    def race(number: int) -> bool | None:
        new = FileChange(f"swapped/n{number}.txt", None, "new\n")
        changed = FileChange("swapped/both.txt", "both\n", "both\n")
        gone = FileChange(f"swapped/n{number}.txt", "new\n", None)
        refused = 0
        for change in (new, changed, gone):
            try:
                write_changes(root, [change])
            except (EditError, FileProblem, OSError):
                refused += 1
        return None if refused == 3 else DONE

    return race


def lists(world: World) -> Race:
    """Walks over folders that are links by turns; each goes through all of them."""
    root = Root(world.root)

    def race(number: int) -> bool | None:
        found = list(Walk(root, Ignore(world.root), "race"))
        return any("only-outside" in path for path in found) if found else None

    return race


def searches(world: World) -> Race:
    """Searches of the same."""
    root = Root(world.root)

    def race(number: int) -> bool | None:
        query = Query("CANARY|harmless", regex=True, below="race", seconds=60)
        found = asyncio.run(search(View(root), {}, (), query))
        return any(world.leaked(line.text) for line in found.lines) if found.lines else None

    return race


def found(folder: Path) -> Found:
    """All of them, as figures; each escape is a breach."""
    world = World(folder / "w").build()
    kinds: dict[str, tuple[int, int]] = {}
    inside, hidden = world.root / "src", world.root / "ignored"
    for place in (inside, world.outside, hidden, world.root / ".git", world.root / ".github"):
        (place / "both.txt").write_text("both\n", encoding="utf-8")
    (inside / "secret.txt").write_text("harmless\n", encoding="utf-8")
    (hidden / "secret.txt").write_text(world.hidden, encoding="utf-8")
    (world.root / ".git" / "secret.txt").write_text(world.secret, encoding="utf-8")
    (world.outside / "only-outside.txt").write_text(world.secret, encoding="utf-8")
    others = (world.outside, world.root / ".git", world.root / ".github")
    before = {place: _listed(place) for place in others}
    link = world.root / "swapped"
    with swapped(link, inside, world.outside, inside, hidden, inside, world.root / ".git"):
        kinds["race"] = run(reads(world, hidden=True), RACES)
    link.unlink()
    with swapped(link, inside, *others):
        kinds["write_race"] = run(writes(world), RACES)
    link.unlink()
    with exchanged(world.root / "race", world.outside):
        kinds["list_race"] = run(lists(world), RACES // FOLDERS)
        kinds["search_race"] = run(searches(world), RACES // FOLDERS)
    seen = [f"{name}: {out} of {RACES} came out" for name, (out, _) in kinds.items() if out]
    seen += [f"{name}: nothing was done at all" for name, (_, done) in kinds.items() if not done]
    seen += [f"a write through a link reached {place}" for place in others if _listed(place) != before[place]]
    figures: Mapping[str, int] = {
        f"{name}{what}": number
        for name, (out, done) in kinds.items()
        for what, number in {"_escapes": out, "_done": done}.items()
    }
    return Found(seen=seen, figures={"races": RACES, **figures})


def _listed(folder: Path) -> list[tuple[str, bytes]]:
    places = sorted(each for each in folder.rglob("*") if each.is_file() and not each.is_symlink())
    return [(os.fspath(each), each.read_bytes()) for each in places]
