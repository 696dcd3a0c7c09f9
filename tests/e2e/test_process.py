"""The server as a process, from outside."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.editor import FakeEditor
from tests.support.processes import CODEX_LSP, Agent, clean_environ, workers

ROOT = Path(__file__).parents[2]
TEXT = "import os, sys\ndef f(x):\n    return (x)\n"
WHOLE = {"start": {"line": 0, "character": 0}, "end": {"line": 3, "character": 0}}


def audited(report: Path) -> list[str]:
    return [sys.executable, "-m", "tests.support.audited", str(report)]


async def ask(editor: FakeEditor, instruction: str = "tidy up") -> Any:
    buffer = await editor.open("m.py", TEXT)
    return await editor.execute(
        "codexLsp.ask", {"uri": buffer.uri, "range": WHOLE, "instruction": instruction}
    )


async def test_the_servers_process_holds_no_litellm_and_connects_nowhere(
    tmp_path: Path, runtime: Path, agent: Agent
) -> None:
    report = tmp_path / "report.json"
    env = agent.environ(XDG_RUNTIME_DIR=str(runtime))
    async with FakeEditor.spawn(audited(report), env=env, cwd=ROOT, root=tmp_path) as editor:
        await ask(editor)
        await editor.wait_for_progress_end()
        assert editor.applied
    seen = json.loads(report.read_text())
    assert not [name for name in seen["modules"] if name.split(".")[0] in ("litellm", "httpx", "openai")]
    assert not any(name.startswith("codex_lsp.llm") for name in seen["modules"])
    # It starts the worker, once, and the only socket that it knows is the worker's.
    assert [name for name, _ in seen["events"]].count("subprocess.Popen") == 1
    (name,) = {what for name, what in seen["events"] if name != "subprocess.Popen"}
    assert name.startswith(f"{runtime}/codex-lsp/")
    assert name.endswith(".sock")


async def test_while_off_it_opens_no_socket_and_starts_no_process(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    env = clean_environ(CODEX_AGENT_API_BASE="http://agent.invalid:8010")
    async with FakeEditor.spawn(audited(report), env=env, cwd=ROOT, root=tmp_path) as editor:
        answer = await ask(editor)
        assert answer["error"]["code"] == "off"
        assert await editor.code_actions(editor.uri("m.py"), 0, len(TEXT)) == []
    seen = json.loads(report.read_text())
    assert seen["events"] == []


async def test_no_print_of_any_library_reaches_the_protocol(tmp_path: Path, agent: Agent) -> None:
    (tmp_path / "sitecustomize.py").write_text(
        "import os, sys, threading, time\n"
        "def noise():\n"
        "    while 'codex_lsp.cli.serve' not in sys.modules:\n"
        "        time.sleep(0.001)\n"
        "    for _ in range(500):\n"
        "        os.write(1, b'noise\\n')\n"
        "        print('noise', flush=True)\n"
        "        time.sleep(0.001)\n"
        "if 'codex_lsp' in ' '.join(sys.orig_argv):\n"
        "    threading.Thread(target=noise, daemon=True).start()\n"
    )
    async with FakeEditor.spawn(
        CODEX_LSP, env=agent.environ(PYTHONPATH=str(tmp_path)), root=tmp_path
    ) as editor:
        await ask(editor)
        await editor.wait_for_progress_end()
        assert editor.applied
        assert "noise" in editor.stderr


async def test_an_endpoint_killed_in_mid_run_is_told_at_once(tmp_path: Path) -> None:
    script = tmp_path / "script.json"
    script.write_text(json.dumps({"script": [{"text": "x" * 50_000_000, "piece": 10}]}))
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.support.endpoint", str(script)),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )
    assert process.stdout is not None
    try:
        base = json.loads(await process.stdout.readline())["base_url"]
        env = clean_environ(
            LITELLM_ENABLE_CODEX_AGENT="1", CODEX_AGENT_API_BASE=base, CODEX_AGENT_API_KEY="k"
        )
        options = {"events": True}
        async with FakeEditor.spawn(
            CODEX_LSP, env=env, root=tmp_path, initialization_options=options
        ) as editor:
            await ask(editor)
            await editor.wait_for_notification("codexLsp/run", lambda params: params["state"] == "text")
            process.kill()
            message = await editor.wait(lambda: editor.messages, 3)
            assert "codexLsp" not in message[0]["message"]
            assert editor.buffer("m.py").text == TEXT
            assert not editor.applied
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def test_a_worker_that_was_killed_is_replaced(tmp_path: Path, runtime: Path, agent: Agent) -> None:
    env = agent.environ(XDG_RUNTIME_DIR=str(runtime))
    async with FakeEditor.spawn(CODEX_LSP, env=env, root=tmp_path) as editor:
        await ask(editor)
        await editor.wait_for_progress_end()
        await editor.undo(editor.uri("m.py"))
        (worker,) = workers(runtime)
        os.kill(worker, signal.SIGKILL)
        arguments = {"uri": editor.uri("m.py"), "range": WHOLE, "instruction": "tidy up"}
        await editor.execute("codexLsp.ask", arguments)
        await editor.wait_for_progress_end(count=2)
        assert len(editor.applied) == 2
        assert len(workers(runtime)) == 1
        assert workers(runtime) != [worker]


@pytest.mark.parametrize(("polite", "code"), [(True, 0), (False, 1)])
async def test_exit_codes_are_those_of_the_specification(tmp_path: Path, polite: bool, code: int) -> None:
    async with FakeEditor.spawn(CODEX_LSP, env=clean_environ(), root=tmp_path) as editor:
        if polite:
            await editor.shutdown()
        assert await editor.exit() == code


@pytest.mark.parametrize("share", ["0", "1"])
async def test_an_editor_that_is_gone_leaves_nothing_behind(
    tmp_path: Path, runtime: Path, agent: Agent, share: str
) -> None:
    env = agent.environ(XDG_RUNTIME_DIR=str(runtime), CODEX_AGENT_SHARE_WORKER=share)
    async with FakeEditor.spawn(CODEX_LSP, env=env, root=tmp_path) as editor:
        await ask(editor)
        await editor.wait_for_progress_end()
        assert editor.process is not None
        assert editor.process.stdin is not None
        (worker,) = workers(runtime)
        editor.process.stdin.close()
        assert await editor.wait_for_process() == 1
        async with asyncio.timeout(5):
            while Path(f"/proc/{worker}").exists():
                await asyncio.sleep(0.02)
