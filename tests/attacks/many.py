"""A workspace of very many files: nothing hangs at the start, at an ask, in a tool, and what is cut says so.

`python -m tests.attacks.many [--files 1000000] [--below DIR] [--json]` does it by hand, with figures.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.attacks.case import Case, Outcome, tool
from tests.attacks.hostile import Hostile, body, instruction
from tests.attacks.report import Found
from tests.attacks.watch import environ, memory_mb
from tests.attacks.world import World
from tests.support.editor import FakeEditor
from tests.support.endpoint import Answer
from tests.support.processes import runtime_folder

# In CI; more by hand.
FILES = 30_000
IN_ONE_FOLDER = 1_000
# One file has so many names at most; file systems allow no more than some 65,000.
LINKS = 30_000
# What no answer to an editor may take, even on a busy machine, and what an ask of one tool may take.
ANSWER_SECONDS, ASK_SECONDS = 15.0, 120.0
MEMORY_MB = 900

LOOKS: Mapping[str, tuple[Answer, str]] = {
    "list": (tool("list_files"), "files)"),
    "list_flat": (tool("list_files", path="flat"), "cut here"),
    "glob": (tool("list_files", glob="**/f99?.py"), "f99"),
    "search": (tool("search", pattern="needle"), "lines in"),
    "search_regex": (tool("search", pattern="x+y$", regex=True), "lines in"),
    "outline": (tool("outline", path="many"), ""),
    "edit": (tool("edit", path="many/d0/f1.py", old="x = 1", new="x = 2"), ""),
}


def plant(root: Path, count: int) -> None:
    """`count` files, 1,000 in a folder and as many again in one, most of them names of the same few."""
    left = count
    for at, place in enumerate(_folders(root, count)):
        place.mkdir(parents=True, exist_ok=True)
        names = min(IN_ONE_FOLDER, left) if place.name != "flat" else count // 10
        for number in range(names):
            _link(root, place / f"f{number}.py", at * IN_ONE_FOLDER + number)
        left -= names
    (root / "m.py").write_text("first = 1\n", encoding="utf-8")


def _folders(root: Path, count: int) -> Sequence[Path]:
    nested = [root / "many" / f"d{at}" for at in range((count - count // 10 + 999) // IN_ONE_FOLDER)]
    return [root / "flat", *nested]


def _link(root: Path, place: Path, number: int) -> None:
    source = root / ".git" / f"source{number // LINKS}"
    if number % LINKS == 0 or not source.exists():
        source.parent.mkdir(exist_ok=True)
        source.write_text("x = 1\n", encoding="utf-8")
    place.hardlink_to(source)


class _Look:
    """One server on such a workspace, and what it took."""

    def __init__(self, root: Path, endpoint: Hostile, editor: FakeEditor) -> None:
        self.figures: dict[str, float] = {}
        self.outcomes: list[Outcome] = []
        self._root, self._endpoint, self._editor = root, endpoint, editor
        self._number = 0

    async def play(self) -> None:
        """Open, ask for actions, and let the model use each tool."""
        editor, begun = self._editor, time.monotonic()
        buffer = await editor.open("m.py")
        await editor.code_actions(buffer.uri, 0, len(buffer.text), trigger_kind=1)
        self._told("start", time.monotonic() - begun, ANSWER_SECONDS, "")
        for name, (step, wanted) in LOOKS.items():
            await self._ask(buffer.uri, name, step, wanted)
        assert editor.process is not None
        self.figures["many_peak_mb"] = round(memory_mb(editor.process.pid))
        if self.figures["many_peak_mb"] > MEMORY_MB:
            self._told("memory", 0.0, 0.0, f"it took {self.figures['many_peak_mb']:.0f} MB")

    async def _ask(self, uri: str, name: str, step: Answer, wanted: str) -> None:
        self._number += 1
        number = 700_000 + self._number
        self._endpoint.arm(number, [step])
        begun = time.monotonic()
        watch = asyncio.create_task(self._answers())
        try:
            range_ = {"start": {"line": 0, "character": 0}, "end": {"line": 1, "character": 0}}
            given = {"uri": uri, "range": range_, "instruction": instruction(number, "look")}
            run = (await self._editor.execute("codexLsp.ask", given))["run"]
            await self._editor.wait(lambda: self._is_over(run), ASK_SECONDS)
        except TimeoutError:
            self._told(name, ASK_SECONDS, ASK_SECONDS, "it hung")
            return
        finally:
            watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watch
        heard = "".join(body(each) for each in self._endpoint.asked[number][1:])
        why = "" if wanted in heard else f"the model was told {heard[-500:]}"
        self._told(name, time.monotonic() - begun, ASK_SECONDS, why)

    async def _answers(self) -> None:
        """Ask for the status all the while."""
        while True:
            begun = time.monotonic()
            await self._editor.execute("codexLsp.status")
            took = time.monotonic() - begun
            self.figures["many_answer_s"] = max(self.figures.get("many_answer_s", 0), round(took, 2))
            if took > ANSWER_SECONDS:
                self._told("answers", took, ANSWER_SECONDS, "")
            await asyncio.sleep(0.05)

    def _is_over(self, run: str) -> bool:
        return any(
            method == "codexLsp/run" and params.get("ended") and params["run"] == run
            for method, params in self._editor.notifications
        )

    def _told(self, name: str, seconds: float, most: float, why: str) -> None:
        self.figures[f"many_{name}_s"] = round(seconds, 2)
        why = why or (f"it took {seconds:.0f} s" if seconds > most else "")
        self.outcomes.append(
            Outcome(Case(f"has very many files: {name}", "repository", "many"), why, seconds)
        )


async def found(folder: Path, endpoint: Hostile, count: int = FILES) -> Found:
    """What came of it, and how long each took."""
    world = World(folder).build()
    begun = time.monotonic()
    await asyncio.to_thread(plant, world.root, count)
    figures: dict[str, float] = {"many_files": count, "many_plant_s": round(time.monotonic() - begun, 1)}
    options: dict[str, Any] = {"apply": "review", "events": True}
    begun = time.monotonic()
    editor = FakeEditor.spawn(
        [sys.executable, "-P", "-m", "codex_lsp"],
        env=environ(world, endpoint.base_url),
        cwd=world.root,
        root=world.root,
        initialization_options=options,
        timeout=ASK_SECONDS,
        check_violations=False,
    )
    async with editor:
        figures["many_initialize_s"] = round(time.monotonic() - begun, 2)
        look = _Look(world.root, endpoint, editor)
        await look.play()
    return Found(look.outcomes, figures=figures | look.figures)


async def _by_hand(count: int, below: str | None) -> Found:
    with tempfile.TemporaryDirectory(dir=below) as scratch:
        endpoint = Hostile()
        async with endpoint:
            return await found(Path(scratch), endpoint, count)


def main() -> int:
    """By hand."""
    parser = argparse.ArgumentParser(prog="python -m tests.attacks.many", description=__doc__)
    parser.add_argument("--files", type=int, default=1_000_000)
    parser.add_argument("--below", help="a folder for the files, such as one in memory")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    os.environ["XDG_RUNTIME_DIR"] = os.environ["XDG_STATE_HOME"] = runtime_folder()
    seen = asyncio.run(_by_hand(args.files, args.below))
    wrong = [f"{each.case.name}: {each.why}" for each in seen.outcomes if each.why]
    print(
        json.dumps(
            {"ok": not wrong, "figures": seen.figures, "details": wrong}, indent=None if args.json else 1
        )
    )
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
