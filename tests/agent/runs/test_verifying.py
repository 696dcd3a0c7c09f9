"""Runs whose changes do not pass a check at first: it goes back once, and what comes then is the person's."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from codex_lsp.agent.checking.checks import Check, Checks
from codex_lsp.agent.checking.verify import verify
from codex_lsp.agent.model import NoTools, Reply
from codex_lsp.agent.run import Plan
from tests.agent.runs import saying
from tests.agent.runs.saying import call, finish, words
from tests.agent.runs.stage import AGENT, RULES, Played, Script, Stage
from tests.agent.runs.tasks import TASKS, Task
from tests.agent.runs.wishes import Change, fulfilled
from tests.support import bubblewrap

REFUSAL = NoTools("The endpoint takes no tools.")
NAMES = ["a line, httpx", "wrapped, uvicorn", "rename, starlette", "alphabets", "JSON", "form, CRLF"]
NO_TODO = Check("todo", ("sh", "-c", 'if grep -n TODO "$@"; then exit 1; fi', "sh", "{files}"))


def broken(task: Task) -> tuple[str, str]:
    """A patch after which a file does not parse, and one that mends it."""
    change = task.changes[0]
    worse = Change(change.path, change.first, change.last, (*change.new, "(((broken"))
    others = task.changes[1:]
    first = saying.patch(task.texts, [worse, *others])
    texts = dict(task.texts)
    for each in sorted((worse, *others), key=lambda each: -each.first):
        texts[each.path] = texts[each.path].put(each.first, each.last, each.new)
    at = texts[change.path].find("(((broken")
    return first, saying.patch(texts, [Change(change.path, at, at + 1, ())])


def script(road: str, *patches: str) -> Script:
    if road == "tools":
        return [reply for patch in patches for reply in (call("edit", patch=patch), finish("Done."))]
    said: list[Reply | Exception] = [words(f"Done.\n{patch}") for patch in patches]
    return [REFUSAL, *said] if road == "words" else said


async def play(stage: Stage, task: Task, road: str, *patches: str, plan: Plan | None = None) -> Played:
    return await stage.play(task, script(road, *patches), info=AGENT if road == "agent" else None, plan=plan)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("road", ["tools", "words", "agent"])
async def test_what_no_longer_parses_goes_back_and_is_mended(stage: Stage, name: str, road: str) -> None:
    task = TASKS[name]()
    first, second = broken(task)
    played = await play(stage, task, road, first, second)
    assert played.texts == fulfilled(task.texts, task.wishes)
    assert played.reason == "finished"
    (sent,) = [step for step in played.steps if step.startswith("sent back: ")]
    path = task.changes[0].path
    assert f"{path} would no longer parse" in sent
    told = [str(m["content"]) for m in played.requests[-1].messages]
    assert any(f"{path} would no longer parse" in each for each in told)
    assert played.outcome is not None
    assert played.outcome.proposal is not None
    assert played.outcome.proposal.verification.status == "passed"
    assert [event["status"] for event in played.record.of("verification")] == ["failed", "passed"]


@pytest.mark.parametrize("road", ["tools", "words", "agent"])
async def test_what_stays_broken_is_offered_and_says_so(stage: Stage, road: str) -> None:
    task = TASKS["a line, httpx"]()
    first, _ = broken(task)
    worse = saying.patch(
        task.texts, [Change(task.path, 0, 1, ("# a comment", task.texts[task.path].lines[0]))]
    )
    played = await play(stage, task, road, first, worse)
    assert played.outcome is not None
    assert played.outcome.proposal is not None
    assert played.outcome.proposal.verification.status == "failed"
    (caution,) = played.outcome.proposal.cautions()
    assert "would no longer parse" in caution
    assert len([step for step in played.steps if step.startswith("sent back: ")]) == 1


async def test_rules_are_not_asked_again(stage: Stage) -> None:
    task = TASKS["a line, httpx"]()
    first, _ = broken(task)
    played = await stage.play(task, [words(first)], info=RULES)
    assert len(played.requests) == 1
    assert played.outcome is not None
    assert played.outcome.proposal is not None
    assert played.outcome.proposal.verification.status == "failed"


@pytest.fixture
def checked(stage: Stage, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Plan:
    """With a check of the person's: no line of a changed file says TODO."""
    bubblewrap.put_on_path(tmp_path_factory.mktemp("path"), monkeypatch)
    checks = Checks(Path(stage.folder), (NO_TODO,))
    return Plan(verify=partial(verify, checks=checks))


@pytest.mark.parametrize("road", ["tools", "words", "agent"])
async def test_a_check_fails_once_and_then_passes(stage: Stage, checked: Plan, road: str) -> None:
    task = TASKS["a line, starlette"]()
    (change,) = task.changes
    wrong = Change(task.path, change.first, change.last, (f"{change.new[0]}: TODO",))
    source = task.texts[task.path].put(wrong.first, wrong.last, wrong.new)
    mend = Change(task.path, wrong.first, wrong.first + 1, change.new)
    first, second = saying.patch(task.texts, [wrong]), saying.patch({task.path: source}, [mend])
    played = await play(stage, task, road, first, second, plan=checked)
    assert played.texts == fulfilled(task.texts, task.wishes)
    assert "sent back: todo failed on a copy with the change." in played.steps
    told = [str(m["content"]) for m in played.requests[-1].messages]
    assert any(f"{wrong.first + 1}:{wrong.new[0]}" in each for each in told)
    assert played.outcome is not None
    assert played.outcome.proposal is not None
    verification = played.outcome.proposal.verification
    assert (verification.status, verification.checked) == ("passed", ("parses", "todo"))
    assert verification.note == f"{task.path} parsed; todo passed."
