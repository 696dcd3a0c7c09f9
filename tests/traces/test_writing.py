from __future__ import annotations

import asyncio
import json
import logging
import os
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Literal

import pytest

from codex_lsp.agent.asks.ask import Ask
from codex_lsp.agent.limits import Limits
from codex_lsp.agent.model import ModelError, Reply, ToolCall
from codex_lsp.agent.overlay import Overlay, Snapshot
from codex_lsp.edits import Focus
from codex_lsp.traces.place import NoTrace, files, find, new_file, rotate
from codex_lsp.traces.record import load, summaries
from codex_lsp.traces.telling import FileTrace, settle
from tests.support.patches import patch
from tests.traces.recording import TEXT, Scene, tool

SECRET = "gh" + "p_" + "a1B2c3D4e5" * 4


async def test_a_run_is_on_record_from_its_ask_to_its_proposal(tmp_path: Path) -> None:
    (tmp_path / "w").mkdir()
    (tmp_path / "w" / "other.py").write_text("x = 1\n")
    scene = Scene(tmp_path / "runs", root=tmp_path / "w")
    record = await scene.play(
        tool("read_file", path="other.py"),
        tool("edit", patch=patch("m.py", "-q", "+x")),
        tool("edit", patch=patch("m.py", "-a = 1", "+a = 3")),
        tool("edit", patch=patch("other.py", "-x = 1", "+x = 2")),
        tool("finish", summary="Done."),
    )
    kinds = [event["event"] for event in record.events if event["event"] not in ("step", "read")]
    turn = ["request", "reply", "call", "result"]
    assert kinds == [
        *("start", "info", *turn, *turn, *turn, "change", *turn, "change", *turn),
        *("verification", "proposal", "end"),
    ]
    assert record.bases == {"m.py": TEXT, "other.py": "x = 1\n"}
    assert record.start["focus"] == {"path": "m.py", "start": 0, "end": 6}
    assert record.start["open"] == [{"path": "m.py", "version": 1, "language": "python"}]
    assert [event["problem"] for event in record.of("result")] == ["", "edit", "", "", ""]
    assert record.proposal() == scene.changes()
    first, second = list(record.of("change"))
    assert [each["path"] for each in first["changes"]] == ["m.py"]
    assert [each["path"] for each in second["changes"]] == ["other.py"]
    assert record.end is not None
    assert (record.end["reason"], record.end["files"]) == ("finished", ["m.py", "other.py"])
    assert record.end["usage"]["total_tokens"] == 600


async def test_requests_tell_only_what_is_new_and_long_texts_stand_once(tmp_path: Path) -> None:
    text = "".join(f"name_{number} = {number}\n" for number in range(200))
    scene = Scene(tmp_path, texts={"m.py": text})
    record = await scene.play(
        tool("read_file", path="m.py"),
        tool("read_file", path="m.py", start_line=1, end_line=200),
        Reply("No."),
    )
    requests = list(record.of("request"))
    assert [event["keep"] for event in requests] == [0, 2, 4]
    assert [message["role"] for message in requests[1]["messages"]] == ["assistant", "tool"]
    result = next(record.of("result"))["text"]
    assert requests[1]["messages"][1]["content"] == result
    assert "name_199" in result
    raw = find("r1", tmp_path).read_bytes()
    assert raw.count(b"name_150") == 3, "the file, the prompt, and the results, which are the same"


async def test_files_are_the_users_alone(tmp_path: Path) -> None:
    place = tmp_path / "state" / "runs"
    old = os.umask(0)
    try:
        await Scene(place).play(Reply("No."))
    finally:
        os.umask(old)
    (file,) = files(place)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700


async def test_no_secret_is_written_wherever_it_stands(tmp_path: Path) -> None:
    key = "configured-key-of-the-endpoint"
    text = f'TOKEN = "{SECRET}"\nb = 2\n'
    scene = Scene(
        tmp_path, texts={"m.py": text}, ask=Ask(f"use {SECRET}", Focus("m.py", 0, len(text))), keys=(key,)
    )
    record = await scene.play(
        tool("read_file", path="m.py"),
        tool("edit", patch=patch("m.py", f'-TOKEN = "{SECRET}"', f'+TOKEN = "{SECRET}"  # {key}')),
        Reply(tool_calls=(ToolCall("2", "edit", f'{{"{SECRET}'),)),
        Reply(f"The token {SECRET} and the {key}."),
    )
    assert scene.outcome is not None
    raw = find("r1", tmp_path).read_text()
    assert SECRET not in raw
    assert key not in raw
    word = "SECRET_github_token_2_"
    assert record.start["focus"]["end"] == len(record.bases["m.py"])
    (change,) = record.proposal()
    assert change.proposed == f'TOKEN = "{word}"  # SECRET_key_1_\nb = 2\n'
    calls = [json.loads(event["arguments"]) for event in list(record.of("call"))[:2]]
    assert f'+TOKEN = "{word}"' in calls[1]["patch"]


async def test_a_file_is_never_longer_than_it_may_be_and_still_has_its_end(tmp_path: Path) -> None:
    text = "".join(f"name_{number} = {number}\n" for number in range(2000))
    scene = Scene(tmp_path, texts={"m.py": text, "n.py": text}, max_bytes=20_000)
    record = await scene.play(
        *(tool("read_file", path=name) for name in ("m.py", "n.py")),
        tool("edit", patch=patch("m.py", "-name_7 = 7", "+name_7 = 8")),
        Reply("Done."),
    )
    assert find("r1", tmp_path).stat().st_size < 25_000
    assert record.is_cut
    assert record.end is not None
    assert record.end["reason"] == "finished"
    with pytest.raises(ValueError, match=r"text of m\.py is not on record"):
        record.proposal()


