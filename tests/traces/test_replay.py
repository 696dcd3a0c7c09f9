from __future__ import annotations

import asyncio
import json
import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from codex_lsp.agent.asks.ask import Ask, Marked
from codex_lsp.agent.limits import Limits
from codex_lsp.agent.model import ModelError, ModelInfo, NoTools, Reply, ToolCall, Usage
from codex_lsp.edits import Focus
from codex_lsp.traces.place import find
from codex_lsp.traces.record import Record, load
from codex_lsp.traces.replay import NotReplayable, replay
from codex_lsp.traces.telling import FileTrace
from tests.support.patches import patch
from tests.traces.recording import Scene, tool

Script = Sequence[Reply | Exception]
SECRET = "gh" + "p_" + "a1B2c3D4e5" * 4
A3 = tool("edit", patch=patch("m.py", "-a = 1", "+a = 3"))
BROKEN = tool("edit", patch=patch("m.py", "-a = 1", "+a = ("))
MENDED = tool("edit", patch=patch("m.py", "-a = (", "+a = (3)"))
MANY = "\n".join(
    (
        "*** Begin Patch",
        "*** Add File: pkg/new.py\n+n = 1",
        "*** Delete File: gone.py",
        "*** Update File: old.py\n*** Move to: moved.py\n-o = 1\n+o = 2",
        "*** Update File: crlf.py\n-two\n+2",
        "*** End Patch",
    )
)
AGENT = ModelInfo("agent", "llm", "an agent")
SCRIPTS: dict[str, Script] = {
    "a tool's edit": [tool("read_file", path="m.py"), A3, tool("finish", summary="Done.")],
    "edits upon edits": [A3, tool("edit", patch=patch("m.py", "-a = 3", "+a = 4")), Reply("Done.")],
    "an edit by texts": [tool("edit", path="m.py", old="b = 2", new="b = 5"), Reply("Done.")],
    "files come, go and move": [tool("edit", patch=MANY), A3, Reply("Done.")],
    "an edit in words": [Reply("```\na = 9\nb = 2\n```")],
    "an edit in words, mended": [Reply(patch("m.py", "-q", "+x")), Reply(patch("m.py", "-a = 1", "+a = 3"))],
    "two calls at once, one wrong": [
        Reply(tool_calls=(*A3.tool_calls, ToolCall("9", "edit", "{")), finish_reason="tool_calls"),
        Reply("Done."),
    ],
    "sent back by the check": [BROKEN, tool("finish", summary="1"), MENDED, tool("finish", summary="2")],
    "broken all the same": [BROKEN, tool("finish", summary="1"), tool("finish", summary="2")],
    "without tools": [NoTools("no tools here"), Reply(patch("m.py", "-a = 1", "+a = 3"))],
    "a search that finds other files": [tool("search", pattern="o = 1"), A3, Reply("Done.")],
    "a file that a link leads out to": [
        tool("edit", patch=patch("out/x.py", "-secret", "+x")),
        tool("edit", patch="*** Begin Patch\n*** Add File: out/y.py\n+y\n*** End Patch"),
        tool("edit", patch="*** Begin Patch\n*** Add File: hidden/y.py\n+y\n*** End Patch"),
        A3,
        Reply("Done."),
    ],
    "protected files": [tool("read_file", path="setup.py"), tool("edit", path="setup.py", old="s", new="t"),
                        A3, Reply("Done.")],
    "an error": [A3, ModelError("It is gone.")],
    "a cut reply": [A3, Reply("half", finish_reason="length")],
    "an answer": [Reply("It is fine as it is.")],
}  # fmt: skip


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    root = tmp_path / "workspace"
    root.mkdir()
    (root / "gone.py").write_text("g = 1\n")
    (root / "old.py").write_text("o = 1\n")
    (root / "setup.py").write_text("s = 1\n")
    (root / "crlf.py").write_bytes(b"one\r\ntwo\r\nthree")
    (root / ".gitignore").write_text("hidden/\n")
    (tmp_path / "x.py").write_text("secret\n")
    (root / "out").symlink_to(tmp_path)
    return root


async def record(scene: Scene, script: Script, workspace: Path, **more: Any) -> Record:
    """The trace of a run in the workspace, which is gone by then."""
    scene.root = workspace
    made = await scene.play(*script, **more)
    shutil.rmtree(workspace)
    return made


@pytest.mark.parametrize("script", SCRIPTS.values(), ids=SCRIPTS)
async def test_a_run_comes_to_the_same_again_without_its_folder(
    tmp_path: Path, workspace: Path, script: Script
) -> None:
    scene = Scene(tmp_path / "runs")
    made = await record(scene, script, workspace)
    replayed = await replay(made)
    assert replayed.changes == replayed.recorded == scene.changes()
    assert replayed.is_same
    assert replayed.problems == ()


