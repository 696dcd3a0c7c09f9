"""One session from its seed: who the editor is, what happens, and how it ends."""

from __future__ import annotations

import asyncio
import logging
import tempfile
import traceback
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from tests.faults import asking, meddling, reviewing, writing
from tests.faults.clock import Loop
from tests.faults.editors import PlayedEditor
from tests.faults.inprocess import InProcess
from tests.faults.oracle import Kind, Oracle
from tests.faults.play import Injection, Play
from tests.faults.processes import Processes, breaks_off, kills_the_worker
from tests.faults.texts import Maker

WEIGHTS: dict[Injection, int] = {
    writing.types: 14, writing.types_fast: 2, writing.replaces: 8, writing.undoes: 5, writing.rewrites: 2,
    writing.saves: 1, writing.opens: 4, writing.closes: 2, writing.renames: 1, writing.deletes: 1,
    asking.asks: 15, asking.answers: 20, asking.answers_many: 4, asking.cancels: 5, asking.cancels_nothing: 1,
    asking.asks_wrongly: 1, reviewing.accepts_by_command: 4, reviewing.takes_by_action: 8,
    reviewing.reviews_wrongly: 1, reviewing.looks_around: 2, meddling.misbehaves: 6,
    meddling.changes_its_ways: 1, meddling.confirms: 1, meddling.configures: 1, meddling.talks_nonsense: 1,
    meddling.waits: 2, meddling.has_coffee: 2, meddling.compares: 2, meddling.loses_its_server: 1,
}  # fmt: skip
# With real processes time is real too: nothing that waits for a deadline.
REAL_WEIGHTS: dict[Injection, int] = {
    **{each: weight for each, weight in WEIGHTS.items() if each not in (meddling.waits, meddling.has_coffee)},
    kills_the_worker: 1,
    breaks_off: 2,
}
STEPS = 60
LIMIT_SECONDS = 20_000.0


@dataclass(frozen=True)
class Violation:
    """A rule that was broken: where to see it again, and what happened."""

    seed: str
    step: int
    kind: Kind
    text: str


@dataclass
class Outcome:
    """What came of one session."""

    seed: str
    injections: int = 0
    lost: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    violations: list[Violation] = field(default_factory=list)
    story: list[str] = field(default_factory=list)
    wire: str = ""


class _Listener(logging.Handler):
    """Notes what our own code, or asyncio, logs as an error."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.name == "asyncio" and "socket.send() raised" in record.getMessage():
            return  # Somebody spoke to a peer that has just gone away.
        text = record.getMessage()
        if record.exc_info:
            text += "".join(traceback.format_exception(*record.exc_info))
        self.heard.append(f"{record.name}: {text}")


def run_session(seed: str, steps: int = STEPS) -> Outcome:
    """Play one session to its end; the same seed is the same session."""
    outcome = Outcome(seed)
    listener = _Listener()
    logging.getLogger().addHandler(listener)
    pygls = logging.getLogger("pygls")
    level, pygls.level = pygls.level, logging.CRITICAL
    loop = None if is_real(seed) else Loop
    try:
        with asyncio.Runner(loop_factory=loop) as runner, tempfile.TemporaryDirectory() as folder:
            runner.run(_play(seed, steps, Path(folder).resolve(), outcome, listener))
    finally:
        logging.getLogger().removeHandler(listener)
        pygls.setLevel(level)
    return outcome


def is_real(seed: str) -> bool:
    """Whether a session is played with processes: its number begins with a "p"."""
    return seed.rpartition(".")[2].startswith("p")


def options_of(random: Random, root: Path) -> tuple[dict[str, Any], str, bool]:
    """An editor's options, the way it wants edits applied, and whether it looks at versions."""
    apply = random.choice(("auto", "auto", "auto", "direct", "direct", "annotated", "review"))
    workspace: dict[str, Any] = {"workspaceEdit": {}}
    versioned = random.random() < 0.8
    if not versioned:
        workspace["workspaceEdit"] = {"documentChanges": None, "resourceOperations": None}
    elif random.random() < 0.2:
        workspace["workspaceEdit"] = {"resourceOperations": None, "changeAnnotationSupport": None}
    if random.random() < 0.05:
        workspace["applyEdit"] = None
    capabilities: dict[str, Any] = {"workspace": workspace}
    if random.random() < 0.15:
        capabilities["window"] = {"workDoneProgress": None}
    options = {
        "root": root,
        "capabilities": capabilities,
        "position_encodings": [random.choice(("utf-8", "utf-16", "utf-16", "utf-32"))],
        "initialization_options": {"apply": apply, "events": True},
        "settings": {"codexLsp": {"apply": apply, "events": True}},
        "timeout": 1000.0,
    }
    return options, apply, versioned


