"""Runs in which the model gets something wrong: it is told what, and mends it, or the run ends without it."""

from __future__ import annotations

import pytest

from codex_lsp.agent.limits import Limits
from codex_lsp.agent.model import NoTools, Reply, ToolCall
from codex_lsp.agent.run import Plan
from tests.agent.runs import saying
from tests.agent.runs.material import Source, blocks
from tests.agent.runs.saying import call, calls, finish, raw_call, words
from tests.agent.runs.stage import AGENT, RULES, Script, Stage
from tests.agent.runs.tasks import TASKS, Task
from tests.agent.runs.wishes import Change, fulfilled

REFUSAL = NoTools("The endpoint takes no tools.")


def spoiled(patch: str) -> str:
    """The same patch, but its first line that stays is not in the file."""
    lines = patch.split("\n")
    at = next(number for number, line in enumerate(lines) if line.startswith(" ") and line.strip())
    return "\n".join([*lines[:at], " this line is not there at all", *lines[at + 1 :]])


def good(task: Task) -> str:
    return saying.patch(task.texts, task.wishes)


NAMES = [
    "a line, httpx",
    "a line, starlette",
    "rename, uvicorn",
    "form, CRLF",
    "wrapped, pygls",
    "comes, two",
]


@pytest.mark.parametrize("name", NAMES)
async def test_a_wrong_edit_by_tool_is_repaired(stage: Stage, name: str) -> None:
    task = TASKS[name]()
    script = [call("edit", patch=spoiled(good(task))), call("edit", patch=good(task)), finish("Mended.")]
    played = await stage.play(task, script)
    assert played.texts == fulfilled(task.texts, task.wishes)
    assert played.answer(1).startswith("error: ")
    assert played.answer(1).endswith("Nothing was applied.")
    assert any(step.startswith("edit failed: ") for step in played.steps)


@pytest.mark.parametrize("name", NAMES)
async def test_a_wrong_edit_in_words_is_repaired(stage: Stage, name: str) -> None:
    task = TASKS[name]()
    wrong = words(spoiled(good(task)))
    played = await stage.play(task, [REFUSAL, wrong, wrong, words(f"Mended.\n{good(task)}")])
    assert played.texts == fulfilled(task.texts, task.wishes)
    for request in (2, 3):
        assert played.answer(request).startswith("Your edit was refused: ")
    assert len([step for step in played.steps if step.startswith("the edit did not fit: ")]) == 2


@pytest.mark.parametrize("name", NAMES)
async def test_a_wrong_edit_in_words_is_repaired_twice_at_most(stage: Stage, name: str) -> None:
    task = TASKS[name]()
    wrong = words(spoiled(good(task)))
    played = await stage.play(task, [REFUSAL, wrong, wrong, wrong, words(good(task))])
    assert (played.reason, played.changes, len(played.requests)) == ("bad_edits", (), 4)
    assert str(played.error).endswith("Nothing was applied.")


@pytest.mark.parametrize("name", NAMES)
async def test_an_agents_wrong_patch_is_the_end(stage: Stage, name: str) -> None:
    task = TASKS[name]()
    played = await stage.play(task, [words(spoiled(good(task)))], info=RULES)
    assert (played.reason, played.changes, len(played.requests)) == ("bad_edits", (), 1)


async def test_an_ambiguous_place_is_told_by_its_lines(stage: Stage) -> None:
    task = TASKS["many, starlette"]()
    source = task.files[task.path]
    line, places = next(
        (line, places)
        for line in source.lines
        if line.strip() and len(places := [n for n, each in enumerate(source.lines) if each == line]) > 1
    )
    unclear = call("edit", path=task.path, old=line, new=f"{line}  # here")
    change = Change(task.path, places[1], places[1] + 1, (f"{line}  # here",))
    old, new = saying.quoted(source, change)
    script = [unclear, call("edit", path=task.path, old="\n".join(old), new="\n".join(new)), finish()]
    played = await stage.play(task, script)
    assert all(str(place + 1) in played.answer(1) for place in places[:2])
    assert played.texts == fulfilled(task.texts, [change])


async def test_what_is_done_already_is_not_done_again(stage: Stage) -> None:
    task = TASKS["a line, uvicorn"]()
    edit = call("edit", patch=good(task))
    played = await stage.play(task, [edit, edit, finish(), finish()])
    assert "already" in played.answer(2)
    assert played.texts == fulfilled(task.texts, task.wishes)


BAD = {
    "no JSON": raw_call("edit", '{"patch": "*** Begin'),
    "a list": raw_call("edit", "[]"),
    "no tool": call("run_shell", command="ls"),
    "unknown": call("read_file", path="httpx/_utils.py", lines="1-3"),
    "missing": call("edit", path="httpx/_utils.py", old="x"),
    "both": call("edit", patch="x", path="httpx/_utils.py", old="x", new="y"),
    "type": call("read_file", path=["httpx/_utils.py"]),
    "range": call("read_file", path="httpx/_utils.py", start_line=9, end_line=3),
    "beyond": call("read_file", path="httpx/_utils.py", start_line=100_000),
    "pattern": call("search", pattern="(", regex=True),
}


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
async def test_bad_arguments_come_back_and_are_mended(stage: Stage, bad: Reply) -> None:
    task = TASKS["a line, httpx"]()
    played = await stage.play(task, [bad, bad, bad, call("edit", patch=good(task)), finish()])
    assert played.texts == fulfilled(task.texts, task.wishes)
    for request in (1, 2, 3):
        assert played.answer(request).startswith("error: ")
    assert played.reason == "finished"


