from __future__ import annotations

import io
import json
import shutil
import stat
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from codex_lsp.agent.asks.ask import Ask
from codex_lsp.agent.model import ModelError, Reply, Usage
from codex_lsp.cli import run
from codex_lsp.cli.runs_text import story_lines, table
from codex_lsp.edits import Focus
from codex_lsp.traces.place import files, find, folder
from codex_lsp.traces.record import load, summaries
from codex_lsp.traces.story import tell
from tests.support.patches import patch
from tests.support.processes import CODEX_LSP, Agent, clean_environ, codex_lsp, offline_agent
from tests.traces.recording import Scene, tool

A3 = tool("edit", patch=patch("m.py", "-a = 1", "+a = 3"))


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of the traces, in a state folder of the test's own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    assert folder().is_relative_to(tmp_path)
    return folder()


@pytest.fixture(scope="module")
def agent() -> Iterator[Agent]:
    with offline_agent() as running:
        yield running


async def two_runs(place: Path) -> None:
    wrong = tool("edit", patch=patch("m.py", "-q", "+x"))
    await Scene(place).play(
        tool("read_file", path="m.py"), wrong, A3, Reply("Done.\n\x1b[31m"), run_id="aa11"
    )
    scene = Scene(place, ask=Ask("why does\nit \x1b[2J fail?", Focus("m.py", 0, 6)))
    await scene.play(ModelError("It is gone."), run_id="bb22")


