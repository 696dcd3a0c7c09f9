"""Every task on every road: a model with tools, one without, an agent. The texts must be the wished ones."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from codex_lsp.agent.model import ModelInfo, Reply
from codex_lsp.agent.veil import Veil
from codex_lsp.endpoint.errors import ToolsRefused
from tests.agent.runs import saying
from tests.agent.runs.saying import call, calls, finish, words
from tests.agent.runs.stage import AGENT, RULES, Played, Stage
from tests.agent.runs.tasks import TASKS, Task
from tests.agent.runs.wishes import fulfilled

REFUSAL = ToolsRefused("The endpoint takes no tools.")
IN_WORDS = "the endpoint takes no tools; asking for the edit in one reply"
ANEW = [name for name in TASKS if name.startswith("anew")]
WHOLE = ["alphabets", "form, BOM", "edge, first", "goes, httpx"]
# What these formats can say: changes of files that stay.
CHANGING = [name for name in TASKS if not name.startswith(("comes", "moves", "goes, a file"))]


def by_patch(task: Task) -> list[Reply]:
    """Look at the selected lines, change all by one patch, finish."""
    read = call("read_file", path=task.path, start_line=task.first + 1, end_line=task.last)
    return [read, call("edit", patch=saying.patch(task.texts, task.wishes)), finish("All is done.")]


def by_texts(task: Task) -> list[Reply]:
    """Every change by a call of its own, all in one reply, from below; then say so in words."""
    texts = dict(task.texts)
    edits = []
    for each in sorted(task.changes, key=lambda change: -change.first):
        old, new = saying.quoted(texts[each.path], each)
        end = "" if new else "\n"
        edits.append(("edit", {"path": each.path, "old": "\n".join(old) + end, "new": "\n".join(new)}))
        texts[each.path] = texts[each.path].put(each.first, each.last, each.new)
    return [calls(*edits), words("All is done.")]


def by_many_patches(task: Task) -> list[Reply]:
    """A turn for each wish."""
    patches = [saying.patch(task.texts, [wish]) for wish in task.wishes]
    return [*(call("edit", patch=each) for each in patches), finish("All is done.")]


def right(played: Played, task: Task, *, mode: str = "", said: str = "All is done.") -> None:
    """The texts are the wished ones, checked where they can be, and the person was told so."""
    assert played.error is None
    assert played.reason == "finished"
    assert played.texts == fulfilled(task.texts, task.wishes)
    assert played.outcome is not None
    assert played.outcome.proposal is not None
    proposal = played.outcome.proposal
    assert (played.outcome.text, played.outcome.mode) == (said, mode)
    summary = said or f"Changes to {', '.join(change.path for change in played.changes)}."
    assert (proposal.summary, proposal.mode, proposal.id) == (summary, mode, "run1")
    there = [path for path, text in played.texts.items() if text is not None]
    assert proposal.verification.status == ("unchecked" if not parsed(there) else "passed")
    assert played.told[-1] == (proposal.verification.note or "checked")
    gone = [f"{wish} would be deleted." for wish in played.texts if played.texts[wish] is None]
    assert proposal.cautions() == (gone if not any(each.move_to for each in played.changes) else [])


def parsed(paths: Sequence[str]) -> list[str]:
    return [path for path in paths if path.endswith((".py", ".json"))]


def edited(steps: Sequence[str]) -> list[set[str]]:
    """The files that each step says were edited."""
    assert all(step.startswith("edited ") for step in steps)
    return [set(step.removeprefix("edited ").partition(" (")[0].split(", ")) for step in steps]


@pytest.mark.parametrize("name", TASKS)
async def test_by_one_patch(stage: Stage, name: str) -> None:
    task = TASKS[name]()
    played = await stage.play(task, by_patch(task))
    right(played, task)
    lines = f"lines {task.first + 1}-{task.last}"
    begin = ["reaching the endpoint", "asking scripted", "context", f"read {task.path}, {lines}"]
    assert played.told[:4] == begin
    assert edited(played.told[4:-1]) == [set(fulfilled(task.texts, task.wishes))]
    assert played.answer(1).split("\n") == [
        f"{task.path}, {lines} of {len(task.texts[task.path].lines)}:",
        *(f"{n + 1}\t{task.texts[task.path].lines[n]}" for n in range(task.first, task.last)),
    ]


@pytest.mark.parametrize("name", TASKS)
async def test_by_many_calls(stage: Stage, name: str) -> None:
    task = TASKS[name]()
    script = by_texts(task) if task.changes else by_many_patches(task)
    played = await stage.play(task, script)
    right(played, task)
    assert set().union(*edited(played.told[3:-1])) == set(fulfilled(task.texts, task.wishes))
    assert len(played.requests) == len(script)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "say"),
    [
        *((name, saying.patch) for name in TASKS),
        *((name, saying.blocks) for name in CHANGING),
        *((name, saying.unified) for name in CHANGING),
    ],
)
async def test_in_words(stage: Stage, name: str, say: Callable[..., str]) -> None:
    task = TASKS[name]()
    played = await stage.play(task, [REFUSAL, words(f"All is done.\n\n{say(task.texts, task.wishes)}")])
    right_in_words(played, task)


@pytest.mark.parametrize("name", ANEW)
async def test_by_a_fence_for_the_selection(stage: Stage, name: str) -> None:
    task = TASKS[name]()
    played = await stage.play(task, [REFUSAL, words(saying.fence(task.changes[0].new))])
    right_in_words(played, task, said="")


@pytest.mark.parametrize("name", WHOLE)
async def test_by_the_whole_file(stage: Stage, name: str) -> None:
    task = TASKS[name]()
    (change,) = task.changes
    whole = task.texts[task.path].put(change.first, change.last, change.new)
    played = await stage.play(
        task, [REFUSAL, words(f"All is done.\n\n{saying.fence(whole.lines, task.path)}")]
    )
    right_in_words(played, task)


def right_in_words(played: Played, task: Task, said: str = "All is done.") -> None:
    right(played, task, said=said)
    assert played.told[2:-1] == ["context", IN_WORDS, "context"]
    assert [bool(each.tools) for each in played.requests] == [True, False]


@pytest.mark.parametrize("name", TASKS)
@pytest.mark.parametrize("info", [AGENT, RULES], ids=lambda info: info.mode)
async def test_by_an_agent(stage: Stage, name: str, info: ModelInfo) -> None:
    task = TASKS[name]()
    content = f"All is done.\n\n{saying.patch(task.texts, task.wishes)}"
    played = await stage.play(task, [words(content, reasoning="looked around\nwrote it\n")], info=info)
    right(played, task, mode=info.mode)
    assert played.told[1:-1] == [f"asking {info.name} ({info.mode})", "context", "looked around", "wrote it"]
    (request,) = played.requests
    assert request.workspace is not None
    covered = Veil().text(task.texts[task.path].text)
    assert request.workspace["files"][0] == {"path": task.path, "text": covered}
    assert request.workspace["focus"]["path"] == task.path