async def test_how_a_run_failed_or_was_stopped_is_on_record_with_what_it_had_made(tmp_path: Path) -> None:
    scene, edit = Scene(tmp_path), tool("edit", patch=patch("m.py", "-a = 1", "+a = 3"))
    record = await scene.play(edit, ModelError("It is gone."), run_id="f1")
    assert next(record.of("error"))["message"] == "It is gone."
    assert record.end is not None
    assert record.end["reason"] == "failed"
    assert record.proposal() == scene.changes()

    class Reached(asyncio.Event):
        async def wait(self) -> Literal[True]:
            cancel.set()
            return await super().wait()

    cancel = asyncio.Event()
    record = await scene.play(edit, Reached(), cancel=cancel, run_id="c1")
    assert record.end is not None
    assert record.end["reason"] == "cancelled"
    assert record.proposal() == scene.changes() != ()


def test_what_a_program_that_is_killed_has_written_can_be_read(tmp_path: Path) -> None:
    code = (
        "import asyncio, os, sys\n"
        "from pathlib import Path\n"
        "from tests.traces.recording import Scene, tool\n"
        "class Killed(asyncio.Event):\n"
        "    async def wait(self):\n"
        "        from codex_lsp.traces.telling import _thread\n"
        "        _thread().submit(os.kill, os.getpid(), 9).result()\n"
        "asyncio.run(Scene(Path(sys.argv[1])).play(tool('read_file', path='m.py'), Killed()))\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False, timeout=60)
    assert done.returncode == -9
    (file,) = files(tmp_path)
    record = load(file)
    assert record.end is None
    assert [event["event"] for event in record.events][-1] == "request"
    assert summaries(tmp_path)[0].reason == "no end"
    with file.open("ab") as stream:
        stream.write(b'{"event": "reply", "t": 1.0, "cont')
    assert load(file).events == record.events


async def test_a_trace_that_cannot_be_written_is_told_once_and_the_run_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("")
    scene = Scene(tmp_path / "file")
    with caplog.at_level(logging.WARNING), pytest.raises(NoTrace):
        await scene.play(tool("edit", patch=patch("m.py", "-a = 1", "+a = 3")), Reply("Done."))
    assert scene.outcome is not None
    assert scene.outcome.proposal is not None
    assert [each.message for each in caplog.records] == ["The run r1 is no longer traced: Not a directory."]


async def test_half_a_surrogate_pair_is_kept(tmp_path: Path) -> None:
    scene = Scene(tmp_path, texts={"m.py": "a = '\ud800'\nb = 2\n"})
    record = await scene.play(tool("edit", patch=patch("m.py", "-b = 2", "+b = 3")), Reply("Done."))
    assert record.proposal() == scene.changes()


async def test_the_oldest_go_when_there_are_too_many_or_they_are_too_large(tmp_path: Path) -> None:
    for number in range(6):
        (tmp_path / f"2026010{number}T000000000-r{number}.jsonl").write_bytes(b"x" * 100)
    rotate(tmp_path, runs=4)
    assert [file.name[16:] for file in files(tmp_path)] == [f"00-r{n}.jsonl" for n in (5, 4, 3, 2)]
    rotate(tmp_path, total=250)
    assert len(files(tmp_path)) == 2
    rotate(tmp_path, total=50)
    assert len(files(tmp_path)) == 1, "the newest stays, however large"
    await Scene(tmp_path).play(Reply("No."), run_id="r9")
    assert [summary.run for summary in summaries(tmp_path)] == ["r9"], "what is no trace is left out"


def test_a_run_is_found_by_its_id_the_beginning_of_it_and_as_the_last(tmp_path: Path) -> None:
    names = [new_file(tmp_path, run) for run in ("abc1", "abd2")]
    for name in names:
        name.write_text("")
        time.sleep(0.002)  # their names have the time, in milliseconds
    assert find("abc1", tmp_path) == find("abc", tmp_path) == names[0]
    assert find("last", tmp_path) == names[1]
    assert find(str(names[0]), tmp_path) == names[0]
    with pytest.raises(NoTrace, match="More than one run begins with ab"):
        find("ab", tmp_path)
    with pytest.raises(NoTrace, match="no run zzz"):
        find("zzz", tmp_path)
    assert new_file(tmp_path, "../../x").parent == tmp_path


def test_telling_takes_the_runs_thread_no_time(tmp_path: Path) -> None:
    text = "".join(f"name_{number} = {number}  # {'x' * 40}\n" for number in range(10_000))
    overlay = Overlay({"m.py": Snapshot("m.py", text)})
    trace = FileTrace("r1", place=tmp_path)
    start = time.thread_time()
    trace.started(Ask("x", Focus("m.py", 0, 6)), overlay, Limits())
    for number in range(100):
        trace.called(ToolCall(str(number), "read_file", "{}"), text, "")
    seconds = time.thread_time() - start
    settle(60)
    assert seconds / 101 < 0.001, "CPU seconds of the run's thread for an event"
    assert len(load(find("r1", tmp_path)).events) == 102