@pytest.mark.parametrize("bad", BAD.values(), ids=BAD)
async def test_bad_arguments_four_times_in_a_row_are_the_end(stage: Stage, bad: Reply) -> None:
    task = TASKS["a line, httpx"]()
    edit = call("edit", patch=good(task))
    played = await stage.play(task, [edit, *[bad] * 4, finish()])
    assert (played.reason, len(played.requests)) == ("bad_arguments", 5)
    assert played.texts == fulfilled(task.texts, task.wishes)


async def test_a_good_call_beside_a_bad_one_counts(stage: Stage) -> None:
    task = TASKS["a line, httpx"]()
    (right,) = call("edit", patch=good(task)).tool_calls
    wrong = ToolCall("c1", "edit", "{")
    reply = Reply("", (wrong, right), "tool_calls", saying.USED)
    played = await stage.play(task, [reply, finish()])
    assert played.texts == fulfilled(task.texts, task.wishes)
    assert played.answer(1, -2).startswith("error: the arguments are not JSON")
    assert played.answer(1, -1).startswith("applied to ")


async def test_a_lying_finish_is_held_back_once(stage: Stage) -> None:
    task = TASKS["a line, httpx"]()
    script = [call("edit", patch=spoiled(good(task))), finish("All done!"), finish("All done!")]
    played = await stage.play(task, script)
    assert "Not finished: your last edit failed" in played.answer(2)
    assert (played.reason, played.changes) == ("answered", ())


async def test_a_lying_finish_beside_a_failed_edit_too(stage: Stage) -> None:
    task = TASKS["a line, httpx"]()
    both = calls(("edit", {"patch": spoiled(good(task))}), ("finish", {"summary": "All done!"}))
    played = await stage.play(task, [both, call("edit", patch=good(task)), finish("Now it is.")])
    assert "Not finished" in played.answer(1)
    assert played.texts == fulfilled(task.texts, task.wishes)
    assert played.outcome is not None
    assert played.outcome.text == "Now it is."


async def test_a_finish_that_promises_more_than_was_done_offers_what_was_done(stage: Stage) -> None:
    task = TASKS["rename, httpx"]()
    one = [change for change in task.changes if change.path == task.path]
    played = await stage.play(
        task, [call("edit", patch=saying.patch(task.texts, one)), finish("All five files.")]
    )
    assert played.texts == fulfilled(task.texts, one)


async def test_a_finish_without_any_change_proposes_nothing(stage: Stage) -> None:
    task = TASKS["a line, httpx"]()
    played = await stage.play(task, [call("read_file", path=task.path), finish("I changed everything.")])
    assert (played.reason, played.changes) == ("answered", ())
    assert played.outcome is not None
    assert played.outcome.proposal is None


async def test_what_is_gits_or_outside_is_not_changed(stage: Stage) -> None:
    task = TASKS["a line, httpx"]()
    add = "*** Begin Patch\n*** Add File: {}\n+x\n*** End Patch"
    paths = [
        ".git/hooks/pre-commit",
        "../outside.py",
        "/etc/outside.py",
        ".hg/hgrc",
        ".env",
    ]
    bad = [call("edit", patch=add.format(path)) for path in paths]
    plan = Plan(limits=Limits(failed_edits=10))
    played = await stage.play(task, [*bad, call("edit", patch=good(task)), finish()], plan=plan)
    for request in range(1, len(paths) + 1):
        assert played.answer(request).startswith("error: ")
    assert played.texts == fulfilled(task.texts, task.wishes)


@pytest.mark.parametrize("path", [".git/config", ".hg/hgrc", "../outside.py", "httpx/../../x.py", ".env"])
async def test_an_agent_changes_nothing_of_that(stage: Stage, path: str) -> None:
    task = TASKS["a line, httpx"]()
    patch = good(task).replace("*** End Patch", f"*** Add File: {path}\n+x\n*** End Patch")
    played = await stage.play(task, [words(patch)], info=AGENT)
    assert (played.reason, played.changes) == ("bad_edits", ())


@pytest.mark.parametrize("road", ["tools", "words", "agent"])
async def test_half_a_reply_is_no_edit(stage: Stage, road: str) -> None:
    task = TASKS["a line, httpx"]()
    half = words(good(task), finish_reason="length")
    script: Script = [REFUSAL, half] if road == "words" else [half]
    played = await stage.play(task, script, info=AGENT if road == "agent" else None)
    assert (played.reason, played.changes) == ("unfinished", ())
    assert "token limit" in str(played.error)


@pytest.mark.parametrize("road", ["tools", "words", "agent"])
async def test_an_answer_in_words_is_no_edit(stage: Stage, road: str) -> None:
    task = TASKS["a line, httpx"]()
    answer = words("It is fine as it is: `x = 1` stays.")
    script: Script = [REFUSAL, answer] if road == "words" else [answer]
    played = await stage.play(task, script, info=AGENT if road == "agent" else None)
    assert (played.reason, played.changes) == ("answered", ())
    assert played.outcome is not None
    assert played.outcome.text == answer.content


async def test_line_numbers_in_an_edit_do_not_get_into_the_file(stage: Stage) -> None:
    task = TASKS["a line, httpx"]()
    source: Source = task.files[task.path]
    block = blocks(source)[0]
    numbered = "\n".join(f"{n + 1}\t{source.lines[n]}" for n in range(block.first, block.last))
    edit = call("edit", path=task.path, old=numbered, new=numbered + "\n# more")
    played = await stage.play(task, [edit, call("edit", patch=good(task)), finish()])
    assert f"the place most like it is at line {block.first + 1}" in played.answer(1)
    assert played.texts == fulfilled(task.texts, task.wishes)
