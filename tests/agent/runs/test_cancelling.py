"""A run is cancelled after each of its steps: nothing is applied, what it had made is kept, and on record."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from codex_lsp.agent.model import ModelInfo, NoTools, Reply, ScriptedModel
from codex_lsp.agent.trace import Trace
from tests.agent.runs import saying
from tests.agent.runs.saying import call, calls, finish, words
from tests.agent.runs.stage import AGENT, Cancelling, Played, Stage, plain
from tests.agent.runs.tasks import TASKS, Task
from tests.agent.runs.wishes import fulfilled
from tests.traces.recording import Unhurried

NAME = "rename, uvicorn"


def with_tools(task: Task) -> Sequence[Reply | Exception]:
    """Looks, changes one file, changes the others, finishes."""
    changes = task.changes
    own = [each for each in changes if each.path == task.path]
    rest = [each for each in changes if each.path != task.path]
    return [
        calls(("search", {"pattern": "ASGI"}), ("read_file", {"path": task.path})),
        call("edit", patch=saying.patch(task.texts, own)),
        calls(("edit", {"patch": saying.patch(task.texts, rest)}), ("diagnostics", {})),
        finish("Renamed."),
    ]


def in_words(task: Task) -> Sequence[Reply | Exception]:
    """Refuses tools, gets it wrong once, mends it."""
    patch = saying.patch(task.texts, task.wishes)
    return [NoTools("No tools."), words(patch.replace("\n ", "\n not ", 1)), words(patch)]


def by_an_agent(task: Task) -> Sequence[Reply | Exception]:
    """Breaks a file, is told so, mends it."""
    change = task.changes[0]
    broken = saying.patch(task.texts, task.wishes).replace(f"+{change.new[0]}", f"+{change.new[0]} (((")
    mended = "\n".join((f"*** Update File: {change.path}", f"-{change.new[0]} (((", f"+{change.new[0]}"))
    return [words(broken, reasoning="look\nwrite\n"), words(f"*** Begin Patch\n{mended}\n*** End Patch")]


ROADS: dict[str, tuple[Callable[[Task], Sequence[Reply | Exception]], ModelInfo | None]] = {
    "tools": (with_tools, None),
    "words": (in_words, None),
    "agent": (by_an_agent, AGENT),
}


@pytest.mark.slow
@pytest.mark.parametrize("road", ROADS)
async def test_cancelled_after_every_event(stage: Stage, road: str) -> None:
    say, info = ROADS[road]
    task = TASKS[NAME]()
    whole = await played_until(stage, task, say(task), info, 0)
    assert (whole[0].reason, whole[0].texts) == ("finished", fulfilled(task.texts, task.wishes))
    events = whole[1]
    assert events[-1] == "ended"
    for at in range(1, len(events)):
        played, told = await played_until(stage, task, say(task), info, at)
        assert played.reason == "cancelled", f"after {events[at - 1]}, the {at}th"
        *went_on, last = told
        assert last == "ended"
        assert went_on == events[: len(went_on)]
        assert "replied" not in went_on[at:]
        assert played.outcome is None
        assert plain(played.changes) == plain(played.overlay.changes())
        may = fulfilled(task.texts, task.wishes)
        assert set(played.texts) <= set(may)
        assert all(path in task.files for path in played.texts)


async def played_until(
    stage: Stage, task: Task, script: Sequence[Reply | Exception], info: ModelInfo | None, at: int
) -> tuple[Played, list[str]]:
    """The run, cancelled with its N-th event; and all its events."""
    made: list[Cancelling] = []

    def cancelling(trace: Trace) -> Trace:
        made.append(Cancelling(trace, at))
        return made[0]

    model = Unhurried(script, info)
    played = await stage.play(task, model, trace=cancelling)
    assert isinstance(model, ScriptedModel)
    return played, made[0].events
