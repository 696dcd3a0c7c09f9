"""`run_python` and `run_command`: real programs in a real sandbox, and nothing without one."""

from __future__ import annotations

import asyncio
import os
import signal
import uuid
from pathlib import Path
from typing import Any

import pytest

from tests.services.mini.desk import CHAT, PATCH, Desk, ask, calling, finishing, serving
from tests.support.endpoint import Answer
from tests.support.processes import runtime_folder

pytestmark = [pytest.mark.asyncio(loop_scope="package"), pytest.mark.timeout(300)]


async def ran(desk: Desk, *calls: Answer) -> list[str]:
    """What the calls were answered."""
    desk.endpoint.play(*calls, finishing("Done."), finishing("Done."))
    answer = await desk.post(ask())
    assert answer.status_code == 200, answer.text
    return [each["content"] for each in desk.endpoint.requests[-1].json["messages"] if each["role"] == "tool"]


async def test_a_script_sees_the_files_as_the_run_has_changed_them(desk: Desk) -> None:
    code = "import pkg.a, os; print(pkg.a.x, sorted(os.listdir('.')), open('b.txt').read().split())"
    edited, said = await ran(desk, calling("edit", patch=PATCH), calling("run_python", 2, code=code))
    assert edited == "applied to pkg/a.py."
    assert said == "exit code 0\n3 ['b.txt', 'pkg'] ['one', 'two']\n"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("open('b.txt', 'w')", "Read-only file system"),
        ("import socket; socket.create_connection(('127.0.0.1', 1))", "Error"),
        ("import socket; socket.getaddrinfo('example.org', 80)", "gaierror"),
        ("import os; print(sorted(os.environ))", "'RUFF_NO_CACHE', 'TMPDIR']"),
        ("import os; print(os.listdir(os.path.expanduser('~')))", "exit code 0\n[]"),
        ("import sys; sys.exit(3)", "exit code 3"),
        ("print('x' * 10_000_000)", "it said more than it may"),
        ("x = bytearray(2_000_000_000)", "MemoryError"),
        ("import os\nfor _ in range(500): os.fork() or __import__('time').sleep(60)", "it was stopped"),
    ],
)
async def test_what_it_must_not_do(desk: Desk, code: str, said: str) -> None:
    (found,) = await ran(desk, calling("run_python", code=code))
    assert said in found


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("grep -n one b.txt", "exit code 0\n1:one"),
        ("wc -l pkg/a.py", "exit code 0\n2 pkg/a.py"),
        ("ruff check --isolated --select F pkg/a.py", "All checks passed!"),
        ("curl http://127.0.0.1", "error: there is no program 'curl'"),
        ("sh -c 'echo hi'", "error: there is no program 'sh'"),
        ("/bin/cat b.txt", "error: there is no program '/bin/cat'"),
        ("cat b.txt | sh", "No such file"),
        ("cat 'b.txt", "error: command cannot be split"),
        ("", "error: there is no program"),
        ("cat $HOME/.ssh/id_rsa", "No such file"),
    ],
)
async def test_only_some_programs_and_no_shell(desk: Desk, command: str, said: str) -> None:
    (found,) = await ran(desk, calling("run_command", command=command))
    assert said in found


def running(mark: str) -> list[Path]:
    """The processes whose command line holds `mark`."""
    found = []
    for folder in Path("/proc").iterdir():
        try:
            if folder.name.isdigit() and mark.encode() in (folder / "cmdline").read_bytes():
                found.append(folder)
        except OSError:
            continue
    return found


async def test_a_client_that_leaves_takes_the_programs_along(desk: Desk) -> None:
    mark = f"mark{uuid.uuid4().hex}"
    desk.endpoint.play(calling("run_command", command=f"tail -f b.txt pkg/a.py --pid=1 /project/{mark}"))
    async with asyncio.timeout(200), desk.client() as client:
        asking: asyncio.Task[Any] = asyncio.create_task(client.post(CHAT, json=ask()))
        while not running(mark):
            assert not asking.done()
            await asyncio.sleep(0.02)
        asking.cancel()
        while running(mark):
            await asyncio.sleep(0.02)


@pytest.mark.slow
async def test_an_agent_that_is_killed_takes_the_programs_along_and_the_next_one_tidies_up(
    desk: Desk,
) -> None:
    """And one that is ended leaves nothing to tidy up."""
    options = ("--model", "mini=openai/real")
    for how, left in ((signal.SIGKILL, 1), (signal.SIGTERM, 0)):
        async with serving(*options) as mine, mine.client() as client, asyncio.timeout(200):
            assert folders() == []
            mark = f"mark{uuid.uuid4().hex}"
            mine.endpoint.play(calling("run_command", command=f"tail -f b.txt /project/{mark}"))
            asking: asyncio.Task[Any] = asyncio.create_task(client.post(CHAT, json=ask()))
            while not running(mark):
                assert not asking.done()
                await asyncio.sleep(0.02)
            os.kill(mine.pid, how)
            await asyncio.gather(asking, return_exceptions=True)
            while running(mark):
                await asyncio.sleep(0.02)
        assert len(folders()) == left


def folders() -> list[Path]:
    """What is there of all agents' runs of programs."""
    place = Path(runtime_folder(), "codex-lsp", "mini-agent")
    return list(place.iterdir()) if place.is_dir() else []


async def test_without_a_sandbox_there_are_no_such_tools(tmp_path: Path) -> None:
    async with serving("--model", "mini=openai/real", PATH=str(tmp_path)) as desk, desk.client() as client:
        desk.endpoint.play(Answer("OK"))
        ready = (await client.get("/readyz")).json()
        assert ready["run_tools"] == []
        assert ready["no_run_tools"] == "bubblewrap (bwrap) is not installed"
        (said,) = await ran(desk, calling("run_python", code="1"))
        assert "there is no tool 'run_python'" in said
        offered = [each["function"]["name"] for each in desk.endpoint.requests[0].json["tools"]]
        assert not {"run_python", "run_command"} & {*offered}
