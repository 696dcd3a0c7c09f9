"""What a run costs beside its model: each turn, the context, the first turn in a large folder, what stays."""

from __future__ import annotations

import ast
import asyncio
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median

from codex_lsp.agent.asks.ask import Ask
from codex_lsp.agent.context.gather import gather
from codex_lsp.agent.model import Reply
from codex_lsp.agent.overlay import Overlay, Snapshot
from codex_lsp.edits import Focus
from tests.bench import crowd, texts
from tests.bench.agent_desk import Desk, call, desk
from tests.bench.editing import p99
from tests.bench.figures import Sample, Wrong

DOCUMENTS = 100
WORD = "tidied"


def looks(number: int) -> list[Reply]:
    """One run's replies: it looks around by every tool, changes a document twice, and finishes."""
    name, other = crowd.name(number), crowd.name((number + 1) % DOCUMENTS)
    lines = crowd.lines(number)
    first = lines[4].rstrip("\n")
    return [
        call("read_file", path=name, start_line=1, end_line=40),
        call("search", pattern=lines[0].split("(")[0]),
        call("outline", path=other),
        call("read_file", path=other),
        call("edit", patch=crowd.patch(number)),
        call("diagnostics"),
        call(
            "edit", path=name, old="".join(lines[3:5]).rstrip("\n"), new=f"{lines[3]}    {WORD} = 1\n{first}"
        ),
        call("list_files", glob="*.py"),
        call("finish", summary="Done."),
    ]


def turns(folder: Path, runs: int) -> Sample:
    """`turn_p50`, `turn_p99`, `first_request_p50`, ms: a hundred documents are open.

    A turn is the time from a reply to the next request.
    """
    return asyncio.run(_turns(folder, runs))


async def _turns(folder: Path, runs: int) -> Sample:
    for number in range(DOCUMENTS):
        (folder / crowd.name(number)).write_text("".join(crowd.lines(number)))
    script = [reply for number in range(runs) for reply in looks(number)]
    own, first = [], []
    async with desk(folder, script, DOCUMENTS) as place:
        for number in range(runs):
            begun = len(place.model.asked)
            began = await place.run(crowd.name(number))
            asked, answered = place.model.asked[begun:], place.model.answered[begun:]
            if len(asked) != len(looks(number)):
                raise Wrong(f"a run of {len(looks(number))} turns took {len(asked)}: {_last(place)}")
            first.append((asked[0] - began) * 1000)
            own += [(after - before) * 1000 for before, after in zip(answered, asked[1:], strict=False)]
        waiting = (await place.editor.execute("codexLsp.status"))["proposals"]
        if len(waiting) != runs:
            raise Wrong(f"{runs} runs, and {len(waiting)} proposals")
    return {"turn_p50": median(own), "turn_p99": p99(own), "first_request_p50": median(first)}


def _last(place: Desk) -> str:
    return str(place.model.requests[-1].messages[-1]["content"])[:200]


def bare_turns(folder: Path, runs: int) -> Sample:
    """The reference: a loop that does the same to texts in a dict, and no more."""
    own, first = [], []
    for number in range(runs):
        files = {crowd.name(each): "".join(crowd.lines(each)) for each in range(DOCUMENTS)}
        began = time.perf_counter()
        messages: list[dict[str, object]] = [{"role": "user", "content": files[crowd.name(number)]}]
        json.dumps(messages)
        first.append((time.perf_counter() - began) * 1000)
        for reply in looks(number):
            began = time.perf_counter()
            (asked,) = reply.tool_calls
            messages.append(
                {"role": "tool", "content": _bare(files, asked.name, json.loads(asked.arguments))}
            )
            json.dumps(messages)
            own.append((time.perf_counter() - began) * 1000)
    return {"turn_p50": median(own), "turn_p99": p99(own), "first_request_p50": median(first)}


def _bare(files: dict[str, str], name: str, given: dict[str, str]) -> str:
    match name:
        case "read_file":
            return files[given["path"]]
        case "search":
            found = (line for text in files.values() for line in text.split("\n") if given["pattern"] in line)
            return "\n".join(found)
        case "edit" if "old" in given:
            files[given["path"]] = files[given["path"]].replace(given["old"], given["new"], 1)
        case "outline":
            return "\n".join(line for line in files[given["path"]].split("\n") if line.startswith("def "))
    return "\n".join(files)


def context(lines: int, times: int) -> Sample:
    """`context_10k`, ms: what goes with an ask in the middle of so many lines, with other documents open."""
    name, text = "long.py", "".join(texts.source(lines))
    opened = {crowd.name(n): "".join(crowd.lines(n)) for n in range(DOCUMENTS)} | {name: text}
    at = text.index("\n", len(text) // 2) + 1
    taken = []
    for number in range(times):
        overlay = Overlay({path: Snapshot(path, each, 1, "python") for path, each in opened.items()})
        # Another place each time, so that nothing is known from before.
        start = text.index("def ", at + number * 2_000)
        ask = Ask("Tidy it up.", Focus(name, start, text.index("return", start)))
        began = time.perf_counter()
        found = gather(ask, overlay)
        taken.append((time.perf_counter() - began) * 1000)
        if not 0 < found.used <= found.budget or not found.around:
            raise Wrong(f"{found.used} tokens of {found.budget}, {len(found.around)} parts")
    return {"context_10k": median(taken)}


def parsing(lines: int, times: int) -> Sample:
    """The reference: Python's own parser on the same text."""
    text = "".join(texts.source(lines)).rpartition("\n\n")[0]
    return {"context_10k": median(_timed(lambda: ast.parse(text)) for _ in range(times))}


def _timed(what: Callable[[], object]) -> float:
    began = time.perf_counter()
    what()
    return (time.perf_counter() - began) * 1000


def first_turn(folder: Path, files: int) -> Sample:
    """`first_turn_100k`, ms: from the ask to the request after the first tool call, in a folder of files.

    And `list_100k` and `outline_100k`, a turn each: one that has to walk, and one that has not.
    """
    return asyncio.run(_first_turn(folder, files))


async def _first_turn(folder: Path, files: int) -> Sample:
    path = next(_paths(files))
    script = [
        call("read_file", path=path),
        call("list_files"),
        call("outline", path=path),
        Reply("It is fine."),
    ]
    async with desk(folder, script) as place:
        await place.editor.open(path, (folder / path).read_text())
        began = await place.run(path)
        asked, answered = place.model.asked, place.model.answered
        listed = str(place.model.requests[-1].messages[5]["content"])
    if path.partition("/")[0] not in listed:
        raise Wrong(f"nothing was listed: {listed[:200]}")
    return {
        "first_turn_100k": (asked[1] - began - (answered[0] - asked[0])) * 1000,
        "list_100k": (asked[2] - answered[1]) * 1000,
        "outline_100k": (asked[3] - answered[2]) * 1000,
    }


def plant(folder: Path, files: int) -> Path:
    """So many small files, a hundred in a folder."""
    for number, path in enumerate(_paths(files)):
        file = folder / path
        if number % 100 == 0:
            file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"def planted_{number}():\n    return {number}\n")
    return folder


def _paths(files: int) -> Iterator[str]:
    return (f"part_{number // 100:04}/file_{number:06}.py" for number in range(files))