@pytest.mark.parametrize("words", ["name it 3", f"name it {SECRET}"])
async def test_a_comment_that_asked_is_gone_again(tmp_path: Path, workspace: Path, words: str) -> None:
    text = f"a = 1\n# AI! {words}\nb = 2\n"
    ask = Ask("x", Focus("m.py", 0, 6), comments=(Marked("m.py", 1, words),))
    scene = Scene(tmp_path / "runs", {"m.py": text}, ask=ask)
    replayed = await replay(await record(scene, [A3, Reply("Done.")], workspace))
    assert [change.proposed for change in scene.changes()] == ["a = 3\nb = 2\n"]
    assert [change.proposed for change in replayed.changes] == ["a = 3\nb = 2\n"]
    assert replayed.is_same


async def test_an_agents_patch_comes_to_the_same_again(tmp_path: Path, workspace: Path) -> None:
    scene = Scene(tmp_path / "runs", info=AGENT)
    made = await record(scene, [Reply("Done.\n" + MANY, reasoning="read\nthought\n")], workspace)
    replayed = await replay(made)
    assert replayed.is_same
    assert len(replayed.changes) == 4


@pytest.mark.parametrize(
    "limits",
    [
        Limits(steps=2),
        Limits(tool_calls=2),
        Limits(tokens=30_100),
        Limits(bytes=300),
        Limits(repeats=2),
        Limits(seconds=0.2),
    ],
)
async def test_a_run_that_reached_a_limit_comes_to_what_it_had_made_by_then(
    tmp_path: Path, limits: Limits
) -> None:
    scene = Scene(tmp_path, limits=limits)
    two = Reply(tool_calls=(*A3.tool_calls, ToolCall("9", "edit", MENDED.tool_calls[0].arguments)))
    again = tool("read_file", path="m.py")
    wait: list[Any] = [asyncio.Event()] if limits.seconds < 1 else []
    large = replace(A3, usage=Usage(30_000, 10, 30_010))
    made = await scene.play(large, again, again, *wait, two, Reply("Done."))
    assert made.end is not None
    assert made.end["reason"] not in ("finished", "answered")
    replayed = await replay(made)
    assert replayed.is_same
    assert replayed.changes == scene.changes() != ()


class Stop:
    """A trace that has the run cancelled at its N-th event."""

    def __init__(self, trace: FileTrace, left: int) -> None:
        self._trace = trace
        self._left = left

    def __getattr__(self, name: str) -> Callable[..., None]:
        def tell(*what: Any, **more: Any) -> None:
            getattr(self._trace, name)(*what, **more)
            self._left -= 1
            task = asyncio.current_task()
            if not self._left and task is not None:
                task.cancel()

        return tell


async def test_cancelled_at_any_event_it_comes_to_what_it_had_made_by_then(tmp_path: Path) -> None:
    more = tool("edit", path="m.py", old="b = 2", new="b = 5")
    script = [tool("read_file", path="m.py"), A3, more, Reply("Done.")]
    reasons, made = [], set()
    for number in range(1, 80):
        scene = Scene(tmp_path / str(number))
        scene.wrap = lambda trace, number=number: Stop(trace, number)  # type: ignore[misc]
        recorded = await scene.play(*script)
        assert recorded.end is not None
        reasons.append(recorded.end["reason"])
        made.add(scene.changes())
        if reasons[-1] == "finished":
            break
        if next(recorded.of("info"), None):
            replayed = await replay(recorded)
            assert replayed.is_same, number
            assert replayed.changes == scene.changes()
    assert set(reasons) == {"cancelled", "finished"}
    assert len(made) == 3


async def test_what_had_secrets_comes_to_the_same_with_their_placeholders(tmp_path: Path) -> None:
    text = f'a = 1\nTOKEN = "{SECRET}"\nb = 2\n'
    scene = Scene(tmp_path, texts={"m.py": text}, ask=Ask("x", Focus("m.py", text.index("b"), len(text))))
    made = await scene.play(
        tool("edit", patch=patch("m.py", "-a = 1", f'+a = "{SECRET}"', f' TOKEN = "{SECRET}"')),
        Reply("```\nb = 3\n```"),
    )
    replayed = await replay(made)
    assert replayed.is_same
    (change,) = replayed.changes
    assert SECRET not in (change.base or "") + (change.proposed or "")
    assert len(scene.changes()) == 1


async def test_a_file_named_by_a_secret_has_another_name_on_record(tmp_path: Path) -> None:
    name = f"{SECRET}.py"
    scene = Scene(tmp_path, texts={name: "a = 1\n"}, ask=Ask("x", Focus(name, 0, 5)))
    move = f"*** Begin Patch\n*** Update File: {name}\n*** Move to: new/{name}\n-a = 1\n+a = 3\n*** End Patch"
    made = await scene.play(
        tool("edit", patch=patch(name, "-a = 1", "+a = 2")),
        tool("edit", patch=patch(name, "-a = 2", "+a = 1")),
        tool("edit", patch=move),
        Reply("Done."),
    )
    assert SECRET not in find("r1", tmp_path).read_text()
    (change,) = (await replay(made)).changes
    assert (await replay(made)).is_same
    assert (change.path, change.move_to) == ("SECRET_github_token_1_.py", "new/SECRET_github_token_1_.py")
    assert [each.move_to for each in scene.changes()] == [f"new/{name}"]


