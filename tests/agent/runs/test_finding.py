"""Runs that look before they change: by search, outline and reading, in the texts as they stand by then."""

from __future__ import annotations

import re
from dataclasses import replace

from tests.agent.runs import saying
from tests.agent.runs.material import Source, blocks, package, shared_name
from tests.agent.runs.saying import call, calls, finish, words
from tests.agent.runs.stage import Stage
from tests.agent.runs.tasks import TASKS, Task
from tests.agent.runs.wishes import Change, fulfilled

HTTPX = package("httpx")


def asked_at(path: str, files: dict[str, Source] | None = None, line: int = 0) -> Task:
    return Task(files or dict(HTTPX), path, line, line + 1, ())


def lines_with(files: dict[str, Source], text: str) -> list[tuple[str, int, str]]:
    return [
        (path, number, line)
        for path, source in files.items()
        for number, line in enumerate(source.lines, 1)
        if text in line
    ]


async def test_a_refactoring_that_needs_three_reads(stage: Stage) -> None:
    name, paths = shared_name(HTTPX, 3)
    where = lines_with(dict(HTTPX), name)
    word = re.compile(rf"\b{name}\b")
    changes = tuple(
        Change(path, number - 1, number, (word.sub("Renamed", line),))
        for path, number, line in where
        if word.search(line)
    )
    task = replace(asked_at(paths[0]), wishes=changes)
    reads = [call("read_file", path=path) for path in paths[:3]]
    script = [
        call("search", pattern=name, path="httpx", glob="*.py"),
        *reads,
        call("edit", patch=saying.patch(task.files, changes)),
        call("search", pattern=name),
        finish(f"{name} is now Renamed."),
    ]
    played = await stage.play(task, script)
    assert played.texts == fulfilled(task.texts, changes)
    found = played.answer(1)
    assert all(path in found for path in paths)
    assert found.count("\n") == len(where) + len({path for path, _, _ in where})
    for number, path in enumerate(paths[:3], 2):
        numbered = [f"{n}\t{line}" for n, line in enumerate(HTTPX[path].lines, 1)]
        assert played.answer(number).split("\n")[1 : 1 + len(numbered)] == numbered
    left = [path for path, _, line in where if name in word.sub("", line)]
    assert all(path in played.answer(6) for path in left)
    assert f"{len(left):,} lines" in played.answer(6)


async def test_the_outline_tells_where_to_read(stage: Stage) -> None:
    path = "httpx/_client.py"
    block = blocks(HTTPX[path])[30]
    change = Change(path, block.body, block.body, (f"{block.indent}# looked at",))
    task = replace(asked_at(path), wishes=(change,))
    script = [
        call("outline", path=path),
        call("read_file", path=path, start_line=block.first + 1, end_line=block.last),
        call("edit", patch=saying.patch(task.files, [change])),
        finish(),
    ]
    played = await stage.play(task, script)
    assert played.texts == fulfilled(task.texts, [change])
    outlined = played.answer(1)
    for each in blocks(HTTPX[path]):
        assert re.search(
            rf"\b{each.first + 1}\b.*\b{each.name}\b|\b{each.name}\b.*\b{each.first + 1}\b", outlined
        )


async def test_what_is_not_saved_is_found_and_read(stage: Stage) -> None:
    task = TASKS["unsaved, httpx"]()
    script = [
        call("search", pattern="fresh"),
        call("read_file", path=task.path, start_line=task.first + 1, end_line=task.first + 2),
        call("edit", patch=saying.patch(task.texts, task.wishes)),
        call("search", pattern="fresh = "),
        finish(),
    ]
    played = await stage.play(task, script)
    assert played.texts == fulfilled(task.texts, task.wishes)
    first = task.first + 1
    assert f"{first}\t" in played.answer(1)
    assert task.texts[task.path].lines[task.first] in played.answer(1)
    assert played.answer(2).split("\n")[1] == f"{first}\t{task.texts[task.path].lines[task.first]}"
    assert "fresh = 2" in played.answer(4)
    assert "fresh = 1" not in played.answer(4)


async def test_every_tool_sees_the_runs_own_edits(stage: Stage) -> None:
    task = asked_at("httpx/_utils.py")
    made = (
        "*** Begin Patch\n*** Add File: httpx/_made.py\n+MADE = 'here'\n+def made():\n+    return MADE\n"
        "*** Delete File: httpx/_content.py\n*** Update File: httpx/_auth.py\n*** Move to: httpx/_login.py\n"
        "*** End Patch"
    )
    script = [
        call("edit", patch=made),
        calls(
            ("list_files", {"path": "httpx", "glob": "_*.py"}),
            ("search", {"pattern": "MADE"}),
            ("search", {"pattern": "def encode_request"}),
            ("outline", {"path": "httpx/_made.py"}),
            ("read_file", {"path": "httpx/_login.py", "start_line": 1, "end_line": 2}),
            ("read_file", {"path": "httpx/_content.py"}),
            ("read_file", {"path": "httpx/_auth.py"}),
        ),
        call("edit", path="httpx/_made.py", old="MADE = 'here'", new="MADE = 'there'"),
        call("edit", path="httpx/_login.py", old=HTTPX["httpx/_auth.py"].lines[0], new="# moved"),
        words("All is done."),
    ]
    played = await stage.play(task, script)
    listed, found, gone, outlined, read, deleted, moved = (played.answer(2, n) for n in range(-7, 0))
    paths = {line for line in listed.split("\n") if line.startswith("httpx/")}
    assert {"httpx/_made.py", "httpx/_login.py"} <= paths
    assert not {"httpx/_content.py", "httpx/_auth.py"} & paths
    assert "1\tMADE = 'here'" in found
    assert "0 lines in 0 files" in gone
    assert "made" in outlined
    assert read.split("\n")[1] == f"1\t{HTTPX['httpx/_auth.py'].lines[0]}"
    assert deleted.startswith("error: ")
    assert moved.startswith("error: ")
    assert played.texts == {
        "httpx/_made.py": "MADE = 'there'\ndef made():\n    return MADE\n",
        "httpx/_content.py": None,
        "httpx/_auth.py": None,
        "httpx/_login.py": HTTPX["httpx/_auth.py"].put(0, 1, ("# moved",)).text,
    }