async def _play(seed: str, steps: int, root: Path, outcome: Outcome, listener: _Listener) -> None:
    random = Random(seed)

    def note(kind: Kind, text: str) -> None:
        outcome.violations.append(Violation(seed, outcome.injections, kind, text))
        outcome.story.append(f"     !! {kind}: {text}")

    oracle = Oracle(note)
    options, apply, versioned = options_of(random, root)
    agent = random.random() < 0.5
    stage = Processes(oracle, agent, options) if is_real(seed) else InProcess(oracle, agent, options)
    play = Play(
        seed, random, Maker(random), oracle, stage, root, agent, apply, versioned, True, True, outcome.story
    )
    workspace = options["capabilities"]["workspace"]
    play.applies = workspace.get("applyEdit", True) is not None
    play.creates = workspace["workspaceEdit"].get("resourceOperations", True) is not None
    try:
        async with asyncio.timeout(LIMIT_SECONDS):
            await _steps(play, stage, steps, outcome, listener)
    except Exception as error:
        note(
            "rule", f"the session broke off: {error!r}\n{''.join(traceback.format_exception(error))[-3000:]}"
        )
    finally:
        if isinstance(stage, Processes):
            await stage.close()
    outcome.lost, outcome.counts = oracle.lost, oracle.counts
    if hasattr(stage, "editor"):
        outcome.wire = stage.editor.story()


async def _steps(
    play: Play, stage: InProcess | Processes, steps: int, outcome: Outcome, listener: _Listener
) -> None:
    def prepare(editor: PlayedEditor) -> None:
        editor.oracle, editor.pick = play.oracle, play.random.choice
        editor.type_now = lambda uri: _type_now(play, uri)

    await stage.start(prepare)
    for _ in range(play.random.choice((2, 3))):
        await writing.opens(play)
    table = WEIGHTS if stage.timeless else REAL_WEIGHTS
    injections, weights = list(table), list(table.values())
    while outcome.injections < steps:
        injection = play.random.choices(injections, weights)[0]
        place = len(play.story)
        what = await injection(play)
        if what is not None:
            outcome.injections += 1
            play.story.insert(place, f"{outcome.injections:4} {what}")
        _hear(play, listener)
    await _finish(play, stage)
    _hear(play, listener)


def _type_now(play: Play, uri: str) -> None:
    at = writing.place(play, play.editor.text(uri))
    play.editor.splice(uri, at, at, play.maker.typing())


def _hear(play: Play, listener: _Listener) -> None:
    for text in listener.heard:
        play.oracle.violate(f"logged: {text}")
    listener.heard.clear()


async def _finish(play: Play, stage: InProcess | Processes) -> None:
    """Often in the midst of it all, else with everything brought to its end."""
    if play.random.random() < 0.4:
        await stage.end(play.random.choice(meddling.ENDS if stage.timeless else meddling.REAL_ENDS))
        return
    play.story.append("     the end: everything is answered, and what waits is accepted")
    for errand in play.waiting():
        errand.released = True
        errand.release()
    await play.calm()
    status = await play.status()
    for run in status["proposals"]:
        if run in play.oracle.ids:
            play.oracle.ids[run].accepting = True
            await play.editor.execute("codexLsp.accept", {"proposal": run})
            await stage.settle()
    await play.calm()
    await stage.end("shutdown")