async def test_a_follow_up_comes_to_the_same_again(tmp_path: Path) -> None:
    first, scene = Scene(tmp_path), Scene(tmp_path)
    await first.play(A3, Reply("Done."), run_id="r1")
    scene.pending = first.changes()
    made = await scene.play(
        tool("edit", patch=patch("m.py", "-a = 3", "+a = 4")), Reply("Done."), run_id="r2"
    )
    replayed = await replay(made)
    assert replayed.is_same
    assert replayed.changes == scene.changes()
    assert replayed.changes[0].proposed == "a = 4\nb = 2\n"


async def test_what_is_cut_or_damaged_or_never_began_is_refused(tmp_path: Path) -> None:
    large = "".join(f"name_{number} = {number}\n" for number in range(2000))
    cut = await Scene(tmp_path, texts={"m.py": large}, max_bytes=10_000).play(Reply("No."), run_id="cut")
    with pytest.raises(NotReplayable, match="too long to be recorded"):
        await replay(cut)
    await Scene(tmp_path).play(A3, Reply("Done."), run_id="bad")
    file = find("bad", tmp_path)
    file.write_text(file.read_text().replace("+a = 3", "+a = 4").replace(',"a = 3', ',"a = 4'))
    with pytest.raises(NotReplayable, match=r"the change of m\.py is not as it was recorded"):
        await replay(load(file))
    scene = Scene(tmp_path)
    scene.wrap = lambda trace: Stop(trace, 1)
    with pytest.raises(NotReplayable, match="ended before anything was asked"):
        await replay(await scene.play(Reply("No."), run_id="early"))


async def test_a_selection_that_cuts_a_secret_cannot_be_played_again(tmp_path: Path) -> None:
    scene = Scene(tmp_path, texts={"m.py": f"{SECRET}\nb\n"}, ask=Ask("x", Focus("m.py", 0, 8)))
    made = await scene.play(Reply("```\nx\n```"))
    with pytest.raises(NotReplayable, match="begins or ends within a secret"):
        await replay(made)


async def test_other_replies_come_to_something_else_which_is_told(tmp_path: Path) -> None:
    await Scene(tmp_path).play(A3, Reply("Done."))
    file = find("r1", tmp_path)
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    for line in lines:
        for call in line.get("tool_calls", ()):
            call["arguments"] = call["arguments"].replace("-a = 1", "-a = 7")
    file.write_text("\n".join(map(json.dumps, lines)) + "\n")
    replayed = await replay(load(file))
    assert not replayed.is_same
    assert replayed.changes == ()
    assert replayed.problems == ("edit was done, and is edit.",)


LINES = st.sampled_from(["a", "b", "    c", "c", "", "d = 1", "\tx", "é"])
TEXTS = st.builds(
    lambda lines, end, last: end.join(lines) + (end if last else ""),
    st.lists(LINES, min_size=1, max_size=12),
    st.sampled_from(["\n", "\r\n"]),
    st.booleans(),
)


@st.composite
def replies(draw: st.DrawFn, text: str) -> Reply:
    """A reply that edits, well or not, or looks; or says that it is done."""
    lines = text.replace("\r\n", "\n").split("\n")
    at = draw(st.integers(0, len(lines) - 1))
    old = lines[at : at + draw(st.integers(1, 3))]
    new = draw(st.lists(LINES, max_size=3))
    name = draw(st.sampled_from(["m.py", "n.py", "m.py", "gone.py"]))
    body = [*(f"-{line}" for line in old), *(f"+{line}" for line in new)]
    several = "\n".join(new)
    return draw(
        st.sampled_from(
            [
                tool("edit", patch=patch(name, *body)),
                tool("edit", path=name, old="\n".join(old), new=several),
                tool("edit", path=name, old=old[0], new=several, replace_all=True),
                tool("edit", patch=f"*** Begin Patch\n*** Add File: x{at}.py\n+{several}\n*** End Patch"),
                tool("edit", patch=f"*** Begin Patch\n*** Delete File: {name}\n*** End Patch"),
                tool("read_file", path=name),
                tool("search", pattern=old[0] or "a"),
                Reply(patch(name, *body)),
                Reply(f"```\n{several}\n```"),
                tool("finish", summary=several),
            ]
        )
    )


@given(st.data())
@settings(max_examples=25, deadline=None)
def test_whatever_a_model_does_comes_to_the_same_again(data: st.DataObject) -> None:
    text, disk = data.draw(TEXTS), data.draw(TEXTS)
    script = data.draw(st.lists(replies(text), max_size=6))

    async def run() -> None:
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder) / "w"
            root.mkdir()
            (root / "n.py").write_bytes(disk.encode())
            scene = Scene(Path(folder) / "runs", texts={"m.py": text}, root=root)
            made = await scene.play(*script, Reply("Done."))
            shutil.rmtree(root)
            replayed = await replay(made)
            assert replayed.problems == ()
            assert replayed.is_same
            assert len(replayed.changes) == len(scene.changes())

    asyncio.run(run())