async def test_the_table_has_the_newest_first(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    await two_runs(place)
    assert run(["runs"]) == 0
    head, first, second = capsys.readouterr().out.splitlines()
    assert head.split() == ["RUN", "WHEN", "(UTC)", "TOOK", "TOKENS", "COST", "ENDED", "WHAT"]
    assert first.startswith("bb22 ")
    assert "failed" in first
    assert first.endswith("why does it \\x1b[2J fail?  (m.py)")
    assert second.split()[0] == "aa11"
    assert "finished" in second
    assert "360" in second.split()
    assert run(["runs", "--json", "--limit", "1"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["folder"] == str(place)
    assert [each["run"] for each in told["runs"]] == ["bb22"]


def test_no_run_is_on_record_at_first(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["runs"]) == 0
    assert capsys.readouterr() == ("", f"No run is on record in {place}.\n")
    assert run(["runs", "show", "last"]) == 1
    assert "There is no run last" in capsys.readouterr().err
    assert run(["runs", "replay", "x", "--json"]) == 1
    assert "There is no run x" in json.loads(capsys.readouterr().out)["error"]["message"]
    assert not place.exists()


@pytest.mark.parametrize("arguments", [["show"], ["replay"], ["list", "aa11"], ["replay", "aa11", "--html"]])
def test_wrong_arguments_exit_with_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as exit:
        run(["runs", *arguments])
    assert exit.value.code == 2


async def test_a_run_is_shown_step_by_step_with_its_diffs(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await two_runs(place)
    assert run(["runs", "show", "aa"]) == 0
    out = capsys.readouterr().out
    steps = ["turn 1:", "read_file m.py", "turn 2:", "not in the file", "+a = 3", "Done.", "check passed"]
    assert [out.index(step) for step in steps] == sorted(out.index(step) for step in steps)
    assert "\x1b" not in out
    assert out.endswith("--- a/m.py\n+++ b/m.py\n@@ -1,2 +1,2 @@\n-a = 1\n+a = 3\n b = 2\n")
    assert run(["runs", "show", "bb22"]) == 0
    assert "It is gone." in capsys.readouterr().out
    assert run(["runs", "show", "aa11", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["complete"] is True
    assert told["summary"]["files"] == ["m.py"]
    assert "+a = 3" in told["diff"]
    assert told["events"][0]["event"] == "start"


async def test_a_page_is_written_for_the_user_alone_and_its_name_is_told(
    place: Path, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    await two_runs(place)
    assert run(["runs", "show", "aa11", "--html"]) == 0
    assert capsys.readouterr().out == "aa11.html\n"
    page = tmp_path / "aa11.html"
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    assert run(["runs", "show", "aa11", "--html", "-"]) == 0
    assert capsys.readouterr().out == page.read_text()
    assert run(["runs", "show", "aa11", "--html", "no/such/folder.html"]) == 1
    assert "cannot be written" in capsys.readouterr().err


async def test_a_run_is_played_again_on_another_machine(place: Path, tmp_path: Path) -> None:
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    (workspace / "n.py").write_bytes(b"x = 1\r\ny = 2")
    scene = Scene(place, root=workspace)
    both = tool("edit", patch=patch("n.py", "-y = 2", "+y = 3"))
    await scene.play(A3, both, Reply("Done."), run_id="aa11")
    record = load(find("aa11", place))
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    find("aa11", place).rename(elsewhere / "trace.jsonl")
    shutil.rmtree(workspace)
    shutil.rmtree(place.parent)
    env = clean_environ(HOME=str(elsewhere), XDG_STATE_HOME=str(elsewhere), LANG="C", PYTHONHASHSEED="7")
    for name in ("LITELLM_ENABLE_CODEX_AGENT", "CODEX_AGENT_API_BASE"):
        assert name not in env
    done = codex_lsp("runs", "replay", "trace.jsonl", "--json", env=env, cwd=elsewhere)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["same"] is True
    assert told["problems"] == []
    assert [each["path"] for each in told["files"]] == ["m.py", "n.py"]
    assert "-y = 2\n\\ No newline at end of file\n+y = 3\n" in told["diff"]
    assert record.proposal() == scene.changes()
    assert [each.name for each in elsewhere.iterdir()] == ["trace.jsonl"]


async def test_another_proposal_than_the_one_on_record_is_an_error(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    await Scene(place).play(A3, Reply("Done."), run_id="aa11")
    file = find("aa11", place)
    file.write_text(file.read_text().replace("\\\\n-a = 1", "\\\\n-a = 7"))
    done = await _in_thread("runs", "replay", "aa11")
    assert done == 1
    assert "not the proposal on record" in capsys.readouterr().err


async def _in_thread(*arguments: str) -> int:
    import asyncio

    return await asyncio.to_thread(run, arguments)


async def test_what_a_terminal_gets_is_coloured_and_cannot_steer_it(place: Path) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    await two_runs(place)
    stream = Terminal()
    for line in table(summaries(place), stream):
        assert "\x1b[2J" not in line
    shown = "".join(story_lines(tell(load(find("aa11", place))), stream))
    assert "\\x1b[31m" in shown
    assert "\x1b[31m" not in shown.replace("\x1b[31m-a = 1\x1b[0m", "")


async def test_head_may_stop_reading(place: Path) -> None:
    lines = "".join(f"name_{number} = {number}\n" for number in range(3000))
    texts = {"m.py": lines}
    large = replace(tool("read_file", path="m.py"), content="word\n" * 50_000, usage=Usage())
    await Scene(place, texts=texts).play(large, Reply("No."), run_id="aa11")
    with subprocess.Popen(
        [*CODEX_LSP, "runs", "show", "aa11"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline().startswith(b"aa11")
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(30) == 1


@pytest.mark.slow
def test_an_ask_is_on_record_unless_it_shall_not_be(agent: Agent, tmp_path: Path) -> None:
    (tmp_path / "m.py").write_text("import sys\ndef f( x ):\n    return x\n")
    env = agent.environ(XDG_STATE_HOME=str(tmp_path / "state"))
    place = tmp_path / "state" / "codex-lsp" / "runs"
    for more, off in ([], {"CODEX_AGENT_TRACES": "0"}), (["--no-trace"], {}):
        assert codex_lsp("ask", "m.py", "tidy up", *more, env=env | off, cwd=tmp_path).returncode == 0
        assert not place.exists()
    asked = codex_lsp("ask", "m.py", "tidy up", "--json", env=env, cwd=tmp_path)
    run_id = json.loads(asked.stdout)["run"]
    (file,) = files(place)
    assert run_id in file.name
    assert agent.token not in file.read_text()
    replayed = codex_lsp("runs", "replay", "last", "--json", env=env, cwd=tmp_path)
    assert json.loads(replayed.stdout)["same"] is True
    assert json.loads(replayed.stdout)["diff"] == json.loads(asked.stdout)["diff"]