async def test_what_is_hidden_or_secret_is_neither_found_nor_read(stage: Stage) -> None:
    files = {
        **HTTPX,
        ".gitignore": Source.of("/build/\n"),
        "httpx/.aiignore": Source.of("_auth.py\n"),
        "build/made.py": Source.of("WORD = 'needle'\n"),
        ".env": Source.of("WORD=needle\n"),
        "cacert.pem": Source.of("needle\n"),
    }
    task = asked_at("httpx/_utils.py", files)
    hidden = ["build/made.py", "httpx/_auth.py", ".env", "cacert.pem"]
    first = HTTPX["httpx/_auth.py"].lines[0]
    script = [
        call("search", pattern="needle"),
        call("list_files"),
        calls(*(("read_file", {"path": path}) for path in hidden)),
        call("edit", path="httpx/_auth.py", old=first, new="# changed"),
        finish("It could not be done."),
        finish("It could not be done."),
    ]
    played = await stage.play(task, script)
    assert "0 lines in 0 files" in played.answer(1)
    assert not any(path in played.answer(2) for path in hidden)
    for number in range(-4, 0):
        assert re.match(r"error: .*(hidden from you by|holds secrets)", played.answer(3, number))
    assert "hidden from you by httpx/.aiignore" in played.answer(4)
    assert "last edit failed" in played.answer(5)
    assert (played.reason, played.changes) == ("answered", ())


async def test_problems_are_told_as_they_were(stage: Stage) -> None:
    task = TASKS["fix, all"]()
    script = [
        call("diagnostics", path=task.path),
        call("edit", patch=saying.patch(task.texts, task.wishes)),
        call("diagnostics"),
        finish(),
    ]
    played = await stage.play(task, script)
    lines = [
        f"{task.path}:{each.line + 1}: {each.message} ({each.source} {each.code})"
        for each in task.diagnostics
    ]
    assert played.answer(1).split("\n") == lines
    assert played.answer(3).split("\n")[:-1] == lines
    assert "before your edits" in played.answer(3)
    assert played.texts == fulfilled(task.texts, task.wishes)


async def test_an_explanation_reads_and_changes_nothing(stage: Stage) -> None:
    task = replace(TASKS["a line, starlette"](), kind="explain", instruction="Explain this code.")
    script = [
        call("outline", path=task.path),
        call("edit", patch=saying.patch(task.texts, task.wishes)),
        words("It routes.\n\n```python\nroute()\n```\n"),
    ]
    played = await stage.play(task, script)
    assert "there is no tool 'edit'" in played.answer(2)
    assert played.outcome is not None
    assert (played.reason, played.outcome.text) == ("answered", "It routes.\n\n```python\nroute()\n```")
    assert played.changes == ()


async def test_long_results_say_what_was_cut_and_how_to_get_it(stage: Stage) -> None:
    files = dict(package("lsprotocol"))
    path = "lsprotocol/types.py"
    task = asked_at(path, files)
    total = len(files[path].lines)
    at = 9_999
    change = Change(path, at, at, ("# here",))
    script = [
        call("read_file", path=path),
        call("read_file", path=path, start_line=10_000, end_line=10_001),
        call("search", pattern="class "),
        call("search", pattern="class ", path=path),
        call("edit", patch=saying.patch(files, [change])),
        finish(),
    ]
    played = await stage.play(task, script)
    *_, shown, marker = played.answer(1).split("\n")
    last = int(shown.partition("\t")[0])
    assert shown == f"{last}\t{files[path].lines[last - 1]}"
    assert marker == f"[cut here: read_file with start_line={last + 1} goes on]"
    assert played.answer(2).split("\n")[0] == f"{path}, lines 10000-10001 of {total}:"
    found = len([line for line in files[path].lines if "class " in line])
    assert played.answer(3).endswith(
        f"[cut here: at most 50 lines of one file: give it as path for all: {path}]"
    )
    assert played.answer(4).startswith(f"{found:,} lines in 1 files.\n")
    assert f"[cut here: {found - 100:,} lines more; narrow it" in played.answer(4)
    assert played.texts == {path: files[path].put(at, at, ("# here",)).text}
